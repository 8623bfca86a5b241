"""Every named read goes by an index, whatever is asked: no plan scans a label or all nodes."""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase, NotificationMinimumSeverity

from graph import Filter, Op, Store
from graph.filters import conditions
from graph.neo4j import finding, memberships, reading, removing, telling, writing
from graph.neo4j.local import Address
from graph.neo4j.schema import Layout, filled
from tests.graph.frames import MODEL, code, frame, iri

LAYOUT = Layout(MODEL)
IRIS = {"iris": [iri("PersonRecord", "p1")]}
MEMBERSHIP = {"threshold": code("threshold", "high")}
ROWS: dict[str, Any] = {"rows": [], "labels": ["Record"], "release": 2}
READS: dict[str, tuple[str, dict[str, Any]]] = {
    "nodes": (filled(reading.NODES, types=LAYOUT.all_types), IRIS),
    "kinds": (reading.KINDS, IRIS),
    "incoming": (filled(reading.INCOMING, types=LAYOUT.all_types), IRIS),
    "reach": (
        filled(reading.REACH, types=LAYOUT.all_types),
        {**IRIS, "roots": ["EventRecord", "DecisionRecord"]},
    ),
    "things": (memberships.THINGS, {**IRIS, **MEMBERSHIP, "kind": code("thing-kind", "person")}),
    "members": (
        memberships.MEMBERS,
        {"iri": iri("Thing", "t1"), **MEMBERSHIP, "person": code("thing-kind", "person")},
    ),
    "story": (
        telling.query_of(LAYOUT, ["party", "ofParticipation"], ["inCase", "atHearing"]),
        {
            "iri": iri("PersonRecord", "p1"),
            "most": 100,
            "kind": code("thing-kind", "person"),
            "person": code("thing-kind", "person"),
            "level": code("threshold", "high"),
            **MEMBERSHIP,
        },
    ),
    "state": (writing.STATE, {}),
    "held": (writing.HELD, {**IRIS, "current": 1}),
    "held links": (writing.HELD_LINKS, IRIS),
    "written above": (removing.WRITTEN_ABOVE, {"current": 1, "rows": 10}),
    "derived": (removing.DERIVED_FROM, {**IRIS, "derived": "x"}),
}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "end links": (writing.END_LINKS, {"rows": [], "release": 2}),
    "archive": (writing.ARCHIVE, {**IRIS, "release": 2}),
    "places": (writing.PLACES, IRIS),
    "create": (writing.CREATE, ROWS),
    "fill": (writing.FILL, ROWS),
    "replace": (writing.REPLACE, ROWS),
    "link": (writing.LINK, ROWS),
    "commit": (writing.COMMIT, {"release": 2}),
    "rewind links": (removing.REWIND_LINKS, {**IRIS, "to": 1}),
    "rewind content": (removing.REWIND_CONTENT, {**IRIS, "to": 1}),
    "rewind past": (removing.REWIND_PAST, {**IRIS, "to": 1}),
    "restore": (removing.RESTORE, {**IRIS, "to": 1}),
    "ended": (removing.ENDED, {"oldest": 1, "rows": 10}),
    "ended links": (removing.DELETE_ENDED_LINKS, {**IRIS, "oldest": 1}),
    "orphans": (removing.DELETE_ORPHANS, IRIS),
    "unsure": (removing.UNSURE, IRIS),
    "forget": (removing.FORGET, IRIS),
}
FINDS = {
    "by class": [],
    "by a link": [Filter("party", Op.EQ, iri("PersonRecord", "p1"))],
    "by an identifier": [Filter("asn", Op.IN, ["A1", "A2"])],
    "by a date and more": [
        Filter("startDate", Op.FROM, "2021-01-01"),
        Filter("dataset", Op.EQ, "test/records"),
    ],
}


HITS = Path(__file__).with_name("hits.json")
"""dbHits of each named read for one record of the small store below, kept to compare with."""
MARGIN = 1.5


