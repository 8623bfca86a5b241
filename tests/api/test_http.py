"""GraphQL over HTTP: keys, statuses, headers, health."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from api import ApiSettings, Keys, Role, create_app
from graph import StoreUnusableError, open_store
from tests.api.conftest import Place, Web, rows, written

RELEASES = "{ releases { number } }"
GRAPHQL = "application/graphql-response+json"


def test_a_key_is_taken_from_either_header(place: Place, web: Web) -> None:
    for headers in (
        {"Authorization": f"Bearer {place.keys['analyst']}"},
        {"authorization": f"bearer  {place.keys['analyst']}"},
        {"X-API-Key": place.keys["analyst"]},
    ):
        got = web.post("/graphql", json={"query": RELEASES}, headers=headers)
        assert got.json()["data"]["releases"][0]["number"] == 2
        assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer jg_nothing_here"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic abc"},
        {"X-API-Key": "jg__"},
        {"X-API-Key": b"\xc3\xa9"},
    ],
)
def test_a_wrong_key_opens_nothing_not_even_the_catalogue(
    web: Web, headers: dict[str, Any]
) -> None:
    got = web.post("/graphql", json={"query": "{ catalogue { datasets { id } } }"}, headers=headers)
    assert got.status_code == 401
    assert got.headers["www-authenticate"] == "Bearer"
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-008"


def test_without_a_key_the_catalogue_answers_and_the_rest_asks_for_one(web: Web) -> None:
    assert web.ask("{ catalogue { datasets { id } } }").json()["data"]["catalogue"]["datasets"]
    assert web.ask("{ __typename }").json()["data"] == {"__typename": "Query"}
    got = web.ask(RELEASES)
    assert got.status_code == 401
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-007"
    assert web.ask("{ nothing }").json()["errors"][0]["extensions"]["code"] == "JG-API-002"


def test_revoked_and_expired_keys_stop_at_once_and_others_go_on(place: Place, web: Web) -> None:
    keys = Keys(place.settings.folder)
    today = datetime.now(UTC).date()
    key, text = keys.add(Role.ANALYST, "p3", expires=today)
    assert web.ask(RELEASES, text).status_code == 200
    keys.revoke(key.id)
    assert web.ask(RELEASES, text).status_code == 401
    _, old = keys.add(Role.ANALYST, "p3", expires=today - timedelta(days=1))
    assert web.ask(RELEASES, old).status_code == 401
    assert web.ask(RELEASES, place.keys["analyst"]).status_code == 200


def test_a_question_may_stand_in_the_address(place: Place, web: Web) -> None:
    key = {"X-API-Key": place.keys["analyst"]}
    document = "query a($n: Int!) { releases(first: $n) { number } }"
    got = web.get("/graphql", params={"query": document, "variables": '{"n": 1}'}, headers=key)
    assert got.json()["data"] == {"releases": [{"number": 2}]}
    for params in ({"query": document, "variables": "{"}, {"query": ""}, {}):
        bad = web.get("/graphql", params=params, headers=key)
        assert bad.status_code == 400
        assert bad.json()["errors"][0]["extensions"]["code"] == "JG-API-012"


@pytest.mark.parametrize(
    ("document", "plain", "graphql"),
    [
        (RELEASES, 200, 200),
        ("{", 200, 400),
        ("{ nothing }", 200, 400),
        ('{ record(iri: "x") { id } }', 200, 200),
        ('{ person(record: "x") { id } }', 200, 404),
        ('{ records(class: "Hearing", first: 9999) { nodes { id } } }', 200, 400),
        ("", 400, 400),
    ],
)
def test_the_status_follows_the_outcome_where_the_client_knows_graphql(
    place: Place, web: Web, document: str, plain: int, graphql: int
) -> None:
    key = {"X-API-Key": place.keys["operator"]}
    got = web.post("/graphql", json={"query": document}, headers=key)
    assert (got.status_code, got.headers["content-type"]) == (plain, "application/json")
    got = web.post("/graphql", json={"query": document}, headers={**key, "Accept": GRAPHQL})
    assert (got.status_code, got.headers["content-type"]) == (graphql, GRAPHQL)


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing", "/static/../keys.py"])
def test_other_addresses_are_told_what_there_is(web: Web, path: str) -> None:
    got = web.get(path)
    assert got.status_code == 404
    assert "/graphql" in got.json()["errors"][0]["extensions"]["fix"]


def test_other_methods_are_refused(web: Web) -> None:
    assert web.send("DELETE", "/graphql").status_code == 405
    assert web.send("PUT", "/graphql").json()["errors"][0]["extensions"]["code"] == "JG-API-012"


def test_mutations_and_subscriptions_are_not_answered(place: Place) -> None:
    assert place.code("mutation { catalogue { datasets { id } } }") == "JG-API-002"
    assert place.code("subscription { catalogue { datasets { id } } }") == "JG-API-002"


def test_ready_says_which_release_the_graph_is_at(place: Place, web: Web, tmp_path: Path) -> None:
    assert web.get("/health").json() == {"status": "alive"}
    got = web.get("/ready")
    assert (got.status_code, got.json()) == (200, {"release": 2, "graph": 2, "reason": None})
    store = open_store("sqlite", tmp_path, place.model)
    behind = written(tmp_path, place.model, [rows(place.model)])
    app = create_app(behind, store, place.model, ApiSettings(tmp_path))
    late = Web(app).get("/ready")
    assert late.status_code == 503
    assert (late.json()["release"], late.json()["graph"]) == (1, 0)
    assert "release 0" in late.json()["reason"]
    key = Keys(tmp_path).add(Role.OPERATOR, "p")[1]
    asked = Web(app).ask('{ record(iri: "x") { id } }', key).json()
    assert asked["errors"][0]["extensions"]["code"] == "JG-API-014"
    assert "the newest is 1" in asked["errors"][0]["message"]
    assert "being rebuilt" in asked["errors"][0]["extensions"]["fix"]
    assert Web(app).ask("{ catalogue { context { release { number } } } }").json()["data"][
        "catalogue"
    ]["context"] == {"release": {"number": 0}}
    store.close()


def test_a_graph_that_cannot_be_used_is_no_answer(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the server of a graph that is rebuilt starts again."""

    def gone(*_: object) -> int:
        raise StoreUnusableError("bolt://there", "no server answers", "Wait")

    monkeypatch.setattr(place.store, "current", gone)
    key = {"X-API-Key": place.keys["operator"], "Accept": GRAPHQL}
    document = '{ records(class: "Hearing", first: 1) { nodes { id } } }'
    got = web.post("/graphql", json={"query": document}, headers=key)
    assert got.status_code == 503
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-GRA-009"
    ready = web.get("/ready")
    assert (ready.status_code, ready.json()["graph"]) == (503, None)
    assert "no server answers" in ready.json()["reason"]


