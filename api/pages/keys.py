"""/key: an API key for the pages, kept by the browser in a cookie that no script can read.

Browsers cannot send a header of their own with a link. The cookie ends with the browser, goes to
no other site, and opens pages only: /graphql and /cypher take no cookie.
"""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.access import Access
from api.errors import BadRequestError, NotAllowedError
from api.pages.frame import COOKIE, HEADERS, Asked, answered, shown
from api.service import ServiceOf
from api.transport import body

router = APIRouter()


@router.get("/key")
def form(request: Request, service: ServiceOf) -> Response:
    """The form, and whose key is in use."""

    def work(asked: Asked) -> Response:
        return shown(service, asked.access, "key.html", here="key", to=_own(asked.given("to")))

    return answered(request, service, work)


@router.post("/key")
async def use(request: Request, service: ServiceOf) -> Response:
    """Keep the key if it opens anything; an empty one is forgotten. Then back to the page."""
    content = await body(request, service.settings.limits.body)
    # What was kept is not asked: a revoked key must not stand in the way of another.
    request.scope["headers"] = [item for item in request.scope["headers"] if item[0] != b"cookie"]

    def work(_: Asked) -> Response:
        # Another site must not be able to choose whose eyes somebody looks with.
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise NotAllowedError("A key is given on this site's own page", "Open /key")
        try:
            given = parse_qs(content.decode(), max_num_fields=5)
        except ValueError as error:
            raise BadRequestError("The form cannot be read", "Send it from the page") from error
        text = given.get("key", [""])[0].strip()
        response = RedirectResponse(
            _own(given.get("to", [""])[0]), status_code=303, headers=HEADERS
        )
        if not text:
            response.delete_cookie(COOKIE, httponly=True, samesite="strict")
            return response
        found: Access = service.keys.open(text)
        if found.key:
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, text, httponly=True, samesite="strict", secure=secure)
        return response

    return answered(request, service, work)


def _own(path: str) -> str:
    """A path of this site, else the catalogue."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if plain and path.isprintable() else "/catalogue"
