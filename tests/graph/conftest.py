"""The stores that every behaviour is tested on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph import Store, open_store
from tests.graph.frames import MODEL

STORES = ["sqlite", "neo4j"]


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> str:
    """The store setting; for neo4j the database is this test's alone."""
    if request.param == "neo4j":
        request.getfixturevalue("neo4j")
    return str(request.param)


@pytest.fixture
def reopen(kind: str, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store again, as another process would."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(kind, tmp_path, MODEL))
        if kind == "neo4j" and len(opened) == 1:
            opened[0].clear()
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """An empty store."""
    return reopen()
