"""Bolt: reads with a deadline, writes with bounded retries, failures with cause and fix.

Reads are one auto-committed query each, so that a question costs one round trip.
"""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    NotificationMinimumSeverity,
    Query,
    Result,
    Session,
)
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    UnsupportedServerProduct,
)

from graph.errors import StoreUnusableError, TooLongError

OLDEST_VERSION = (5, 26)
_TRIES = 4
_RETRY_SECONDS = 60.0
_CONNECT_SECONDS = 30.0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Target:
    """Where a Neo4j is. database: Community has one, `neo4j`."""

    uri: str
    username: str
    password: str
    database: str = "neo4j"

    @classmethod
    def of(cls, url: str) -> "Target":
        """The store setting: `neo4j`, which reads NEO4J_URI, or a bolt:// or neo4j:// address.

        NEO4J_USERNAME and NEO4J_PASSWORD always come from the environment, never from the setting.
        """
        uri = os.environ.get("NEO4J_URI", "") if url == "neo4j" else url
        if not uri:
            raise StoreUnusableError(
                "neo4j",
                "NEO4J_URI is not set",
                "Start a server with `make neo4j` and load .env.neo4j, or set NEO4J_URI,"
                " NEO4J_USERNAME and NEO4J_PASSWORD",
            )
        return cls(
            uri,
            os.environ.get("NEO4J_USERNAME", "neo4j"),
            os.environ.get("NEO4J_PASSWORD", ""),
            os.environ.get("NEO4J_DATABASE", "neo4j"),
        )


class Connection:
    """A pool of connections to one database. Raises StoreUnusableError when it cannot be used."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._local = threading.local()
        try:
            self._driver: Driver = GraphDatabase.driver(
                target.uri,
                auth=(target.username, target.password),
                connection_timeout=5.0,
                connection_acquisition_timeout=_CONNECT_SECONDS,
                max_transaction_retry_time=_RETRY_SECONDS,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                user_agent="justicegraph",
            )
        except (ConfigurationError, ValueError) as error:
            raise StoreUnusableError(target.uri, str(error), _ADDRESS) from error
        try:
            self._check_version()
        except BaseException:
            self._driver.close()
            raise

    def _check_version(self) -> None:
        with self._explained():
            try:
                agent = self._driver.get_server_info().agent
            except (ConfigurationError, UnsupportedServerProduct) as error:
                # The protocol of 4.4 and older has not what the driver is asked for.
                raise StoreUnusableError(self.target.uri, str(error), _NEWER) from error
        _, _, number = agent.partition("/")
        found = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
        if found < OLDEST_VERSION:
            raise StoreUnusableError(
                self.target.uri,
                f"the server is {agent}",
                _NEWER,
            )

    # -- reads

    def rows(self, query: str, **parameters: Any) -> list[Any]:
        """All rows of a read, as lists of values. Raises TooLongError, StoreUnusableError."""
        with self._explained():
            for attempt in range(1, _TRIES + 1):
                try:
                    with self._session(READ_ACCESS) as session:
                        return session.run(self._timed(query), parameters).values()
                except (Neo4jError, DriverError) as error:
                    pause = 0.1 * 4**attempt
                    if attempt == _TRIES or not error.is_retryable() or self._left() <= pause:
                        raise
                    time.sleep(pause)
        raise AssertionError

    def stream(self, query: str, **parameters: Any) -> Iterator[Any]:
        """The rows of a read one after the other; never more than a page of them in memory."""
        with self._explained(), self._session(READ_ACCESS) as session:
            for record in session.run(self._timed(query), parameters):
                yield record.values()

    @contextlib.contextmanager
    def reading(self, fetch: int) -> Iterator[Callable[[str, Mapping[str, Any]], Result]]:
        """What runs reads one after the other; fetch: rows the server sends at once."""
        with self._explained(), self._session(READ_ACCESS, fetch) as session:
            yield lambda query, parameters: session.run(self._timed(query), dict(parameters))

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Stop reads of this thread that are still running when the time is up."""
        before = getattr(self._local, "limit", None)
        self._local.limit = (time.monotonic() + seconds, seconds)
        try:
            yield
        finally:
            self._local.limit = before

    def _left(self) -> float:
        """Seconds until the limit of this thread."""
        limit = getattr(self._local, "limit", None)
        return math.inf if limit is None else limit[0] - time.monotonic()

    def _timed(self, query: str) -> Query:
        limit = getattr(self._local, "limit", None)
        if limit is None:
            return Query(query)
        left = limit[0] - time.monotonic()
        if left <= 0:
            raise TooLongError(limit[1])
        return Query(query, timeout=left)

    # -- writes

    def write(self, work: Callable[[ManagedTransaction], _Answer]) -> _Answer:
        """One transaction: all of it or nothing. Deadlocks and lost connections are tried again."""
        with self._explained(), self._session(WRITE_ACCESS) as session:
            return session.execute_write(work)

    def run(self, query: str, **parameters: Any) -> None:
        """A statement that makes its own transactions: schema, CALL { } IN TRANSACTIONS."""
        with self._explained(), self._session(WRITE_ACCESS) as session:
            session.run(query, parameters).consume()

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def _session(self, access: str, fetch: int = 5_000) -> Session:
        return self._driver.session(
            database=self.target.database,
            default_access_mode=access,
            fetch_size=fetch,
            # A server that is starting takes connections and says nothing yet.
            connection_acquisition_timeout=max(min(_CONNECT_SECONDS, self._left()), 0.0),
        )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (Neo4jError, DriverError, OSError) as error:
            limit = getattr(self._local, "limit", None)
            code = error.code or "" if isinstance(error, Neo4jError) else ""
            if limit is not None and "TransactionTimedOut" in code:
                raise TooLongError(limit[1]) from error
            raise StoreUnusableError(self.target.uri, _why(error), _fix(error, code)) from error


