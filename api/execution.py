"""Asking without a server: what `justicegraph ask` calls."""

from collections.abc import Mapping
from typing import Any

from api.access import Access
from api.engine import Engine
from api.reader import Sources
from api.settings import ApiSettings
from api.tokens import Tokens
from graph import Store
from ontology import Model
from releases import Releases


def open_engine(releases: Releases, store: Store, model: Model, settings: ApiSettings) -> Engine:
    """What answers questions about one data folder."""
    return Engine(Sources(releases, store, model, settings, Tokens.open(settings.folder)))


def execute(
    document: str,
    variables: Mapping[str, Any] | None,
    access: Access,
    *,
    releases: Releases,
    store: Store,
    model: Model,
    settings: ApiSettings,
    operation: str | None = None,
) -> dict[str, Any]:
    """One question and its answer: `data`, `errors`, `extensions`, as over HTTP, and audited.

    Raises AuditUnavailableError; every other failure is in `errors`.
    """
    engine = open_engine(releases, store, model, settings)
    try:
        return engine.answer(document, variables, access, operation=operation).body
    finally:
        engine.audit.close()
