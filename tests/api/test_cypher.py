"""What stands before Cypher: keys, roles, the body, the store. tests/neo4j asks a real server."""

import json
from typing import Any

import httpx
import pytest

from api import Keys, Role
from api.cypher import shape_hash
from tests.api.conftest import NOMIS, Place, Web

QUERY = "MATCH (n) RETURN n"


def post(web: Web, key: str | None, **sent: Any) -> httpx.Response:
    return web.post("/cypher", json=sent, headers={"X-API-Key": key} if key else {})


def code(got: httpx.Response) -> tuple[int, str]:
    return got.status_code, got.json()["errors"][0]["extensions"]["code"]


def test_only_the_operator_with_all_datasets_may_ask(place: Place, web: Web) -> None:
    limited = Keys(place.settings.folder).add(Role.OPERATOR, "p9", [NOMIS])[1]
    assert code(post(web, None, query=QUERY)) == (401, "JG-API-007")
    assert code(post(web, "jg_0_0", query=QUERY)) == (401, "JG-API-008")
    for key in (place.keys["analyst"], place.keys["practitioner"], place.keys["nomis"], limited):
        assert code(post(web, key, query=QUERY)) == (403, "JG-API-006")


def test_another_store_says_that_it_has_no_cypher(place: Place, web: Web) -> None:
    got = post(web, place.keys["operator"], query=QUERY)
    assert code(got) == (409, "JG-API-019")
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"query": " "},
        {"query": 1},
        {"query": QUERY, "parameters": []},
        {"query": QUERY, "parameters": {"release": 1}},
        {"query": QUERY, "parameters": {"deep": json.loads("[" * 50 + "]" * 50)}},
        {"query": QUERY, "release": "1"},
        {"query": QUERY, "release": True},
        {"query": QUERY, "release": 0},
        {"query": QUERY, "variables": {}},
    ],
)
def test_a_body_that_is_no_request_is_told_why(
    place: Place, web: Web, sent: dict[str, Any]
) -> None:
    assert code(post(web, place.keys["operator"], **sent)) == (400, "JG-API-012")


def test_other_bodies_are_refused_too(place: Place, web: Web) -> None:
    key = {"X-API-Key": place.keys["operator"]}
    for content in (b"", b"3", b"[]", b"{", b"\xff"):
        assert code(web.post("/cypher", content=content, headers=key)) == (400, "JG-API-012")
    large = web.post("/cypher", content=b" " * 200_000, headers=key)
    assert code(large) == (413, "JG-API-013")
    assert web.get("/cypher", headers=key).status_code == 405


def test_refused_queries_have_their_line_without_a_value(place: Place, web: Web) -> None:
    secret = "MATCH (n {name: 'Ada Secret'}) RETURN n"
    post(web, place.keys["practitioner"], query=secret, parameters={"x": "Ada Secret"})
    text = (place.settings.folder / "audit.jsonl").read_text(encoding="utf-8")
    line = json.loads(text.splitlines()[-1])
    assert (line["roots"], line["outcome"]) == (["cypher"], "refused")
    assert (line["codes"], line["document"]) == (["JG-API-006"], None)
    assert "Ada" not in text


def test_the_hash_is_of_the_query_without_its_values() -> None:
    first = shape_hash("MATCH (n:Case {urn: 'it\\'s', a: 12}) // Ada\nRETURN n")
    assert first == shape_hash('MATCH (n:Case {urn: "other", a: 7.5}) /* x */ RETURN  n')
    assert first != shape_hash("MATCH (n:Case {urn: 'x'}) RETURN n")
