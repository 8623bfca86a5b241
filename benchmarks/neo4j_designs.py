"""Two ways to version a graph in Neo4j, measured against each other (docs/decisions/0009).

versions: a node per version of a record (iri, since, until); relationships join versions, so a
  new version of a node also gets a copy of every live incoming relationship.
history: a node per IRI that holds the newest version; past versions are History nodes beside it;
  since and until stand on the relationships, which join IRIs and survive a new version.

`python -m benchmarks.neo4j_designs [--targets N] [--incoming K] [--json]` needs NEO4J_URI,
NEO4J_USERNAME, NEO4J_PASSWORD and an empty database, which it leaves empty.
Every target has K incoming relationships; a delta gives every target a new version. Answers are
asserted equal before anything is timed.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, LiteralString

from neo4j import GraphDatabase, Session

BATCH = 2_000


def batches(count: int) -> Iterator[range]:
    for start in range(0, count, BATCH):
        yield range(start, min(count, start + BATCH))


def many(session: Session, query: LiteralString, count: int, **more: Any) -> None:
    for numbers in batches(count):
        session.execute_write(lambda tx, n=list(numbers): tx.run(query, n=n, **more).consume())


class Versions:
    name = "versions"
    setup: tuple[LiteralString, ...] = (
        "CREATE CONSTRAINT version IF NOT EXISTS FOR (n:Record) REQUIRE (n.iri, n.since) IS UNIQUE",
        # The constraint's own index is no use without since: by iri alone Neo4j would scan.
        "CREATE INDEX iri IF NOT EXISTS FOR (n:Record) ON (n.iri)",
    )

    def load(self, session: Session, targets: int, incoming: int) -> None:
        many(
            session,
            "UNWIND $n AS i CREATE (:Record:Case {iri: 'case/' + i, since: 1, value: 'v1'})",
            targets,
        )
        many(
            session,
            """UNWIND $n AS i MATCH (c:Record {iri: 'case/' + i, since: 1})
            UNWIND range(1, $k) AS j
            CREATE (:Record:Event {iri: 'event/' + i + '/' + j, since: 1})-[:IN_CASE]->(c)""",
            targets,
            k=incoming,
        )

    def delta(self, session: Session, targets: int, release: int) -> None:
        many(
            session,
            """UNWIND $n AS i MATCH (old:Record {iri: 'case/' + i}) WHERE old.until IS NULL
            CREATE (new:Record:Case {iri: old.iri, since: $r, value: 'v' + $r})
            SET old.until = $r
            WITH old, new MATCH (x)-[r]->(old) WHERE x.until IS NULL
            CREATE (x)-[:$(type(r))]->(new)""",
            targets,
            r=release,
        )

    read: LiteralString = """MATCH (c:Record {iri: $iri})
        WHERE c.since <= $r AND (c.until IS NULL OR c.until > $r)
        MATCH (c)<-[:IN_CASE]-(e) WHERE e.since <= $r AND (e.until IS NULL OR e.until > $r)
        RETURN c.value AS value, count(e) AS events"""


class History:
    name = "history"
    setup: tuple[LiteralString, ...] = (
        "CREATE CONSTRAINT record IF NOT EXISTS FOR (n:Record) REQUIRE n.iri IS UNIQUE",
        "CREATE CONSTRAINT past IF NOT EXISTS FOR (n:History) REQUIRE (n.iri, n.since) IS UNIQUE",
        "CREATE INDEX past_iri IF NOT EXISTS FOR (n:History) ON (n.iri)",
    )

    def load(self, session: Session, targets: int, incoming: int) -> None:
        many(
            session,
            "UNWIND $n AS i CREATE (:Record:Case {iri: 'case/' + i, since: 1, value: 'v1'})",
            targets,
        )
        many(
            session,
            """UNWIND $n AS i MATCH (c:Record {iri: 'case/' + i})
            UNWIND range(1, $k) AS j
            CREATE (:Record:Event {iri: 'event/' + i + '/' + j, since: 1})
              -[:IN_CASE {since: 1}]->(c)""",
            targets,
            k=incoming,
        )

    def delta(self, session: Session, targets: int, release: int) -> None:
        many(
            session,
            """UNWIND $n AS i MATCH (c:Record {iri: 'case/' + i})
            CREATE (c)-[:PAST_VERSION]->(h:History) SET h = properties(c), h.until = $r
            SET c.since = $r, c.value = 'v' + $r""",
            targets,
            r=release,
        )

    # By the relationship, never by IRI: the planner reads the IRI form as a scan of all History.
    read: LiteralString = """MATCH (c:Record {iri: $iri})
        OPTIONAL MATCH (c)-[:PAST_VERSION]->(h:History) WHERE h.since <= $r AND h.until > $r
        WITH c, coalesce(h, c) AS version WHERE version.since <= $r
        MATCH (c)<-[l:IN_CASE]-(e)
        WHERE l.since <= $r AND (l.until IS NULL OR l.until > $r)
        RETURN version.value AS value, count(e) AS events"""


def empty(session: Session) -> None:
    session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
    for name in ("version", "record", "past"):
        session.run(f"DROP CONSTRAINT {name} IF EXISTS").consume()  # type: ignore[arg-type]  # our own
    for name in ("iri", "past_iri"):
        session.run(f"DROP INDEX {name} IF EXISTS").consume()  # type: ignore[arg-type]  # our own


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def latency(session: Session, query: LiteralString, targets: int, release: int) -> float:
    """Median milliseconds of one read."""
    took = []
    for number in range(300):
        iri = f"case/{(number * 7919) % targets}"
        took.append(timed(lambda i=iri: session.run(query, iri=i, r=release).consume()) * 1000)
    return statistics.median(took)


def measure(design: Any, session: Session, targets: int, incoming: int) -> dict[str, float]:
    empty(session)
    for statement in design.setup:
        session.run(statement).consume()
    session.run("CALL db.awaitIndexes(60)").consume()
    loaded = timed(lambda: design.load(session, targets, incoming))
    deltas = [timed(lambda r=release: design.delta(session, targets, r)) for release in (2, 3, 4)]
    for release in (1, 2, 4):
        row = session.run(design.read, iri="case/7", r=release).single(strict=True)
        assert (row["value"], row["events"]) == (f"v{release}", incoming), (design.name, row)
    latency(session, design.read, targets, 4)
    size = session.run("MATCH ()-[r]->() RETURN count(r) AS n").single(strict=True)["n"]
    result = {
        "load_s": round(loaded, 2),
        "delta_s": round(statistics.median(deltas), 2),
        "read_current_ms": round(latency(session, design.read, targets, 4), 2),
        "read_oldest_ms": round(latency(session, design.read, targets, 1), 2),
        "relationships": size,
    }
    empty(session)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=10_000)
    parser.add_argument("--incoming", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    auth = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
    with (
        GraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth) as driver,
        driver.session() as session,
    ):
        held = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"]
        if held:
            raise SystemExit(f"the database holds {held} nodes: give an empty one")
        found = {
            design.name: measure(design, session, chosen.targets, chosen.incoming)
            for design in (Versions(), History())
        }
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, figures in found.items():
            print(name, figures)


if __name__ == "__main__":
    main()
