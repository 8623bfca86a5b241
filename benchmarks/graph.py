"""The graph store: projection, lookups and journeys, and what memory projecting takes.

`python -m benchmarks.graph [--persons 10000] [--json]` writes release tables of made-up persons
(22 records each: two systems' person records, a case with charge, hearings and disposal, custody,
things and memberships), projects them, and asks. Every answer is asserted before it is timed.
Beside ours: plain sqlite3 inserts of the same number of records as (iri, text) and of links, with
an index on each, as the floor for any projection into SQLite. Memory is the growth of the peak
over the process before projecting, each size in a process of its own.
"""

import argparse
import json
import random
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from graph import Filter, Op, Store, open_store, project
from ontology import Model
from releases import Releases

BASE = "https://justicegraph.example/id/"
ASKED = 500
_n = pl.col("n")


def _iri(root: str, part: str = "") -> pl.Expr:
    return pl.format(f"{BASE}{root}/bench/people/{{}}{part}", _n)


def _many(item: pl.Expr) -> pl.Expr:
    return pl.concat_list(item)


def blocks(model: Model) -> list[tuple[str, str, str, dict[str, pl.Expr]]]:
    """(root, class, suffix of the key, properties) of each record that a person has."""

    def code(scheme: str, notation: str) -> pl.Expr:
        return pl.lit(model.concept_iri(scheme, notation))

    day = pl.date(2020, 1, 1) + pl.duration(days=_n % 900)
    happened = {
        "status": code("event-status", "happened"),
        "datePrecision": code("date-precision", "day"),
    }
    part, court, prison = (
        _iri("Participation"),
        _iri("PersonRecord", "-a"),
        _iri("PersonRecord", "-b"),
    )
    person = {
        "familyName": pl.format("Family{}", _n % 4000),
        "birthDate": day - pl.duration(days=12_000),
        "sex": code("sex", "2"),
        "pncId": _many(pl.format("2003/{}", _n + 1_000_000)),
    }
    made: list[tuple[str, str, str, dict[str, pl.Expr]]] = [
        ("PersonRecord", "PersonRecord", "-a", person),
        (
            "PersonRecord",
            "PersonRecord",
            "-b",
            {**person, "prisonerNumber": _many(pl.format("A{}", _n))},
        ),
        ("Case", "CriminalCase", "", {"urn": pl.format("01ZD{}", _n), "receivedDate": day}),
        (
            "Participation",
            "Participation",
            "",
            {
                "party": court,
                "inCase": _many(_iri("Case")),
                "asn": _many(pl.format("ASN{}", _n)),
                "role": code("participation-role", "defendant"),
            },
        ),
        (
            "Issue",
            "ChargeRecord",
            "",
            {
                "ofParticipation": _many(part),
                "offenceSequence": pl.lit(1),
                "offenceCode": code("cjs-offence", "TH68002"),
            },
        ),
        (
            "DecisionRecord",
            "Disposal",
            "",
            {
                "decidedAt": _iri("EventRecord", "-3"),
                "onCharge": _many(_iri("Issue")),
                "ofParticipation": _many(part),
                "resultCode": code("cjs-result", "1002"),
                "decisionDate": day,
            },
        ),
        ("PeriodRecord", "CustodySpell", "", {"aboutPerson": prison, "startDate": day}),
        ("Thing", "Person", "-p", {"linkKind": code("thing-kind", "person")}),
        ("Thing", "Matter", "-m", {"linkKind": code("thing-kind", "matter")}),
    ]
    for number in range(4):
        event = {"eventDate": day + pl.duration(days=30 * number), "sequence": pl.lit(number)}
        links = {"ofParticipation": _many(part), "inCase": _many(_iri("Case"))}
        made.append(("EventRecord", "Hearing", f"-{number}", {**happened, **event, **links}))
    for name in ("Reception", "Release"):
        event = {"eventDate": day, "aboutPerson": prison, "fromLocation": pl.lit("MDI")}
        made.append(("EventRecord", name, f"-{name}", {**happened, **event}))
    made += [
        (
            "Membership",
            "Membership",
            f"{suffix}-{level}",
            {
                "member": _iri("PersonRecord", suffix),
                "thing": _iri("Thing", "-p"),
                "linkKind": code("thing-kind", "person"),
                "threshold": code("threshold", level),
            },
        )
        for level in ("high", "medium", "low")
        for suffix in ("-a", "-b")
    ]
    matter = {
        "member": _iri("Case"),
        "thing": _iri("Thing", "-m"),
        "linkKind": code("thing-kind", "matter"),
        "threshold": code("threshold", "high"),
    }
    made.append(("Membership", "Membership", "-case", matter))
    return made


