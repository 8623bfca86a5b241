"""GraphQL over HTTP: what a request must look like, and how the answer is sent.

Follows the GraphQL over HTTP specification: `application/graphql-response+json` gets the status
of the outcome; plain `application/json` gets 200 whenever the request was well-formed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api.engine import Answer
from api.errors import ApiError, BadRequestError, TooLargeError
from api.service import Service, ServiceOf

GRAPHQL = "application/graphql-response+json"
FIELDS = ("query", "variables", "operationName", "extensions")
router = APIRouter()


class Json(Response):
    """JSON by orjson."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=str)


@dataclass(frozen=True)
class Sent:
    """A GraphQL request."""

    document: str
    variables: Mapping[str, Any] | None
    operation: str | None


@router.post("/graphql")
async def post(request: Request, service: ServiceOf) -> Response:
    """Answer a question sent as JSON."""
    try:
        sent = read(await body(request, service.settings.limits.body))
    except ApiError as error:
        return answered(request, service.refuse(error, "", None, None))
    return await answer(request, service, sent)


async def answer(request: Request, service: Service, sent: Sent) -> Response:
    """Answer a question that came in some form."""
    try:
        access = service.access(request)
    except ApiError as error:
        return answered(request, service.refuse(error, sent.document, sent.variables, None))
    found = await service.answer(request, sent.document, sent.variables, access, sent.operation)
    return answered(request, found)


def answered(request: Request, answer: Answer) -> Response:
    """The HTTP answer. Never cached: it may hold people's data."""
    accept = request.headers.get("accept", "")
    graphql = GRAPHQL in accept
    always = answer.status >= 401 and answer.status != 404 and "data" not in answer.body
    status = answer.status if graphql or always or _malformed(answer) else 200
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Json(
        answer.body,
        status_code=status,
        headers=headers,
        media_type=GRAPHQL if graphql else "application/json",
    )


def _malformed(answer: Answer) -> bool:
    first = (answer.body.get("errors") or [{}])[0].get("extensions", {})
    return first.get("code") == BadRequestError.code and answer.status == 400


async def body(request: Request, limit: int) -> bytes:
    """The request's body. Raises TooLargeError without reading what is over the limit."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and len(said) < 20 and int(said) > limit:
        raise TooLargeError(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLargeError(limit)
        parts.append(part)
    return b"".join(parts)


def read(content: bytes) -> Sent:
    """A request's JSON body. Raises BadRequestError, saying which part is wrong."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"The body is not JSON: {error}", EXAMPLE) from error
    if isinstance(found, list):
        raise BadRequestError("Several questions in one request are not taken", EXAMPLE)
    if not isinstance(found, dict):
        raise BadRequestError(f"The body is a JSON {type(found).__name__}, not an object", EXAMPLE)
    unknown = sorted(set(found) - set(FIELDS))
    if unknown:
        raise BadRequestError(
            f"The body has a field {unknown[0][:40]!r}", f"Use {', '.join(FIELDS)}", FIELDS
        )
    return sent(found.get("query"), found.get("variables"), found.get("operationName"))


def sent(document: Any, variables: Any, operation: Any) -> Sent:
    """A request from its parts. Raises BadRequestError."""
    if not isinstance(document, str) or not document.strip():
        raise BadRequestError("`query` is missing or not text", EXAMPLE)
    if variables is not None and not isinstance(variables, dict):
        raise BadRequestError("`variables` is not an object", 'Write it as {"name": value}')
    if operation is not None and not isinstance(operation, str):
        raise BadRequestError("`operationName` is not text", "Leave it out, or name an operation")
    return Sent(document, variables, operation or None)


EXAMPLE = 'Send {"query": "{ catalogue { datasets { id label } } }"} as application/json'
