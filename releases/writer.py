"""Writing one release: rows are buffered, then appended; the release file comes last."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from releases.documents import DOCUMENTS, FINDINGS
from releases.errors import NotWritingError, WrongFrameError
from releases.files import sync
from releases.ledger import Ledger, Load, Release, Writing, now
from releases.state import KEY, STORED
from releases.table import FEW, Table

_BUFFERED_ROWS = 20_000
_FLUSHERS = 8


@dataclass
class _Buffer:
    table: Table
    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    written: bool = False


class Writer:
    """Puts and deletes rows of one load. Made by Releases.write(), for one `with` block.

    Rows become visible to others when `commit` returns, and never if it does not.
    """

    def __init__(
        self, ledger: Ledger, tables: Mapping[str, Table], documents: Table, findings: Table,
        model_digest: str,
    ) -> None:  # fmt: skip
        self.load = ledger.next_load()
        self._ledger = ledger
        self._tables = tables
        self._documents = documents
        self._findings = findings
        self._model_digest = model_digest
        self._number: int | None = None
        self._batch = 0
        self._buffers: dict[str, _Buffer] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._marked: Writing | None = None
        self._started = time.time()
        self._first = not documents.exists()
        self._told: list[pl.Series] = []
        self._open = True
        self.committed = False

    @property
    def number(self) -> int:
        """The number of the release being written; given out at the first change."""
        if self._number is None:
            self._check_open()
            self._number = self._ledger.next_release()
        return self._number

    @property
    def changed(self) -> bool:
        """Whether anything was put or deleted."""
        return self._number is not None

    def touched(self, *roots: str) -> bool:
        """Whether rows of any of these tables were put or deleted."""
        return any(root in self._counts for root in roots)

    @property
    def written(self) -> int:
        """Rows of records put and deleted so far."""
        return sum(sum(counts.values()) for counts in self._counts.values())

    @property
    def spilled(self) -> bool:
        """Whether rows may already lie in tables."""
        return self._marked is not None

    def put(self, root: str, frame: pl.DataFrame) -> None:
        """Records as their documents now give them.

        frame: system columns and any properties of Model.table_schema(root); one row an
        (iri, document). A later call wins over an earlier one. Raises WrongFrameError.
        """
        schema = self._tables[root].schema
        wrong = {
            name: kind
            for name, kind in frame.schema.items()
            if name in STORED or schema.get(name) != kind
        }
        if wrong:
            raise WrongFrameError(root, f"unknown or ill-typed columns {wrong}")
        self._add(root, frame, "put", ("iri", "class", "dataset", "document", "version", "hash"))

    def delete(self, root: str, frame: pl.DataFrame) -> None:
        """Records (iri, document) that their documents no longer give."""
        if set(frame.columns) != set(KEY):
            raise WrongFrameError(root, f"delete takes the columns {KEY}, not {frame.columns}")
        self._add(root, frame, "delete", KEY)

    def _add(self, root: str, frame: pl.DataFrame, op: str, needed: tuple[str, ...]) -> None:
        self._check_open()
        if frame.is_empty():
            return
        missing = [name for name in needed if name not in frame.columns]
        if missing:
            raise WrongFrameError(root, f"columns {missing} are missing")
        if frame[list(KEY)].is_duplicated().any():
            raise WrongFrameError(root, "one (iri, document) stands twice in one call")
        counts = self._counts.setdefault(root, {"put": 0, "delete": 0})
        counts[op] += frame.height
        release = {"release": self.number, "batch": self._next_batch(), "op": op}
        self._buffer(root, self._tables[root], frame, release)

    def put_documents(self, frame: pl.DataFrame) -> None:
        """Versions of documents to remember: document, dataset, version, hash, file, outcome
        ('accepted', 'refused'), rejected (iris rejected in it). Refused ones make no release.
        """
        self._check_open()
        if self._first:
            self._told.append(frame["document"].hash())
        for outcome in ("accepted", "refused"):
            rows = frame.filter(pl.col("outcome") == outcome)
            if rows.is_empty():
                continue
            number = self.number if outcome == "accepted" else None
            self._add_documents(rows, number, "put")

    def known(self, ids: pl.Series) -> pl.Series:
        """Documents without those that nothing was ever told of: as a load into an empty folder
        knows by 8 bytes a document, without asking the table.
        """
        if not self._first:
            return ids
        here = ids.hash()
        met = [told.filter(told.is_in(here.implode())) for told in self._told]
        return ids.filter(here.is_in(pl.concat([here.clear(), *met]).implode()))

    def delete_documents(self, frame: pl.DataFrame) -> None:
        """Documents (column document) that a snapshot no longer holds."""
        self._check_open()
        if not frame.is_empty():
            self._add_documents(frame.select("document"), self.number, "delete")

    def _add_documents(self, rows: pl.DataFrame, number: int | None, op: str) -> None:
        system = {"load": self.load, "release": number, "batch": self._next_batch(), "op": op}
        self._buffer("documents", self._documents, rows, system)

    def report(self, findings: pl.DataFrame) -> None:
        """Findings of this load (releases.documents.FINDINGS without load and at).

        Kept also when the load changes nothing and makes no release.
        """
        self._check_open()
        if not findings.is_empty():
            self._buffer("findings", self._findings, findings, {"load": self.load, "at": now()})

    def commit(self, summary: Mapping[str, Any] | None = None) -> Release | None:
        """Make the release exist, or return None when nothing was put or deleted.

        summary: counts of the load; no names of files or people, since it outlives `forget`.
        """
        self._check_open()
        self._flush()
        touched = [buffer.table for buffer in self._buffers.values() if buffer.written]
        with ThreadPoolExecutor(_FLUSHERS) as threads:  # a disk flushes many at once as one
            list(threads.map(sync, (p for table in touched for p in table.written(self._started))))
        release = None
        if self._number is not None:
            release = Release(
                number=self._number,
                load=self.load,
                made=now(),
                model_hash=self._model_digest,
                counts=self._counts,
                summary=dict(summary or {}),
            )
            self._ledger.add(release)
        elif summary:
            self._ledger.add_load(Load(self.load, now(), summary))
        self._open = False
        if self._marked:
            self._ledger.end()
            self._marked = None
        self.committed = True
        return release

    def tidy(self) -> None:
        """After a commit: tidy the tables that were written to; after a small load no more than
        one of them, the others when less is to be done."""
        written = [buffer.table for buffer in self._buffers.values() if buffer.written]
        untidy = sorted((table for table in written if table.untidy() > 0), key=Table.untidy)
        for table in untidy[-1:] if self.written <= FEW else untidy:
            table.tidy()

    def abandon(self, summary: Mapping[str, Any] | None = None) -> None:
        """End without committing; Releases removes what was already written.

        summary: why, kept as the counts of a load are (no names of files or people); with it the
        findings stay too.
        """
        self._open = False
        self._buffers = {
            name: buffer for name, buffer in self._buffers.items() if summary and name == "findings"
        }
        if summary:
            self._flush()
            if self.spilled and self._findings.exists():
                self._findings.sync(self._started)
            self._ledger.add_load(Load(self.load, now(), summary))

    def buffered(self, name: str) -> list[pl.DataFrame]:
        """Rows of a table that are not yet appended, with all its columns."""
        return list(self._buffers[name].frames) if name in self._buffers else []

    def _next_batch(self) -> int:
        self._batch += 1
        return self._batch

    def _check_open(self) -> None:
        if not self._open:
            raise NotWritingError

    def _buffer(
        self, name: str, table: Table, frame: pl.DataFrame, system: Mapping[str, object]
    ) -> None:
        constant = [
            pl.Series(column, [value], table.schema[column]).new_from_index(0, frame.height)
            for column, value in system.items()
        ]
        rows = pl.concat([table.empty, frame.hstack(constant)], how="diagonal")
        buffer = self._buffers.setdefault(name, _Buffer(table))
        buffer.frames.append(rows)
        buffer.rows += rows.height
        if sum(each.rows for each in self._buffers.values()) > _BUFFERED_ROWS:
            self._flush()

    def _flush(self) -> None:
        """Append what is buffered, two tables at a time: most of an append is waiting."""
        filled = [buffer for buffer in self._buffers.values() if buffer.rows]
        writing = Writing(self.load, self._number)
        if filled and self._marked != writing:
            self._ledger.begin(writing)
            self._marked = writing
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(_append, filled))


def _append(buffer: _Buffer) -> None:
    buffer.table.append(pl.concat(buffer.frames))
    buffer.frames, buffer.rows, buffer.written = [], 0, True


COLUMNS_OF_FINDINGS = tuple(name for name in FINDINGS if name not in ("load", "at"))
COLUMNS_OF_DOCUMENTS = tuple(
    name for name in DOCUMENTS if name not in ("load", "release", "batch", "op")
)
