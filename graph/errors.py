"""What can go wrong in the graph. Everything here is a GraphError.

GraphError
├── ReleaseNotHeldError    JG-GRA-001  a read at a release that the store does not hold
├── UnknownClassError      JG-GRA-002  a class that is not in the ontology, or below no root class
├── UnknownFieldError      JG-GRA-003  a field that the class does not have
├── BadFilterError         JG-GRA-004  an operator or a value that does not fit the field
├── BadCursorError         JG-GRA-005  a page cursor that this store did not give
├── TooLongError           JG-GRA-006  a read was stopped at its deadline
├── UnknownStoreError      JG-GRA-007  a store setting that names no store
├── NeedsRebuildError      JG-GRA-008  the stored graph does not fit the ontology or this version
├── StoreUnusableError     JG-GRA-009  locked, damaged, read-only, disk full
├── NotErasedError         JG-GRA-010  a reader kept old bytes from being erased
├── WrongReleaseError      JG-GRA-011  a write to a release that is already committed
├── UnknownFormatError     JG-GRA-012  an export format that is not one of ours
├── BadQueryError          JG-GRA-013  a query in the store's own language that is not answered
└── OtherFolderError       JG-GRA-014  a store that holds the releases of another data folder
"""

from collections.abc import Iterable

from ontology.errors import JusticeGraphError, nearest


class GraphError(JusticeGraphError):
    """Base of every error of this folder."""


class ReleaseNotHeldError(GraphError):
    """A read at a release that is not, or no longer, in the store."""

    def __init__(self, release: int, oldest: int, current: int) -> None:
        held = f"it holds releases {oldest} to {current}" if current else "it is empty"
        super().__init__(
            "JG-GRA-001",
            f"The graph cannot answer at release {release}: {held}",
            "Ask at a release it holds, or bring it up to date with `justicegraph load`",
        )


class UnknownClassError(GraphError):
    """A class that the ontology does not have, or that belongs to no record table."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__("JG-GRA-002", f"No record class is called {name!r}", meant(name, known))


class UnknownFieldError(GraphError):
    """A filter on a field that the class does not have."""

    def __init__(self, name: str, cls: str, known: Iterable[str]) -> None:
        super().__init__("JG-GRA-003", f"{cls} has no field {name!r}", meant(name, known))


class BadFilterError(GraphError):
    """An operator or a value that does not fit the field."""

    def __init__(self, field: str, cause: str, fix: str) -> None:
        super().__init__("JG-GRA-004", f"Filter on {field}: {cause}", fix)


class BadCursorError(GraphError):
    """`after` is not the `end` of an earlier page."""

    def __init__(self) -> None:
        super().__init__(
            "JG-GRA-005",
            "The page cursor cannot be read",
            "Pass the `end` of the page before, unchanged, or leave it out for the first page",
        )


class TooLongError(GraphError):
    """A read ran past its deadline and was stopped."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "JG-GRA-006",
            f"The question was stopped after {seconds:g} s",
            "Narrow it: filter on an indexed field (an identifier, a date), or ask for fewer",
        )


class UnknownStoreError(GraphError):
    """The store setting names no store that this version has."""

    def __init__(self, url: str) -> None:
        super().__init__(
            "JG-GRA-007",
            f"{url!r} names no store",
            "Set JUSTICEGRAPH_STORE to sqlite, neo4j, or a bolt:// or neo4j:// address",
        )


class NeedsRebuildError(GraphError):
    """The stored graph was laid out for another ontology or version, and cannot be adapted."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "JG-GRA-008",
            f"The stored graph no longer fits: {why}",
            "Make it again from the releases: justicegraph graph rebuild",
        )


class StoreUnusableError(GraphError):
    """The database refused: locked by another writer, damaged, read-only, or the disk is full."""

    def __init__(self, where: str, why: str, fix: str) -> None:
        super().__init__("JG-GRA-009", f"The graph at {where} cannot be used: {why}", fix)


class NotErasedError(GraphError):
    """The rows are gone, but a reader kept their old pages on disk."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "JG-GRA-010",
            f"Old pages of {where} could not be erased while somebody reads it",
            "Stop long-running readers and run the same forget again",
        )


class WrongReleaseError(GraphError):
    """A write to a release that is not above the current one."""

    def __init__(self, release: int, current: int) -> None:
        super().__init__(
            "JG-GRA-011",
            f"Release {release} cannot be written: the graph is at release {current}",
            "Project only releases above the current one",
        )


class UnknownFormatError(GraphError):
    """An export format that is not one of ours."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            "JG-GRA-012", f"Nothing is exported as {name!r}", f"Use one of {', '.join(known)}"
        )


class BadQueryError(GraphError):
    """A query in the store's own language that is wrong, or would do more than read."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__("JG-GRA-013", f"The query is not answered: {cause}", fix)


class OtherFolderError(GraphError):
    """The store holds the graph of another data folder's releases."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "JG-GRA-014",
            f"The graph store holds another data folder's releases, not those of {folder}",
            "Set JUSTICEGRAPH_DATA or the store back; or replace what it holds by this folder's:"
            " justicegraph graph rebuild",
        )


def meant(name: str, known: Iterable[str]) -> str:
    """A fix that names what is closest to a misspelt name."""
    close = nearest(name, known, 1)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(known))}"
