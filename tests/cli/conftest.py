"""The command as a person runs it: another process, its output and its exit code."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from tests.conftest import ROOT
from world import generate

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run("load", path, ...): in a data folder of its own, output captured."""

    def call(*arguments: str | Path, text: str | None = None, **env: str) -> object:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *map(str, arguments)],
            cwd=tmp_path,
            input=text,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **env},
            timeout=240,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return done

    return call  # type: ignore[return-value]  # CompletedProcess[str], by text=True


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("small") / "world"
    generate(25, 4, out)
    return out


def last_line(done: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    found = orjson.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found
