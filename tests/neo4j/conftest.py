"""Fixtures of the tests of Neo4j alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import Store, open_store
from graph.neo4j.local import Address
from tests.graph.frames import MODEL


@pytest.fixture
def store(neo4j: Address) -> Iterator[Store]:
    """An empty store, and none of what a test put there is left."""
    opened = open_store("neo4j", Path(), MODEL)
    opened.clear()
    yield opened
    opened.clear()
    opened.close()
