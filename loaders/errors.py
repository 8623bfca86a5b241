"""Errors of a load that stop a file, a mapping or the whole run.

LoadError              the load as a whole cannot go on; nothing changes, exit code 2
├── MappingError       a mapping file is wrong: file, line, column, nearest name
└── ContractError      a contract of the mapping is broken (too much removed, or rejected)
FileError              one file cannot be read; the others go on, exit code 1
"""

from collections.abc import Iterable

from ontology import errors
from ontology.errors import JusticeGraphError


class LoadError(JusticeGraphError):
    """The load as a whole cannot go on; nothing is changed."""


class MappingError(LoadError):
    """A mapping is wrong. `where` is `file:line:column`, counted from 1."""

    def __init__(self, code: str, where: str, cause: str, fix: str) -> None:
        super().__init__(code, f"{where}: {cause}", fix)
        self.where = where


class ContractError(LoadError):
    """What the files hold breaks what the mapping promises of its source."""


class FileError(JusticeGraphError):
    """One file cannot be read as its source; other files are not concerned."""


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that names the closest known name, for the `fix` of an error."""
    known = sorted(set(names))
    close = errors.nearest(name, known, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}."
