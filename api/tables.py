"""An answer as tables: one for each list of objects in it, and one for what stands alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ROWS = 500


@dataclass(frozen=True)
class Table:
    """rows: the first ROWS of `total`; cells are text, or None for an absent value."""

    title: str
    columns: list[str]
    rows: list[list[str | None]]
    total: int


def tables(data: Any) -> list[Table]:
    """The tables of an answer's `data`, outermost first."""
    if not isinstance(data, Mapping):
        return []
    return [table for name, value in data.items() for table in _tables(name, value)]


def _tables(title: str, value: Any) -> Iterator[Table]:
    if isinstance(value, list) and _objects(value):
        flat = [{**dict(_leaves("", item)), **dict(_counts("", item))} for item in value]
        columns = list(dict.fromkeys(name for row in flat for name in row))
        rows = [[row.get(name) for name in columns] for row in flat[:ROWS]]
        yield Table(title, columns, rows, len(flat))
    elif isinstance(value, Mapping):
        alone = [[name, text] for name, text in _leaves("", value)]
        if alone:
            yield Table(title, ["field", "value"], alone[:ROWS], len(alone))
        yield from _inside(title, value)


def _inside(title: str, value: Mapping[str, Any]) -> Iterator[Table]:
    """Tables of the lists below an object, at any depth of objects."""
    for name, inner in value.items():
        if isinstance(inner, list):
            yield from _tables(f"{title}.{name}", inner)
        elif isinstance(inner, Mapping):
            yield from _inside(f"{title}.{name}", inner)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str | None]]:
    """Values with their dotted path; a list of plain values is one value."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif not isinstance(value, list):
        yield path, _text(value)
    elif not _objects(value):
        yield path, ", ".join(_text(item) or "" for item in value)


def _counts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Lists of objects inside a row, by their length."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _counts(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and _objects(value):
        yield path, f"{len(value)} row{'' if len(value) == 1 else 's'}"


def _objects(value: list[Any]) -> bool:
    return any(isinstance(item, Mapping) for item in value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
