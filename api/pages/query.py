"""/query: a question in GraphQL, answered as tables; and GraphiQL."""

from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from api.access import Access, Role
from api.engine import Answer
from api.errors import ApiError, BadRequestError
from api.packing import FOLDER as ASSETS
from api.packing import assets, packed, page
from api.pages.frame import FOLDER, PRIVATE, shown
from api.sdl import beside, shape_of
from api.service import Service, ServiceOf
from api.settings import ApiSettings
from api.tables import tables
from api.transport import answer, answered, body, sent

EXAMPLE = """{
  catalogue {
    datasets { id label loaded owner { label } }
    context { release { number made } caveats }
  }
}"""
router = APIRouter()


@router.get("/")
async def start() -> Response:
    """The way in."""
    return RedirectResponse("/query")


@router.get("/graphql")
async def graphql(request: Request, service: ServiceOf) -> Response:
    """Answer a question in the address; without one, a page to write it on."""
    given = request.query_params
    if "query" not in given:
        if "text/html" in request.headers.get("accept", ""):
            wanted = service.settings.graphiql
            return _graphiql(service.settings) if wanted else RedirectResponse("/query")
        missing = BadRequestError("`query` is missing", "Send it by POST, or as ?query=")
        return answered(request, service.refuse(missing, "", None, None))
    try:
        found = sent(given["query"], _variables(given.get("variables")), given.get("operationName"))
    except ApiError as error:
        return answered(request, service.refuse(error, given["query"], None, None))
    return await answer(request, service, found)


@router.get("/query")
async def query(request: Request, service: ServiceOf) -> Response:
    """The empty form, or one filled from the address. Asking is a POST: values of people do not
    belong in addresses, which servers log and browsers keep.
    """
    given = request.query_params
    return _page(
        service,
        Access.public(),
        {
            "query": given.get("query", EXAMPLE),
            "variables": given.get("variables", ""),
            "type": given.get("type", ""),
        },
        None,
    )


@router.post("/query")
async def ask(request: Request, service: ServiceOf) -> Response:
    """The answer as a page: tables, and the JSON beside."""
    access = Access.public()
    form = {"query": "", "variables": "", "type": "", "key": ""}
    try:
        form |= _form(await body(request, service.settings.limits.body))
        access = service.keys.open(form["key"]) if form["key"].strip() else access
        found = sent(form["query"], _variables(form["variables"]), None)
    except ApiError as error:
        refused = service.refuse(error, form["query"], form["variables"], access)
        return _page(service, access, form, refused)
    got = await service.answer(request, found.document, found.variables, access)
    return _page(service, access, form, got)


def mount_assets(app: FastAPI, settings: ApiSettings) -> None:
    """Serve our own style and script, and GraphiQL's where `make graphiql` has packed them."""
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    folder = _packed(settings)
    if settings.graphiql and folder is not None:
        app.mount(f"/{ASSETS}", StaticFiles(directory=folder))


def _page(
    service: Service, access: Access, form: dict[str, str], got: Answer | None
) -> HTMLResponse:
    schema = service.engine.schema(access.role)
    errors = got.body.get("errors", []) if got else []
    status = got.status if got and got.status in (401, 403, 413, 503) else 200
    return shown(
        service,
        access,
        "query.html",
        status=status,
        here="query",
        form=form,
        answer=got is not None,
        errors=errors,
        tables=tables(got.body.get("data")) if got else [],
        json=orjson.dumps(got.body, default=str, option=orjson.OPT_INDENT_2).decode()
        if got
        else "",
        schema=beside(schema),
        shape=shape_of(schema, form["type"]) if form["type"] else None,
        types=sorted(schema.records.types) if access.role is not Role.PUBLIC else [],
    )


def _form(content: bytes) -> dict[str, str]:
    try:
        given = parse_qs(content.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise BadRequestError("The form cannot be read", "Send it from the page") from error
    return {name: values[-1] for name, values in given.items()}


def _variables(text: str | None) -> Any:
    if text is None or not text.strip():
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(
            f"The variables are not JSON: {error}", 'Write them as {"name": value}'
        ) from error


# -- GraphiQL: Strawberry's page, with its scripts from here where they are packed


def _graphiql(settings: ApiSettings) -> HTMLResponse:
    html = page().replace("Strawberry GraphiQL", "justicegraph GraphiQL")
    hosts = sorted({f"https://{asset.host}" for asset in assets()})
    if _packed(settings) is not None:
        for host in hosts:
            html = html.replace(f"{host}/", f"/{ASSETS}/")
        hosts = []
    nonce = token_urlsafe(16)
    html = html.replace("<script>", f'<script nonce="{nonce}">')
    outside = " ".join(["'self'", *hosts])
    policy = (
        f"default-src 'self'; script-src {outside} 'nonce-{nonce}';"
        f" style-src {outside} 'unsafe-inline'; font-src {outside} data:; img-src 'self' data:;"
        " worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, **PRIVATE})


def _packed(settings: ApiSettings) -> Path | None:
    """The folder of packed scripts, if every one that the page loads is there."""
    folder = settings.assets or Path(ASSETS)
    return folder if packed(folder) else None
