"""A rebuild of Neo4j by import, from the committed release to a graph that answers with indexes.

`python -m benchmarks.neo4j_million [--persons 1000000] [--home .neo4j] [--data FOLDER] [--json]`
replaces what the managed server of that home holds (`make neo4j` starts it). The release tables
are those of benchmarks.graph (22 records and 31 links a person), written directly. Counts and
sampled journeys are asserted before any figure is told. Peer: neo4j-admin alone on the same
Parquet, which is the import inside. Memory is the peak of the process that writes the Parquet,
which begins with tables that another process has made.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.graph import journey, write
from graph import Store
from graph.neo4j import Target, bulk
from graph.neo4j.connection import Connection
from graph.neo4j.local import LocalServer
from ontology import Model
from releases import Releases

RECORDS, LINKS, SAMPLED = 22, 31, 50
STAGES = {
    "writing": "write_parquet_s",
    "neo4j-admin import": "neo4j_admin_s",
    "exchanging the database": "restart_s",
    "making indexes": "indexes_s",
}
LINK_COUNT = "MATCH ()-[l]->() RETURN count(l)"


class Clock:
    """Seconds of each stage that a rebuild tells; CPU seconds and peak memory (MB) of writing."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STAGES.values(), 0.0)
        self.peak, self.cpu, self._cpu_before = 0, 0.0, time.process_time()
        self._stage, self._since = STAGES["writing"], time.perf_counter()

    def told(self, word: str) -> None:
        now = time.perf_counter()
        self.spent[self._stage] += now - self._since
        self._since = now
        if self._stage == STAGES["writing"]:
            self.cpu = time.process_time() - self._cpu_before
            self.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self._stage = next(
            (s for begin, s in STAGES.items() if word.startswith(begin)), self._stage
        )


def require_answers(store: Store, target: Target, model: Model, persons: int) -> None:
    """Exits when what was imported is not what was written."""
    connection = Connection(target)
    nodes, _, graphs = connection.rows(bulk.COUNTS)[0]
    links = connection.rows(LINK_COUNT)[0][0]
    connection.close()
    if (nodes - graphs, links) != (persons * RECORDS, persons * LINKS):
        raise SystemExit(f"{nodes} nodes, {links} links of {persons} persons")
    if store.current() != 1:
        raise SystemExit(f"the graph is at release {store.current()}")
    for number in random.Random(persons).sample(range(persons), min(SAMPLED, persons)):
        members, found = journey(store, model, 1, f"2003/{number + 1_000_000}")
        ours = [f"/{number}-a", f"/{number}-b"]
        if [m[m.rindex("/") :] for m in members] != ours or found != 8:
            raise SystemExit(f"person {number}: {members}, {found} records")


def measure(persons: int, home: Path, data: Path) -> dict[str, float]:
    model = Model.default()
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.neo4j_million", "--persons", str(persons)]
    subprocess.run([*command, "--write-to", str(data)], check=True)
    made = time.perf_counter() - start
    releases = Releases.open(data, model)
    server = LocalServer(home)
    address = server.start()
    target = Target(address.uri, address.username, address.password)
    bulk.refuse_foreign(target)
    clock = Clock()
    start = time.perf_counter()
    store = bulk.rebuild_managed(server, releases, model, server.home / "parquet", clock.told)
    whole = time.perf_counter() - start
    clock.told("")
    require_answers(store, target, model, persons)
    store.close()
    return {
        "persons": persons,
        "nodes": persons * RECORDS,
        "relationships": persons * LINKS,
        "tables_made_s": round(made, 1),
        **{name: round(spent, 1) for name, spent in clock.spent.items()},
        "rebuild_s": round(whole, 1),
        "to_neo4j_admin_alone": round(whole / clock.spent["neo4j_admin_s"], 2),
        "writer_cpu_s": round(clock.cpu, 1),
        "writer_peak_mb": clock.peak,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=Path(".neo4j"))
    parser.add_argument("--data", type=Path, help="a new folder for tables; temporary if unnamed")
    parser.add_argument("--write-to", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.write_to:
        model = Model.default()
        write(Releases.open(chosen.write_to, model), model, chosen.persons)
        return
    with tempfile.TemporaryDirectory(dir=chosen.data) as folder:
        found = measure(chosen.persons, chosen.home, Path(folder))
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24} {value:>14,}")


if __name__ == "__main__":
    main()
