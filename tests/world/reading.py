"""What a world's files hold, read as files and never by a loader."""

from pathlib import Path
from typing import Any

import orjson

Rows = list[dict[str, Any]]


def rows(path: Path) -> Rows:
    """Lines of JSON."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def lines(world: Path, pattern: str) -> Rows:
    """Those of all files of a world whose path fits, in the order of their paths."""
    return [row for path in sorted(world.glob(pattern)) for row in rows(path)]


def truth(world: Path, name: str) -> Rows:
    """A table of what truly happened."""
    return rows(world / "truth" / f"{name}.jsonl")
