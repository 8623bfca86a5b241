"""A two-table model and small frames: what releases need of the world."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from releases import Releases
from releases.state import SYSTEM


class TwoTables:
    """A model with persons and cases."""

    roots = ("PersonRecord", "Case")
    digest = "two tables"
    properties: Mapping[str, Mapping[str, pl.DataType]] = {
        "PersonRecord": {
            "familyName": pl.String(),
            "pncId": pl.List(pl.String()),
            "birthDate": pl.Date(),
        },
        "Case": {"urn": pl.String(), "defendant": pl.String()},
    }

    def table_schema(self, root: str) -> dict[str, pl.DataType]:
        return {**dict.fromkeys(SYSTEM, pl.String()), **self.properties[root]}


def digest(content: Mapping[str, object]) -> str:
    return hashlib.md5(repr(sorted(content.items())).encode()).hexdigest()


def records(root: str, *rows: Mapping[str, object]) -> pl.DataFrame:
    """Rows with defaults for the system columns; the hash follows from the content."""
    schema = TwoTables().table_schema(root)
    filled = [
        {
            "class": root,
            "dataset": "test/source",
            "document": "test/source/d1",
            "version": "1",
            "hash": digest({k: v for k, v in row.items() if k not in SYSTEM}),
            **row,
        }
        for row in rows
    ]
    return pl.DataFrame(filled, schema=schema)


Put = Callable[..., int | None]


@pytest.fixture
def store(tmp_path: Path) -> Releases:
    return Releases.open(tmp_path / "data", TwoTables())


@pytest.fixture
def put(store: Releases) -> Put:
    """Write one release that puts rows into one table; returns its number."""

    def write(root: str, *rows: Mapping[str, object]) -> int | None:
        with store.write() as writer:
            writer.put(root, records(root, *rows))
            release = writer.commit({"read": len(rows)})
        return release.number if release else None

    return write
