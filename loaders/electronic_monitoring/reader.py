"""Electronic monitoring messages brought to rows with a key each."""

from collections.abc import Iterator
from typing import Any

import orjson

from loaders.content import fingerprint
from loaders.errors import FileError
from loaders.paths import Tree

Node = dict[str, Any]


def wearer(tree: Tree) -> Iterator[Tree]:
    """A device wearer with a `key`: its content's fingerprint, since it has no number."""
    if isinstance(tree, dict):
        yield {"key": fingerprint(orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)), **tree}


def result_set(tree: Tree) -> Iterator[Tree]:
    """A result set as {wearers: [...]}, each row an object by the names in the first row.

    Raises FileError (JG-LOD-011) where one of them is no text.
    """
    told = tree.get("ResultSet") if isinstance(tree, dict) else None
    rows = told.get("Rows") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        return
    cells = [_cells(row) for row in rows]
    names = cells[0] if cells else []
    if not all(isinstance(name, str) for name in names):
        raise FileError(
            "JG-LOD-011",
            "a column of the result set has no name in its first row",
            "Send the result with its header row.",
        )
    yield {"wearers": [dict(zip(names, row, strict=False)) for row in cells[1:]]}


def _cells(row: Tree) -> list[Any]:
    data = row.get("Data") if isinstance(row, dict) else None
    return [
        cell.get("VarCharValue") if isinstance(cell, dict) else None
        for cell in (data if isinstance(data, list) else [])
    ]
