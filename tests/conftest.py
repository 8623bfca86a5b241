"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.neo4j.fixtures import neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server", "samples"]

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, tests of one file stay together, and so do all that wait for one database."""
    for item in items:
        given = getattr(item, "callspec", None)
        asks = "neo4j_server" in getattr(item, "fixturenames", ()) or (
            given is not None and given.params.get("kind") == "neo4j"
        )
        item.add_marker(pytest.mark.xdist_group("neo4j" if asks else item.nodeid.split("::")[0]))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real-format messages and code lists (JUSTICEGRAPH_SAMPLES).

    Skips where it does not exist, unless JUSTICEGRAPH_SAMPLES_REQUIRED is 1 (as in CI).
    """
    folder = Path(os.environ.get("JUSTICEGRAPH_SAMPLES", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        reason = f"no sample messages at {folder}: set JUSTICEGRAPH_SAMPLES to their folder"
        if os.environ.get("JUSTICEGRAPH_SAMPLES_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
