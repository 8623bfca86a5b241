"""What a release being written will hold, for many questions about few records each."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from releases.state import among, any_of, newest, newest_held, of_these, read_at_once, wide

MOST = 300_000
"""Rows of a table that are read once and held (some 100 MB). Of a larger one each question reads
what it asks about, which takes as long as reading a small table whole."""


class Told(NamedTuple):
    """All rows of a root class, the release as of which they are asked, and how many there are."""

    rows: pl.LazyFrame
    until: int
    height: int


class _Held(NamedTuple):
    """The rows of a table, of the columns that may be asked for, and its live records."""

    rows: pl.LazyFrame
    live: pl.DataFrame


class Nearby:
    """Live records, as they were when their table was first asked about.

    told: of a root class. columns: of each root class, those that may be asked for. current: the
    release before the one being written.
    """

    def __init__(
        self, told: Callable[[str], Told], columns: Mapping[str, Sequence[str]], current: int
    ) -> None:
        self._ask, self._columns, self._current = told, columns, current
        self._held: dict[str, Told | _Held] = {}

    def state(
        self,
        root: str,
        columns: Sequence[str],
        *,
        iris: pl.Series | None = None,
        where: Mapping[str, pl.Series] | None = None,
    ) -> pl.DataFrame:
        """As `Releases.state`, collected; where: of a table that is held, what the records have
        now."""
        held = self._of(root)
        if isinstance(held, _Held):
            live = held.live
            if iris is not None:
                live = live.filter(pl.col("iri").is_in(among(iris)))
            if where is not None:
                live = live.filter(any_of(live.schema, where))
            return live.select(*columns)
        found = read_at_once(of_these(held.rows, iris, where), list(self._columns[root]))
        return wide(found, newest(found, held.until), list(columns)).collect()

    def before(self, root: str, columns: Sequence[str], iris: pl.Series) -> pl.DataFrame:
        """These records in the release before."""
        held = self._of(root)
        needed = list(self._columns[root])
        found = read_at_once(of_these(held.rows, iris, None), needed)
        return wide(found, newest(found, self._current), list(columns)).collect()

    def read(self) -> None:
        """Read every table now, side by side: opening and decoding take most of the time."""
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(self._of, self._columns))

    def _of(self, root: str) -> Told | _Held:
        if root not in self._held:
            told = self._ask(root)
            self._held[root] = told
            if told.height <= MOST:
                needed = list(self._columns[root])
                rows = read_at_once(told.rows, needed)
                live = newest_held(
                    rows.collect(), told.until, list(dict.fromkeys(("iri", *needed)))
                )
                self._held[root] = _Held(rows, live)
        return self._held[root]