_NEWER = "Use Neo4j 5.26 LTS or newer"
_ADDRESS = "NEO4J_URI is bolt://host:7687, or neo4j://host:7687 for a cluster"
_RESTART = (
    "Free some disk space if its disk is full, restart the server, run the same command again"
)
_FIXES = {
    "ReadOnly": "The database takes no writes: point NEO4J_URI at the writable one",
    "DatabaseNotFound": "Set NEO4J_DATABASE to a database that exists; Community has `neo4j`",
    "DatabaseUnavailable": "The database is stopped or starting: wait, or look into its log",
    "MemoryPool": "Give the server more memory, or set JUSTICEGRAPH_BATCH lower",
    "OutOfMemory": "Give the server more memory, or set JUSTICEGRAPH_BATCH lower",
    "OutOfDisk": "Free some disk space on the server, then run the same command again",
    # What Neo4j says once it could not write its log.
    "TransactionCommitFailed": _RESTART,
    "TransactionStartFailed": _RESTART,
    "TransactionLogError": _RESTART,
    "ConstraintValidation": "Rebuild the graph: something else has written to this database",
}


def _why(error: Exception) -> str:
    if isinstance(error, AuthError):
        return "the user name or the password is wrong"
    if isinstance(error, ServiceUnavailable | OSError):
        return f"no server answers ({str(error).splitlines()[0] if str(error) else 'closed'})"
    return str(error)


def _fix(error: Exception, code: str) -> str:
    if isinstance(error, AuthError):
        return "Set NEO4J_USERNAME and NEO4J_PASSWORD to those of the server"
    if isinstance(error, ServiceUnavailable | OSError):
        return (
            "Wait, if the graph is being rebuilt; else start the server (`make neo4j`,"
            " `docker compose up`) or correct NEO4J_URI"
        )
    text = f"{code} {error}"
    for mark, fix in _FIXES.items():
        if mark in text:
            return fix
    if "o space left" in text:
        return _FIXES["OutOfDisk"]
    return "Run the same command again; if it stays, look into the server's log"
