"""What goes wrong around a Neo4j, each with a cause and a fix; schema; sharing a database."""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from neo4j import Driver, GraphDatabase, ManagedTransaction
from neo4j.exceptions import TransientError

from graph import NeedsRebuildError, StoreUnusableError, UnknownStoreError, open_store
from graph.neo4j import Neo4jStore, Target, connection, schema_statements
from graph.neo4j.connection import Connection
from graph.neo4j.local import Address
from ontology import Model
from tests.graph.frames import MODEL, frame, iri


@pytest.fixture
def driver(neo4j: Address) -> Iterator[Driver]:
    with GraphDatabase.driver(neo4j.uri, auth=(neo4j.username, neo4j.password)) as made:
        yield made


@pytest.fixture
def target(neo4j: Address) -> Target:
    return Target(neo4j.uri, neo4j.username, neo4j.password)


@pytest.fixture
def store(target: Target) -> Iterator[Neo4jStore]:
    opened = Neo4jStore(target, MODEL)
    opened.clear()
    yield opened
    opened.close()


def with_property(**changes: object) -> Model:
    prop = dataclasses.replace(MODEL.properties["caseStatus"], **changes)  # type: ignore[arg-type]  # fields by name
    properties = {**MODEL.properties, prop.name: prop}
    return dataclasses.replace(MODEL, properties=MappingProxyType(properties))


def test_a_wrong_password_says_so(target: Target) -> None:
    with pytest.raises(StoreUnusableError, match="NEO4J_PASSWORD") as caught:
        Neo4jStore(dataclasses.replace(target, password="not it"), MODEL)
    assert "not it" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("bolt://127.0.0.1:9", "make neo4j"),
        ("bolt://no-such-host.invalid:7687", "make neo4j"),
    ],
)
def test_no_server_says_what_to_start(url: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusableError, match=told):
        open_store(url, tmp_path, MODEL)


def test_settings_that_name_no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    with pytest.raises(StoreUnusableError, match="NEO4J_URI is not set"):
        open_store("neo4j", tmp_path, MODEL)
    with pytest.raises(UnknownStoreError):
        open_store("http://127.0.0.1:7474", tmp_path, MODEL)


