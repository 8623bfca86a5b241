"""`justicegraph load` end to end: counts, exit codes, bad input, interruption."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from cli import main
from cli.pipeline import run_load
from cli.workspace import Workspace
from loaders import ContractError
from loaders.mapping_yaml import read_mapping
from releases.running import running
from tests.cli.conftest import Run, last_line
from tests.conftest import ROOT
from tests.loaders.conftest import HEARINGS, hearing


def test_counts_balance_and_loading_twice_makes_no_release(run: Run, small_world: Path) -> None:
    first = last_line(run("load", small_world / "extracts", "--json"))
    assert first["release"] == 1
    assert first["read"] == first["loaded"] + first["rejected"] + first["duplicates"]  # type: ignore[operator]  # JSON has no type
    for file in first["files"]:  # type: ignore[attr-defined]  # JSON has no type
        assert file["read"] == file["loaded"] + file["rejected"] + file["duplicates"], file
    again = last_line(run("load", small_world / "extracts", "--json"))
    assert again["release"] is None
    assert again["loaded"] == 0
    assert again["read"] == first["read"]
    numbers = [
        json.loads(line)["release"] for line in run("releases", "--json").stdout.splitlines()
    ]
    assert numbers == [1]


def test_a_dry_run_writes_nothing(run: Run, small_world: Path) -> None:
    done = run("load", small_world / "extracts" / "police-spi", "--dry-run", "--json")
    assert last_line(done)["release"] is None
    assert last_line(done)["loaded"] > 0  # type: ignore[operator]  # JSON has no type
    assert run("releases", "--json").stdout == ""


GOOD = {
    "prisonerNumber": "A1234BC",
    "bookingId": "1",
    "bookNumber": "38239C",
    "firstName": "MIA",
    "lastName": "HARKER",
    "dateOfBirth": "1990-01-31",
    "gender": "Female",
    "status": "ACTIVE IN",
}


def page(*prisoners: dict[str, object]) -> bytes:
    return json.dumps({"content": list(prisoners), "pageable": {}, "totalElements": 1}).encode()


BAD: dict[str, tuple[str, bytes]] = {
    "truncated JSON": ("a.json", page(GOOD)[:-30]),
    "truncated XML": ("a.xml", b"<NewCaseMessage><Case><PTIURN>01ZD"),
    "UTF-16": ("a.json", page(GOOD).decode().encode("utf-16")),
    "Latin-1": ("a.json", page({**GOOD, "lastName": "X"}).replace(b'"X"', b'"Ll\xfd\xf0"')),
    "empty": ("a.json", b""),
    "NUL bytes": ("a.csv", b"\0" * 4096),
    "deep": ("a.json", b"[" * 200_000),
    "external entity": (
        "a.xml",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><NewCaseMessage>&e;</NewCaseMessage>',
    ),
    "entity bomb": (
        "a.xml",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><NewCaseMessage>&c;</NewCaseMessage>',
    ),
}


def test_malformed_files_are_told_and_the_last_release_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(page(GOOD))
    assert last_line(run("load", tmp_path / "good.json", "--json"))["release"] == 1
    for kind, (name, content) in BAD.items():
        (tmp_path / "bad" / kind).mkdir(parents=True)
        (tmp_path / "bad" / kind / name).write_bytes(content)
    done = run("load", tmp_path / "bad", "--json")
    told = last_line(done)
    assert told["release"] is None
    assert done.returncode == 1
    files = {Path(file["path"]).parent.name: file for file in told["files"]}  # type: ignore[attr-defined]  # JSON has no type
    assert set(files) == set(BAD)
    assert {kind for kind, file in files.items() if not file["reason"]} == set()
    assert sum(file["loaded"] for file in files.values()) == 0
    listed = [json.loads(line) for line in run("rejects", "--json").stdout.splitlines()]
    unreadable = {kind for kind, file in files.items() if file["status"] == "unreadable"}
    assert unreadable >= {"truncated JSON", "truncated XML", "external entity", "entity bomb"}
    assert {Path(row["file"]).parent.name for row in listed} >= unreadable
    assert all(row["message"] and row["fix"] for row in listed)
    status = json.loads(run("status", "--json").stdout)
    assert (status["release"], status["graph"]) == (1, 1)


def test_a_zip_and_an_empty_folder_are_told(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.json", page(GOOD))
    (tmp_path / "nothing").mkdir()
    told = last_line(run("load", tmp_path / "x.zip", tmp_path / "nothing", "--json"))
    assert told["release"] is None
    assert all(file["reason"] for file in told["files"])  # type: ignore[attr-defined]  # JSON has no type


def test_a_line_longer_than_allowed_is_not_read_into_memory(run: Run, tmp_path: Path) -> None:
    line = b'{"content": ["' + b"x" * 3_000_000 + b'"]}\n'
    (tmp_path / "long.jsonl").write_bytes(line)
    done = run("load", tmp_path / "long.jsonl", "--json", JUSTICEGRAPH_MAX_MESSAGE_MB="1")
    [file] = last_line(done)["files"]  # type: ignore[misc]  # JSON has no type
    assert last_line(done)["release"] is None
    assert done.returncode in (0, 1)
    assert file["reason"] or file["rejected"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["load", "no-such-file.json"], "JG-LOD-015"),
        (["load", ".", "--source", "nomis/movement"], "JG-LOD-010"),
        (["load", ".", "--mode", "all"], "JG-LOD-001"),
        (["load", ".", "--with", "crn"], "JG-CLI-005"),
        (
            ["load", ".", "--with", "cnr=X320741"],
            "JG-LOD-027: no mapping that may apply reads --with cnr. "
            "Known: crn, date, draft, extracted, prisonerNumber.",
        ),
        (
            ["load", ".", "--source", "nomis/movements-out", "--with", "crn=X320741"],
            "reads --with crn. Known: date, extracted.",
        ),
        (
            ["load", ".", "--source", "police-uk/street-crime", "--with", "crn=X320741"],
            "reads --with crn. Leave it out.",
        ),
        (["ask", "no-such-query.graphql"], "JG-CLI-007"),
        (["ask", "-", "--role", "king"], "JG-CLI-006"),
        (["export"], "JG-CLI-003"),
        (["undo", "7"], "JG-REL"),
    ],
)
def test_a_wrong_argument_is_one_clear_line_and_exit_2(
    arguments: list[str],
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["justicegraph", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO("{ __typename }"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert code in told[0]


def test_a_wrong_setting_names_itself(run: Run) -> None:
    done = run("status", JUSTICEGRAPH_PORT="eighty")
    assert done.returncode == 2
    assert "JUSTICEGRAPH_PORT" in done.stderr


def answers(run: Run) -> str:
    done = run("export", "--format", "nquads")
    assert done.returncode == 0, done.stderr
    return "\n".join(sorted(done.stdout.splitlines()))


def kill_while_loading(cwd: Path, arguments: list[str], after: float) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def test_a_killed_load_leaves_the_last_release_and_the_same_command_finishes(
    run: Run, small_world: Path, tmp_path: Path
) -> None:
    first, rest = small_world / "extracts" / "delius", small_world / "extracts"
    run("load", first)
    before = answers(run)
    rng = random.Random(5)  # a different moment each time, the same in every run
    for _ in range(4):
        kill_while_loading(tmp_path, ["load", str(rest)], rng.uniform(0.8, 4.0))
        status = json.loads(run("status", "--json").stdout)
        if status["release"] > 1:
            break  # it was quicker than the kill
        assert answers(run) == before
    told = last_line(run("load", rest, "--json"))
    assert told["read"] == told["loaded"] + told["rejected"] + told["duplicates"]  # type: ignore[operator]  # JSON has no type
    killed = answers(run)

    clean = tmp_path / "clean"
    for path in (first, rest):
        run("load", path, "--data", clean)
    done = run("export", "--format", "nquads", "--data", clean)

    def facts(text: str) -> set[str]:  # release numbers differ: abandoned ones are not used again
        return {line for line in text.splitlines() if "/release/" not in line}

    assert facts(killed) == facts(done.stdout)


def test_a_broken_contract_changes_nothing_and_leaves_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = HEARINGS.replace("evidence: V", "evidence: V\ncomplete: true")
    (tmp_path / "hearings.yaml").write_text(complete)
    mapping = read_mapping(tmp_path / "hearings.yaml")
    monkeypatch.setattr("loaders.run.read_mappings", lambda: [mapping])
    workspace = Workspace(tmp_path / "data")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(4):
        (inbox / f"{number}.json").write_text(json.dumps(hearing(f"h{number}")))
    seen: list[tuple[int, int, int] | None] = []

    def look(*_: object) -> None:
        at = running(tmp_path / "data")
        seen.append((at.load, at.done, at.total) if at else None)

    assert run_load(workspace, [inbox], mode="snapshot", progress=look).release == 1
    # The first call comes before it is told, the others within its second.
    assert seen == [None, *[(1, 0, 4)] * 4]
    assert running(tmp_path / "data") is None
    (kept, *_) = sorted(inbox.iterdir())
    for dry_run in (True, False):
        with pytest.raises(ContractError):
            run_load(workspace, [kept], mode="snapshot", dry_run=dry_run)
    first, stopped = workspace.releases.loads()
    assert [each["removed"] for each in first.summary["contracts"]] == [0]
    assert (stopped.number, stopped.release) == (3, None)
    assert stopped.summary["stopped"]["code"] == "JG-LOD-019"
    assert "3 of 4 documents" in stopped.summary["stopped"]["cause"]
    assert workspace.releases.current == 1
    workspace.store.close()
