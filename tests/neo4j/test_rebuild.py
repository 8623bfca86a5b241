"""`justicegraph graph rebuild` on a real server: import, interrupted, beside the API; backup."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api import Keys, Role
from cli.bulk import first_load_by_import
from cli.workspace import Workspace
from graph import Store, StoreUnusableError, open_store, project
from graph.neo4j import Target, bulk, schema
from graph.neo4j.connection import Connection
from graph.neo4j.local import Address
from releases import Releases
from tests.conftest import ROOT
from tests.graph.frames import MODEL
from tests.neo4j import server
from tests.neo4j.loading import load
from tests.neo4j.test_same_answers import answers

GRAPHQL = "application/graphql-response+json"


@pytest.fixture
def ours(neo4j: Address, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """The managed server, as `make neo4j` leaves it to the command."""
    if neo4j.uri != server.managed_uri():
        pytest.skip("the server of NEO4J_URI is not ours to stop")
    monkeypatch.setenv("NEO4J_HOME", str(server.HOME))
    monkeypatch.setenv("JUSTICEGRAPH_STORE", "neo4j")
    open_store("neo4j", Path(), MODEL, afresh=True).close()
    yield neo4j
    server.managed().start()
    open_store("neo4j", Path(), MODEL, afresh=True).close()


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Two releases that nothing has projected."""
    made = Releases.open(tmp_path, MODEL)
    for mark in (1, 2):
        load(made, mark)
    return made


@pytest.fixture
def expected(releases: Releases, tmp_path: Path) -> Iterator[Store]:
    other = open_store("sqlite", tmp_path, MODEL)
    project(releases, other, MODEL)
    yield other
    other.close()


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )


def ran(*arguments: str) -> tuple[int, str, str]:
    process = command(*arguments)
    out, err = process.communicate()
    return process.returncode, out, err


def bring_in(releases: Releases) -> None:
    """Project what there is, as a load does."""
    with contextlib.closing(open_store("neo4j", Path(), MODEL)) as store:
        project(releases, store, MODEL)


def require_same(expected: Store) -> None:
    with contextlib.closing(open_store("neo4j", Path(), MODEL)) as store:
        assert store.current() == expected.current() == 2
        for release in (1, 2):
            assert set(store.content(release)) == set(expected.content(release))
            assert answers(store, release) == answers(expected, release)


Told = tuple[int, dict[str, Any]]


def asked(request: urllib.request.Request) -> Told:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ready(url: str) -> Told:
    return asked(urllib.request.Request(f"{url}/ready"))


def graphql(url: str, key: str) -> Told:
    body = json.dumps({"query": '{ records(class: "Hearing", first: 1) { nodes { id } } }'})
    headers = {"Content-Type": "application/json", "Accept": GRAPHQL, "X-API-Key": key}
    return asked(urllib.request.Request(f"{url}/graphql", body.encode(), headers))


@pytest.fixture
def served(ours: Address, releases: Releases, tmp_path: Path) -> Iterator[str]:
    """A running API; what it follows is projected."""
    process = command("serve", "--port", "0", "--data", str(tmp_path))
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://\S+:\d+", said)
        assert found, (said, process.stderr and process.stderr.read())
        yield found[0]
    finally:
        process.kill()
        process.communicate()


def test_rebuild_imports_while_the_api_says_so_and_recovers(
    served: str, expected: Store, tmp_path: Path
) -> None:
    key = Keys(tmp_path).add(Role.ANALYST, "p1")[1]
    assert ready(served) == (200, {"release": 2, "graph": 2, "reason": None})
    assert graphql(served, key)[0] == 200
    rebuild = command("graph", "rebuild", "--data", str(tmp_path))
    told, answered = [], []

    def go_on_asking() -> None:
        while rebuild.poll() is None:
            answered.append(graphql(served, key))
            time.sleep(0.1)

    with ThreadPoolExecutor() as beside:
        # A question may wait for the server to be back; /ready does not.
        asking = beside.submit(go_on_asking)
        while rebuild.poll() is None:
            told.append(ready(served))
            time.sleep(0.1)
        asking.result()
    out, err = rebuild.communicate()
    assert (rebuild.returncode, err) == (0, "")
    assert "at release 2, imported" in out
    assert told[0][0] == 200, "it answers while the import is made beside it"
    reasons = [str(body["reason"]) for status, body in told if status == 503]
    assert any("JG-GRA-009" in reason for reason in reasons)
    for status, body in answered:
        # Answered, or told that there is no server, or no release in it yet.
        codes = {error["extensions"]["code"] for error in body.get("errors", ())}
        assert (status, codes) == (200, set()) or status == 503
        assert codes <= {"JG-GRA-009", "JG-API-014"}
        assert all(error["extensions"]["fix"] for error in body.get("errors", ()))
    assert graphql(served, key)[0] == 200
    assert ready(served) == (200, {"release": 2, "graph": 2, "reason": None})
    require_same(expected)
    assert not (server.HOME / "parquet").exists()
    assert not (server.HOME / "staging").exists()


