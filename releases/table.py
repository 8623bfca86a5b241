"""One append-only Delta table of a data folder.

Statistics are kept for the numeric `release` and `load` columns only: the log of a Delta table is
plain text, and must never hold a value that somebody may ask to be forgotten. For the same reason
predicates handed to Delta name numbers only.
"""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from releases.errors import ChangedTypeError, TableFailedError, WrongFrameError
from releases.files import CLOCK_TICK, settled, sync
from releases.index import DataFile, Index
from releases.kept import MOST, Kept

ROW = "_row"
FEW = 1_000
"""Rows that a small load writes."""
_MAX_FILES = 8  # small ones, when the log is shortened
_MAX_LOG = 18  # entries
_SMALL = 512 * 1024
_MERGED = 2 * 1024 * 1024  # bytes of small files that become one
_GROUP = 8_192  # rows: what is decoded at once, by a streaming reader as for a single row
_FILE = 4 * _GROUP  # rows: to read a single one, what tells of all of them is read first
_GROUPS = WriterProperties(max_row_group_size=_GROUP)
_BOUNDS = ("min.release", "max.release")
_CONFIGURATION: Mapping[str, str | None] = {
    "delta.dataSkippingStatsColumns": "release,load",
    "delta.logRetentionDuration": "interval 0 seconds",
    "delta.deletedFileRetentionDuration": "interval 0 seconds",
    "delta.checkpointInterval": "1000000",
}


