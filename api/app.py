"""The web application. This factory is its table of contents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import cypher, dcat, failures, health, pages, transport
from api.execution import open_engine
from api.service import Service
from api.settings import ApiSettings
from graph import Store
from ontology import Model
from releases import Releases


def create_app(releases: Releases, store: Store, model: Model, settings: ApiSettings) -> FastAPI:
    """The application on one data folder. Needs nothing else and changes no global.

    POST and GET /graphql, POST /cypher, /catalogue.ttl, /health, /ready, /metrics; and the pages
    /query, /catalogue, /loads and /key. / leads to /query.
    """
    service = Service(open_engine(releases, store, model, settings))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.engine.audit.close()

    app = FastAPI(
        title="justicegraph",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        default_response_class=transport.Json,
    )
    app.state.service = service
    app.include_router(transport.router)
    app.include_router(cypher.router)
    app.include_router(dcat.router)
    app.include_router(health.router)
    pages.add_pages(app, settings)
    failures.handle(app)
    return app
