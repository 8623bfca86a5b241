"""Every command and query in the docs runs, in the order a reader would run them.

In README.md and docs/*.md: a ```console block holds commands behind "$ " (only `justicegraph`
ones are run; make targets have tests of their own); "# exit N" at its end states the exit code
expected, and a line after it that begins with "> " is a line that it prints. A ```graphql block
is asked as the local operator and must answer without errors;
a ```json block after it holds its variables when it starts with "variables:" in its info line.
A block whose info line says file=NAME is that file, for the commands after it.
"""

import itertools
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from tests.conftest import ROOT

DOCS = [page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "decisions"]
PAGES = sorted([ROOT / "README.md", *DOCS])
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.M | re.S)
COMMAND = [sys.executable, "-m", "cli"]


@dataclass(frozen=True)
class Step:
    kind: str  # command, query or file
    text: str
    line: int
    exit: int = 0
    name: str = ""
    told: tuple[str, ...] = ()


def steps(page: Path) -> Iterator[Step]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        language, info, body = match.groups()
        line = text[: match.start()].count("\n") + 2
        if named := re.search(r"\bfile=([\w.-]+)", info):
            yield Step("file", body, line, name=named[1])
        elif language == "graphql":
            yield Step("query", body, line)
        elif language == "console":
            entries = body.splitlines()
            for number, entry in enumerate(entries):
                after = itertools.takewhile(lambda x: x.startswith("> "), entries[number + 1 :])
                command = re.fullmatch(r"\$ (justicegraph .*?)(?:\s+# exit (\d+))?", entry)
                if command:
                    yield Step("command", command[1], line + number, int(command[2] or 0),
                               told=tuple(told[2:] for told in after))  # fmt: skip


def run(
    arguments: list[str], cwd: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        env=env,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_query_of_a_page_works(page: Path, tmp_path: Path) -> None:
    plan = list(steps(page))
    for step in plan:
        where = f"{page.name}:{step.line}: {step.text.strip()[:200]}"
        if step.kind == "file":
            (tmp_path / step.name).write_text(step.text, encoding="utf-8")
        elif step.kind == "command":
            command, _, redirected = step.text.partition(" > ")
            done = run(shlex.split(command)[1:], tmp_path)
            if redirected:
                (tmp_path / redirected.strip()).write_text(done.stdout, encoding="utf-8")
            assert done.returncode == step.exit, f"{where}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr, where
            assert set(step.told) <= set(done.stdout.splitlines()), f"{where}\n{done.stdout}"
        else:
            done = run(["ask", "-"], tmp_path, step.text)
            assert done.returncode == 0, f"{where}\n{done.stdout}\n{done.stderr}"
            assert "errors" not in orjson.loads(done.stdout), f"{where}\n{done.stdout}"
