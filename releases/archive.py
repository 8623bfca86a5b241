"""The releases of one data folder: what can be asked, and who may change them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace as dc_replace
from pathlib import Path

import polars as pl

from releases.answers import Answers
from releases.forgetting import ForgetReport, forget_documents, forget_records
from releases.ledger import Writing
from releases.lock import writer_lock
from releases.model import Schemas
from releases.retention import superseded, superseded_documents
from releases.table import ROW, Table
from releases.writer import Writer


class Releases(Answers):
    """Record tables and releases in one data folder. Open with Releases.open.

    Reading needs no lock; whatever changes the folder holds the one writer lock.
    """

    @classmethod
    def open(cls, folder: Path, model: Schemas) -> "Releases":
        """The folder is made if need be. Raises NewerFormatError."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, model)

    @contextmanager
    def write(self, wait: float = 0.0) -> Iterator[Writer]:
        """Write one release; what is not committed leaves nothing visible.

        wait: seconds to wait for another writer. Raises LockHeldError.
        """
        with writer_lock(self.folder, wait):
            self._clean()
            writer = Writer(
                self._ledger,
                self._tables,
                self._documents,
                self._findings,
                self.model.digest,
            )
            self._hold(True)
            try:
                yield writer
                if writer.committed:
                    writer.tidy()
            finally:
                self._hold(False)
                writer.abandon()
                if writer.spilled:
                    self._clean()

    def _hold(self, held: bool) -> None:
        self._ledger.hold(held)
        for table in (*self._tables.values(), self._documents, self._findings):
            table.hold(held)

    def _clean(self) -> None:
        """Finish what an earlier process began and did not end."""
        writing = self._ledger.writing()
        if writing is None:
            return
        if writing.undo_to is not None:
            self._finish_undo(writing.undo_to, writing.load)
        elif writing.release is None or writing.release not in self._ledger.live():
            self._remove_above(self.current, writing.load)
            if not self._ledger.told(writing.load):
                self._findings.delete(f"load >= {writing.load}")
        self._ledger.end()

    def _remove_above(self, release: int, load: int) -> None:
        for table in self._tables.values():
            table.delete(f"release > {release}")
        self._documents.delete(f"release > {release} OR (release IS NULL AND load >= {load})")

    def undo(self, to: int) -> tuple[int, ...]:
        """Go back to a release (0: to nothing); returns the numbers undone, newest first.

        Findings stay: they are the log of loads. Raises NoSuchReleaseError, LockHeldError.
        """
        with writer_lock(self.folder):
            self._clean()
            if to or self._ledger.retired():
                self._ledger.release(to)
            later = tuple(number for number in self._ledger.live() if number > to)
            if later:
                load = self._ledger.release(later[0]).load
                self._ledger.begin(Writing(load, undo_to=to))
                self._finish_undo(to, load)
                self._ledger.end()
            return later[::-1]

    def _finish_undo(self, to: int, load: int) -> None:
        for number in reversed(self._ledger.live()):
            if number > to:
                self._ledger.mark(number, "undone")
        self._remove_above(to, load)

    def retain(self, keep: int) -> tuple[int, ...]:
        """Keep the newest `keep` releases; returns the numbers no longer kept, oldest first.

        Older ones can no longer be asked, and rows that only they needed are removed; the state
        of the kept ones is the same. Raises LockHeldError.
        """
        if keep < 1:
            raise ValueError("keep at least one release")
        with writer_lock(self.folder):
            self._clean()
            live = self._ledger.live()
            old, kept = tuple(live[:-keep]), live[-keep:]
            for number in old:
                self._ledger.mark(number, "retired")
            if not kept:
                return old
            for table in filter(Table.exists, self._tables.values()):
                table.drop(superseded(table.scan(numbered=True), kept[0]).collect()[ROW])
                table.purge()
            if self._documents.exists():
                load = self._ledger.release(kept[1]).load if len(kept) > 1 else None
                rows = superseded_documents(self._documents.scan(numbered=True), kept[0], load)
                self._documents.drop(rows.collect()[ROW])
                self._documents.purge()
            return old

    def forget(
        self,
        iris: Collection[str],
        values: Collection[str] = (),
        documents: Collection[str] = (),
    ) -> ForgetReport:
        """Remove records from every release, so that no byte of them is left in these tables.

        Goes: their rows, mentions of them in other rows, linkage that names them, documents that
        held nothing else, findings about them. Of documents that hold more, the file name and the
        findings' values go; from summaries, the totals. values: texts (an identifier in a file
        name, say) whose findings go too. documents: those that go as a whole, also what they say of
        records that stay. Each release file keeps the count only. Run again if it was interrupted.
        Somebody reading meanwhile may find a file gone. Raises LockHeldError.
        """
        report = ForgetReport()
        wanted = pl.Series("iri", list(iris), dtype=pl.String)
        whole = pl.Series("document", list(documents), dtype=pl.String)
        with writer_lock(self.folder):
            self._clean()
            tables = {root: table for root, table in self._tables.items() if table.exists()}
            gone, shared = forget_records(tables, wanted, whole, report)
            if self._documents.exists():
                report.documents = forget_documents(self._documents, gone, shared, wanted, values)
            if self._findings.exists():
                report.findings = forget_documents(self._findings, gone, shared, wanted, values)
            for release in self.list():
                count = report.releases.get(release.number, 0)
                kept = {name: told for name, told in release.summary.items() if name != "totals"}
                if count or kept != release.summary:
                    forgotten = release.forgotten + count
                    self._ledger.add(dc_replace(release, forgotten=forgotten, summary=kept))
            for table in (*tables.values(), self._documents, self._findings):
                if table.exists():
                    table.purge()
        return report
