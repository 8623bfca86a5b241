"""A folder that is followed: each file is loaded as it comes, once it is whole."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import orjson
import pytest

from benchmarks.single import messages
from cli.follow import arriving, follow
from cli.workspace import Workspace
from tests.cli.conftest import Run
from tests.conftest import ROOT


@pytest.fixture
def following(tmp_path: Path) -> Iterator[tuple[Path, Any, "subprocess.Popen[bytes]"]]:
    """An inbox, what the command prints about it (a queue of objects), and its process."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "load", str(inbox), "--follow", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    told: Any = Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            told.put(orjson.loads(line))

    reader = threading.Thread(target=read)
    reader.start()
    yield inbox, told, process
    process.kill()
    process.wait()
    reader.join()
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()


def test_each_file_is_loaded_as_it_comes(
    following: tuple[Path, Any, "subprocess.Popen[bytes]"], small_world: Path, run: Run
) -> None:
    inbox, told, process = following
    made = [message for message, _, _ in messages(small_world, 3)]
    for number, message in enumerate(made[:2], start=1):
        (inbox / f"{number}.json").write_bytes(message)
        said = told.get(timeout=60)
        assert said["release"] == number
        assert [Path(file["path"]).name for file in said["files"]] == [f"{number}.json"]
        assert said["files"][0]["loaded"] > 0
    (inbox / "torn.json").write_bytes(made[2][:100])
    assert told.get(timeout=60)["files"][0]["status"] == "unreadable"
    (inbox / "torn.json").write_bytes(made[2])
    assert told.get(timeout=60)["release"] == 3
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert told.empty()
    status = run("status", "--json")
    assert orjson.loads(status.stdout)["release"] == 3


def test_a_file_is_given_when_it_was_the_same_at_two_looks(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "deep").mkdir(parents=True)
    old, new = inbox / "deep" / "old.json", inbox / "new.json"
    new.write_text("2")
    old.write_text("1")
    os.utime(old, (1, 1))
    (inbox / ".hidden").write_text("x")
    files = arriving([inbox], seconds=0.05)
    assert next(files) == [old, new]
    writer = threading.Thread(target=_grow, args=(inbox / "slow.json",))
    writer.start()
    assert next(files) == [inbox / "slow.json"]
    assert (inbox / "slow.json").stat().st_size == 20
    writer.join()
    old.unlink()
    new.write_text("3")
    assert next(files) == [new]


def _grow(file: Path) -> None:
    with file.open("w") as out:
        for _ in range(20):
            out.write("x")
            out.flush()
            time.sleep(0.02)


@pytest.mark.parametrize("also", [["--dry-run"], ["--mode", "snapshot"]])
def test_what_is_followed_is_loaded(run: Run, tmp_path: Path, also: list[str]) -> None:
    done = run("load", tmp_path, "--follow", *also)
    assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-023")


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    done = run("load", tmp_path / "nowhere", "--follow")
    assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-022")


def test_a_file_that_is_gone_does_not_stop_those_that_wait_with_it(
    tmp_path: Path,
    small_world: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    files = [tmp_path / f"{number}.json" for number in range(3)]
    for file, (message, _, _) in zip(files, messages(small_world, 3), strict=True):
        file.write_bytes(message)
    gone = tmp_path / "gone.json"
    monkeypatch.setattr("cli.follow.arriving", lambda _: iter([files[:1], [gone, *files[1:]]]))
    workspace = Workspace(tmp_path / "data")
    follow(workspace, [tmp_path], source=None, params={}, json=True)
    out, err = capfdbinary.readouterr()
    assert [orjson.loads(line)["release"] for line in out.splitlines()] == [1, 2, 3]
    assert err.startswith(b"JG-LOD-015")
    workspace.store.close()
