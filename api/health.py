"""Whether the server lives, whether it can answer, and how much it did."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.service import Service, ServiceOf
from api.transport import Json
from graph import TooLongError, require_own
from ontology.errors import JusticeGraphError

READY_SECONDS = 2.0
router = APIRouter()


@router.get("/health")
async def health() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "alive"}


@router.get("/ready")
def ready(service: ServiceOf) -> Json:
    """200 when the graph holds the newest release; 503 with the reason otherwise."""
    state, reason = _state(service)
    return Json({**state, "reason": reason}, status_code=503 if reason else 200)


@router.get("/metrics")
def metrics(service: ServiceOf) -> Response:
    """Counts and times for Prometheus."""
    return Response(generate_latest(service.registry), media_type=CONTENT_TYPE_LATEST)


def _state(service: Service) -> tuple[dict[str, int | None], str | None]:
    sources = service.engine.sources
    state: dict[str, int | None] = {"release": None, "graph": None}
    try:
        state["release"] = current = sources.releases.current
        with sources.store.limited(READY_SECONDS):
            state["graph"] = projected = sources.store.current()
            require_own(sources.releases, sources.store)
    except TooLongError:
        return state, f"The graph did not answer within {READY_SECONDS:g} s"
    except JusticeGraphError as error:
        return state, str(error)
    if current == 0:
        return state, "There is no release yet: load something first"
    if projected != current:
        return state, f"The graph is at release {projected}, the newest is {current}"
    return state, None
