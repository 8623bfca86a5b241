"""Where values stand in the data files of a table, so that a small load reads few of its rows.

A run tells, for some files and columns, the rows of each value: the hashes of the values,
ascending (8 bytes each), and beside them the rows, counted over the run's files (4 bytes each).
They are mapped into memory, so that a question reads a few pages of them.
Data files never change, so a run is never out of date; what it says of files that are gone is
passed over. Nothing depends on it: a file without a run is read as it is, and the folder may be
deleted at any time. Only the process that holds the writer lock makes runs, when it asks.
"""

import json
import shutil
import uuid
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

import polars as pl

from releases.files import read_json, sync

LEAST = 10_000
"""Rows that are cheaper read than looked up, where they lie in few files."""
_FILES = 12  # of a table up to twice as many, so that not all are indexed in one load

_AT_ONCE = 1_000_000
_MANIFEST = "run.json"
_TAKEN_UP = 2  # a new run takes up those that are less than so many times its size


class DataFile(NamedTuple):
    """A data file: its rows, and the first and last release in it (None: not told)."""

    path: Path
    rows: int
    first: int | None
    last: int | None


class Index:
    """The runs of one table. growing: whether this process may make runs."""

    def __init__(self, folder: Path, schema: Mapping[str, pl.DataType]) -> None:
        self.growing = False
        self._folder, self._schema = folder, schema
        self._runs: list[_Run] | None = None
        self._most = _FILES + crc32(folder.name.encode()) % _FILES

    def ask(self, files: Sequence[DataFile], columns: Iterable[str]) -> "Told":
        """What is told of these columns in these files.

        Too many files that are not told of are taken into a new run first, if this index is
        growing; where that cannot be written (no space, no permission), their rows are read.
        """
        told = self._told(files, columns)
        much = len(told.rest) > self._most or sum(file.rows for file in told.rest) > LEAST
        if self.growing and much:
            try:
                self._cover(files, told.rest, set(columns))
            except OSError:
                self.growing = False
            else:
                told = self._told(files, columns)
        return told

    def _told(self, files: Sequence[DataFile], columns: Iterable[str]) -> "Told":
        return Told(files, [run for run in self._open() if run.opened(columns)])

    def clear(self) -> None:
        """Forget all: of a value that is gone not even the hash may stay. Raises OSError."""
        self._runs = None
        if self._folder.exists():
            shutil.rmtree(self._folder)

    def _open(self) -> Sequence["_Run"]:
        if self._runs is None:
            self._runs = []
            for folder in self._folder.glob("run-*"):
                try:
                    told = read_json(folder / _MANIFEST) or {}
                except ValueError:  # cut short in copying: as if it were not there
                    continue
                if told.get("polars") == pl.__version__:  # which made the hashes
                    self._runs.append(_Run(folder, told["files"]))
        return self._runs

    def _cover(
        self, files: Sequence[DataFile], rest: Sequence[DataFile], columns: set[str]
    ) -> None:
        """A run of these files, which takes up those that tell of some of them, or of little."""
        live = {file.path.name: file for file in files}
        taken = {file.path.name: file for file in rest}
        kept = []
        for run in sorted(self._open(), key=lambda run: run.rows):
            alive = {name: live[name] for name in run.names if name in live}
            rows, new = (sum(file.rows for file in held.values()) for held in (alive, taken))
            if taken.keys() & alive.keys() or rows < _TAKEN_UP * new or 2 * rows < run.rows:
                taken |= alive
            else:
                kept.append(run)
            columns |= {column for column in self._schema if run.opened([column])}
        self._runs = [*kept, self._write(list(taken.values()), columns)]
        for folder in self._folder.iterdir():
            if folder not in [run.folder for run in self._runs]:
                shutil.rmtree(folder)

    def _write(self, files: Sequence[DataFile], columns: Iterable[str]) -> "_Run":
        part = self._folder / f"part-{uuid.uuid4()}"
        part.mkdir(parents=True)
        try:
            self._fill(part, files, columns)
            named = [(file.path.name, file.rows) for file in files]
            manifest = {"files": named, "polars": pl.__version__}
            (part / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
            sync(part / _MANIFEST)
            return _Run(part.rename(self._folder / f"run-{uuid.uuid4()}"), named)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _fill(self, part: Path, files: Sequence[DataFile], columns: Iterable[str]) -> None:
        rows = pl.scan_parquet(
            [file.path for file in files],
            schema=dict(self._schema),
            missing_columns="insert",
            extra_columns="ignore",
            row_index_name="at",
            glob=False,
        )
        for column in sorted(columns):
            told = rows.select(pl.col("at").cast(pl.UInt32), column)
            if isinstance(self._schema[column], pl.List):
                told = told.explode(column)
            hashes = told.drop_nulls().select(pl.col(column).hash().alias("hash"), "at")
            _dump(hashes.sort("hash", "at").collect(engine="streaming"), part, column)


class Told:
    """Where values stand, as runs told when it was made; whoever removes them meanwhile.

    rest: the files of which none of them tells, so that their rows have to be read. files: the
    others.
    """

    def __init__(self, files: Sequence[DataFile], runs: Sequence["_Run"]) -> None:
        self._runs = runs
        named = {name for run in runs for name in run.names}
        self.files = [file for file in files if file.path.name in named]
        self.rest = [file for file in files if file.path.name not in named]

    def places(self, where: Mapping[str, pl.Series]) -> dict[DataFile, set[int]]:
        """Rows of `files`, counted from 0, that may have one of these values in one of these
        columns: equal hashes are taken for equal values."""
        held = {file.path.name: file for file in self.files}
        found: dict[DataFile, set[int]] = {}
        for run in self._runs:
            for column, values in where.items():
                for name, row in run.places(column, values):
                    if name in held:
                        found.setdefault(held[name], set()).add(row)
        return found


class _Run:
    def __init__(self, folder: Path, files: Sequence[tuple[str, int]]) -> None:
        self.folder = folder
        self.names = [name for name, _ in files]
        self._starts = list(accumulate((rows for _, rows in files), initial=0))
        self._columns: dict[str, tuple[Sequence[int], Sequence[int]]] = {}

    @property
    def rows(self) -> int:
        return self._starts[-1]

    def opened(self, columns: Iterable[str]) -> bool:
        """Whether it tells of all these columns, from now on also if its folder is removed."""
        try:
            for column in columns:
                if column not in self._columns:
                    hashes, rows = (_mapped(*each) for each in _files(self.folder, column))
                    if len(hashes) != len(rows):  # cut short
                        return False
                    self._columns[column] = hashes, rows
        except FileNotFoundError:
            return False
        return True

    def places(self, column: str, values: pl.Series) -> Iterable[tuple[str, int]]:
        """Names of files, and rows in them; the column was opened."""
        hashes, rows = self._columns[column]
        for asked in values.hash().unique():
            start = bisect_left(hashes, asked)
            for row in rows[start : bisect_right(hashes, asked, start)]:
                number = bisect_right(self._starts, row) - 1
                yield self.names[number], row - self._starts[number]


def _files(folder: Path, column: str) -> list[tuple[Path, Literal["Q", "I"]]]:
    """Files of hashes and of rows, with the codes of their items."""
    return [(folder / f"{column}.hash", "Q"), (folder / f"{column}.row", "I")]


def _dump(told: pl.DataFrame, folder: Path, column: str) -> None:
    for name, (path, code) in zip(told.columns, _files(folder, column), strict=True):
        with path.open("wb") as out:
            for part in told[name].to_frame().iter_slices(_AT_ONCE):
                array(code, part[name].to_list()).tofile(out)
        sync(path)


def _mapped(path: Path, code: Literal["Q", "I"]) -> Sequence[int]:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return ()
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)).cast(code)
