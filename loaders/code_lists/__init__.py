"""Published code lists become records: read, described, coded, and set against what is held."""

from loaders.code_lists.codes import Code, Coded, code
from loaders.code_lists.description import Description, described
from loaders.code_lists.errors import CodeListError
from loaders.code_lists.held import Held, held
from loaders.code_lists.importing import ImportReport, import_list
from loaders.code_lists.unknown import UNKNOWN, unknown_codes

__all__ = [
    "UNKNOWN",
    "Code",
    "CodeListError",
    "Coded",
    "Description",
    "Held",
    "ImportReport",
    "code",
    "described",
    "held",
    "import_list",
    "unknown_codes",
]