def test_metrics_count_questions_by_outcome(place: Place, web: Web) -> None:
    web.ask("{ catalogue { datasets { id } } }")
    text = web.get("/metrics").text
    assert 'justicegraph_questions_total{outcome="answered"}' in text
    assert "justicegraph_question_seconds_count" in text


def test_introspection_can_be_turned_off(place: Place) -> None:
    closed = replace(place.settings, introspection=False)
    web = Web(create_app(place.releases, place.store, place.model, closed))
    got = web.ask("{ __schema { types { name } } }", place.keys["operator"])
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-002"
    assert web.ask("{ __typename }").json()["data"] == {"__typename": "Query"}


def test_a_fault_outside_a_question_is_masked_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the inside")

    app = create_app(place.releases, place.store, place.model, place.settings)
    monkeypatch.setattr("api.keys.Keys.open", broken)
    got = Web(app).ask(RELEASES, "x")
    assert got.status_code == 500
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-016"
    assert "secret" not in got.text


def test_questions_at_once_get_each_their_own_answer(place: Place, web: Web) -> None:
    names = ["PersonRecord", "EventRecord", "Case", "Participation", "Thing"] * 6
    key = {"X-API-Key": place.keys["operator"]}
    found: dict[int, object] = {}

    async def run() -> None:
        transport = httpx.ASGITransport(web.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

            async def ask(number: int) -> None:
                document = f'{{ records(class: "{names[number]}") {{ nodes {{ id }} }} }}'
                got = await client.post("/graphql", json={"query": document}, headers=key)
                found[number] = got.json()["data"]["records"]["nodes"]

            async with anyio.create_task_group() as group:
                for number in range(len(names)):
                    group.start_soon(ask, number)

    anyio.run(run)
    for number, name in enumerate(names):
        document = f'{{ records(class: "{name}") {{ nodes {{ id }} }} }}'
        assert found[number] == place.data(document)["records"]["nodes"]
