"""What a release being written will hold, for many questions about few records each."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from releases.seeking import Seeker
from releases.state import among, any_of, needed_for, newest_held
from releases.table import ROW

WHOLE = 50_000
"""Rows of a table that are read whole for the questions of a small load."""
WHOLE_OF_MORE = 300_000
"""The same of a larger one, which asks about more; they take some 100 MB."""


class Nearby:
    """Live records, as they were when their table was first asked about.

    columns: of each root class, those that may be asked for. seeker: of a root class, for one
    question by this many iris, or for many by whatever `where` may name (None). until: the
    release as of which to answer; current: the one before it.
    """

    def __init__(
        self,
        seeker: Callable[[str, int | None], Seeker],
        columns: Mapping[str, Sequence[str]],
        until: int,
        current: int,
    ) -> None:
        self._seeker, self._columns = seeker, columns
        self._until, self._current = until, current
        self._held: dict[str, _Held] = {}

    def state(
        self,
        root: str,
        columns: Sequence[str],
        *,
        iris: pl.Series | None = None,
        where: Mapping[str, pl.Series] | None = None,
    ) -> pl.DataFrame:
        """As `Releases.state`, collected; where: what the records have now. One of iris and where
        is given: without, it would be those that were asked about before."""
        held = self._of(root)
        if iris is not None:
            held.take(iris)
        if where is not None:
            held.look(where)
        live = held.live
        if iris is not None:
            live = live.filter(pl.col("iri").is_in(among(iris)))
        if where is not None:
            live = live.filter(any_of(live.schema, where))
        return live[list(columns)]

    def before(self, root: str, columns: Sequence[str], iris: pl.Series) -> pl.DataFrame:
        """These records in the release before."""
        held = self._of(root)
        held.take(iris)
        rows = held.rows.filter(pl.col("iri").is_in(among(iris)))
        return newest_held(rows, self._current, list(columns))

    def changed(self, touched: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
        """Of these records of each root class those that read otherwise than in the release
        before: what may be asked for of them is another, or they are new, or gone."""
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            changed = workers.map(self._changed, touched, touched.values())
            return dict(zip(touched, changed, strict=True))

    def _changed(self, root: str, iris: pl.Series) -> pl.Series:
        if iris.is_empty():
            return iris
        columns = list(dict.fromkeys(("iri", *self._columns[root])))
        rows = self._seeker(root, len(iris)).find({"iri": iris}, needed_for(columns))
        told = [newest_held(rows, number, columns) for number in (self._until, self._current)]
        return pl.concat(told).filter(~pl.struct(columns).is_duplicated())["iri"].unique()

    def read(self) -> None:
        """Read of all tables what must be read, side by side: most of it is opening files."""
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(self._of, self._columns))

    def _of(self, root: str) -> "_Held":
        if root not in self._held:
            self._held[root] = _Held(self._seeker(root, None), self._columns[root], self._until)
        return self._held[root]


class _Held:
    """Rows of a table, and the live records of which all rows are among them.

    Of a table without an index these are all. Else the rows of a record are read when it is
    asked about, those that no index tells of when the first is.
    """

    def __init__(self, seeker: Seeker, columns: Sequence[str], until: int) -> None:
        self._seeker, self._until = seeker, until
        self._columns = list(dict.fromkeys(("iri", *columns)))
        self._needed = needed_for(columns)
        self._unread = seeker.rest(self._needed).collect()
        if seeker.whole:
            self.rows, self._unread = self._unread, self._unread.clear()
        else:
            self.rows = self._unread.clear()
        self.live = newest_held(self.rows, until, self._columns)
        self._numbers: set[int] = set()
        self._iris: set[str] = set()

    def look(self, where: Mapping[str, pl.Series]) -> None:
        """Take in all records that have, in some version, one of these values in one of these
        columns."""
        if not self._seeker.whole:
            found = self._unread.filter(any_of(self._unread.schema, where))
            told = self._look_up(where)
            self._take({*found["iri"], *told["iri"]} - self._iris, told)

    def take(self, iris: pl.Series) -> None:
        """Take in these records."""
        if not self._seeker.whole:
            self._take(set(iris) - self._iris, self.rows.clear())

    def _take(self, iris: set[str], told: pl.DataFrame) -> None:
        """told: those rows of these records that were looked up before."""
        if not iris:
            return
        self._iris |= iris
        asked = pl.Series(sorted(iris), dtype=pl.String)
        mine = pl.col("iri").is_in(asked.implode())
        self._numbers |= set(told[ROW])
        more = self._look_up({"iri": asked}).filter(mine)  # not others whose hash is the same
        self._numbers |= set(more[ROW])
        rows = pl.concat([told, more, self._unread.filter(mine)])
        self.rows = pl.concat([self.rows, rows])
        self.live = pl.concat([self.live, newest_held(rows, self._until, self._columns)])

    def _look_up(self, where: Mapping[str, pl.Series]) -> pl.DataFrame:
        """The rows not taken in before that may have such a value."""
        return self._seeker.read(self._seeker.places(where) - self._numbers, self._needed)
