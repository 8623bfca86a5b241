"""No question, however made, costs much before it is refused; none gets a traceback or a 500."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import Access, Limits, Role, create_app
from api.engine import Engine
from api.reader import Question, Sources
from tests.api.conftest import ANALYST, PRACTITIONER, Place, Web


def fragments(levels: int, times: int, leaf: str) -> str:
    """Fragments that spread out to times**levels fields."""
    parts = [f"query {{ ...f{levels} }} fragment f0 on Query {{ {leaf} }}"]
    for level in range(1, levels + 1):
        spread = f"...f{level - 1} " * times
        parts.append(f"fragment f{level} on Query {{ {spread} }}")
    return " ".join(parts)


def nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"incoming {{ nodes {{ record {{ {inner} }} }} }}"
    return f'{{ record(iri: "x") {{ {inner} }} }}'


def linked(levels: int) -> str:
    """A fragment in each of many levels of a tree, each twice: deep and exponential."""
    parts = ['query { record(iri: "x") { ...f0 } }']
    for level in range(levels):
        spread = f"a: incoming {{ nodes {{ record {{ ...f{level + 1} }} }} }}"
        parts.append(f"fragment f{level} on Record {{ {spread} {spread.replace('a:', 'b:')} }}")
    return " ".join([*parts, f"fragment f{levels} on Record {{ id }}"])


INTROSPECTION = (
    "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
)
BOMBS = {
    "spread fragments": (fragments(25, 2, "catalogue { context { headline } }"), None),
    "wide fragments": (fragments(8, 9, "catalogue { context { headline } }"), None),
    "aliases": (
        "{ " + " ".join(f"a{i}: releases {{ number }}" for i in range(300)) + " }",
        "JG-API-004",
    ),
    "aliases in fragments": (
        fragments(
            6, 2, " ".join(f"a{i}: catalogue {{ context {{ headline }} }}" for i in range(9))
        ),
        "JG-API-004",
    ),
    "deep": (nested(10), "JG-API-004"),
    "deep fragments": (linked(12), "JG-API-004"),
    "long pages of long pages": (
        '{ records(class: "Hearing", first: 1000) { nodes { incoming(first: 1000) {'
        " nodes { property } } } } }",
        "JG-API-004",
    ),
    "tokens": ("{ " + "releases { number } " * 2000 + "}", "JG-API-004"),
    "same field": ("{ " + "releases { number newest } " * 600 + "}", "JG-API-004"),
    "same field in fragments": (
        "{ "
        + " ".join(f"...f{i}" for i in range(320))
        + " } "
        + " ".join(f"fragment f{i} on Query {{ releases {{ number }} }}" for i in range(320)),
        "JG-API-004",
    ),
    "same arguments": (
        "{ " + 'record(iri: "a") { id class } ' * 100 + 'record(iri: "b") { id } }',
        "JG-API-002",
    ),
    "brackets": ("{" * 3000, "JG-API-001"),
    "lists": ("{ record(iri: " + "[" * 3000 + ") { id } }", "JG-API-001"),
    "circle": ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "JG-API-002"),
    "circle alone": ("fragment a on Query { ...a }", "JG-API-002"),
    "introspection": (INTROSPECTION, "JG-API-002"),
    "long name": ("{ " + "a" * 90_000 + " }", "JG-API-002"),
    "long text": ('{ record(iri: "' + "a" * 90_000 + '") { id } }', None),
    "directives": ("{ releases " + "@skip(if: false) " * 500 + "{ number } }", "JG-API-002"),
    "variables": (
        "query (" + " ".join(f"$v{i}: Int" for i in range(900)) + ") { releases { number } }",
        "JG-API-002",
    ),
    "unknown fragments": ("{ " + " ".join(f"...f{i}" for i in range(900)) + " }", "JG-API-002"),
    "chain": (
        "query { ...f0 } "
        + " ".join(f"fragment f{i} on Query {{ ...f{i + 1} }}" for i in range(420))
        + " fragment f420 on Query { releases { number } }",
        None,
    ),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_question_made_to_hurt_is_dealt_with_at_once(place: Place, name: str) -> None:
    document, code = BOMBS[name]
    place.ask("{ releases { number } }")
    started = time.process_time()
    got = place.ask(document)
    spent = time.process_time() - started
    codes = {error["extensions"]["code"] for error in got.body.get("errors", ())}
    assert codes <= ({code} if code else {"JG-API-004", "JG-API-009"})
    assert "JG-API-016" not in codes
    assert len(str(got.body)) < 20_000
    assert spent < 2.0  # a hang, not a slow machine


def test_the_cost_of_a_page_follows_its_first_also_by_variable(place: Place) -> None:
    document = """query ($n: Int!) { records(class: "Hearing", first: $n) {
        nodes { incoming(first: 500) { nodes { property } } } } }"""
    assert "errors" not in place.ask(document, n=10).body
    assert place.code(document, n=900) == "JG-API-004"
    assert "errors" not in place.ask(document, n=10).body


def test_pages_of_the_documents_we_publish_are_within_the_limits(place: Place) -> None:
    introspection = """query { __schema { queryType { name } types { ...t } directives { name
      args { ...i } } } } fragment t on __Type { kind name description fields(includeDeprecated:
      true) { name description args { ...i } type { ...r } isDeprecated deprecationReason }
      inputFields { ...i } interfaces { ...r } enumValues(includeDeprecated: true) { name }
      possibleTypes { ...r } } fragment i on __InputValue { name description type { ...r }
      defaultValue } fragment r on __Type { kind name ofType { kind name ofType { kind name ofType {
      kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
      } } } }"""
    assert len(place.data(introspection)["__schema"]["types"]) > 100


def small(place: Place, **limits: Any) -> Engine:
    seconds = limits.pop("query_seconds", 20.0)
    made = replace(place.settings, limits=Limits(**limits), query_seconds=seconds)
    sources = place.engine.sources
    return Engine(Sources(sources.releases, sources.store, sources.model, made, sources.tokens))


def test_an_answer_of_too_many_records_is_stopped(place: Place) -> None:
    engine = small(place, records=5)
    got = engine.answer('{ records(class: "EventRecord") { nodes { id } } }', None, PRACTITIONER)
    assert got.body["errors"][0]["extensions"]["code"] == "JG-API-004"
    engine.audit.close()


def test_time_is_up_for_work_in_the_store_and_between(place: Place) -> None:
    engine = small(place, query_seconds=0.0)
    got = engine.answer('{ records(class: "EventRecord") { nodes { id } } }', None, PRACTITIONER)
    assert got.body["errors"][0]["extensions"]["code"] == "JG-API-005"
    assert (got.status, got.outcome) == (503, "stopped")
    engine.audit.close()


def test_work_stops_once_the_client_has_gone(place: Place) -> None:
    gone = threading.Event()
    gone.set()
    got = place.engine.answer('{ record(iri: "x") { id } }', None, ANALYST, cancelled=gone)
    assert got.outcome in {"stopped", "error"}
    with pytest.raises(Exception, match="stopped after"):
        Question(place.engine.sources, Access(Role.OPERATOR), cancelled=gone).proceed()


def test_a_slow_store_neither_blocks_health_nor_outlives_its_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    import anyio
    import httpx

    quick = replace(place.settings, query_seconds=0.3)
    app = create_app(place.releases, place.store, place.model, quick)
    monkeypatch.setattr("api.service.GRACE", 0.1)
    slow = threading.Event()

    def find(*_: Any, **__: Any) -> Any:
        slow.wait(3)
        raise AssertionError("nobody waits for this")

    monkeypatch.setattr(type(place.store), "find", find)
    key = {"X-API-Key": place.keys["operator"]}
    document = {"query": '{ records(class: "Hearing") { nodes { id } } }'}
    times: dict[str, float] = {}

    async def run() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

            async def asked() -> None:
                started = time.monotonic()
                got = await client.post("/graphql", json=document, headers=key)
                times["asked"] = time.monotonic() - started
                assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-005"

            async with anyio.create_task_group() as group:
                group.start_soon(asked)
                await anyio.sleep(0.1)
                started = time.monotonic()
                assert (await client.get("/health")).status_code == 200
                times["health"] = time.monotonic() - started
            slow.set()

    anyio.run(run)
    assert times["health"] < 0.25
    assert times["asked"] < 2.5


def bodies() -> Iterator[tuple[bytes, str]]:
    for text in (
        b"3",
        b"null",
        b'"text"',
        b"[]",
        b'[{"query": "{ catalogue { datasets { id } } }"}]',
        b"true",
    ):
        yield text, "JG-API-012"
    for text in (b"", b"{", b"\xff\xfe", b"{'query': 1}", b'{"query": "\\ud800"}'):
        yield text, "JG-API-012"
    for found in (
        {},
        {"query": 3},
        {"query": None},
        {"query": ""},
        {"query": ["{ releases { number } }"]},
        {"query": "{ a }", "variables": 3},
        {"query": "{ a }", "variables": []},
        {"query": "{ a }", "operationName": 3},
        {"query": "{ a }", "unknown": 3},
        {"query": "query a { releases { number } }", "operationName": "b"},
        {"query": "query a { releases { number } } query b { releases { number } }"},
        {"query": "# nothing but a comment {"},
    ):
        yield orjson.dumps(found), "JG-API-012"
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for variables in (
        {"n": 10**30},
        {"n": "x"},
        {"n": 1.5},
        {"n": [1]},
        {"n": {"a": 1}},
        {"n": True},
        {"n": deep},
    ):
        document = 'query ($n: Int) { records(class: "Hearing", release: $n) { nodes { id } } }'
        text = orjson.dumps({"query": document, "variables": {}})
        yield text.replace(b'"variables":{}', b'"variables":' + _json(variables)), "JG-API-003"


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


@pytest.mark.parametrize(("content", "code"), list(bodies()))
def test_a_body_that_is_no_question_is_told_so(
    place: Place, web: Web, content: bytes, code: str
) -> None:
    got = web.post("/graphql", content=content, headers={"X-API-Key": place.keys["operator"]})
    assert got.status_code < 500
    extensions = got.json()["errors"][0]["extensions"]
    assert extensions["code"] in {code, "JG-API-001"}
    assert extensions["cause"]
    assert extensions["fix"]


def test_a_body_over_the_limit_is_413_and_not_read_to_its_end(web: Web, place: Place) -> None:
    read = 0

    async def parts() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 10_000

    got = web.post("/graphql", content=parts())
    assert (got.status_code, got.json()["errors"][0]["extensions"]["code"]) == (413, "JG-API-013")
    assert read < 50
    said = web.post("/graphql", content=b"{}", headers={"Content-Length": "9" * 12})
    assert said.status_code == 413


@settings(max_examples=150)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_bytes_at_all_make_a_500(content: bytes, place: Place, web: Web) -> None:
    got = web.post("/graphql", content=content)
    assert got.status_code < 500
    assert got.json()["errors"][0]["extensions"]["code"].startswith("JG-API-0")


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(variables=st.dictionaries(st.sampled_from(["i", "n", "w", "d", "t"]), JSON))
def test_no_variables_make_a_fault(variables: dict[str, Any], place: Place) -> None:
    document = """query ($i: IdentifierInput, $n: Int, $w: [FilterInput!], $d: Date,
      $t: Threshold) {
      journey(identifier: $i, from: $d, release: $n) { events { id } }
      records(class: "Plea", where: $w, release: $n) { nodes { id } }
      person(identifier: $i, threshold: $t) { id } }"""
    got = place.engine.answer(document, variables, Access.operator())
    codes = {error["extensions"]["code"] for error in got.body.get("errors", ())}
    assert "JG-API-016" not in codes


@settings(max_examples=200)
@given(st.text(alphabet='{}()[]:!$@."# \n,aidclassrecordnullquery123\\', max_size=60))
def test_no_document_makes_a_fault(place: Place, document: str) -> None:
    got = place.ask(document)
    codes = {error["extensions"]["code"] for error in got.body.get("errors", ())}
    assert "JG-API-016" not in codes


def test_a_fault_of_ours_is_masked_and_told_by_reference(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("the secret of the inside")

    monkeypatch.setattr(type(place.store), "nodes", broken)
    got = place.ask('{ record(iri: "x") { id } }')
    [error] = got.body["errors"]
    assert error["extensions"]["code"] == "JG-API-016"
    assert "secret" not in str(got.body)
    reference = error["extensions"]["fix"].rpartition(" ")[2]
    assert reference in caplog.text
    assert got.outcome == "failed"
