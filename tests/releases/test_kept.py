"""What is kept of files in memory: no more than so many rows, nothing of files that are gone."""

from pathlib import Path

import polars as pl
import pytest

import releases.kept
from releases.kept import Kept

FILES = [Path("one"), Path("two"), Path("three")]


class Files:
    """Files of two rows and three columns; read: those that were, with their columns."""

    def __init__(self) -> None:
        self.read: list[tuple[str, list[str]]] = []

    def scan(self, files: list[Path]) -> pl.LazyFrame:
        (file,) = files
        rows = pl.DataFrame({name: [f"{file} {name} {row}" for row in (1, 2)] for name in "abc"})

        def reading(rows: pl.DataFrame) -> pl.DataFrame:
            self.read.append((str(file), rows.columns))
            return rows

        return rows.lazy().map_batches(reading, projection_pushdown=True)


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def kept(files: Files) -> Kept:
    return Kept(files.scan)


def test_only_what_is_not_kept_is_read(kept: Kept, files: Files) -> None:
    one, two = kept.read(FILES[:2], ["b"])
    assert one["b"].to_list() == ["one b 1", "one b 2"]
    assert two.columns == ["b"]
    files.read.clear()
    assert kept.read(FILES[:1], ["b"])[0].equals(one)
    assert files.read == []
    (both,) = kept.read(FILES[:1], ["c", "b"])
    assert both.columns == ["c", "b"]
    assert both["b"].equals(one["b"])
    assert [file for file, _ in files.read] == ["one"]


def test_what_was_written_need_not_be_read(kept: Kept, files: Files) -> None:
    rows = pl.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]})
    kept.put(FILES[0], rows)
    assert kept.read(FILES[:1], ["c"])[0].equals(rows.select("c"))
    assert kept.frame(FILES[0], ["a", "c"]) is rows
    assert kept.frame(FILES[0], ["d"]) is None
    assert files.read == []


def test_nothing_stays_of_files_that_are_gone(kept: Kept) -> None:
    kept.read(FILES, ["a"])
    kept.only(FILES[1:])
    assert [kept.frame(file, ["a"]) is None for file in FILES] == [True, False, False]


def test_what_was_kept_longest_goes_first(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases.kept, "MOST", 4)
    told = kept.read(FILES, ["a"])
    assert [rows["a"][0] for rows in told] == ["one a 1", "two a 1", "three a 1"]
    assert [kept.frame(file, ["a"]) is None for file in FILES] == [True, False, False]
