"""The whole path: a world of N persons from files to answers, stage by stage.

`python -m benchmarks.path [--persons 1000 10000] [--store neo4j]`: each size in its own process,
so that peak memory is its own. Before anything is timed as done, journeys of sampled people are
compared with the truth of the world. One line of JSON a size: seconds by stage, records, rates,
peak memory (of the process, in MB), and of each journey question the median milliseconds. With
`--store neo4j` the graph is in the database of NEO4J_URI, which it replaces.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import orjson

from api import Access, ApiSettings, open_engine
from cli.pipeline import run_load
from cli.workspace import Workspace
from graph import open_store
from ontology.identifiers import record_iri

JOURNEY = """
query ($record: ID!) {
  journey(record: $record, status: [HAPPENED, PLANNED, CANCELLED]) {
    events { class date status label charge decision court system }
    context { headline }
  }
}
"""


@contextmanager
def clocked(spent: dict[str, float], name: str, owner: Any, attribute: str) -> Iterator[None]:
    """Add the seconds that calls of a function take to `spent`, under a stage's name."""
    original: Callable[..., Any] = getattr(owner, attribute)

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*arguments, **options)
        finally:
            spent[name] += time.perf_counter() - start

    with patch.object(owner, attribute, timed):
        yield


def measure(persons: int, folder: Path, kind: str) -> dict[str, Any]:
    import graph
    import linkage
    import shapes

    spent: dict[str, float] = defaultdict(float)
    start = time.perf_counter()
    make = "import sys; from pathlib import Path; from world import generate; "
    make += "generate(int(sys.argv[1]), 1, Path(sys.argv[2]))"
    world = str(folder / "world")  # made by another process: its memory is not the loader's
    subprocess.run([sys.executable, "-c", make, str(persons), world], check=True)
    spent["world"] = time.perf_counter() - start
    workspace = Workspace(folder / "data")
    open_store(kind, workspace.folder, workspace.model, afresh=True).close()
    start = time.perf_counter()
    with (
        clocked(spent, "check", shapes, "check"),
        clocked(spent, "link", linkage, "run"),
        clocked(spent, "project", graph, "project"),
    ):
        loaded = run_load(workspace, [folder / "world" / "extracts"])
    whole = time.perf_counter() - start
    spent["map and write"] = whole - spent["check"] - spent["link"] - spent["project"]
    peak = peak_mb()
    report = loaded.report
    assert report.read == report.loaded + report.rejected + report.duplicates.total
    journeys = ask(workspace, folder / "world" / "truth")
    if kind == "neo4j":
        workspace.store.clear()
    return {
        "persons": persons,
        "store": kind,
        "records_read": report.read,
        "seconds": {name: round(value, 2) for name, value in spent.items()},
        "load_to_answer_s": round(whole, 2),
        "records_per_second": round(report.read / whole),
        "project_records_per_second": round(report.loaded / spent["project"]),
        "check_records_per_second": round(report.read / spent["check"]),
        "journey_ms_p50": round(median(journeys), 2),
        "peak_mb": peak,
    }


def peak_mb() -> int:
    """Highest resident memory of this process; ru_maxrss would be inherited from the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def ask(workspace: Workspace, truth: Path) -> list[float]:
    """Milliseconds of journeys; each holds at least the tellings of its NOMIS movements."""
    base = workspace.settings.base
    told: dict[str, Counter[tuple[str, str]]] = {}
    for line in (truth / "tellings.jsonl").read_bytes().splitlines():
        telling = orjson.loads(line)
        if telling["dataset"] == "nomis/movements":
            event = (telling["event"], telling["day"])
            told.setdefault(telling["person"], Counter())[event] += 1
    engine = open_engine(
        workspace.releases,
        workspace.store,
        workspace.model,
        ApiSettings(folder=workspace.folder, base=base),
    )
    took = []
    for line in (truth / "records.jsonl").read_bytes().splitlines():
        record = orjson.loads(line)
        if record["dataset"] != "nomis/movements":
            continue
        iri = record_iri(base, "PersonRecord", record["dataset"], record["key"])
        start = time.perf_counter()
        answered = engine.answer(JOURNEY, {"record": iri}, Access.operator()).body
        took.append((time.perf_counter() - start) * 1000)
        events = Counter(
            (event["class"], event["date"]) for event in answered["data"]["journey"]["events"]
        )
        assert told[record["person"]] <= events, record
        if len(took) == 300:
            break
    engine.audit.close()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--store", default="sqlite", choices=["sqlite", "neo4j"])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        os.environ["JUSTICEGRAPH_STORE"] = chosen.store
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(chosen.persons[0], Path(folder), chosen.store)))
        return
    for persons in chosen.persons:
        command = [sys.executable, "-m", "benchmarks.path", "--one", "--persons", str(persons)]
        command += ["--store", chosen.store]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
