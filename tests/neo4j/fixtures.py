"""Fixtures that hand out the Neo4j of tests; tests/conftest.py makes them known."""

import os
from collections.abc import Iterator

import pytest
from neo4j.exceptions import DriverError, Neo4jError

from graph import GraphError
from graph.neo4j import Neo4jStore, Target
from graph.neo4j.local import Address, LocalServerError
from ontology import Model
from tests.neo4j import server


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Address]:
    """A server for this run. Skips without one, unless JUSTICEGRAPH_NEO4J_REQUIRED is 1."""
    own = False
    try:
        address = server.given()
        own = address is None
        with server.locked("database.lock"):
            # Whoever had the lock may have stopped or moved it.
            address = address or server.started()
            # What an older version of this code left there is no test's business.
            target = Target(address.uri, address.username, address.password)
            Neo4jStore(target, Model.default(), afresh=True).close()
    except (LocalServerError, GraphError, DriverError, Neo4jError) as error:
        if os.environ.get("JUSTICEGRAPH_NEO4J_REQUIRED") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield address
    if own:
        server.left()


@pytest.fixture
def neo4j(neo4j_server: Address, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """The database for one test alone; the store setting `neo4j` leads to it."""
    with server.locked("database.lock"):
        address = neo4j_server if os.environ.get("NEO4J_URI") else server.started()
        values = (address.uri, address.username, address.password)
        for name, value in zip(server.NAMES, values, strict=True):
            monkeypatch.setenv(name, value)
        yield address