def write(releases: Releases, model: Model, persons: int, marked: str = "") -> int:
    """One release of that many persons; marked: put in each record's hash, to make it differ."""
    records = 0
    with releases.write() as writer:
        for start in range(0, persons, 5_000):
            numbers = pl.DataFrame(
                {"n": pl.int_range(start, min(start + 5_000, persons), eager=True)}
            )
            for root, cls, suffix, properties in blocks(model):
                given = {
                    "iri": _iri(root, suffix),
                    "class": pl.lit(cls),
                    "dataset": pl.lit("bench/people"),
                    "document": pl.format("bench/people/{}", _n),
                    "version": pl.lit(""),
                    "hash": pl.format(f"{cls}{suffix}{marked}{{}}", _n),
                    **properties,
                }
                schema = model.table_schema(root)
                frame = numbers.select(
                    given.get(name, pl.lit(None)).cast(kind).alias(name)
                    for name, kind in schema.items()
                )
                writer.put(root, frame)
                records += frame.height
        writer.commit()
    return records


def journey(store: Store, model: Model, release: int, pnc: str) -> tuple[list[str], int]:
    """As GraphQL's journey asks: identifier → person → members → what leads to them → nodes."""
    links = [p.name for p in model.properties.values() if "Person" in p.leads_to]
    page = store.find("PersonRecord", [Filter("pncId", Op.EQ, pnc)], release, 10)
    things = store.things([node.iri for node in page.nodes], "person", "medium", release)
    members = [
        m for thing in sorted(set(things.values())) for m in store.members(thing, "medium", release)
    ]
    reached = store.reach(
        members, links, release, ["EventRecord", "DecisionRecord", "PeriodRecord"]
    )
    return members, len(store.nodes(reached, release))


def median_ms(ask: Callable[[int], object], numbers: list[int]) -> float:
    """p50 of a question over these persons, in milliseconds."""
    spent = []
    for number in numbers:
        start = time.perf_counter()
        ask(number)
        spent.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(spent), 3)


