"""The mappings that stand in the organisations' folders, and their readers."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path as FilePath

from loaders.errors import LoadError, MappingError, nearest
from loaders.mapping import SourceMapping
from loaders.paths import Tree
from ontology.kept import Later, digest_of, made

FOLDER = FilePath(__file__).resolve().parent
Reader = Callable[[Tree], Iterator[Tree]]


def mapping_files(*folders: FilePath) -> list[FilePath]:
    """The mapping files of the organisations: `<folder>/<organisation>/*.yaml`."""
    return sorted(file for folder in folders or (FOLDER,) for file in folder.glob("*/*.yaml"))


def read_mappings(*folders: FilePath) -> list[SourceMapping]:
    """All mappings, by source. Raises MappingError; two for one source are an error.

    Our own, parsed, are kept: in this process while their files have the same stamps, and in the
    user's cache, since parsing takes ten times as long.
    """
    if folders:
        return _read(*folders)
    files = sorted(FOLDER.rglob("*.yaml"))
    return [*_ours(tuple((file, _stamp(file.stat())) for file in files))]


def _stamp(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=1)
def _ours(files: tuple[tuple[FilePath, tuple[int, int]], ...]) -> list[SourceMapping]:
    programs = (*FOLDER.glob("*.py"), *(file for file, _ in files))
    return made(
        "mappings",
        digest_of(sorted(programs)),
        lambda: [replace(each, blocks=Later(each.blocks)) for each in _read(FOLDER)],
    )


def _read(*folders: FilePath) -> list[SourceMapping]:
    from loaders.mapping_yaml import read_mapping

    found: dict[str, SourceMapping] = {}
    for file in mapping_files(*folders):
        mapping = read_mapping(file)
        if mapping.source in found:
            raise MappingError(
                "JG-MAP-003",
                str(mapping.where),
                f"{mapping.source} is mapped in {found[mapping.source].where.file} too",
                "Keep one mapping a source.",
            )
        found[mapping.source] = mapping
    return [found[source] for source in sorted(found)]


def named(mappings: list[SourceMapping], source: str) -> SourceMapping:
    """The mapping of a source. Raises LoadError naming the nearest one."""
    for mapping in mappings:
        if mapping.source == source:
            return mapping
    raise LoadError(
        "JG-LOD-010",
        f"no source is called {source!r}",
        nearest(source, (mapping.source for mapping in mappings)),
    )


def reader_of(mapping: SourceMapping) -> Reader:
    """The function that finds the messages in a parsed file; without one the file is one message.

    Raises MappingError when the mapping names a function that is not there.
    """
    if mapping.reader is None:
        return lambda tree: iter((tree,))
    module, _, name = mapping.reader.partition(".")
    try:
        found = getattr(import_module(f"loaders.{module}.reader"), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise MappingError(
            "JG-MAP-004",
            str(mapping.marks.get("reader", mapping.where)),
            f"no reader {mapping.reader!r}",
            f"Write the function {name or '...'} in loaders/{module}/reader.py.",
        ) from error
    reader: Reader = found
    return reader
