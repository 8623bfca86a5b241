"""SQLite and Neo4j answer alike, whatever was loaded, undone, retired and forgotten."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Filter, Op, Store, open_store, project
from graph.neo4j.local import Address
from releases import Releases
from tests.graph.frames import MODEL, code, frame, iri

KEYS = ("a", "b", "c")
RECORDS = [
    iri(root, key)
    for root in ("Case", "PersonRecord", "Participation", "EventRecord", "Thing", "Membership")
    for key in KEYS
]
QUESTIONS = [
    ("Case", []),
    ("EventRecord", []),
    ("Plea", []),
    ("EventRecord", [Filter("eventDate", Op.FROM, "2021-01-02")]),
    ("EventRecord", [Filter("eventDate", Op.TO, "2021-01-02"), Filter("sequence", Op.EQ, 1)]),
    ("PersonRecord", [Filter("pncId", Op.IN, ["1", "3"])]),
    ("PersonRecord", [Filter("sex", Op.EQ, "1")]),
    ("Participation", [Filter("party", Op.EQ, iri("PersonRecord", "a"))]),
    ("Participation", [Filter("inCase", Op.IN, [iri("Case", "a"), iri("Case", "b")])]),
    ("Case", [Filter("dataset", Op.EQ, "test/records"), Filter("urn", Op.EQ, "x\ny")]),
]
LINKS = ["inCase", "party", "ofParticipation", "relatedCase"]

key = st.sampled_from(KEYS)
number = st.integers(1, 3)


def to(root: str) -> st.SearchStrategy[str]:
    return key.map(lambda k: iri(root, k))


def many(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(items, max_size=2)


def put(cls: str, **properties: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    rows = st.fixed_dictionaries({"key": key, **properties})
    listed = st.lists(rows, min_size=1, max_size=3, unique_by=lambda row: row["key"])
    return st.tuples(st.just("put"), listed.map(lambda found: [frame(cls, *found)]))


day = st.integers(1, 3).map(lambda n: date(2021, 1, n))
step = st.one_of(
    put("CriminalCase", urn=st.sampled_from([None, "x", "x\ny"]), relatedCase=many(to("Case"))),
    put(
        "PersonRecord",
        pncId=many(number.map(str)),
        sex=st.none() | number.map(lambda n: code("sex", str(n))),
    ),
    put("Participation", party=st.none() | to("PersonRecord"), inCase=many(to("Case"))),
    put("Hearing", eventDate=day, sequence=number, ofParticipation=many(to("Participation"))),
    put("Plea", eventDate=day, ofParticipation=many(to("Participation"))),
    put("Person", replacedBy=many(to("Thing"))),
    put(
        "Membership",
        member=to("PersonRecord"),
        thing=to("Thing"),
        linkKind=st.just(code("thing-kind", "person")),
        threshold=st.sampled_from(["high", "low"]).map(lambda t: code("threshold", t)),
    ),
    st.tuples(
        st.just("delete"),
        st.tuples(st.sampled_from(["CriminalCase", "Participation", "Plea"]), key),
    ),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("retain"), st.integers(1, 3)),
    st.tuples(st.just("forget"), st.sampled_from(RECORDS)),
    st.tuples(st.just("project"), st.none()),
)


def do(releases: Releases, stores: list[Store], action: str, detail: Any) -> None:
    live = [r.number for r in releases.list() if r.status == "live"]
    if action in ("put", "delete"):
        batches = detail if action == "put" else [frame(detail[0], {"key": detail[1]}, op="delete")]
        with releases.write() as writer:
            for root, batch in batches:
                writer.put(root, batch.filter(pl.col("op") == "put").drop("op"))
                gone = batch.filter(pl.col("op") == "delete").select("iri", "document")
                writer.delete(root, gone)
            writer.commit({})
    elif action == "undo" and live:
        releases.undo(live[max(0, len(live) - 1 - detail)])
    elif action == "retain" and live:
        releases.retain(detail)
    elif action == "forget":
        releases.forget([detail])
        for store in stores:
            store.forget([detail])
    elif action == "project":
        for store in stores:
            project(releases, store, MODEL)


def answers(store: Store, release: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "content": sorted(store.content(release)),
        "nodes": store.nodes(RECORDS, release),
        "kinds": store.kinds(RECORDS, release),
        "incoming": store.incoming(RECORDS, None, release),
        "some": store.incoming(RECORDS, ["party", "replacedBy"], release),
        "events": [store.reach([item], LINKS, release, ["EventRecord"]) for item in RECORDS[:6]],
        "reach": store.reach(RECORDS[:4], LINKS, release),
    }
    for level in ("high", "low"):
        told[f"things {level}"] = store.things(RECORDS, "person", level, release)
        told[f"members {level}"] = [
            store.members(iri("Thing", item), level, release) for item in KEYS
        ]
    for item in [*RECORDS[:6], *(iri("Thing", each) for each in KEYS)]:
        told[f"story {item}"] = store.story(item, "person", "low", LINKS, ["party"], release, 5)
    for number, (cls, filters) in enumerate(QUESTIONS):
        page = store.find(cls, filters, release, 2)
        told[f"find {number}"] = page
        told[f"find {number} next"] = store.find(cls, filters, release, 9, page.end)
    return told


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.soak)])
def test_any_history_gives_the_same_answers(neo4j: Address, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(step, max_size=12))
    def same(steps: list[tuple[str, Any]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            releases = Releases.open(Path(folder, "data"), MODEL)
            shared.clear()
            stores = [open_store("sqlite", Path(folder, "graph"), MODEL), shared]
            try:
                for action, detail in [*steps, ("project", None)]:
                    do(releases, stores, action, detail)
                held = [r.number for r in releases.list() if r.status == "live"]
                assert stores[0].current() == stores[1].current() == releases.current
                for release in held:
                    first, second = (answers(store, release) for store in stores)
                    for name, answer in first.items():
                        assert second[name] == answer, name
            finally:
                stores[0].close()

    shared = open_store("neo4j", Path(), MODEL)
    try:
        same()
    finally:
        shared.close()