def floor(path: Path, records: int, links: int) -> float:
    """Records a second of plain inserts: rows with a unique text, links with two indexes."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE node (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, body TEXT);"
        "CREATE TABLE edge (source INTEGER, target INTEGER, PRIMARY KEY (source, target))"
        " WITHOUT ROWID; CREATE INDEX back ON edge (target);"
    )
    start = time.perf_counter()
    body = "x" * 120
    with connection:
        connection.executemany(
            "INSERT INTO node VALUES (?, ?, ?)",
            ((i, f"{BASE}EventRecord/bench/people/{i}", body) for i in range(records)),
        )
        connection.executemany(
            "INSERT INTO edge VALUES (?, ?)", ((i, i // 2) for i in range(links))
        )
    spent = time.perf_counter() - start
    connection.close()
    return records / spent


def peak_mb() -> float:
    """The most memory this process has had (on Linux not counting what its parent had)."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(persons: int) -> dict[str, float]:
    """All figures at one size."""
    model = Model.default()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.graph",
                "--write",
                folder,
                "--persons",
                str(persons),
            ],
            check=True,
        )
        releases = Releases.open(Path(folder), model)
        store = open_store("sqlite", Path(folder), model)
        before = peak_mb()
        start, worked = time.perf_counter(), time.process_time()
        records = project(releases, store, model)
        spent, worked = time.perf_counter() - start, time.process_time() - worked
        memory = peak_mb() - before
        if records != persons * 22:
            raise SystemExit(f"{records} records projected, not {persons * 22}")
        links = sum(1 for _, _, target in store.content(1) if "/code/" not in target)
        if links != persons * (2 + 1 + 3 + 1 + 8 + 2 + 14):
            raise SystemExit(f"{links} links projected")
        figures = {
            "persons": persons,
            "records": records,
            "links": links,
            "project_records_s": round(records / spent),
            "project_records_cpu_s": round(records / worked),
            "floor_records_s": round(floor(Path(folder, "floor.sqlite"), records, links)),
            "project_memory_mb": round(memory),
            "file_mb": round(Path(folder, "graph.sqlite").stat().st_size / 1e6),
            **ask(store, model, persons),
        }
        changed = min(persons, 455)
        write(releases, model, changed, "again")
        start = time.perf_counter()
        versions = project(releases, store, model)
        if versions != changed * 22:
            raise SystemExit(f"{versions} versions projected")
        figures["delta_records"] = versions
        figures["delta_s"] = round(time.perf_counter() - start, 2)
        store.close()
    return figures


def ask(store: Store, model: Model, persons: int) -> dict[str, float]:
    """Latencies, each answer asserted on the way."""
    numbers = random.Random(7).sample(range(persons), min(ASKED, persons))
    for number in numbers[:20]:
        members, found = journey(store, model, 1, f"2003/{number + 1_000_000}")
        wanted = [f"{BASE}PersonRecord/bench/people/{number}{part}" for part in ("-a", "-b")]
        if members != wanted or found != 8:
            raise SystemExit(f"the journey of {number} has {members} and {found} records")
    links = [p.name for p in model.properties.values() if "Person" in p.leads_to]
    court = f"{BASE}PersonRecord/bench/people/{{}}-a"
    case = f"{BASE}Case/bench/people/{{}}"

    def fifty(number: int) -> object:
        first = max(0, min(number, persons - 50))
        return store.nodes([case.format(first + i) for i in range(50)], 1)

    return {
        "node_ms": median_ms(lambda n: store.nodes([court.format(n)], 1), numbers),
        "fifty_nodes_ms": median_ms(fifty, numbers),
        "reach_ms": median_ms(lambda n: store.reach([court.format(n)], links, 1), numbers),
        "find_by_pnc_ms": median_ms(
            lambda n: store.find(
                "PersonRecord", [Filter("pncId", Op.EQ, f"2003/{n + 1_000_000}")], 1, 10
            ),
            numbers,
        ),
        "journey_ms": median_ms(
            lambda n: journey(store, model, 1, f"2003/{n + 1_000_000}"), numbers
        ),
        "first_page_ms": median_ms(lambda _: store.find("EventRecord", [], 1, 50), numbers[:50]),
    }


def main() -> None:
    """Print the figures at the size asked for, and the memory at a tenth of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", type=Path, help="only write release tables there")
    parser.add_argument("--alone", action="store_true", help="this size only")
    options = parser.parse_args()
    if options.write:
        model = Model.default()
        write(Releases.open(options.write, model), model, options.persons)
        return
    figures = measure(options.persons)
    if not options.alone:
        command = [sys.executable, "-m", "benchmarks.graph", "--alone", "--json"]
        tenth = subprocess.run(
            [*command, "--persons", str(options.persons // 10)],
            check=True,
            capture_output=True,
            text=True,
        )
        figures["project_memory_mb_at_a_tenth"] = json.loads(tenth.stdout)["project_memory_mb"]
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:32} {value:>12,}")


if __name__ == "__main__":
    main()
