"""What all pages share: the template around them, the headers, who asks, and refusals."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.access import Access, Role
from api.errors import ApiError, BadKeyError
from api.service import Service
from ontology.errors import JusticeGraphError

GRAPH_SECONDS = 1.0
_ADDRESS = re.compile(r"(?<!\S)(/(?:catalogue|loads|query|key)(?:/[\w./-]*\w)?)(?=[\s,]|$)")
FOLDER = Path(__file__).resolve().parent
COOKIE = "justicegraph_key"
STRICT = "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HEADERS = {"Content-Security-Policy": STRICT, **PRIVATE}


@dataclass(frozen=True)
class Asked:
    """A page that is asked for. access: of the request's key, or the key of /key."""

    request: Request
    service: Service
    access: Access

    def given(self, name: str) -> str:
        """A value of the address, "" when it is not there."""
        return self.request.query_params.get(name, "").strip()[:200]


def answered(request: Request, service: Service, work: Callable[[Asked], Response]) -> Response:
    """Answer for a page, and write it to the audit log as every question is.

    An error takes the place of the page: its cause, its fix, its code.
    """
    started, access = perf_counter(), Access.public()
    outcome, codes = "ok", list[str]()
    try:
        access = opened(request, service)
        response = work(Asked(request, service, access))
    except JusticeGraphError as error:
        outcome = error.outcome if isinstance(error, ApiError) else "error"
        codes = [error.code]
        response = refused(service, access, error)
        if isinstance(error, BadKeyError):
            response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    asked = f"{request.method} {request.url.path}"
    values = dict(request.query_params)
    seconds = perf_counter() - started
    service.engine.record(access, asked, values, "page", outcome, seconds, codes=codes)
    return response


def opened(request: Request, service: Service) -> Access:
    """Who asks: by the request's own key, else by the one that /key keeps. Raises BadKeyError."""
    kept = request.cookies.get(COOKIE)
    if kept and not ({"authorization", "x-api-key"} & set(request.headers)):
        return service.keys.open(kept)
    return service.access(request)


def refused(
    service: Service, access: Access, error: JusticeGraphError, status: int | None = None
) -> HTMLResponse:
    """The page that stands where an answer would. status: else the error's own."""
    status = status or (error.status if isinstance(error, ApiError) else 503)
    near = error.nearest if isinstance(error, ApiError) else []
    return shown(
        service,
        access,
        "refused.html",
        status=max(status, 400),
        error=error,
        near=near,
        wants_key=status in (401, 403),
        here="",
    )


def shown(
    service: Service, access: Access, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page from its template; `here` names its place in the navigation."""
    releases = service.engine.sources.releases
    newest = releases.release() if releases.current else None
    content = _environment.get_template(template).render(
        role=access.role.value,
        keyed=access.role is not Role.PUBLIC,
        graphiql=service.settings.graphiql,
        graph=_graph(service),
        release=newest.number if newest else 0,
        made=day(newest.made[:10]) if newest else "",
        **values,
    )
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def _graph(service: Service) -> int | None:
    """The release that the graph is at; None when it cannot be asked."""
    store = service.engine.sources.store
    try:
        with store.limited(GRAPH_SECONDS):
            return store.current()
    except JusticeGraphError:
        return None


def linked(text: str) -> Markup:
    """A text in which addresses of pages are links; the rest is escaped."""
    parts = _ADDRESS.split(text)
    return Markup("").join(
        Markup('<a href="{0}">{0}</a>').format(part) if odd % 2 else escape(part)
        for odd, part in enumerate(parts)
    )


def download_headers(name: str) -> dict[str, str]:
    """Headers of a file to keep."""
    return {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}


def download(content: str, name: str) -> Response:
    """A CSV file."""
    return Response(content, media_type="text/csv; charset=utf-8", headers=download_headers(name))


def day(text: str | None) -> str:
    """An ISO date, or YYYY-MM, as people write it: 31 Mar 2024, Mar 2024."""
    if not text:
        return ""
    if len(text) == 7:
        return f"{date.fromisoformat(text + '-01'):%b %Y}"
    return f"{date.fromisoformat(text):%-d %b %Y}"


def number(value: int) -> str:
    """With commas."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """`1 row`, `1,204 rows`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """With its first letter large; the others as they are."""
    return text[:1].upper() + text[1:]


def _made() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": day,
        "number": number,
        "counted": counted,
        "capital": capital,
        "linked": linked,
    }
    return environment


_environment = _made()
