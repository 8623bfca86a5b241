"""What can be asked of a data folder: state, changes, documents, findings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from releases import documents as seen_documents
from releases.documents import DOCUMENTS, FINDINGS, SEEN
from releases.ledger import Ledger, Load, Release
from releases.model import Schemas
from releases.nearby import WHOLE, WHOLE_OF_MORE, Nearby
from releases.seeking import MOST, Seeker, with_fresh
from releases.state import (
    STORED,
    among,
    mentioned,
    needed_for,
    newest,
    newest_held,
    series_of,
    wide,
)
from releases.table import FEW, ROW, Table
from releases.versions import versions
from releases.writer import Writer


class Answers:
    """The reading half of Releases."""

    def __init__(self, folder: Path, model: Schemas) -> None:
        self.folder = folder
        self.model = model
        self._ledger = Ledger(folder)
        self._tables = {
            root: self._table(root, {**model.table_schema(root), **STORED}) for root in model.roots
        }
        self._documents = self._table("documents", DOCUMENTS)
        self._findings = self._table("findings", FINDINGS)

    def _table(self, name: str, schema: Mapping[str, pl.DataType]) -> Table:
        return Table(self.folder / "tables" / name, schema, self.folder / "index" / name)

    @property
    def folder_id(self) -> str:
        """What tells this data folder from others; stores remember whose releases they hold."""
        return self._ledger.folder_id()

    @property
    def current(self) -> int:
        """The newest release; 0 when there is none."""
        return self._ledger.current()

    def list(self, above: int = 0) -> list[Release]:
        """All releases ever made above a number, oldest first; `status` says which can be asked."""
        return self._ledger.list(above)

    def live(self) -> Sequence[int]:
        """The numbers of the releases that can be asked, oldest first."""
        return self._ledger.live()

    def release(self, number: int | None = None) -> Release:
        """One release (None: the newest). Raises NoSuchReleaseError, which says why."""
        return self._ledger.release(self.current if number is None else number)

    def oldest(self) -> int:
        """The oldest release that can be asked; 0 when there is none."""
        return min(self._ledger.live(), default=0)

    def state(
        self,
        root: str,
        release: int | None = None,
        *,
        iris: Collection[str] | pl.Series | None = None,
        documents: Collection[str] | pl.Series | None = None,
        where: Mapping[str, pl.Series] | None = None,
        columns: Sequence[str] | None = None,
        mentions: bool = False,
        pending: Writer | None = None,
    ) -> pl.LazyFrame:
        """Live records of a root class as of a release (None: the newest).

        A record is live while a live document mentions it, with the content of the newest
        version. mentions: one row a (record, document) instead. documents: only records whose
        content comes from these. where: only records that had, in some version, one of these
        values in one of these columns. columns: those of Model.table_schema (default all), and
        `release`. pending: see that writer's own rows too. Order of rows is not defined. Rows of
        the records asked for by iris or where are read at once, the others never in full.
        """
        until = self._as_of(release, pending)
        wanted = list(columns) if columns is not None else list(self.model.table_schema(root))
        if where is not None:
            told = self._found(root, where, ["iri"], pending)["iri"].unique()
            iris = told if iris is None else told.filter(told.is_in(among(iris)))
        if iris is not None:
            rows = self._found(root, {"iri": series_of(iris)}, needed_for(wanted), pending).lazy()
        elif mentions and documents is not None:
            where = {"document": series_of(documents)}
            rows = self._found(root, where, needed_for(wanted), pending).lazy()
        else:
            rows = self._rows(root, until, pending)
        told_by = None if documents is None else pl.col("document").is_in(among(documents))
        if mentions:
            rows = rows if told_by is None else rows.filter(told_by)
            chosen = mentioned(rows, until)
        elif told_by is None:
            chosen = newest(rows, until)
        else:
            rows = rows.join(rows.filter(told_by).select("iri"), on="iri", how="semi")
            chosen = newest(rows, until).filter(told_by)
        return wide(rows, chosen, wanted)

    def touched(self, root: str, pending: Writer) -> pl.Series:
        """The records of a root class that a writer put or deleted, as a series of iris."""
        if not pending.touched(root):
            return pl.Series("iri", [], dtype=pl.String)
        told = pending.buffered(root)
        if pending.spilled:
            rows = self._tables[root].scan(pending.number - 1).select("iri", "release")
            told.append(rows.filter(pl.col("release") == pending.number).collect())
        empty = pl.Series("iri", [], dtype=pl.String)
        return pl.concat([empty, *(frame["iri"] for frame in told)]).unique()

    def changes(
        self,
        root: str,
        since: int,
        until: int | None = None,
        *,
        part: tuple[int, int] | None = None,
    ) -> pl.LazyFrame:
        """Records whose live content differs between two releases.

        Columns of `state` and `op`: 'put' with the content as of `until`, 'delete' with the
        content as of `since`. since 0: everything live at `until`. part (i, n): only the i-th
        (from 0) of n parts of about one size, for going through a large release in bounded
        memory; the parts are whole records and make up everything.
        """
        last = 0 if until == 0 else self.release(until).number
        if since:
            self.release(since)
        low, high = min(since, last), max(since, last)
        table = self._tables[root]
        names = list(self.model.table_schema(root))
        if low == 0:
            rows = _part(table.scan(until=high, numbered=True), part)
            alone = wide(rows, newest(rows, high), names)
            return alone.with_columns(op=pl.lit("put" if last else "delete"))
        between = (pl.col("release") > low) & (pl.col("release") <= high)
        new = _part(table.columns(["iri", "release"], low, high), part).filter(between)
        touched = new.select(pl.col("iri").unique()).collect()["iri"]
        found = self._found(root, {"iri": touched}, needed_for(names), None)
        before, after = (newest_held(found, number, names) for number in (since, last))
        if before.is_empty():
            return after.with_columns(op=pl.lit("put")).lazy()
        puts = after.join(before.select("iri", "hash"), on=["iri", "hash"], how="anti")
        deletes = before.join(after.select("iri"), on="iri", how="anti")
        told = (puts.with_columns(op=pl.lit("put")), deletes.with_columns(op=pl.lit("delete")))
        return pl.concat(told).lazy()

    def versions(
        self, root: str, releases: Sequence[int], size: int, apart: Path
    ) -> Iterator[pl.DataFrame]:
        """Every version that some of these releases have of the records of a root class.

        releases: live ones, oldest first. Frames of up to about `size` rows: the columns of
        `state`, `since` (the first of the releases that has it) and `until` (the first that no
        longer does; null: the last one has it). All versions of a record are in one frame. apart:
        an empty folder on disk for rows that have to wait for others of their record.
        """
        rows = self._tables[root].scan(until=releases[-1], numbered=True)
        for frame in versions(rows, releases, size, apart):
            yield frame.drop("op", "batch", "release", ROW)

    def mentions(
        self, ids: Collection[str] | pl.Series, *, pending: Writer | None = None
    ) -> pl.DataFrame:
        """What these documents say live, in all tables: root, iri, document, version, hash."""
        frames = [
            self.state(
                root,
                documents=ids,
                columns=("iri", "document", "version", "hash"),
                mentions=True,
                pending=pending,
            ).select(pl.lit(root).alias("root"), "iri", "document", "version", "hash")
            for root, table in self._tables.items()
            if len(ids) and (table.exists() or (pending and pending.buffered(root)))
        ]
        empty = dict.fromkeys(("root", "iri", "document", "version", "hash"), pl.String())
        return pl.concat([pl.LazyFrame(schema=empty), *frames]).collect()

    def seen(
        self, ids: Collection[str] | pl.Series, *, pending: Writer | None = None
    ) -> pl.DataFrame:
        """Remembered versions of these documents: document, version, hash, outcome, rejected."""
        asked = ids if isinstance(ids, pl.Series) else pl.Series(list(ids), dtype=pl.String)
        known = asked if pending is None else pending.known(asked)
        if known.is_empty():
            return pl.DataFrame(schema={name: DOCUMENTS[name] for name in SEEN})
        return self._remembered(None, pending, known).select(*SEEN).collect()

    def documents(
        self,
        release: int | None = None,
        *,
        ids: Collection[str] | pl.Series | None = None,
        dataset: str | None = None,
        pending: Writer | None = None,
    ) -> pl.LazyFrame:
        """The live version of each document: document, dataset, version, hash, file, rejected."""
        rows = seen_documents.live(self._remembered(release, pending, ids))
        if dataset is not None:
            rows = rows.filter(pl.col("dataset") == dataset)
        return rows.select("document", "dataset", "version", "hash", "file", "rejected")

    def stale(self, release: int | None = None, *, pending: Writer | None = None) -> pl.LazyFrame:
        """Documents of which a newer version was seen: document, version (live), newest."""
        return seen_documents.stale(self._remembered(release, pending, None))

    def findings(self, load: int | None = None) -> pl.LazyFrame:
        """Findings of one load, or of all loads."""
        rows = self._findings.scan()
        return rows if load is None else rows.filter(pl.col("load") == load)

    def loads(self) -> Sequence[Load]:
        """Loads that ended, oldest first, whether or not they made a release."""
        return self._ledger.loads()

    @property
    def last_load(self) -> int:
        """The number of the last load, whether or not it made a release; 0 before the first."""
        return self._ledger.last_load()

    def _remembered(
        self,
        release: int | None,
        pending: Writer | None,
        ids: Collection[str] | pl.Series | None,
    ) -> pl.LazyFrame:
        until = self._as_of(release, pending)
        if ids is not None:
            told_by = {"document": series_of(ids)}
            rows = self._found("documents", told_by, list(DOCUMENTS), pending).lazy()
        else:
            rows = self._pending_rows("documents", self._documents, pending)
        later = [number for number in self._ledger.live() if number > until]
        load = self._ledger.release(later[0]).load if later else None
        return seen_documents.remembered(rows, until, load)

    def _as_of(self, release: int | None, pending: Writer | None) -> int:
        if pending is not None and release is None:
            return pending.number if pending.changed else self.current
        if release is None or release == 0:
            return self.current if release is None else 0
        return self._ledger.release(release).number

    def nearby(
        self,
        pending: Writer,
        columns: Mapping[str, Sequence[str]],
        keys: Mapping[str, Sequence[str]],
    ) -> Nearby:
        """For many questions about few records of these columns, by their iris or these keys."""

        whole = WHOLE if pending.written <= FEW else WHOLE_OF_MORE

        def seeker(root: str, asked: int | None) -> Seeker:
            if asked is not None:
                return self._seeker(root, ["iri"], asked, pending)
            by = ["iri", *keys.get(root, ())] if self._tables[root].rows > whole else []
            return self._seeker(root, by, 0, pending)

        return Nearby(seeker, columns, self._as_of(None, pending), self.current)

    def ahead(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Look up, for the lock holder's next questions, which files there are, and read what
        `nearby` reads whole of these columns: to be called in another thread than the load."""
        for table in (self._documents, *self._tables.values()):
            table.held()
        for root, names in columns.items():
            table = self._tables[root]
            kept = table.kept(table.rows)
            if kept is not None:
                kept.read(table.files(), needed_for(("iri", *names)))

    def _found(
        self,
        name: str,
        where: Mapping[str, pl.Series],
        columns: Sequence[str],
        pending: Writer | None,
    ) -> pl.DataFrame:
        """The rows that have one of these values in one of these columns: columns and `_row`."""
        seeker = self._seeker(name, list(where), sum(map(len, where.values())), pending)
        return seeker.find(where, columns)

    def _seeker(
        self, name: str, keys: Sequence[str], asked: int, pending: Writer | None = None
    ) -> Seeker:
        table = self._tables.get(name, self._documents)
        fresh = pending.buffered(name) if pending else []
        few = asked <= MOST
        return Seeker(table, keys if few else (), fresh, again=few)

    def _rows(self, root: str, until: int, pending: Writer | None) -> pl.LazyFrame:
        return self._pending_rows(root, self._tables[root], pending, until)

    def _pending_rows(
        self, name: str, table: Table, pending: Writer | None, until: int | None = None
    ) -> pl.LazyFrame:
        rows = table.scan(until=until, numbered=True)
        buffered = pending.buffered(name) if pending else []
        if not buffered:
            return rows
        return with_fresh(rows, buffered)


def _part(rows: pl.LazyFrame, part: tuple[int, int] | None) -> pl.LazyFrame:
    if part is None:
        return rows
    number, parts = part
    return rows.filter(pl.col("iri").hash(seed=0) % parts == number)
