"""kill -9 of the loader and of the server, at random moments of load, project, commit, retention.

After each, the last release that the store has answers as the record tables say; then projecting
goes on, and the store is as one that was made anew.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph import Statement, Store, StoreUnusableError, open_store, project
from graph.neo4j.local import Address
from releases import Releases
from tests.graph.frames import MODEL, iri
from tests.neo4j import server
from tests.neo4j.loading import CASES, begin

FEW = {"sqlite": 20, "neo4j": 20}
MANY = {"sqlite": 200, "neo4j": 200}
WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["tests.neo4j.loading"])


@pytest.fixture(params=["sqlite", "neo4j"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "neo4j":
        request.getfixturevalue("neo4j")
    return str(request.param)


@pytest.fixture
def folder(kind: str, tmp_path: Path) -> Path:
    """A data folder, and the emptied store that follows it."""
    store = open_store(kind, tmp_path, MODEL)
    store.clear()
    store.close()
    return tmp_path


@contextmanager
def loading(folder: Path, kind: str, seed: int) -> Iterator[None]:
    """The loader, begun; killed and waited for when the block is left.

    Forked from a process that has imported everything: a kill costs no start of Python.
    """
    here, there = WARM.Pipe(duplex=False)
    process = WARM.Process(target=begin, args=(folder, kind, seed, there, dict(os.environ)))
    process.start()
    there.close()
    try:
        assert here.poll(60), "the loader did not begin"
        assert here.recv() == "project"
        yield
    finally:
        process.kill()
        process.join()
        here.close()


def truth(releases: Releases, release: int) -> set[Statement]:
    """Links, codes and one value, as the record tables have them."""
    found: set[Statement] = set()
    for root in ("Case", "EventRecord"):
        rows = releases.state(root, release).collect()
        for name in ("relatedCase", "inCase", "initiationCode", "urn"):
            if name in rows.columns:
                many = rows.schema[name].is_nested()
                column = (
                    rows.select("iri", name).explode(name) if many else rows.select("iri", name)
                )
                found |= {(i, name, value) for i, value in column.iter_rows() if value}
    return found


def told(store: Store, release: int) -> set[Statement]:
    nodes = store.nodes([iri("Case", f"c{i}") for i in range(CASES)], release)
    urns = {(node.iri, "urn", str(node.properties["urn"])) for node in nodes.values()}
    return set(store.content(release)) | urns


def check(folder: Path, kind: str) -> None:
    releases = Releases.open(folder, MODEL)
    store = open_store(kind, folder, MODEL)
    try:
        reached = store.current()
        if reached:
            assert told(store, reached) == truth(releases, reached)
        project(releases, store, MODEL)
        assert store.current() == releases.current
        for release in releases.list():
            if release.status == "live":
                assert told(store, release.number) == truth(releases, release.number)
    finally:
        store.close()


def kill_loader(folder: Path, kind: str, times: int) -> None:
    chosen = random.Random(times)
    for number in range(times):
        with loading(folder, kind, 1000 * number):
            time.sleep(chosen.uniform(0.0, 1.2))
        check(folder, kind)


def test_a_killed_loader_leaves_the_last_release(folder: Path, kind: str) -> None:
    kill_loader(folder, kind, FEW[kind])


@pytest.mark.soak
def test_a_loader_killed_very_often(folder: Path, kind: str) -> None:
    kill_loader(folder, kind, MANY[kind])


@pytest.fixture
def crash(neo4j: Address) -> Callable[[], None]:
    """Kills the server as a power cut would, and starts it again."""
    if os.environ.get("NEO4J_URI") != server.managed_uri():
        pytest.skip("the server of NEO4J_URI is not ours to kill")

    def kill_and_start() -> None:
        managed = server.managed()
        managed.stop(kill=True)
        assert managed.start().uri == neo4j.uri

    return kill_and_start


@pytest.mark.parametrize("kind", ["neo4j"])
@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_killed_server_loses_no_release(
    crash: Callable[[], None], tmp_path: Path, kind: str, times: int
) -> None:
    open_store(kind, tmp_path, MODEL, afresh=True).close()
    chosen = random.Random(times)
    for number in range(times):
        with loading(tmp_path, kind, 1000 * number):
            time.sleep(chosen.uniform(0.2, 3.0))
            crash()
        check(tmp_path, kind)


def test_a_stopped_server_is_an_error_that_says_so(
    crash: Callable[[], None], tmp_path: Path
) -> None:
    store = open_store("neo4j", tmp_path, MODEL)
    try:
        server.managed().stop(kill=True)
        with pytest.raises(StoreUnusableError, match="make neo4j"):
            store.current()
        server.managed().start()
        assert store.current() >= 0
    finally:
        server.managed().start()
        store.close()
