"""The few rows of a table that have certain values, without reading the others."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate, groupby

import polars as pl

from releases.index import Told
from releases.state import any_of
from releases.table import ROW, Table

MOST = 100
"""Values that are looked up; for more of them reading the table is as quick."""

_FAR = 4_096  # rows between two that are cheaper read than left out
_SPANS = 200  # beyond so many the files are read through
NEW = 2**40
"""Row numbers from here on are of rows that are not in a file yet."""


class Seeker:
    """Rows of a table, numbered by `_row`, the same way in all answers of one seeker.

    keys: the columns to be asked about; none: every row is read. fresh: rows that are not in a
    file yet. again: whether columns that are read are likely to be read again.
    """

    def __init__(
        self,
        table: Table,
        keys: Sequence[str] = (),
        fresh: Sequence[pl.DataFrame] = (),
        *,
        again: bool = False,
    ) -> None:
        held = table.held()
        self._told = table.index.ask(held, keys) if keys else Told(held, [])
        self._files = [*self._told.files, *self._told.rest]
        self._starts = list(accumulate((file.rows for file in self._files), initial=0))
        self._first = self._starts[len(self._told.files)]  # of those that no index tells of
        self._fresh = pl.concat(fresh) if fresh else None
        self._table = table
        self._none = table.empty.hstack([pl.Series(ROW, [], pl.Int64)])
        self._kept = table.kept(self._starts[-1] - self._first) if again else None

    @property
    def whole(self) -> bool:
        """Whether `rest` is all there is."""
        return not self._told.files

    def rest(self, columns: Sequence[str]) -> pl.LazyFrame:
        """All rows that no index tells of, which have to be read: these columns and `_row`."""
        paths = [file.path for file in self._told.rest]
        if self._kept is not None and paths:
            rows = pl.concat(self._kept.read(paths, columns)).lazy()
        else:
            rows = self._table.scan_files(paths)
        read = [_numbered(rows, self._first)]
        if self._fresh is not None:
            read.append(_numbered(self._fresh.lazy(), NEW))
        return pl.concat([each.select(*columns, ROW) for each in read])

    def places(self, where: Mapping[str, pl.Series]) -> set[int]:
        """Numbers of the rows that may have one of these values in one of these columns; not of
        those of `rest`."""
        if self.whole:
            return set()
        found = self._told.places(where)
        starts = dict(zip(self._files, self._starts, strict=False))
        return {starts[file] + row for file, rows in found.items() for row in rows}

    def read(self, numbers: Collection[int], columns: Sequence[str]) -> pl.DataFrame:
        """The rows of these numbers: these columns and `_row`."""
        told = [self._none[[*columns, ROW]]]
        spans: list[tuple[int, list[int]]] = []
        for file, rows in groupby(sorted(numbers), self._file):
            held = self._in_memory(file, columns)
            if held is not None:
                asked = list(rows)
                first = self._starts[file] if file < len(self._files) else NEW
                part = held[[number - first for number in asked]][list(columns)]
                told.append(part.insert_column(part.width, pl.Series(ROW, asked, pl.Int64)))
            else:
                spans += ((file, span) for span in _near(rows))
        if len(spans) > _SPANS:
            told.append(self._among({file for file, _ in spans}, numbers, columns))
        elif spans:
            told += pl.collect_all([self._span(file, rows, columns) for file, rows in spans])
        return pl.concat(told)

    def _file(self, number: int) -> int:
        """The place of a row's file among all; the one after the last is of fresh rows."""
        return len(self._files) if number >= NEW else bisect_right(self._starts, number) - 1

    def _in_memory(self, file: int, columns: Sequence[str]) -> pl.DataFrame | None:
        if file == len(self._files):
            return self._fresh
        if self._kept is None:
            return None
        return self._kept.frame(self._files[file].path, columns)

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

        Of other columns than those asked about, only what is found is decoded.
        """
        has = any_of(self._none.schema, where)
        needed = list(dict.fromkeys((*columns, *where)))
        told = self.places(where)
        if self._kept is None:
            read = self.rest(needed).filter(has).select(*columns, ROW).collect()
        else:
            told |= set(self.rest(list(where)).filter(has).collect()[ROW])
            read = self._none[[*columns, ROW]]
        if not told:
            return read
        return pl.concat([read, self.read(told, needed).filter(has).select(*columns, ROW)])


def _near(numbers: Iterator[int]) -> list[list[int]]:
    """Ascending row numbers, parted where there are many rows between two."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number - spans[-1][-1] < _FAR:
            spans[-1].append(number)
        else:
            spans.append([number])
    return spans


def with_fresh(rows: pl.LazyFrame, fresh: Sequence[pl.DataFrame]) -> pl.LazyFrame:
    """Numbered rows of a table, and those that are not in a file yet."""
    if not fresh:
        return rows
    new = _numbered(pl.concat(fresh).lazy(), NEW)
    return pl.concat([rows, new.select(rows.collect_schema().names())])


def _numbered(rows: pl.LazyFrame, first: int) -> pl.LazyFrame:
    return rows.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64) + first)
