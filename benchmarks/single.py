"""Single messages: one `justicegraph load` of one message after the other, each its own process.

`python -m benchmarks.single --persons N --loads M [--store neo4j] [--data FOLDER --world FOLDER]`:
makes a world of N persons and loads it (or takes folders that are there: a world, and a data
folder, into which the messages go). Then M new hearings of people of that world, one a file, each
loaded by the command: every second one of a case that is new, so that somebody known must be found
again by his identifiers, the others of a case that is held. Asserted: every load made a release of
the one message and lost no record of it; in the end each hearing is in the graph, and the journey
of its defendant holds it; the tables hold no more files than MOST_FILES says. One line of JSON:
seconds by the clock (median, 95th percentile, most, how many loads took a second or more; the
median of new cases too), CPU seconds a load, files and bytes of the data folder before and after,
and the seconds of stages in one more load of a process that clocks itself.

With `--follow` one process loads them all, as it finds each in a folder, and seconds are from the
moment that a file is there to that of its release. With `--store neo4j` the graph is in the
database of NEO4J_URI, which it replaces. Programs are compiled once beforehand, as an installed
package is.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson

from api import Access, ApiSettings, open_engine
from benchmarks.path import JOURNEY, clocked
from cli.pipeline import run_load
from cli.workspace import Workspace
from ontology.identifiers import record_iri

ROOT = Path(__file__).resolve().parents[1]
DATASET = "common-platform/hearing-resulted"
MOST_FILES = 2 * 24 + 2 * 24
"""Data files and log entries that one table may have between two merges (releases/table.py)."""


Load = Callable[[Path], tuple[dict[str, Any], float, float]]


def messages(world: Path, number: int) -> list[tuple[bytes, str, list[str]]]:
    """(message, hearing, key of its first defendant) of hearings that the world did not hold, of
    its people; every second one of a case that it did not hold either."""
    lines = [
        line
        for file in sorted((world / "extracts" / "common-platform").glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]
    made: list[tuple[bytes, str, list[str]]] = []
    for nth in range(2 * number):
        line = lines[nth * 37 % len(lines)]
        told = orjson.loads(line)["hearing"]
        case = told["prosecutionCases"][0]
        if "personDefendant" not in case["defendants"][0]:
            continue
        new = [told["id"]]
        if len(made) % 2:
            new += [part["id"] for part in (case, *case["defendants"], *offences_of(case))]
            urn = case["prosecutionCaseIdentifier"]["caseURN"].encode()
            line = line.replace(urn, b"99ZD%07d" % len(made))
        ids = {old: str(uuid.uuid4()) for old in new}
        for old, fresh in ids.items():
            line = line.replace(old.encode(), fresh.encode())
        told = orjson.loads(line)["hearing"]
        case = told["prosecutionCases"][0]
        made.append((line, told["id"], [case["id"], case["defendants"][0]["id"]]))
        if len(made) == number:
            break
    return made


def offences_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [offence for each in case["defendants"] for offence in each.get("offences", [])]


def compiled_apart(folder: Path) -> dict[str, str]:
    """The environment of a process whose programs are compiled, as those of a package are."""
    left = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**left, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONPATH": str(ROOT)}


def load(
    path: Path, data: Path, environment: dict[str, str]
) -> tuple[dict[str, Any], float, float]:
    """What the command says, seconds by the clock, CPU seconds of its process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "cli", "load", str(path), "--data", str(data), "--json"],
        env=environment,
        capture_output=True,
        check=True,
    )
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return orjson.loads(done.stdout.splitlines()[-1]), took, worked


@contextmanager
def following(data: Path, environment: dict[str, str], folder: Path) -> Iterator[Load]:
    """The same by one process that follows a folder, from the moment that a file is there."""
    inbox = folder / "inbox"
    inbox.mkdir()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "cli",
            "load",
            str(inbox),
            "--follow",
            "--data",
            str(data),
            "--json",
        ],
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = process.stdout

    def load_here(path: Path) -> tuple[dict[str, Any], float, float]:
        before, start = cpu_seconds(process.pid), time.perf_counter()
        shutil.copyfile(path, inbox / f".{path.name}")
        (inbox / f".{path.name}").rename(inbox / path.name)
        said = orjson.loads(lines.readline())
        took = time.perf_counter() - start
        (inbox / path.name).unlink()
        return said, took, cpu_seconds(process.pid) - before

    yield load_here
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    lines.close()


