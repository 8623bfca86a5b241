"""The stores that every behaviour is tested on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph import Store, open_store
from tests.graph.frames import MODEL

STORES = ["sqlite"]


@pytest.fixture(params=STORES)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store again, as another process would."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(request.param, tmp_path, MODEL))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """An empty store."""
    return reopen()
