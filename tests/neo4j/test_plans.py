"""Every named read goes by an index, whatever is asked: no plan scans a label or all nodes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase, NotificationMinimumSeverity

from graph import Filter, Op, open_store
from graph.filters import conditions
from graph.neo4j import finding, memberships, reading, removing, writing
from graph.neo4j.local import Address
from graph.neo4j.schema import Layout, filled, quoted
from tests.graph.frames import MODEL, code, frame, iri

LAYOUT = Layout(MODEL)
IRIS = {"iris": [iri("PersonRecord", "p1")]}
MEMBERSHIP = {"threshold": code("threshold", "high")}
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
    "state": (writing.STATE, {}),
    "written before": (writing.HELD, {**IRIS, "current": 1}),
    "live links": (writing.LIVE_LINKS, IRIS),
    "written above": (removing.WRITTEN_ABOVE, {"current": 1, "rows": 10}),
    "derived": (removing.DERIVED_FROM, {**IRIS, "derived": "x"}),
}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "end links": (writing.END_LINKS, {"ids": [], "release": 2}),
    "archive": (writing.ARCHIVE, {**IRIS, "release": 2}),
    "strip": (writing.STRIP, IRIS),
    "create": (filled(writing.CREATE, labels=LAYOUT.labels("Hearing")), {"rows": [], "release": 2}),
    "link": (filled(writing.LINK, type=quoted("IN_CASE")), {"rows": [], "release": 2}),
    "commit": (writing.COMMIT, {"release": 2}),
    "rewind links": (removing.REWIND_LINKS, {**IRIS, "to": 1}),
    "rewind content": (removing.REWIND_CONTENT, {**IRIS, "to": 1}),
    "rewind past": (removing.REWIND_PAST, {**IRIS, "to": 1}),
    "restore": (removing.RESTORE, {**IRIS, "to": 1}),
    "ended": (removing.ENDED, {"oldest": 1, "rows": 10}),
    "ended links": (removing.DELETE_ENDED_LINKS, {**IRIS, "oldest": 1}),
    "orphans": (removing.DELETE_ORPHANS, IRIS),
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


@pytest.fixture
def driver(neo4j: Address) -> Iterator[Driver]:
    store = open_store("neo4j", Path(), MODEL)
    store.clear()
    rows = [
        {"key": f"a{i}", "party": iri("PersonRecord", f"p{i}"), "startDate": date(2021, 1, 1)}
        for i in range(300)
    ]
    store.apply(1, [frame("Participation", *rows)])
    store.commit(1)
    store.close()
    with GraphDatabase.driver(
        neo4j.uri,
        auth=(neo4j.username, neo4j.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    ) as made:
        # Plans made while the database was empty would stay: other tests emptied it before.
        made.execute_query("CALL db.prepareForReplanning(60)")
        yield made


def scans(driver: Driver, query: str, parameters: dict[str, Any]) -> list[str]:
    with driver.session() as session:
        plan = session.run(f"EXPLAIN {query}", {"release": 1, **parameters}).consume().plan
    assert plan is not None
    found, open_plans = [], [plan]
    while open_plans:
        step = open_plans.pop()
        name, details = step["operatorType"], str(step["args"].get("Details"))
        # Neo4j calls a look-up in a trigram index a scan too; of a RANGE index it would be one.
        if "Scan" in name and not ("ContainsScan" in name and details.startswith("TEXT INDEX")):
            found.append(f"{name} {details}")
        open_plans += step.get("children", [])
    return found


def test_no_named_query_scans(driver: Driver) -> None:
    wrong = {
        name: found
        for name, (query, parameters) in {**READS, **WRITES}.items()
        if (found := scans(driver, query, parameters))
    }
    assert wrong == {}


def test_no_find_scans(driver: Driver) -> None:
    wrong = {}
    for name, filters in FINDS.items():
        tests = [
            finding.test_of("Participation", condition, f"p{i}")
            for i, condition in enumerate(conditions(MODEL, "Participation", filters))
        ]
        parameters = {k: v for test in tests for k, v in test.parameters.items()}
        picks = [test for test in tests if test.pick]
        for best in [None, *picks]:
            query = finding.query_of("Participation", tests, best)
            found = scans(driver, query, {**parameters, "after": "", "first": 10})
            if found:
                wrong[name] = found
        for test in picks:
            query = filled(finding.COUNT, pick=test.pick or "")
            if found := scans(driver, query, {**parameters, "few": 10}):
                wrong[f"count {name}"] = found
    assert wrong == {}


def test_hits_of_a_journey_are_few_and_do_not_grow(driver: Driver) -> None:
    """dbHits of the named reads for one record; `make bench` prints the same table."""
    hits = {name: profile(driver, *READS[name]) for name in ("nodes", "reach", "incoming")}
    assert all(count < 80 for count in hits.values()), hits


def profile(driver: Driver, query: str, parameters: dict[str, Any]) -> int:
    with driver.session() as session:
        plan = session.run(f"PROFILE {query}", {"release": 1, **parameters}).consume().profile
    assert plan is not None
    total, open_plans = 0, [plan]
    while open_plans:
        step = open_plans.pop()
        total += step["args"].get("DbHits", 0)
        open_plans += step.get("children", [])
    return total
