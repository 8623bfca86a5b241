"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.neo4j.fixtures import neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server", "samples"]

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent


class OneDatabase(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Tests of one file in one process; and in one process all that use the Neo4j of tests."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/neo4j/") or "neo4j" in nodeid.partition("[")[2]:
            return "neo4j"
        return str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneDatabase:
    """Nobody waits for the database while there is something else to do."""
    return OneDatabase(config, log)


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
