"""Cypher over HTTP, every query of docs/cypher.md, GraphQL over Neo4j, and a Neo4j that went away.

One small world; its second release moves somebody to another's address.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import polars as pl
import pytest

from api import ApiSettings, Keys, Limits, Role, create_app
from cli.pipeline import run_load
from cli.workspace import Workspace
from graph import Store, open_store, project
from graph.neo4j import Neo4jStore, Target
from graph.neo4j.local import Address
from ontology.identifiers import record_iri
from tests.api.conftest import Web
from tests.api.test_roots import JOURNEY
from tests.conftest import ROOT
from tests.neo4j import server
from world import generate

CP = "common-platform/hearing-resulted"
HOME = ("1 Shared House", "Cardiff")
PAGE = (ROOT / "docs" / "cypher.md").read_text(encoding="utf-8")
DOCUMENTED = {
    part.partition("\n")[0]: query
    for part in re.split(r"^##+ ", PAGE, flags=re.M)
    for query in re.findall(r"^```cypher\n(.*?)^```", part, re.M | re.S)
}
MEDIUM = "https://w3id.org/justicegraph/code/threshold/medium"


def truth(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / "world" / "truth" / f"{name}.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


class World:
    """The data folder, the store, an application over it, and what is true."""

    def __init__(self, folder: Path, address: Address) -> None:
        generate(40, 83, folder / "world")
        self.workspace = Workspace(folder / "data")
        run_load(self.workspace, [folder / "world" / "extracts"])
        self.base = self.workspace.settings.base
        self.people = {person["key"]: person for person in truth(folder, "persons")}
        self.records = truth(folder, "records")
        self.matter = next(
            m
            for m in truth(folder, "matters")
            if len(self.in_matter(m["matter"])) == 2 and len(m["defendants"]) == 2
        )
        self.urn: str = self.matter["matter"]
        self.pair: list[str] = [self.iri(r) for r in self.in_matter(self.urn)]
        self.target = Target(address.uri, address.username, address.password)
        self.store = open_store("neo4j", folder, self.workspace.model)
        assert isinstance(self.store, Neo4jStore)
        self.store.clear()
        self.move()
        project(self.workspace.releases, self.store, self.workspace.model)
        project(self.workspace.releases, self.workspace.store, self.workspace.model)
        self.settings = ApiSettings(self.workspace.folder, base=self.base)
        self.key = Keys(self.workspace.folder).add(Role.OPERATOR, "p")[1]
        self.web = self.served(self.store)

    def in_matter(self, urn: str) -> list[dict[str, Any]]:
        found = [r for r in self.records if r["matter"] == urn and r["dataset"] == CP]
        return sorted({r["person"]: r for r in found}.values(), key=lambda r: str(r["key"]))

    def iri(self, record: dict[str, Any]) -> str:
        return record_iri(self.base, "PersonRecord", record["dataset"], record["key"])

    def move(self) -> None:
        """Release 2: both of the pair have one more address, the same."""
        schema = self.workspace.model.table_schema("AddressRecord")
        rows = [
            {
                "iri": record_iri(self.base, "AddressRecord", "test/moves", [str(number)]),
                "class": "AddressRecord",
                "dataset": "test/moves",
                "document": f"test/moves/{number}",
                "version": "",
                "hash": f"{number:032x}",
                "addressOf": person,
                "addressLine": list(HOME),
                "postcode": "CF1 1AA",
            }
            for number, person in enumerate(self.pair)
        ]
        with self.workspace.releases.write() as writer:
            writer.put("AddressRecord", pl.DataFrame(rows, schema=schema))
            writer.commit({})

    def served(self, store: Store, **changes: Any) -> Web:
        workspace = self.workspace
        settings = replace(self.settings, **changes)
        return Web(create_app(workspace.releases, store, workspace.model, settings))

    def post(self, query: str, web: Web | None = None, **sent: Any) -> httpx.Response:
        body = {"query": query, **sent}
        return (web or self.web).post("/cypher", json=body, headers={"X-API-Key": self.key})

    def rows(self, query: str, release: int | None = None, **parameters: Any) -> list[list[Any]]:
        got = self.post(query, parameters=parameters, release=release)
        assert got.status_code == 200, got.text
        rows: list[list[Any]] = got.json()["rows"]
        return rows

    def refused(self, query: str, web: Web | None = None, **sent: Any) -> tuple[int, str, str]:
        got = self.post(query, web, **sent)
        [error] = got.json()["errors"]
        return got.status_code, error["extensions"]["code"], error["message"]


@pytest.fixture(scope="module")
def world(neo4j_server: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    values = (neo4j_server.uri, neo4j_server.username, neo4j_server.password)
    with pytest.MonkeyPatch.context() as patch, server.locked("database.lock"):
        for name, value in zip(server.NAMES, values, strict=True):
            patch.setenv(name, value)
        made = World(tmp_path_factory.mktemp("cypher"), neo4j_server)
        yield made
        made.store.clear()
        made.store.close()


def test_every_query_of_the_page_has_a_test() -> None:
    assert set(DOCUMENTED) == {
        "One record",
        "Records of a class",
        "Links of a record",
        "Co-defendants",
        "Shared addresses",
        "The neighbourhood of a matter",
    }
    assert PAGE.count("```cypher") == len(DOCUMENTED)


def test_one_record(world: World) -> None:
    [[node]] = world.rows(DOCUMENTED["One record"], iri=world.pair[0])
    assert {"PersonRecord", "Record", "Version"} <= set(node["labels"])
    person = world.people[world.in_matter(world.urn)[0]["person"]]
    assert node["properties"]["familyName"] == person["family"]
    assert node["properties"]["class"] == "PersonRecord"


def test_records_of_a_class(world: World) -> None:
    person = world.people[world.in_matter(world.urn)[0]["person"]]
    found = world.rows(DOCUMENTED["Records of a class"], name=person["family"])
    assert [CP, person["given"], person["born"]] in found


def test_links_of_a_record(world: World) -> None:
    query, person = DOCUMENTED["Links of a record"], world.pair[0]
    told = world.workspace.store.incoming([person], None, 2)[person]
    assert len(told) > 3
    inward = [row for row in world.rows(query, iri=person) if not row[1]]
    assert sorted(iri for *_, iri in inward) == sorted(iri for _, iri in told)
    assert len(world.rows(query, iri=person, release=1)) == len(world.rows(query, iri=person)) - 1


def test_co_defendants_are_those_of_the_truth(world: World) -> None:
    one, other = world.pair
    found = world.rows(DOCUMENTED["Co-defendants"], person=one)
    person = world.people[world.in_matter(world.urn)[1]["person"]]
    assert [row[:3] for row in found] == [[other, person["given"], person["family"]]]
    assert [row[0] for row in world.rows(DOCUMENTED["Co-defendants"], person=other)] == [one]


def test_shared_addresses_as_of_each_release(world: World) -> None:
    query = DOCUMENTED["Shared addresses"]
    before, after = ([*world.rows(query, release=r, threshold=MEDIUM)] for r in (1, 2))
    [[address, people]] = [row for row in after if row not in before]  # families share one too
    assert len(after) == len(before) + 1
    assert address == "CF1 1AA 1 Shared House Cardiff"
    things = world.workspace.store.things(world.pair, "person", "medium", 2)
    assert sorted(people) == sorted(things.values())


def test_the_neighbourhood_of_a_matter(world: World) -> None:
    found = world.rows(DOCUMENTED["The neighbourhood of a matter"], urn=world.urn)
    counts = {(cls, dataset): records for cls, dataset, records in found}
    assert counts["Participation", CP] == len(world.matter["defendants"])
    assert counts["Participation", "police-spi/new-case"] == len(world.matter["defendants"])
    assert {"Hearing", "ChargeRecord"} <= {cls for cls, _ in counts}


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n:Case {iri: 'x'}) RETURN n",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n:Case) CALL (n) { SET n.urn = 'x' } IN TRANSACTIONS",
        "DROP CONSTRAINT jg_resource",
        "CREATE INDEX x FOR (n:Case) ON (n.x)",
        "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
        "SHOW USERS",
        "SHOW TRANSACTIONS",
        "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
        "LOAD CSV FROM 'http://127.0.0.1:1/' AS line RETURN line",
        "RETURN [x IN [1] WHERE EXISTS { LOAD CSV FROM 'http://127.0.0.1:1/' AS l RETURN l }]",
        "RETURN [x IN [1] WHERE EXISTS { LOAD/**/CSV FROM 'http://127.0.0.1:1/' AS l RETURN l }]",
        "RETURN [x IN [1] WHERE EXISTS { \\u004cOAD CSV FROM 'http://x/' AS l RETURN l }]",
        "CALL dbms.listConfig()",
        "RETURN [x IN [1] | COLLECT { CALL db.info() YIELD name RETURN name }]",
        "RETURN [x IN [1] | COLLECT { CALL /**/ db.info() YIELD name RETURN name }]",
        "CALL `db`.`info`() YIELD name RETURN name",
        "CALL db.labels.more()",
        "MATCH (n) RETURN n; MATCH (n) RETURN n",
        "MATCH (n RETURN n",
        "RETURN $missing",
        "RETURN 1 / 0",
        "EXPLAIN PROFILE RETURN 1",
    ],
)
def test_what_does_more_than_read_is_refused(world: World, query: str) -> None:
    status, code, message = world.refused(query)
    assert (status, code) == (400, "JG-API-020")
    assert "Traceback" not in message
    assert "Cannot load" not in message
    assert world.rows("MATCH (n:Case) RETURN count(*) > 0") == [[True]]


def test_the_server_itself_refuses_a_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.neo4j.asking._inspect", lambda _: None)
    assert world.refused("CREATE (n:Case)")[:2] == (400, "JG-API-020")
    assert world.refused("CREATE INDEX x FOR (n:Case) ON (n.x)")[0] in (400, 503)


def test_values_are_json(world: World) -> None:
    query = """
    RETURN date('2020-02-02'), duration('P1M'), point({x: 1, y: 2}).x, point({x: 1, y: 2}),
      0.0 / 0, [1, 'a', null], {a: {b: true}}, datetime('2020-01-01T10:00Z'), $given
    """
    given = {"list": [1, "O'Brien $x"], "text": "'; MATCH (n) DETACH DELETE n //"}
    [row] = world.rows(query, given=given)
    assert row[:3] == ["2020-02-02", "P1M", 1.0]
    assert row[3] == {"srid": 7203, "coordinates": [1.0, 2.0]}
    assert row[4:7] == ["nan", [1, "a", None], {"a": {"b": True}}]
    assert row[7].startswith("2020-01-01T10:00:00")
    assert row[8] == given
    [[path]] = world.rows("MATCH p = (:Participation)-[:IN_CASE]->() RETURN p LIMIT 1")
    assert [link["type"] for link in path["relationships"]] == ["IN_CASE"]
    assert path["relationships"][0]["from"] == path["nodes"][0]["id"]


def test_rows_values_and_time_are_bounded(world: World) -> None:
    got = world.post("UNWIND range(1, 5000) AS n RETURN n").json()
    assert (len(got["rows"]), got["cut"], got["limit"], got["release"]) == (1000, True, 1000, 2)
    assert not world.post("UNWIND range(1, 1000) AS n RETURN n").json()["cut"]
    small = world.served(world.store, limits=Limits(rows=3, cost=10))
    assert len(world.post("UNWIND range(1, 9) AS n RETURN n", small).json()["rows"]) == 3
    assert world.refused("RETURN range(1, 99)", small)[:2] == (400, "JG-API-004")
    hasty = world.served(world.store, query_seconds=0.7)
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a * b)"
    assert world.refused(endless, hasty)[:2] == (503, "JG-API-005")
    assert world.refused("RETURN $n", parameters={"n": 2**63})[:2] == (400, "JG-API-020")


def test_subqueries_and_what_describes_the_graph_may_be_called(world: World) -> None:
    assert ["Case"] in world.rows("CALL db.labels() YIELD label RETURN label")
    assert world.rows("CALL db.relationshipTypes")
    assert world.rows("CALL { RETURN 1 AS n } CALL (n) { RETURN n + 1 AS m } RETURN m") == [[2]]


def test_a_release_that_is_not_held_is_not_found(world: World) -> None:
    assert world.rows("RETURN $release", release=1) == [[1]]
    assert world.rows("RETURN $release") == [[2]]
    assert world.refused("RETURN 1", release=9)[:2] == (404, "JG-API-009")


def test_the_audit_line_has_the_query_s_hash_and_no_value(world: World) -> None:
    world.rows("MATCH (c:Case {urn: 'Ada Secret'}) RETURN c UNION MATCH (c:Case) RETURN c LIMIT 2")
    text = (world.workspace.folder / "audit.jsonl").read_text(encoding="utf-8")
    line = orjson.loads(text.splitlines()[-1])
    assert (line["roots"], line["outcome"], line["release"]) == (["cypher"], "answered", 2)
    assert (line["records"], line["role"], len(line["document"])) == (2, "operator", 64)
    assert "Ada" not in text


def test_graphql_over_http_answers_from_neo4j_as_from_sqlite(world: World) -> None:
    questions: list[tuple[str, dict[str, Any]]] = [
        (JOURNEY, {"record": iri, "threshold": "MEDIUM"}) for iri in world.pair
    ]
    records = (
        "query($after: String) { records(class: %s, first: 50, after: $after) {"
        " nodes { id class dataset } pageInfo { hasNextPage endCursor } } }"
    )
    questions += [(records % f'"{cls}"', {}) for cls in ("PersonRecord", "Hearing", "Case")]
    questions += [
        (
            "query($record: ID!) { linkage(record: $record) { assertions { id method { notation }"
            " left { id } right { id } } } }",
            {"record": iri},
        )
        for iri in world.pair
    ]
    embedded = world.served(world.workspace.store)
    for document, variables in questions:
        first = embedded.ask(document, world.key, variables=variables).json()
        assert "errors" not in first, first
        [told] = first["data"].values()
        assert told.get("events") or told.get("nodes") or told.get("assertions")
        assert world.web.ask(document, world.key, variables=variables).json() == first


class Line:
    """A line to a server that can be cut."""

    def __init__(self, uri: str) -> None:
        host, _, port = uri.partition("://")[2].partition(":")
        self._to = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._to)
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=ends, daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                sink.sendall(content)

    def cut(self) -> None:
        for end in [self._listener, *self._open]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_ready_says_when_neo4j_is_behind_or_away(world: World) -> None:
    line = Line(world.target.uri)
    store = Neo4jStore(replace(world.target, uri=line.uri), world.workspace.model)
    web = world.served(store)
    try:
        got = web.get("/ready")
        assert (got.status_code, got.json()["release"], got.json()["graph"]) == (200, 2, 2)
        store.undo(1)
        got = web.get("/ready")
        assert (got.status_code, got.json()["graph"]) == (503, 1)
        assert "release 1" in got.json()["reason"]
        project(world.workspace.releases, store, world.workspace.model)
        assert web.get("/ready").status_code == 200
        line.cut()
        got = web.get("/ready")
        assert (got.status_code, got.json()["release"], got.json()["graph"]) == (503, 2, None)
        assert "graph" in got.json()["reason"]
        assert web.get("/health").status_code == 200
        status, code, _ = world.refused("RETURN 1", world.served(store, query_seconds=2.0))
        assert status == 503
        assert code in ("JG-API-005", "JG-GRA-009")
    finally:
        line.cut()
        store.close()