def cpu_seconds(pid: int) -> float:
    """What a running process has taken (Linux)."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def files(data: Path) -> dict[str, int]:
    """Files by table; `releases`: a small one each; `all`, and their `bytes`."""
    found = {
        table.name: sum(1 for file in table.rglob("*") if file.is_file())
        for table in (data / "tables").iterdir()
    }
    every = [file for file in data.rglob("*") if file.is_file()]
    found["releases"] = sum(1 for _ in (data / "releases").iterdir())
    return {**found, "all": len(every), "bytes": sum(file.stat().st_size for file in every)}


def asked(workspace: Workspace, made: list[tuple[bytes, str, list[str]]]) -> None:
    """Every hearing is in the graph, and the journey of its defendant tells of its day."""
    base = workspace.settings.base
    store, release = workspace.store, workspace.releases.current
    settings = ApiSettings(folder=workspace.folder, base=base)
    engine = open_engine(workspace.releases, store, workspace.model, settings)
    for message, hearing, key in made:
        day = orjson.loads(message)["hearing"]["hearingDays"][0]["sittingDay"][:10]
        iri = record_iri(base, "EventRecord", DATASET, [hearing, day])
        assert iri in store.nodes([iri], release), iri
        person = record_iri(base, "PersonRecord", DATASET, key)
        answered = engine.answer(JOURNEY, {"record": person}, Access.operator()).body
        dates = {event["date"] for event in answered["data"]["journey"]["events"]}
        assert day in dates, (hearing, day)
    engine.audit.close()


def stages(message: Path, workspace: Workspace) -> dict[str, float]:
    """Seconds of the stages of one more load, within this process, whose programs are loaded."""
    import graph
    import linkage
    import shapes

    spent: dict[str, float] = defaultdict(float)
    start = time.perf_counter()
    with (
        clocked(spent, "check", shapes, "check"),
        clocked(spent, "link", linkage, "run"),
        clocked(spent, "project", graph, "project"),
    ):
        assert run_load(workspace, [message]).release
    whole = time.perf_counter() - start
    spent["map, replace, write"] = whole - sum(spent.values())
    return {name: round(value, 3) for name, value in spent.items()}


def measure(
    persons: int,
    loads: int,
    folder: Path,
    given: tuple[Path, Path] | None,
    *,
    follow: bool = False,
) -> dict[str, Any]:
    environment = compiled_apart(folder)
    world, data = given or (folder / "world", folder / "data")
    if given is None:
        for arguments in (
            ["world", "--out", str(world), "--persons", str(persons)],
            ["load", str(world / "extracts"), "--data", str(data), "--json"],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "cli", *arguments],
                env=environment,
                capture_output=True,
                check=False,
            )
            assert done.returncode in (0, 1), done.stderr  # 1: a world has files that are no data
    made = messages(world, loads + 2)
    before, took, worked = files(data), [], []
    by_process = nullcontext(partial(load, data=data, environment=environment))
    with following(data, environment, folder) if follow else by_process as load_one:
        for nth, (message, _, _) in enumerate(made[: loads + 1]):
            path = folder / f"{nth}.json"
            path.write_bytes(message)
            said, seconds, cpu = load_one(path)
            (told,) = said["files"]
            assert (told["source"], told["status"]) == (DATASET, "loaded"), told
            # What a message tells twice is a duplicate.
            assert told["loaded"] > 0 == told["rejected"], said
            assert told["read"] == told["loaded"] + told["duplicates"], said
            assert said["release"], said
            if nth:  # the first compiles programs and shapes, which are kept
                took.append(seconds)
                worked.append(cpu)
            path.unlink()
    after = files(data)
    tables = {name: count for name, count in after.items() if (data / "tables" / name).is_dir()}
    assert max(tables.values()) <= MOST_FILES + before[max(tables, key=tables.__getitem__)], tables
    workspace = Workspace(data)
    asked(workspace, made[: loads + 1])
    path = folder / "last.json"
    path.write_bytes(made[-1][0])
    by_stage = stages(path, workspace)
    if workspace.settings.store == "neo4j":
        workspace.store.clear()
    return {
        "persons": persons,
        "store": workspace.settings.store,
        "loads": loads,
        "follow": follow,
        "seconds_median": round(median(took), 2),
        "seconds_median_of_new_cases": round(median(took[::2]), 2),
        "seconds_p95": round(quantiles(took, n=20, method="inclusive")[-1], 2),
        "seconds_most": round(max(took), 2),
        "over_a_second": sum(1 for seconds in took if seconds >= 1),
        "cpu_seconds_median": round(median(worked), 2),
        "cpu_seconds_most": round(max(worked), 2),
        "stages_seconds": by_stage,
        "files_before": before["all"] - before["releases"],
        "files_after": after["all"] - after["releases"],
        "files_of_releases": after["releases"] - before["releases"],
        "most_files_of_a_table": max(tables.values()),
        "bytes_a_load": round((after["bytes"] - before["bytes"]) / (loads + 1)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--loads", type=int, default=100)
    parser.add_argument("--follow", action="store_true", help="by one process")
    parser.add_argument("--store", default="sqlite", choices=["sqlite", "neo4j"])
    parser.add_argument("--world", type=Path, help="a world that is there")
    parser.add_argument("--data", type=Path, help="a data folder that holds it")
    chosen = parser.parse_args()
    os.environ["JUSTICEGRAPH_STORE"] = chosen.store
    given = (chosen.world, chosen.data) if chosen.world and chosen.data else None
    with tempfile.TemporaryDirectory() as folder:
        print(
            json.dumps(
                measure(chosen.persons, chosen.loads, Path(folder), given, follow=chosen.follow)
            )
        )


if __name__ == "__main__":
    main()