def test_an_interrupted_import_leaves_what_was_there(
    ours: Address, releases: Releases, expected: Store, tmp_path: Path
) -> None:
    bring_in(releases)
    process = command("graph", "rebuild", "--data", str(tmp_path))
    deadline = time.monotonic() + 240
    while not (server.HOME / "staging" / "data" / "databases").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Interrupted" in err
    require_same(expected)
    assert not (server.HOME / "staging").exists()


def test_what_is_left_after_the_exchange_is_seen_and_mended(
    ours: Address, releases: Releases, expected: Store, tmp_path: Path
) -> None:
    """Killed before the last step: nodes without indexes, and nothing says which releases."""
    bring_in(releases)
    target = Target(ours.uri, ours.username, ours.password)
    with contextlib.closing(Connection(target)) as connection:
        schema.create(connection, {})
        connection.run("MATCH (g:JusticeGraph) DELETE g")
        bulk.refuse_foreign(target)
        assert not bulk.is_empty(target)
    _, out, _ = ran("status", "--json", "--data", str(tmp_path))
    assert json.loads(out)["graph"] == 0
    code, _, err = ran("graph", "rebuild", "--online", "--data", str(tmp_path))
    assert (code, err) == (0, "")
    require_same(expected)


def test_a_server_of_others_gets_files_and_commands(
    ours: Address, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_HOME", str(tmp_path / "nowhere"))
    code, out, _ = ran("graph", "rebuild", "--data", str(tmp_path))
    assert code == 1
    assert "neo4j stop" in out
    assert f"python -m graph.neo4j.bulk imported 1,2 {releases.folder_id}" in out
    assert list((tmp_path / "import").glob("CriminalCase-*.parquet"))
    code, out, _ = ran("graph", "rebuild", "--online", "--data", str(tmp_path))
    assert (code, out) == (0, "The graph is at release 2.\n")


def test_what_is_imported_unasked(
    ours: Address, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a first load, only a large one, only where the database is empty."""
    imports: list[Path] = []
    monkeypatch.setattr("cli.bulk.by_import", lambda w: imports.append(w.folder) or True)
    workspace = Workspace(tmp_path)
    assert not first_load_by_import(workspace)
    monkeypatch.setattr(bulk, "BULK_FROM", 100)
    assert first_load_by_import(workspace)
    target = Target(ours.uri, ours.username, ours.password)
    connection = Connection(target)
    try:
        connection.run("CREATE (:Theirs)")
        assert not first_load_by_import(workspace)
        with pytest.raises(StoreUnusableError, match=r"1 nodes of others.*--online"):
            bulk.refuse_foreign(target)
    finally:
        connection.run("MATCH (n:Theirs) DELETE n")
        connection.close()
    assert imports == [tmp_path]


def test_a_backup_brings_back_the_same_answers(
    ours: Address, releases: Releases, expected: Store, tmp_path: Path
) -> None:
    bring_in(releases)
    tool = [sys.executable, "-m", "graph.neo4j.local", "--home", str(server.HOME)]
    backup = ["--backup", str(tmp_path / "backup")]
    subprocess.run([*tool, "dump", *backup], check=True, cwd=ROOT, capture_output=True)
    open_store("neo4j", tmp_path, MODEL, afresh=True).close()
    subprocess.run([*tool, "load", *backup], check=True, cwd=ROOT, capture_output=True)
    require_same(expected)


def test_status_without_a_server(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUSTICEGRAPH_STORE", "bolt://127.0.0.1:9")
    code, out, _ = ran("status", "--data", str(tmp_path))
    assert code == 1
    assert "Release 2; graph (bolt://127.0.0.1:9) cannot be asked: JG-GRA-009" in out
    assert "Case" in out
    code, out, _ = ran("status", "--json", "--data", str(tmp_path))
    told = json.loads(out)
    assert (code, told["release"], told["graph"]) == (1, 2, None)
    assert "no server answers" in told["graph_error"]
