"""The web application. This factory is its table of contents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.execution import open_engine
from api.settings import ApiSettings
from graph import Store
from ontology import Model
from releases import Releases


def create_app(releases: Releases, store: Store, model: Model, settings: ApiSettings) -> FastAPI:
    """The application on one data folder. Needs nothing else and changes no global."""
    engine = open_engine(releases, store, model, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.audit.close()

    return FastAPI(title="justicegraph", lifespan=lifespan)
