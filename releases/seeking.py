"""The few rows of a table that have certain values, without reading the others."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

import polars as pl

from releases.index import Told
from releases.state import any_of
from releases.table import ROW, Table

MOST = 100
"""Values that are looked up; for more of them reading the table is as quick."""

_FAR = 4_096  # rows between two that are cheaper read than left out
_SPANS = 200  # beyond so many the files are read through
_LOOKED_UP = 2**39  # row numbers from here on are of rows that are looked up
NEW = 2**40
"""Row numbers from here on are of rows that are not in a file yet."""


class Seeker:
    """Rows of a table, numbered by `_row`, the same way in all answers of one seeker.

    keys: the columns to be asked about; none: every row is read. fresh: rows that are not in a
    file yet. `rest` are all rows that no index tells of: they have to be read.
    """

    def __init__(
        self, table: Table, keys: Sequence[str] = (), fresh: Sequence[pl.DataFrame] = ()
    ) -> None:
        held = table.held()
        self._told = table.index.ask(held, keys) if keys else Told(held, [])
        self._files = self._told.files
        read = table.scan_files([file.path for file in self._told.rest], numbered=True)
        self.rest = with_fresh(read, fresh)
        self._table = table
        self._none = pl.DataFrame(schema={**table.schema, ROW: pl.Int64()})
        self._starts = list(accumulate((file.rows for file in self._files), initial=_LOOKED_UP))

    @property
    def whole(self) -> bool:
        """Whether `rest` is all there is."""
        return not self._files

    def places(self, where: Mapping[str, pl.Series]) -> set[int]:
        """Numbers of the rows that may have one of these values in one of these columns; not of
        those of `rest`."""
        if self.whole:
            return set()
        found = self._told.places(where)
        starts = dict(zip(self._files, self._starts, strict=False))
        return {starts[file] + row for file, rows in found.items() for row in rows}

    def read(self, numbers: Collection[int], columns: Sequence[str]) -> pl.DataFrame:
        """The rows of these numbers, which `places` gave: these columns and `_row`."""
        if not numbers:
            return self._none.select(*columns, ROW)
        spans: list[tuple[int, list[int]]] = []
        for number in sorted(numbers):
            file = bisect_right(self._starts, number) - 1
            if spans and spans[-1][0] == file and number - spans[-1][1][-1] < _FAR:
                spans[-1][1].append(number)
            else:
                spans.append((file, [number]))
        if len(spans) > _SPANS:
            return self._among({file for file, _ in spans}, numbers, columns)
        read = [self._span(file, rows, columns) for file, rows in spans]
        return pl.concat(pl.collect_all(read))

    def _among(
        self, files: Collection[int], numbers: Collection[int], columns: Sequence[str]
    ) -> pl.DataFrame:
        """The same in one pass through these files."""
        asked = pl.Series(sorted(numbers), dtype=pl.Int64).implode()
        read = [
            _numbered(self._table.scan_files([self._files[file].path]), self._starts[file])
            .filter(pl.col(ROW).is_in(asked))
            .select(*columns, ROW)
            for file in sorted(files)
        ]
        return pl.concat(read).collect()

    def _span(self, file: int, numbers: Sequence[int], columns: Sequence[str]) -> pl.LazyFrame:
        first, length = numbers[0], numbers[-1] - numbers[0] + 1
        rows = self._table.scan_files([self._files[file].path]).select(*columns)
        span = _numbered(rows.slice(first - self._starts[file], length), first)
        asked = pl.Series(numbers, dtype=pl.Int64)
        return span.filter(pl.col(ROW).is_in(asked.implode())).select(*columns, ROW)

    def find(self, where: Mapping[str, pl.Series], columns: Sequence[str]) -> pl.DataFrame:
        """All rows that have one of these values in one of these columns: `columns` and `_row`.

        One pass: of other columns than those asked about, only what is found is decoded.
        """
        needed = list(dict.fromkeys((*columns, *where)))
        has = any_of(self.rest.collect_schema(), where)
        read = self.rest.filter(has).select(*columns, ROW).collect()
        told = self.places(where)
        if not told:
            return read
        return pl.concat([read, self.read(told, needed).filter(has).select(*columns, ROW)])


def with_fresh(rows: pl.LazyFrame, fresh: Sequence[pl.DataFrame]) -> pl.LazyFrame:
    """Numbered rows of a table, and those that are not in a file yet."""
    if not fresh:
        return rows
    new = _numbered(pl.concat(fresh).lazy(), NEW)
    return pl.concat([rows, new.select(rows.collect_schema().names())])


def _numbered(rows: pl.LazyFrame, first: int) -> pl.LazyFrame:
    return rows.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64) + first)
