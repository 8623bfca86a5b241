"""Journeys of a made-up world, answered from both stores, field by field."""

from typing import Any

import orjson
import pytest
from neo4j import Session, Transaction

from api import Access, ApiSettings, open_engine
from cli.pipeline import run_load
from cli.workspace import Workspace
from graph import Store, open_store, project, rebuild
from graph.neo4j.local import Address
from ontology.identifiers import record_iri
from tests.api.test_roots import JOURNEY
from world import generate

WHOLE = """
query ($record: ID!, $kind: ThingKind!) {
  journey(record: $record, kind: $kind, status: [HAPPENED, PLANNED, CANCELLED]) {
    subject { id }
    events { id class label court caseReference charge decision reportedBy { id } }
    cases { id }
    periods { id }
    context { headline }
  }
}
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[str]]:
    folder = tmp_path_factory.mktemp("journeys")
    generate(40, 83, folder / "world")
    workspace = Workspace(folder / "data")
    run_load(workspace, [folder / "world" / "extracts"])
    lines = (folder / "world" / "truth" / "records.jsonl").read_bytes().splitlines()
    records = [orjson.loads(line) for line in lines]
    base = workspace.settings.base
    people = {
        r["person"]: record_iri(base, "PersonRecord", r["dataset"], r["key"]) for r in records
    }
    return workspace, sorted(people.values())


def told(workspace: Workspace, store: Store, people: list[str]) -> list[dict[str, Any]]:
    engine = open_engine(
        workspace.releases,
        store,
        workspace.model,
        ApiSettings(folder=workspace.folder, base=workspace.settings.base),
    )
    try:
        return [
            engine.answer(JOURNEY, {"record": iri, "threshold": level}, Access.operator()).body
            for iri in people
            for level in ("HIGH", "MEDIUM")
        ]
    finally:
        engine.audit.close()


def test_both_stores_tell_the_same_journeys(
    neo4j: Address, loaded: tuple[Workspace, list[str]]
) -> None:
    workspace, people = loaded
    store = open_store("neo4j", workspace.folder, workspace.model)
    try:
        store.clear()
        project(workspace.releases, store, workspace.model)
        expected = told(workspace, workspace.store, people)
        assert sum(len(body["data"]["journey"]["events"]) for body in expected) > 200
        assert told(workspace, store, people) == expected
        rebuild(workspace.releases, store, workspace.model)
        assert told(workspace, store, people[:5]) == expected[:10]
        release = store.current()
        assert set(store.content(release)) == set(workspace.store.content(release))
    finally:
        store.clear()
        store.close()


@pytest.mark.parametrize(("kind", "cls"), [("PERSON", "PersonRecord"), ("MATTER", "CriminalCase")])
def test_a_journey_is_one_round_trip(
    neo4j: Address,
    loaded: tuple[Workspace, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    cls: str,
) -> None:
    """Of a thing asked by a record of it, and by its own id; counted where the driver sends."""
    workspace, _ = loaded
    sent: list[str] = []
    for owner in (Session, Transaction):

        def run(self: Any, query: Any, *given: Any, _plain: Any = owner.run, **values: Any) -> Any:
            sent.append(str(query))
            return _plain(self, query, *given, **values)

        monkeypatch.setattr(owner, "run", run)
    store = open_store("neo4j", workspace.folder, workspace.model)
    settings = ApiSettings(folder=workspace.folder, base=workspace.settings.base)
    engine = open_engine(workspace.releases, store, workspace.model, settings)
    try:
        store.clear()
        project(workspace.releases, store, workspace.model)
        records = [node.iri for node in store.find(cls, [], store.current(), 10).nodes]
        events = 0
        for asked in records:
            for _ in range(2):
                sent.clear()
                body = engine.answer(WHOLE, {"record": asked, "kind": kind}, Access.operator()).body
                assert "errors" not in body
                assert len(sent) == 1, sent
                told = body["data"]["journey"]
                events += len(told["events"])
                asked = told["subject"]["id"]
        assert events > 20
    finally:
        engine.audit.close()
        store.clear()
        store.close()
