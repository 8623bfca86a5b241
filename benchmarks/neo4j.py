"""The Neo4j store beside plain Cypher and beside SQLite: loads, deltas, journeys, hops, memory.

`python -m benchmarks.neo4j [--persons 1000] [--json]` needs NEO4J_URI, NEO4J_USERNAME,
NEO4J_PASSWORD and a database that holds no graph but one of ours, which it replaces. The release
tables are those of benchmarks.graph (22 records and 31 links a person). Before anything is timed
both stores hold the same content. A row written is a version of a record, a link, or the
relationship from a record to a past version. Peers, same driver and batches, least of several runs
for them and for ours: plain, `UNWIND ... CREATE` of the newest versions of the delta, one label,
uniqueness of `iri` and no other index; versioned, the least Cypher that writes the graph a delta
makes, in the store with its indexes, of rows at hand that are known to be there. Memory is the
growth of the projecting process's peak.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from neo4j import ManagedTransaction

from benchmarks.graph import BASE, ask, median_ms, peak_mb, write
from graph import Store, open_store, project
from graph.neo4j import Target
from graph.neo4j.connection import Connection
from ontology import Model
from releases import Releases

BATCH = 5_000
DELTA = 455
RUNS = 4
TYPES = ["party", "ofParticipation", "aboutPerson", "onCharge", "decidedAt"]
BEYOND = ["inCase", "ofParticipation", "onCharge", "atHearing"]
HUBS, INCOMING = 2_000, 20

PLAIN = "UNWIND $rows AS row CREATE (n:Plain) SET n = row"
VERSIONED = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row.iri}) USING INDEX SEEK n:Resource(iri)
CREATE (n)-[:PAST_VERSION]->(h:Past:Version:$($labels))
SET h = n {.*, until: $release}
SET n = row"""
PAST = "MATCH ()-[l:PAST_VERSION]->() RETURN count(l)"
HOPS = """
MATCH (p:Resource {iri: $iri})<-[a:PARTY]-()-[b:IN_CASE]->(c)<-[d:IN_CASE]-(e)
USING INDEX SEEK p:Resource(iri)"""
HELD = """
WHERE all(l IN [a, b, d]
  WHERE l.since <= $release AND coalesce(l.until, $release + 1) > $release)"""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain(connection: Connection, rows: list[dict[str, Any]]) -> float:
    """Least seconds of `UNWIND ... CREATE`; leaves nothing."""
    connection.run("CREATE CONSTRAINT plain IF NOT EXISTS FOR (n:Plain) REQUIRE n.iri IS UNIQUE")

    def create() -> None:
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            connection.write(
                lambda tx, part=part: tx.run(PLAIN, rows=part).consume()  # type: ignore[misc]  # one batch a call
            )

    spent = []
    for _ in range(RUNS):
        spent.append(timed(create))
        assert connection.rows("MATCH (n:Plain) RETURN count(n)") == [[len(rows)]]
        connection.run("MATCH (n:Plain) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    connection.run("DROP CONSTRAINT plain")
    return min(spent)


def versioned(
    connection: Connection, store: Store, model: Model, rows: list[dict[str, Any]]
) -> float:
    """Least seconds of writing new versions of these without asking; leaves nothing."""
    current = store.current()
    before = connection.rows(PAST)[0][0]

    def put(tx: ManagedTransaction, part: list[dict[str, Any]], release: int) -> None:
        for cls in sorted({row["class"] for row in part}):
            mine = [{**row, "since": release} for row in part if row["class"] == cls]
            labels = sorted(model.superclasses(cls))
            tx.run(VERSIONED, rows=mine, labels=labels, release=release).consume()

    spent = []
    for release in range(current + 1, current + 1 + RUNS):
        start = time.perf_counter()
        for number in range(0, len(rows), BATCH):
            connection.write(partial(put, part=rows[number : number + BATCH], release=release))
        spent.append(time.perf_counter() - start)
    assert connection.rows(PAST)[0][0] == before + RUNS * len(rows)
    store.clean()
    assert connection.rows(PAST)[0][0] == before
    return min(spent)


def rows_of(connection: Connection) -> list[dict[str, Any]]:
    """What the newest versions hold, as the store wrote it."""
    query = "MATCH (n:Resource:Version) RETURN properties(n) ORDER BY n.class LIMIT $most"
    return [properties for (properties,) in connection.rows(query, most=DELTA * 22)]


def writes(releases: Releases, store: Store, connection: Connection, model: Model) -> Iterator[Any]:
    """(name, figure) of deltas of changed records, against the peer."""
    spent = []
    for run in range(RUNS):
        write(releases, model, DELTA, f"again{run}")
        spent.append(timed(lambda: project(releases, store, model)))
    made = connection.rows(PAST)[0][0]
    assert made == RUNS * DELTA * 22, made
    rows = rows_of(connection)
    alone, least = plain(connection, rows), versioned(connection, store, model, rows)
    records = DELTA * 22
    yield "delta_records", records
    yield "delta_s", min(spent)
    yield "plain_create_s", alone
    yield "plain_versioned_s", least
    yield "delta_us_a_row", min(spent) / (2 * records) * 1e6
    yield "plain_us_a_row", alone / records * 1e6
    yield "plain_versioned_us_a_row", least / (2 * records) * 1e6


def hubs(store: Store, model: Model) -> Iterator[Any]:
    """(name, figure): new versions of cases that many participations are in, or none."""
    schema = {**model.table_schema("Case"), "op": pl.String()}

    def cases(mark: str) -> pl.DataFrame:
        iris = [f"{BASE}Case/bench/hubs/{number}" for number in range(HUBS)]
        return frame(schema, iris, "CriminalCase", urn=[mark] * HUBS)

    parts = [
        f"{BASE}Participation/bench/hubs/{n}-{i}" for n in range(HUBS) for i in range(INCOMING)
    ]
    linked = {**model.table_schema("Participation"), "op": pl.String()}
    incoming = frame(
        linked,
        parts,
        "Participation",
        inCase=[[f"{BASE}Case/bench/hubs/{n}"] for n in range(HUBS) for _ in range(INCOMING)],
    )
    store.clear()
    number = 0
    for name, batch in {"alone": cases("a"), "hubs": incoming}.items():
        number += 1
        store.apply(number, [("Case" if name == "alone" else "Participation", batch)])
        store.commit(number)
        spent = []
        for run in range(RUNS):
            number += 1
            changed = cases(f"{name}{run}")
            spent.append(timed(lambda n=number, c=changed: store.apply(n, [("Case", c)])))  # type: ignore[misc]  # one release a call
            store.commit(number)
        iri = f"{BASE}Case/bench/hubs/7"
        assert store.nodes([iri], number)[iri].properties["urn"] == f"{name}{RUNS - 1}"
        assert len(store.incoming([iri], None, number)[iri]) == (0 if name == "alone" else INCOMING)
        yield f"versions_{name}_s", min(spent)


def frame(schema: Any, iris: list[str], cls: str, **columns: Any) -> pl.DataFrame:
    fixed = {"class": cls, "dataset": "bench/hubs", "document": "d", "version": "", "op": "put"}
    data = pl.DataFrame({"iri": iris, **columns})
    given = {**{name: pl.lit(value) for name, value in fixed.items()}, "hash": pl.lit("h")}
    return data.select(
        (pl.col(n) if n in data.columns else given.get(n, pl.lit(None))).cast(t).alias(n)
        for n, t in schema.items()
    )


def reads(store: Store, persons: int) -> Iterator[Any]:
    """(name, figure) of whole journeys in one question."""
    numbers = [(n * 7919) % persons for n in range(300)]

    def story(number: int, release: int | None = None) -> Any:
        iri = f"{BASE}PersonRecord/bench/people/{number}-a"
        return store.story(iri, "person", "medium", TYPES, BEYOND, release, 10_000)

    for number in numbers[:20]:
        told = story(number)
        assert len(told.members[f"{BASE}Thing/bench/people/{number}-p"]) == 2
        assert len(told.reached) == 10, told.reached
        assert all(node is not None for node in told.nodes.values())
        assert story(number, 1).reached == told.reached
    yield "story_ms", median_ms(story, numbers)
    yield "story_oldest_ms", median_ms(lambda n: story(n, 1), numbers)


def hops(connection: Connection, release: int, persons: int) -> Iterator[Any]:
    """(name, figure) of three hops in plain Cypher, with the filter of a release and without."""
    numbers = [(n * 7919) % persons for n in range(300)]
    for name, query in {"hops": HOPS, "hops_held": HOPS + HELD}.items():
        whole = f"{query} RETURN count(DISTINCT e)"

        def walk(number: int, whole: str = whole) -> Any:
            iri = f"{BASE}PersonRecord/bench/people/{number}-a"
            return connection.rows(whole, iri=iri, release=release)

        assert walk(7) == [[4]], walk(7)
        yield f"{name}_ms", median_ms(walk, numbers)


def measure(persons: int, kind: str) -> dict[str, float]:
    """All figures of one store."""
    model = Model.default()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.graph", "--write", folder]
        subprocess.run([*command, "--persons", str(persons)], check=True)
        releases = Releases.open(Path(folder), model)
        store = open_store(kind, Path(folder), model, afresh=True)
        before = peak_mb()
        first = timed(lambda: project(releases, store, model))
        figures: dict[str, float] = {"persons": persons, "records": persons * 22}
        figures["memory_mb"] = peak_mb() - before
        links = sum(1 for _, _, target in store.content(1) if "/code/" not in target)
        assert links == persons * 31, links
        if kind == "sqlite":
            figures["load_records_s"] = persons * 22 / first
            write(releases, model, DELTA, "again")
            figures["delta_s"] = timed(lambda: project(releases, store, model))
        else:
            other = open_store("sqlite", Path(folder), model)
            project(releases, other, model)
            assert set(other.content(1)) == set(store.content(1))
            other.close()
            figures["first_load_records_s"] = persons * 22 / first
            store.clear()
            again = timed(lambda: project(releases, store, model))
            figures["load_records_s"] = persons * 22 / again
            figures["load_us_a_row"] = again / (persons * (22 + 31)) * 1e6
            connection = Connection(Target.of("neo4j"))
            figures.update(writes(releases, store, connection, model))
            figures.update(hops(connection, store.current(), persons))
            connection.close()
        figures.update(ask(store, model, persons))
        figures.update(reads(store, persons))
        figures.update(hubs(store, model))
        store.clear()
        store.close()
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--store", choices=["neo4j", "sqlite"], help="only this one")
    chosen = parser.parse_args()
    if chosen.store:
        print(json.dumps(measure(chosen.persons, chosen.store)))
        return
    found = {}
    for kind in ("neo4j", "sqlite"):  # each in a process of its own, for its memory
        command = [sys.executable, "-m", "benchmarks.neo4j", "--store", kind]
        told = subprocess.run(
            [*command, "--persons", str(chosen.persons)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        found[kind] = json.loads(told.stdout)
    if chosen.json:
        print(json.dumps(found))
        return
    for name, value in found["neo4j"].items():
        print(f"{name:28} {value:>12,} {found['sqlite'].get(name, ''):>12}")


if __name__ == "__main__":
    main()
