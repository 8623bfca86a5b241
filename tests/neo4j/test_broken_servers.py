"""Servers that cannot be used, each a clear error: too old, read-only, disk full, not answering."""

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.health import READY_SECONDS
from graph import StoreUnusableError, open_store
from graph.neo4j import Neo4jStore, Target
from graph.neo4j.connection import Connection
from graph.neo4j.local import Address, LocalServer
from tests.graph.frames import MODEL, frame, iri
from tests.neo4j import server

# SUCCESS {}, in PackStream
DONE = b"\xb1\x70\xa0"


def hello(agent: bytes) -> bytes:
    """SUCCESS {server, connection_id}."""
    server = b"\x86server" + bytes([0x80 + len(agent)]) + agent
    return b"\xb1\x70\xa2" + server + b"\x8dconnection_id\x86bolt-1"


def chunk(message: bytes) -> bytes:
    return len(message).to_bytes(2, "big") + message + b"\x00\x00"


@pytest.fixture
def older() -> Iterator[int]:
    """The port of what answers Bolt as Neo4j 4.4 does."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                client.recv(20)  # magic and four proposals
                client.sendall(b"\x00\x00\x04\x04")
                client.recv(4096)
                client.sendall(chunk(hello(b"Neo4j/4.4.0")))
                client.recv(4096)

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def test_a_server_that_is_too_old(older: int) -> None:
    with pytest.raises(StoreUnusableError, match=r"5\.26 LTS or newer"):
        Neo4jStore(Target(f"bolt://127.0.0.1:{older}", "neo4j", "any"), MODEL)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that greets one client and then says nothing, as one that starts."""
    listening = socket.create_server(("127.0.0.1", 0))
    later: list[socket.socket] = []

    def serve() -> None:
        first, _ = listening.accept()
        with first:
            first.recv(20)
            first.sendall(b"\x00\x00\x02\x05")  # Bolt 5.2
            first.recv(4096)
            first.sendall(chunk(hello(b"Neo4j/5.26.0")) + chunk(DONE))
            first.recv(4096)
        with contextlib.suppress(OSError):
            while True:
                later.append(listening.accept()[0])

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()
    for client in later:
        client.close()


def test_a_question_does_not_wait_past_its_limit_for_a_server_that_starts(silent: int) -> None:
    """It is told that no server answers, not that it asked for too much."""
    target = Target(f"bolt://127.0.0.1:{silent}", "neo4j", "any")
    with closing(Connection(target)) as connection:
        begun = time.monotonic()
        with connection.limited(0.5), pytest.raises(StoreUnusableError, match="no server answers"):
            connection.rows("RETURN 1")
        assert time.monotonic() - begun < 5


def test_a_question_with_a_limit_does_not_wait_past_it(neo4j: Address) -> None:
    """`/ready` says why at once, instead of trying again beyond its own deadline."""
    target = Target(neo4j.uri, neo4j.username, neo4j.password)
    store = Neo4jStore(target, MODEL)
    if neo4j.uri != server.managed_uri():
        pytest.skip("the server of NEO4J_URI is not ours to stop")
    server.managed().stop()
    try:
        begun = time.monotonic()
        with store.limited(READY_SECONDS), pytest.raises(StoreUnusableError, match="no server"):
            store.current()
        assert time.monotonic() - begun < 2 * READY_SECONDS
    finally:
        server.managed().start()
        store.close()


def test_a_database_that_is_read_only(neo4j: Address, tmp_path: Path) -> None:
    if neo4j.uri != server.managed_uri():
        pytest.skip("the server of NEO4J_URI is not ours to restart")
    open_store("neo4j", tmp_path, MODEL, afresh=True).close()
    server.managed().stop()
    setting = {"server.databases.default_to_read_only": "true"}
    try:
        LocalServer(server.HOME, server.LIB, setting).start()
        store = open_store("neo4j", tmp_path, MODEL)
        with pytest.raises(StoreUnusableError, match="takes no writes"):
            store.apply(1, [frame("CriminalCase", {"key": "c1"})])
        assert store.current() == 0
        store.close()
    finally:
        server.managed().stop()
        server.managed().start()


@pytest.fixture
def small(neo4j: Address, tmp_path: Path) -> Iterator[LocalServer]:
    """A server on a disk of its own, of 400 MB."""
    home = tmp_path / "small"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "none", str(home)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets us mount no small disk: {mounted.stderr.strip()}")
    tight = {"db.tx_log.preallocate": "false", "server.memory.pagecache.size": "64m"}
    made = LocalServer(home, server.LIB, tight)
    try:
        made.start()
        yield made
    finally:
        made.stop(kill=True)
        subprocess.run(["umount", "-l", str(home)], check=True)


def fill(path: Path) -> None:
    """Write until there is no space left."""
    with path.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(1 << 16))


def test_a_full_disk(small: LocalServer) -> None:
    """The server stops itself; with space and started again, all goes on from the last release."""
    address = small.address()
    target = Target(address.uri, address.username, address.password)
    filler = small.home / "filler"
    cases = [{"key": f"c{i}", "urn": "x" * 1000} for i in range(2_000)]
    with closing(Neo4jStore(target, MODEL)) as store:
        store.apply(1, [frame("CriminalCase", {"key": "c0", "urn": "before"})])
        store.commit(1)
        fill(filler)
        batches = (
            frame("CriminalCase", *(case | {"urn": f"{number}" * 300} for case in cases))
            for number in range(200)
        )
        with pytest.raises(StoreUnusableError) as caught:
            store.apply(2, batches)
        assert "disk space" in str(caught.value), caught.value
    filler.unlink()
    small.stop(kill=True)
    small.start()
    with closing(Neo4jStore(target, MODEL)) as store:
        assert store.current() == 1
        node = store.nodes([iri("Case", "c0")], 1)[iri("Case", "c0")]
        assert node.properties["urn"] == "before"
        store.clean()
        store.apply(2, [frame("CriminalCase", *cases)])
        store.commit(2)
        assert len(store.nodes([iri("Case", "c1999")], 2)) == 1
