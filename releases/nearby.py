"""What a release being written will hold, for many questions about few records each."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from releases.state import newest, of_these, read_at_once, wide

MOST = 300_000
"""Rows of a table that are read once and held (some 100 MB). Of a larger one each question reads
what it asks about, which takes as long as reading a small table whole."""


class Nearby:
    """Live records, as they were when their table was first asked about.

    rows: all rows of a root class, and the release as of which they are asked. columns: of each
    root class, those that may be asked for.
    """

    def __init__(
        self,
        rows: Callable[[str], tuple[pl.LazyFrame, int]],
        columns: Mapping[str, Sequence[str]],
    ) -> None:
        self._rows, self._columns = rows, columns
        self._held: dict[str, pl.DataFrame | tuple[pl.LazyFrame, int]] = {}

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
        needed = list(self._columns[root])
        if root not in self._held:
            rows, until = self._rows(root)
            self._held[root] = rows, until
            if rows.select(pl.len()).collect().item() <= MOST:
                rows = read_at_once(rows, needed)
                live = wide(rows, newest(rows, until), list(dict.fromkeys(("iri", *needed))))
                self._held[root] = live.collect()
        held = self._held[root]
        if isinstance(held, pl.DataFrame):
            return of_these(held.lazy(), iris, where).select(*columns).collect()
        rows, until = held
        found = read_at_once(of_these(rows, iris, where), needed)
        return wide(found, newest(found, until), list(columns)).collect()
