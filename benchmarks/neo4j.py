"""The Neo4j store: projection, a delta, reads now and at an older release, beside plain Cypher.

`python -m benchmarks.neo4j [--persons 2000] [--json]` needs NEO4J_URI, NEO4J_USERNAME,
NEO4J_PASSWORD and a database that holds no graph but one of ours, which it replaces. The release
tables are those of benchmarks.graph (22 records a person). Peer: `UNWIND ... CREATE` of the same
number of nodes with the same properties, same driver, batches and uniqueness constraint, but no
other index. Answers are asserted before anything is timed.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.graph import ask, write
from graph import open_store, project
from graph.neo4j import Target
from graph.neo4j.connection import Connection
from ontology import Model
from releases import Releases

BATCH = 5_000


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain(connection: Connection, rows: list[dict[str, object]]) -> float:
    """Seconds of `UNWIND ... CREATE`; leaves nothing."""
    connection.run("CREATE CONSTRAINT plain IF NOT EXISTS FOR (n:Plain) REQUIRE n.iri IS UNIQUE")

    def create() -> None:
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            connection.write(
                lambda tx, part=part: tx.run(  # type: ignore[misc]  # one batch a call
                    "UNWIND $rows AS row CREATE (n:Plain) SET n = row", rows=part
                ).consume()
            )

    spent = timed(create)
    connection.run("MATCH (n:Plain) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    connection.run("DROP CONSTRAINT plain")
    return spent


def measure(persons: int) -> dict[str, float]:
    model = Model.default()
    with tempfile.TemporaryDirectory() as folder:
        releases = Releases.open(Path(folder, "data"), model)
        records = write(releases, model, persons)
        store = open_store("neo4j", Path(folder), model, afresh=True)
        connection = Connection(Target.of("neo4j"))
        spent = timed(lambda: project(releases, store, model))
        links = sum(1 for _, _, target in store.content(1) if "/code/" not in target)
        if links != persons * 31:
            raise SystemExit(f"{links} links projected")
        found = {"persons": persons, "records": records, "project_records_s": records / spent}
        found |= ask(store, model, persons)
        changed = min(persons, 455)
        write(releases, model, changed, "again")
        found["delta_records"] = changed * 22
        found["delta_s"] = timed(lambda: project(releases, store, model))
        found |= {f"older_{name}": value for name, value in ask(store, model, persons).items()}
        page = store.find("EventRecord", [], 2, 200).nodes
        row = max((dict(n.properties) for n in page), key=len)
        rows = [{**row, "iri": f"plain/{i}"} for i in range(changed * 22)]
        found["plain_create_s"] = plain(connection, rows)
        store.clear()
        store.close()
        connection.close()
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found = measure(chosen.persons)
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:28} {value:>12,}")


if __name__ == "__main__":
    main()
