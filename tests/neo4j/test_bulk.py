"""An imported graph is the one that projecting makes, in all retained releases, and goes on."""

import contextlib
import os
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph import open_store, project, rebuild
from graph.neo4j import Target, bulk
from graph.neo4j.connection import Connection
from graph.neo4j.local import Address
from releases import Releases
from tests.graph.frames import MODEL, code, frame, iri
from tests.neo4j import server
from tests.neo4j.loading import load
from tests.neo4j.test_same_answers import answers

EVERY_KIND = [
    frame("PersonRecord", {"key": "a", "familyName": "O'Koro; \"x\"\nÿ", "pncId": ["1;2", "3"],
                           "birthDate": date(1985, 2, 28), "sex": code("sex", "2")},
          {"key": "b", "pncId": ["3"], "deathDate": date(1066, 10, 14)}),
    frame("Plea", {"key": "a", "eventDateTime": datetime(2021, 3, 1, 10, 0, 0, 5, UTC),
                   "sequence": -2}),
    frame("Disposal", {"key": "a", "amount": Decimal("-100.500001"), "convicted": False}),
    frame("Participation", {"key": "a", "party": iri("PersonRecord", "a"), "youth": True,
                            "inCase": [iri("Case", "a"), iri("Case", "nowhere")]}),
]  # fmt: skip


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Three retained releases of five; records changed, moved, gone and back."""
    made = Releases.open(tmp_path / "data", MODEL)
    with made.write() as writer:
        for root, batch in EVERY_KIND:
            writer.put(root, batch.drop("op"))
        writer.commit({})
    for mark in range(4):
        load(made, mark)
    made.retain(3)
    return made


def versions() -> dict[tuple[str, int], tuple[set[str], dict[str, Any]]]:
    """Labels and properties of every version, as they lie in the database."""
    with contextlib.closing(Connection(Target.of("neo4j"))) as connection:
        rows = connection.rows("MATCH (v:Version) RETURN labels(v), properties(v)")
    return {(held["iri"], held["since"]): (set(labels), held) for labels, held in rows}


def test_an_import_is_the_same_graph(
    neo4j: Address, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PART", 200)  # several files of a table, and parts of what waits
    if os.environ["NEO4J_URI"] != server.managed_uri():
        pytest.skip("the server of NEO4J_URI is not ours to stop")
    other = open_store("sqlite", tmp_path / "graph", MODEL)
    rebuild(releases, other, MODEL)
    followed = open_store("neo4j", tmp_path, MODEL)
    rebuild(releases, followed, MODEL)
    followed.close()
    projected = versions()
    store = bulk.rebuild_managed(server.managed(), releases, MODEL, tmp_path / "import")
    try:
        assert versions() == projected
        live = [r.number for r in releases.list() if r.status == "live"]
        assert store.current() == releases.current
        for mark in (9, 10):
            for release in live:
                assert set(store.content(release)) == set(other.content(release))
                assert answers(store, release) == answers(other, release)
                every = [i for _, batch in EVERY_KIND for i in batch["iri"]]
                assert store.nodes(every, release) == other.nodes(every, release)
            # what was imported is carried on like what was projected
            load(releases, mark)
            live.append(releases.current)
            for each in (store, other):
                assert project(releases, each, MODEL) > 0
        releases.undo(live[1])
        for each in (store, other):
            project(releases, each, MODEL)
        assert answers(store, live[1]) == answers(other, live[1])
    finally:
        store.clear()
        store.close()
        other.close()


def test_the_commands_for_a_server_of_others(releases: Releases, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    files = bulk.write_files(releases, MODEL, folder)
    stop, brought, start, told = files.commands()
    assert (stop, start) == ("neo4j stop", "neo4j start")
    assert "--input-type=parquet" in brought
    assert re.search(rf"--relationships=IN_CASE=\S*{folder}/EventRecord-IN_CASE-\d", brought)
    assert told == f"python -m graph.neo4j.bulk imported 3,4,5 {releases.folder_id}"