class Table:
    """Rows of one kind, with the columns of `schema` (plus older ones no longer in the model)."""

    def __init__(self, folder: Path, schema: Mapping[str, pl.DataType], index: Path) -> None:
        self.folder = folder
        self.schema = dict(schema)
        self.empty = pl.DataFrame(schema=self.schema)
        self.index = Index(index, self.schema)
        self._kept = Kept(self.scan_files)
        self._held = False
        self._lock = RLock()
        self._known: DeltaTable | None = None
        self._forget()

    def hold(self, held: bool) -> None:
        """This process begins or ends to hold the writer lock: nobody else writes meanwhile."""
        self._held = self.index.growing = held
        if self._told is None or not settled(self._told[0], self._stamp()):
            self._forget()

    def _forget(self, told: tuple[float, list[DataFile]] | None = None) -> None:
        """Something was written: of what was seen of the log, this is still so."""
        self._seen: float | None = None
        self._told = told

    @property
    def name(self) -> str:
        """The table's name, as in messages."""
        return self.folder.name

    def exists(self) -> bool:
        """Whether anything was ever written to it."""
        return (self.folder / "_delta_log").is_dir()

    def _open(self) -> DeltaTable:
        """The table as it is now: what is new since the last look, else the whole log.

        A writer may be tidying the log in this very moment, so try again.
        """
        stamp = self._stamp()
        known, self._known = self._known, None
        for attempt in range(5):
            try:
                if known is None:
                    known = DeltaTable(self.folder)
                elif not self._sure(self._seen, stamp):
                    known.update_incremental()
                self._known, self._seen = known, stamp
                return known
            except (DeltaError, TableNotFoundError) as error:
                if attempt == 4:
                    raise TableFailedError(self.name, str(error)) from error
                known = None
                time.sleep(0.02 * 2**attempt)
        raise AssertionError("unreachable")

    def _stamp(self) -> float | None:
        """When something was last added to the log; None: there is none."""
        try:
            return (self.folder / "_delta_log").stat().st_mtime
        except FileNotFoundError:
            return None

    def _sure(self, seen: float | None, now: float | None) -> bool:
        """Whether nothing was added since it was seen: who holds the lock knows of all that is
        written."""
        return settled(seen, now) or (self._held and seen == now is not None)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What the table's library cannot do, as an error with a code and a fix."""
        try:
            yield
        except (DeltaError, pl.exceptions.PolarsError) as error:
            raise TableFailedError(self.name, str(error)) from error

    def files(self, since: int | None = None, until: int | None = None) -> list[Path]:
        """Data files that may hold rows with since < release <= until."""
        return list(self._files(since, until))

    @property
    def rows(self) -> int:
        """How many rows its log tells of."""
        return sum(self._files().values())

    def _files(self, since: int | None = None, until: int | None = None) -> dict[Path, int]:
        """The files, in the order of scanning, with their numbers of rows."""
        return {
            file.path: file.rows
            for file in self.held()
            if (since is None or file.last is None or file.last > since)
            and (until is None or file.first is None or file.first <= until)
        }

    def held(self) -> Sequence[DataFile]:
        """What the log tells of each file; it is read again when something was added to it."""
        with self._lock:
            return self._listed()

    def _listed(self) -> Sequence[DataFile]:
        stamp = self._stamp()
        if stamp is None:
            return ()
        if self._told is None or not self._sure(self._told[0], stamp):
            adds = pl.DataFrame(self._open().get_add_actions(flatten=True))
            bounds = (adds[n] if n in adds.columns else [None] * adds.height for n in _BOUNDS)
            files = zip(adds["path"], adds["num_records"], *bounds, strict=True)
            told = [DataFile(self.folder / unquote(path), *rest) for path, *rest in files]
            self._told = stamp, sorted(told)
            self._kept.only(file.path for file in told)
        return self._told[1]

    def kept(self, rows: int) -> Kept | None:
        """Where columns of so many rows may be kept in memory: who holds the lock is to write
        little, and asks for the same again."""
        return self._kept if self._held and rows <= MOST else None

    def scan(
        self, since: int | None = None, until: int | None = None, *, numbered: bool = False
    ) -> pl.LazyFrame:
        """Rows of the files that may hold since < release <= until (not filtered by row).

        numbered: adds `_row`, the row's place in this very scan.
        """
        return self.scan_files(self.files(since, until), numbered=numbered)

    def columns(
        self, names: Sequence[str], since: int | None = None, until: int | None = None
    ) -> pl.LazyFrame:
        """Some columns of the rows of `scan`."""
        files = self._files(since, until)
        kept = self.kept(sum(files.values())) if files else None
        if kept is None:
            return self.scan_files(list(files)).select(*names)
        return pl.concat(kept.read(list(files), names)).lazy()

    def scan_files(self, files: list[Path], *, numbered: bool = False) -> pl.LazyFrame:
        """Rows of some of the files, as of `scan`."""
        if not files:
            empty = pl.LazyFrame(schema=self.schema)
            return empty.with_row_index(ROW).cast({ROW: pl.Int64}) if numbered else empty
        rows = pl.scan_parquet(
            files,
            schema=self.schema,
            missing_columns="insert",
            extra_columns="ignore",
            row_index_name=ROW if numbered else None,
            glob=False,
        )
        return rows.with_columns(pl.col(ROW).cast(pl.Int64)) if numbered else rows

    def append(self, frame: pl.DataFrame) -> None:
        """Add rows; the frame has exactly the columns of the schema, in any order.

        Raises WrongFrameError, ChangedTypeError, TableFailedError.
        """
        if dict(frame.schema) != self.schema:
            raise WrongFrameError(self.name, f"it has {frame.schema}, not {self.schema}")
        with self._lock:
            self._append(frame)

    def _append(self, frame: pl.DataFrame) -> None:
        if not self.exists():
            with self._telling():
                write_deltalake(
                    self.folder, frame, configuration=_CONFIGURATION, writer_properties=_GROUPS
                )
            return
        table = self._open()
        stored = _stored(table)
        for column, wanted in self.schema.items():
            if column in stored and stored[column] != wanted:
                raise ChangedTypeError(self.name, column, str(stored[column]), str(wanted))
        # Columns of a newer ontology are added; those of an older one stay, and are empty here.
        with self._telling():
            if set(frame.columns) <= set(stored):
                # Without the query engine behind `write_deltalake`, at a third of its time.
                files = self.held()
                written = [self._write_file(part) for part in frame.iter_slices(_FILE)]
                self._transact(table, written)
                self._add(files, written)
                if self._held and frame.height <= FEW:
                    self._kept.put(self.folder / written[0].path, frame)
            else:
                write_deltalake(
                    table, frame, mode="append", schema_mode="merge", writer_properties=_GROUPS
                )
                self._forget()

    def _add(self, files: Sequence[DataFile], written: Sequence[AddAction]) -> None:
        """Who holds the lock need not read in the log what it has just written there."""
        stamp = self._stamp()
        added = [_told(self.folder / file.path, json.loads(file.stats)) for file in written]
        self._forget((stamp, sorted([*files, *added])) if self._held and stamp else None)

    def delete(self, predicate: str) -> None:
        """Remove rows by a predicate over `release` and `load`."""
        if self.exists():
            table = self._open()
            with self._telling():
                table.delete(predicate)
            self._forget()

    def drop(self, rows: pl.Series) -> None:
        """Remove rows by their `_row` in a scan of the whole table."""
        start, spans = 0, {}
        for path, count in self._files().items():
            spans[path] = (start, start + count)
            start += count
        affected = [path for path, span in spans.items() if rows.is_between(*span, "left").any()]

        def without(path: Path, content: pl.DataFrame) -> pl.DataFrame:
            numbered = content.with_row_index(ROW, spans[path][0])
            return numbered.filter(~pl.col(ROW).is_in(rows.implode())).drop(ROW)

        if affected:
            self.rewrite(affected, without)

    def rewrite(
        self, files: Iterable[Path], change: Callable[[Path, pl.DataFrame], pl.DataFrame]
    ) -> None:
        """Replace each file by what `change` makes of all its columns, in one step for all."""
        table = self._open()
        actions: list[AddAction | RemoveAction] = []
        with self._telling():
            for path in files:
                rows = change(path, pl.read_parquet(path, glob=False))
                actions.append(_removed(path))
                if rows.height:
                    actions.append(self._write_file(rows))
            if actions:
                self._transact(table, actions)

    def _transact(self, table: DeltaTable, actions: Sequence[AddAction | RemoveAction]) -> None:
        """Files added and removed, in one step."""
        table.create_write_transaction(list(actions), mode="append", schema=table.schema())
        self._forget()

    def _write_file(self, rows: pl.DataFrame) -> AddAction:
        path = self.folder / f"part-{uuid.uuid4()}.parquet"
        rows.write_parquet(path, row_group_size=_GROUP)
        bounds = {name: rows[name] for name in ("release", "load") if name in rows.columns}
        stats = {
            "numRecords": rows.height,
            "minValues": {name: column.min() for name, column in bounds.items()},
            "maxValues": {name: column.max() for name, column in bounds.items()},
            "nullCount": {name: column.null_count() for name, column in bounds.items()},
        }
        size = path.stat().st_size
        return AddAction(path.name, size, {}, _milliseconds(), True, json.dumps(stats))

    def sync(self, since: float) -> None:
        """Flush everything written since that time (seconds) to the disk."""
        for path in self.written(since):
            sync(path)

    def written(self, since: float) -> Iterator[Path]:
        """What must be flushed of what was written since that time (seconds)."""
        for folder in (self.folder, self.folder / "_delta_log"):
            for entry in os.scandir(folder):
                if entry.is_file() and entry.stat().st_mtime >= since - CLOCK_TICK:
                    yield Path(entry.path)
            yield folder

    def untidy(self) -> int:
        """Log entries above those that may be there; then there is something to tidy."""
        return sum(1 for _ in (self.folder / "_delta_log").glob("*.json")) - _MAX_LOG

    def tidy(self) -> None:
        """Merge small files, where there are many, and shorten the log.

        Files that the state just before still named stay until the next time, so that somebody
        who is reading them can finish.
        """
        table = self._open()
        before = table.version()
        adds = pl.DataFrame(table.get_add_actions(flatten=True))
        small = adds.filter(pl.col("size_bytes") < _SMALL).sort("size_bytes")
        if small.height > _MAX_FILES:
            with self._telling():
                self._merge(table, small)
                table.update_incremental()
                table.vacuum(
                    retention_hours=0,
                    dry_run=False,
                    enforce_retention_duration=False,
                    full=True,
                    keep_versions=[before],
                )
        table.create_checkpoint()
        table.cleanup_metadata()
        self._forget()

    def _merge(self, table: DeltaTable, small: pl.DataFrame) -> None:
        """Some larger files instead of these (path, size_bytes), with all their columns."""
        started = time.time()
        actions: list[AddAction | RemoveAction] = []
        parts = small.with_columns(part=pl.col("size_bytes").cum_sum() // _MERGED)
        for part in parts.partition_by("part"):
            files = [self.folder / unquote(path) for path in part["path"]]
            rows = pl.concat([pl.read_parquet(file, glob=False) for file in files], how="diagonal")
            actions += [*map(_removed, files), *map(self._write_file, rows.iter_slices(_FILE))]
        self._transact(table, actions)
        self.sync(started)

    def purge(self) -> None:
        """Leave no file, row or log entry that the table does not need now, and no index.

        Somebody reading the table in this moment may find a file gone.
        """
        self.index.clear()
        table = self._open()
        table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
        table.create_checkpoint()
        table.cleanup_metadata()
        self._forget()


def _stored(table: DeltaTable) -> dict[str, pl.DataType]:
    return dict(pl.Schema(table.schema().to_arrow()))


def _removed(file: Path) -> RemoveAction:
    return RemoveAction(file.name, True, _milliseconds(), file.stat().st_size, {})


def _told(path: Path, stats: dict[str, Any]) -> DataFile:
    """A file by its statistics in the log."""
    bounds = (stats[name].get("release") for name in ("minValues", "maxValues"))
    return DataFile(path, stats["numRecords"], *bounds)


def _milliseconds() -> int:
    return int(time.time() * 1000)
