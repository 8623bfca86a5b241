"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

from tests.neo4j.fixtures import neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server", "samples"]

ROOT = Path(__file__).resolve().parent.parent


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
