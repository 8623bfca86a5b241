"""What a client is told when something goes wrong outside a question. Never a traceback."""

import logging
from collections.abc import Mapping
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.access import Access
from api.engine import error_body
from api.errors import ApiError, BadRequestError, NotFoundError, UnexpectedError
from api.pages.frame import opened, refused
from api.transport import Json
from ontology.errors import JusticeGraphError

log = logging.getLogger("justicegraph.api")
PLACES = "/graphql, /cypher, /query, /catalogue, /loads, /catalogue.ttl, /health, /ready, /metrics"


def handle(app: FastAPI) -> None:
    """Give the application its error answers."""

    @app.exception_handler(JusticeGraphError)
    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, JusticeGraphError)
        status = error.status if isinstance(error, ApiError) else 503
        return _told(request, error, max(status, 400))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            cause: ApiError = NotFoundError(
                f"There is nothing at {request.url.path[:80]}", f"Go to one of {PLACES}"
            )
        else:
            cause = BadRequestError(
                f"{request.method} is not answered at {request.url.path[:80]}", "Use GET or POST"
            )
        return _told(request, cause, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        reference = uuid4().hex[:12]
        log.error("fault %s", reference, exc_info=error)
        shown = repr(error) if request.app.state.service.settings.debug else None
        return Json({"errors": [error_body(UnexpectedError(reference, shown))]}, status_code=500)


def _told(
    request: Request,
    error: JusticeGraphError,
    status: int,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The error as a page for a browser, else as JSON."""
    if "text/html" in request.headers.get("accept", ""):
        service = request.app.state.service
        try:
            access = opened(request, service)
        except ApiError:
            access = Access.public()
        page = refused(service, access, error, status)
        page.headers.update(headers or {})
        return page
    return Json({"errors": [error_body(error)]}, status_code=status, headers=headers)