def found_by() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every form that a question for records can take, with its counts."""
    made: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, filters in FINDS.items():
        tests = [
            finding.test_of("Participation", condition, f"p{i}")
            for i, condition in enumerate(conditions(MODEL, "Participation", filters))
        ]
        values = {k: v for test in tests for k, v in test.parameters.items()}
        asked = {**values, "classes": ["Participation"], "after": "", "first": 10}
        for number, best in enumerate([None, *(test for test in tests if test.pick)]):
            made[f"find {name} {number}"] = finding.query_of("Participation", tests, best), asked
            if best is not None:
                count = filled(finding.COUNT, pick=best.pick or "")
                made[f"count {name} {number}"] = count, {**values, "few": 10}
    return made


NAMED = {**READS, **WRITES, **found_by()}


@pytest.fixture
def driver(store: Store, neo4j: Address) -> Iterator[Driver]:
    """Without plans that other tests left."""
    with GraphDatabase.driver(
        neo4j.uri,
        auth=(neo4j.username, neo4j.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    ) as made:
        made.execute_query("CALL db.clearQueryCaches()")
        yield made


def grow(store: Store) -> None:
    """300 people, each with a participation, a hearing and a membership."""
    kind, level = code("thing-kind", "person"), code("threshold", "high")
    people: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    hearings: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for i in range(300):
        person, part = iri("PersonRecord", f"p{i}"), iri("Participation", f"a{i}")
        people.append({"key": f"p{i}", "familyName": "Okoro"})
        parts.append({"key": f"a{i}", "party": person, "startDate": date(2021, 1, 1)})
        hearings.append({"key": f"h{i}", "ofParticipation": [part]})
        linked = {"member": person, "thing": iri("Thing", f"t{i}")}
        members.append({"key": f"m{i}", "linkKind": kind, "threshold": level, **linked})
    frames = [
        frame("PersonRecord", *people),
        frame("Participation", *parts),
        frame("Hearing", *hearings),
        frame("Membership", *members),
    ]
    store.apply(1, frames)
    store.commit(1)


def scans(driver: Driver, query: str, parameters: dict[str, Any]) -> list[str]:
    found = []
    for step in steps(driver, f"EXPLAIN {query}", parameters):
        name, details = step["operatorType"], str(step["args"].get("Details"))
        # Neo4j calls a look-up in a trigram index a scan too; of a RANGE index it would be one.
        if "Scan" in name and not ("ContainsScan" in name and details.startswith("TEXT INDEX")):
            found.append(f"{name} {details}")
    return found


def steps(driver: Driver, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The operators of a plan."""
    with driver.session() as session:
        told = session.run(query, {"release": 1, **parameters}).consume()  # type: ignore[arg-type]  # named queries
    found, waiting = [], [told.profile or told.plan]
    while waiting:
        step = waiting.pop()
        assert step is not None
        found.append(step)
        waiting += step.get("children", [])
    return found


def test_no_named_query_scans_from_the_empty_store_on(driver: Driver, store: Store) -> None:
    """Neither as planned for an empty store, nor while that plan is kept, nor planned afresh."""
    wrong = {}
    for moment in ("empty", "grown", "planned afresh"):
        if moment == "grown":
            grow(store)
        elif moment == "planned afresh":
            driver.execute_query("CALL db.clearQueryCaches()")
        for name, (query, parameters) in NAMED.items():
            if found := scans(driver, query, parameters):
                wrong[f"{name}, {moment}"] = found
    assert wrong == {}


def test_hits_are_those_of_the_table(driver: Driver, store: Store) -> None:
    """dbHits of each named read; `JUSTICEGRAPH_HITS=write` writes the table anew."""
    grow(store)
    reads = {name: query for name, query in NAMED.items() if name not in WRITES}
    hits = {
        name: sum(s["args"].get("DbHits", 0) for s in steps(driver, f"PROFILE {query}", given))
        for name, (query, given) in reads.items()
    }
    if os.environ.get("JUSTICEGRAPH_HITS") == "write":
        HITS.write_text(json.dumps(hits, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(HITS.read_text(encoding="utf-8"))
    assert hits.keys() == kept.keys()
    grown = {name: (kept[name], now) for name, now in hits.items() if now > kept[name] * MARGIN}
    assert grown == {}