def test_an_old_server_is_refused(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST_VERSION", (99, 0))
    with pytest.raises(StoreUnusableError, match=r"the server is Neo4j/"):
        Neo4jStore(target, MODEL)


def test_another_database_is_named(target: Target) -> None:
    with pytest.raises(StoreUnusableError, match="NEO4J_DATABASE"):
        Neo4jStore(dataclasses.replace(target, database="nowhere"), MODEL)


def test_a_deadlock_is_tried_again(target: Target) -> None:
    """Two writers that lock two records in opposite order: Neo4j stops one, which goes again."""
    shared = Connection(target)
    lock = "MATCH (n:Resource {iri: $iri}) SET n.touched = $by"
    both = [iri("Case", "x"), iri("Case", "y")]
    store = Neo4jStore(target, MODEL)
    store.clear()
    store.apply(1, [frame("CriminalCase", {"key": "x"}, {"key": "y"})])
    meet, tries = threading.Barrier(2, timeout=30), []

    def work(order: list[str]) -> None:
        first = [True]

        def once(tx: ManagedTransaction) -> None:
            tries.append(order[0])
            tx.run(lock, iri=order[0], by=1).consume()
            if first[0]:
                first[0] = False
                meet.wait()
            tx.run(lock, iri=order[1], by=1).consume()

        shared.write(once)

    other = threading.Thread(target=work, args=(both[::-1],))
    other.start()
    work(both)
    other.join()
    assert len(tries) > 2
    store.clear()
    store.close()
    shared.close()


def test_retries_are_bounded(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_RETRY_SECONDS", 1.0)
    stubborn = Connection(target)

    def fail(tx: ManagedTransaction) -> None:
        raise TransientError("always")

    with pytest.raises(StoreUnusableError, match="Run the same command again"):
        stubborn.write(fail)
    stubborn.close()


def test_nodes_of_others_are_left_alone(store: Neo4jStore, driver: Driver) -> None:
    with driver.session() as session:
        session.run("CREATE (:Theirs {name: 'theirs'})").consume()
        store.apply(1, [frame("CriminalCase", {"key": "c1"})])
        store.commit(1)
        store.clear()
        left = session.run("MATCH (n) RETURN labels(n) AS labels").value()
        session.run("MATCH (n:Theirs) DELETE n").consume()
    assert sorted(left) == [["JusticeGraph"], ["Theirs"]]


def test_labels_are_the_class_and_all_above(store: Neo4jStore, driver: Driver) -> None:
    store.apply(1, [frame("Hearing", {"key": "h1"})])
    store.commit(1)
    store.apply(2, [frame("Plea", {"key": "h1"})])
    store.commit(2)
    with driver.session() as session:
        rows = session.run("MATCH (n:EventRecord) RETURN labels(n), n.until ORDER BY n.since")
        (old, until), (new, still) = rows.values()
    assert set(old) == {"Past", "Version", "Record", "EventRecord", "Hearing"}
    assert set(new) == {"Resource", "Version", "Record", "EventRecord", "Plea"}
    assert (until, still) == (2, None)


def test_nothing_is_left_of_what_is_forgotten(store: Neo4jStore, driver: Driver) -> None:
    """Neither nodes of its past nor places kept for it by links."""
    for release in (1, 2):
        person = {"key": "p1", "familyName": f"Zqxjkvb{release}", "pncId": ["PNCSECRET"]}
        store.apply(release, [frame("PersonRecord", person)])
        store.apply(release, [frame("Participation", {"key": "a1", "party": PERSON})])
        store.commit(release)
    store.forget([PERSON])
    with driver.session() as session:
        left = session.run("MATCH (n) RETURN n.iri AS iri, properties(n) AS p").values()
    assert {i for i, _ in left} == {None, iri("Participation", "a1")}
    assert "SECRET" not in str(left)
    assert "Zqxjkvb" not in str(left)


PERSON = iri("PersonRecord", "p1")


# -- schema


def test_the_schema_is_idempotent_and_tells_of_uniqueness(driver: Driver) -> None:
    statements = schema_statements(MODEL)
    assert any("REQUIRE (n.`iri`) IS UNIQUE" in s for s in statements)
    assert any("`Version`) ON (n.`class`, n.`iri`)" in s for s in statements)
    assert any("`PersonRecord`) ON (n.`familyName`)" in s for s in statements)
    assert len(set(statements)) == len(statements)
    assert all(" IF NOT EXISTS " in s for s in statements)
    with driver.session() as session:
        before = session.run("SHOW INDEXES YIELD name RETURN count(*) AS n").single(strict=True)
        for statement in statements[:8] + statements[-3:]:
            session.run(statement).consume()  # type: ignore[arg-type]  # made of the ontology
        after = session.run("SHOW INDEXES YIELD name RETURN count(*) AS n").single(strict=True)
    # two of the server's own: labels and types
    assert before["n"] == after["n"] == len(statements) + 2


def test_what_an_older_version_indexed_is_dropped(target: Target, driver: Driver) -> None:
    """Opening brings the schema to this version's; what is not ours stays."""
    older = [
        "CREATE INDEX jg_Plea_iri FOR (n:Plea) ON (n.iri)",
        "CREATE CONSTRAINT jg_past FOR (n:Past) REQUIRE (n.iri, n.since) IS UNIQUE",
        "CREATE INDEX theirs FOR (n:Plea) ON (n.iris)",
        "MERGE (g:JusticeGraph {name: 'graph'}) SET g.schema = 'older'",
    ]
    with driver.session() as session:
        for statement in older:
            session.run(statement).consume()  # type: ignore[arg-type]  # written above
        Neo4jStore(target, MODEL).close()
        names = set(session.run("SHOW INDEXES YIELD name").value())
        session.run("DROP INDEX theirs").consume()
    assert "theirs" in names
    assert not names & {"jg_Plea_iri", "jg_past"}
    assert {"jg_resource", "jg_PersonRecord_pncId"} <= names


def test_a_newer_ontology_adds_and_says_when_it_cannot(
    target: Target, store: Neo4jStore, driver: Driver
) -> None:
    store.apply(1, [frame("CriminalCase", {"key": "c1", "urn": "U"})])
    store.commit(1)
    newer = Neo4jStore(target, with_property(name="newThing", indexed=True))
    node = newer.nodes([iri("Case", "c1")], 1)[iri("Case", "c1")]
    assert node.properties == {"urn": "U"}
    newer.close()
    with driver.session() as session:
        names = session.run("SHOW INDEXES YIELD name").value()
        assert "jg_Case_newThing" in names
        session.run("DROP INDEX jg_Case_newThing").consume()
    for change in ({"many": True}, {"datatype": "date"}, {"kind": "link", "datatype": None}):
        with pytest.raises(NeedsRebuildError, match="caseStatus"):
            Neo4jStore(target, with_property(**change))
    other = Neo4jStore(target, with_property(datatype="date"), afresh=True)
    assert other.current() == 0
    other.close()
    Neo4jStore(target, MODEL, afresh=True).close()
