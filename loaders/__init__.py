"""Files to records: mappings, the engine that runs them, and the load run."""

from loaders.errors import ContractError, FileError, LoadError, MappingError
from loaders.report import FileReport, LoadReport, Stage
from loaders.run import load

__all__ = [
    "ContractError",
    "FileError",
    "FileReport",
    "LoadError",
    "LoadReport",
    "MappingError",
    "Stage",
    "load",
]
