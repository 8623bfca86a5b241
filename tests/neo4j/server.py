"""The Neo4j that tests use: that of NEO4J_URI, or one Community server for the whole run.

Test processes share it: whoever uses the database holds the lock file, so that none sees
another's records, and the last one to leave stops the server.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neo4j import GraphDatabase

from graph.neo4j.local import Address, LocalServer, LocalServerError

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".neo4j" / "tests"
LIB = ROOT / ".neo4j" / "lib"
POM = ROOT / "tests" / "neo4j" / "pom.xml"
NAMES = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD")


def managed() -> LocalServer:
    """The server that tests start themselves."""
    return LocalServer(HOME, LIB)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process of this checkout at a time."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / name).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def started() -> Address:
    """Start the managed server, or join those who use it. Raises LocalServerError."""
    with locked("users.lock"):
        server = managed()
        server.install(POM)
        address = server.start()
        (HOME / f"user-{os.getpid()}").touch()
        return address


def left() -> None:
    """Leave the managed server; the last one stops it."""
    with locked("users.lock"):
        (HOME / f"user-{os.getpid()}").unlink(missing_ok=True)
        for user in HOME.glob("user-*"):
            if not Path("/proc", user.name.removeprefix("user-")).exists():
                user.unlink(missing_ok=True)
        if not list(HOME.glob("user-*")):
            managed().stop()


def given() -> Address | None:
    """The server of NEO4J_URI, if it is set. Raises LocalServerError when it is not for tests."""
    if not os.environ.get("NEO4J_URI"):
        return None
    address = Address(*(os.environ.get(name, "") for name in NAMES))
    with (
        GraphDatabase.driver(address.uri, auth=(address.username, address.password)) as driver,
        driver.session() as session,
    ):
        rows = session.run("MATCH (n:Resource) RETURN n.iri LIMIT 1000").values()
    foreign = [iri for (iri,) in rows if not iri.startswith("https://example.org/")]
    if foreign:
        raise LocalServerError(
            "JG-N4L-007",
            f"NEO4J_URI holds records that are not tests', such as {foreign[0]}",
            "Give tests an empty database: they clear it.",
        )
    return address


def managed_uri() -> str | None:
    """Where the managed server answers, None when it does not run."""
    server = managed()
    return server.address().uri if server.pid() is not None else None
