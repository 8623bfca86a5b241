"""Cypher over HTTP: for operators, where the graph is kept in Neo4j. It only reads."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol, runtime_checkable

import orjson
from fastapi import APIRouter, Request, Response

from api.access import Access
from api.audit import Entry, values_hash
from api.engine import Answer, Engine, refusal
from api.errors import (
    ApiError,
    BadRequestError,
    CypherError,
    NoCypherError,
    NotFoundError,
    OverLimitError,
    TooLongError,
)
from api.reader import Question
from api.service import ServiceOf
from api.transport import Json, body
from graph import BadQueryError, ReleaseNotHeldError, Table
from graph import TooLongError as StoreTooLongError
from ontology.errors import JusticeGraphError

FIELDS = ("query", "parameters", "release")
EXAMPLE = 'Send {"query": "MATCH (c:Case {urn: $urn}) RETURN c", "parameters": {"urn": "..."}}'
DEEPEST = 10
RELEASE = "release"
router = APIRouter()


@runtime_checkable
class Asked(Protocol):
    """A store that answers Cypher: Neo4jStore."""

    def ask(self, query: str, parameters: Mapping[str, Any], rows: int) -> Table:
        """The first so many rows of a query that only reads."""


@dataclass(frozen=True)
class Sent:
    """A request. release: None for the newest."""

    query: str
    parameters: Mapping[str, Any]
    release: int | None


@dataclass
class _Trail:
    """What is known of a question so far, for its audit line."""

    shape: str | None = None
    release: int | None = None
    rows: int = 0


@router.post("/cypher")
async def post(request: Request, service: ServiceOf) -> Response:
    """Answer a query sent as JSON: columns, rows, the release, and whether rows were cut off."""
    try:
        sent = read(await body(request, service.settings.limits.body))
    except ApiError as error:
        return _response(service.refuse(error, "", None, None))
    try:
        access = service.access(request)
    except ApiError as error:
        return _response(service.refuse(error, sent.query, sent.parameters, None))
    return _response(await service.aside(request, lambda _: answer(service.engine, sent, access)))


def read(content: bytes) -> Sent:
    """A request's JSON body. Raises BadRequestError."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"The body is not JSON: {error}", EXAMPLE) from error
    if not isinstance(found, dict):
        raise BadRequestError(f"The body is a JSON {type(found).__name__}, not an object", EXAMPLE)
    unknown = sorted(set(found) - set(FIELDS))
    if unknown:
        raise BadRequestError(
            f"The body has a field {unknown[0][:40]!r}", f"Use {', '.join(FIELDS)}", FIELDS
        )
    query, parameters, release = (found.get(name) for name in FIELDS)
    if not isinstance(query, str) or not query.strip():
        raise BadRequestError("`query` is missing or not text", EXAMPLE)
    if not isinstance(parameters, dict | None):
        raise BadRequestError("`parameters` is not an object", 'Write it as {"name": value}')
    if parameters and RELEASE in parameters:
        raise BadRequestError("$release is bound for you", "Name the release beside `query`")
    if _depth(parameters) > DEEPEST:
        raise BadRequestError("`parameters` is nested too deeply", "Send lists of plain values")
    if release is not None and (type(release) is not int or not 0 < release < 2**63):
        raise BadRequestError("`release` is not the number of a release", "Leave it out for now's")
    return Sent(query, parameters or {}, release)


def answer(engine: Engine, sent: Sent, access: Access) -> Answer:
    """Answer a query. Never raises but AuditUnavailableError."""
    started = time.monotonic()
    trail = _Trail()
    try:
        found = Answer(_run(engine, sent, access, started, trail))
    except JusticeGraphError as error:
        found = refusal([error])
    except Exception as fault:  # noqa: BLE001  (the edge: a client never sees a traceback)
        found = refusal([engine.fault(fault)])
    engine.audit.write(
        Entry(
            access=access,
            document=trail.shape,
            values=values_hash(engine.sources.tokens.key, sent.query, sent.parameters),
            operation=None,
            release=trail.release,
            roots=("cypher",),
            records=trail.rows,
            seconds=time.monotonic() - started,
            outcome=found.outcome,
            codes=tuple(error["extensions"]["code"] for error in found.body.get("errors", ())),
            origin="http",
        )
    )
    return found


def _run(
    engine: Engine, sent: Sent, access: Access, started: float, trail: _Trail
) -> dict[str, Any]:
    sources, settings = engine.sources, engine.sources.settings
    store = sources.store
    access.require_all(
        "Cypher sees everything, and this key does not",
        "Ask at /graphql, or have the operator ask",
    )
    if not isinstance(store, Asked):
        raise NoCypherError
    left = settings.query_seconds - (time.monotonic() - started)
    try:
        with store.limited(max(left, 0.001)):
            release = sent.release or Question(sources, access).current
            store.kinds([], release)
            trail.release = release
            table = store.ask(
                sent.query, {**sent.parameters, RELEASE: release}, settings.limits.rows
            )
    except StoreTooLongError as error:
        raise TooLongError(settings.query_seconds) from error
    except ReleaseNotHeldError as error:
        raise NotFoundError(error.cause, error.fix) from error
    except BadQueryError as error:
        raise CypherError(error.cause, error.fix) from error
    trail.shape = shape_hash(sent.query)
    if _size(table.rows) > settings.limits.cost:
        raise OverLimitError(
            f"The answer has more than {settings.limits.cost:,} values",
            "Return properties instead of nodes and lists of them, or use LIMIT",
        )
    trail.rows = len(table.rows)
    return {
        "release": release,
        "columns": table.columns,
        "rows": table.rows,
        "cut": table.cut,
        "limit": settings.limits.rows,
    }


_VALUES = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*` | \b\d[\w.]*""",
    re.VERBOSE | re.DOTALL,
)


def shape_hash(query: str) -> str:
    """The same for all queries that differ only in literals, quoted names, spaces and comments."""
    return sha256(" ".join(_VALUES.sub("?", query).split()).encode()).hexdigest()


def _response(answer: Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    status = answer.status if "errors" not in answer.body else max(answer.status, 400)
    return Json(answer.body, status_code=status, headers=headers)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level := [part for item in level for part in _parts(item)]:
        depth += 1
    return depth


def _size(value: Any) -> int:
    count, level = 0, [value]
    while level := [part for item in level for part in _parts(item)]:
        count += len(level)
    return count
