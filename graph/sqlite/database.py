"""Connections to one SQLite file: a reader for each thread, one writer, and a deadline on reads."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from graph.errors import NotErasedError, StoreUnusableError, TooLongError

_WAIT_MS = 20_000
_STEPS = 20_000  # virtual machine steps between two looks at the clock, well under a millisecond


class Database:
    """The file and its connections. WAL: readers never wait for the writer, nor it for them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[sqlite3.Connection] = []

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file; may be nested. Raises TooLongError, StoreUnusableError."""
        with self._explained():
            connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
            if connection is None:
                connection = self._local.reader = self._connect()
            with _transaction(connection, "BEGIN"):
                yield connection

    @contextlib.contextmanager
    def streaming(self) -> Iterator[sqlite3.Connection]:
        """As `reading`, on a connection of its own, for an answer that is consumed slowly."""
        with self._explained():
            connection = self._connect()
            try:
                with _transaction(connection, "BEGIN"):
                    yield connection
            finally:
                self._drop(connection)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: all of it, or after an error or a crash nothing."""
        with self._explained():
            connection = self.writer()
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    def writer(self) -> sqlite3.Connection:
        """This thread's connection for writing, outside any transaction."""
        connection: sqlite3.Connection | None = getattr(self._local, "writer", None)
        if connection is None:
            connection = self._local.writer = self._connect()
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("PRAGMA wal_autocheckpoint = 16000")
        return connection

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Stop reads of this thread that are still running when the time is up."""
        before = getattr(self._local, "limit", None)
        self._local.limit = (time.monotonic() + seconds, seconds)
        try:
            yield
        finally:
            self._local.limit = before

    def discard_if_foreign(self) -> None:
        """Delete the file if it is not SQLite's at all."""
        if self.path.exists():
            with self.path.open("rb") as file:
                head = file.read(16)
            if head not in (b"", b"SQLite format 3\x00"):
                self.path.unlink()

    def settle(self) -> None:
        """Move what the log holds into the file, as far as readers let it."""
        with self._explained():
            self.writer().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def vacuum(self) -> None:
        """Rewrite the file without what was deleted, and empty the log. Raises NotErasedError."""
        with self._explained():
            connection = self.writer()
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("VACUUM")
            connection.execute("PRAGMA secure_delete = OFF")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise NotErasedError(str(self.path))

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=_WAIT_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        # Under WAL a crash of the process loses nothing, a power cut at most the last commits,
        # which the next projection makes again: the releases are the truth.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.set_progress_handler(self._expired, _STEPS)
        with self._lock:
            self._open.append(connection)
        return connection

    def _drop(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if connection in self._open:
                self._open.remove(connection)
        connection.close()

    def _expired(self) -> bool:
        limit = getattr(self._local, "limit", None)
        return limit is not None and time.monotonic() > limit[0]

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            limit = getattr(self._local, "limit", None)
            if limit is not None and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TooLongError(limit[1]) from error
            raise StoreUnusableError(str(self.path), str(error), _fix(error)) from error


def _fix(error: sqlite3.DatabaseError) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another process writes it: wait for it to end, then run the same command again"
        case sqlite3.SQLITE_FULL:
            return "Free some disk space, then run the same command again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return "Make the folder and the file writable for this user"
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return "Make it again from the releases: justicegraph graph rebuild"
        case _:
            return "Run the same command again; if it stays: justicegraph graph rebuild"


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    if connection.in_transaction:
        yield
        return
    connection.execute(begin)
    try:
        yield
    except BaseException:
        # A full disk may have rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
