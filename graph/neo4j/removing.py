"""Taking things out: abandoned and undone releases, old ones, forgotten records, everything.

The release that answers is set first and things are removed after it, in transactions that leave
whole records: killed in between, the next `clean` or `retain` goes on.
"""

from collections.abc import Sequence
from functools import partial

from neo4j import ManagedTransaction

from graph.neo4j.connection import Connection
from releases.forgetting import DERIVED

ROWS = 2_000

KEEP_RELEASES = """
MATCH (g:JusticeGraph {name: 'graph'})
WITH g, [number IN g.releases WHERE number >= $oldest AND number <= $current] AS kept
SET g.releases = CASE kept WHEN [] THEN [0] ELSE kept END"""

WRITTEN_ABOVE = """
CALL () {
  MATCH (v:Version) WHERE v.since > $current RETURN v.iri AS iri LIMIT $rows
  UNION
  MATCH (h:Past) WHERE h.until > $current RETURN h.iri AS iri LIMIT $rows
}
RETURN DISTINCT iri"""

REWIND_LINKS = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[l]->(t:Resource) USING INDEX SEEK n:Resource(iri)
WHERE l.since > $to OR l.until > $to
FOREACH (_ IN CASE WHEN l.since > $to THEN [] ELSE [1] END | REMOVE l.until)
FOREACH (_ IN CASE WHEN l.since > $to THEN [1] ELSE [] END | DELETE l)
RETURN DISTINCT t.iri"""

# What was written above goes; then what was live at the release comes back.
REWIND_CONTENT = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
WHERE n.since IS NULL OR n.since > $to
REMOVE n:$([name IN labels(n) WHERE name <> 'Resource'])
SET n = {iri: iri}"""

REWIND_PAST = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[:PAST_VERSION]->(h) USING INDEX SEEK n:Resource(iri)
WHERE h.since > $to
DETACH DELETE h"""

RESTORE = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[:PAST_VERSION]->(h) USING INDEX SEEK n:Resource(iri)
WHERE h.since <= $to AND h.until > $to
SET n = properties(h), n:$([name IN labels(h) WHERE name <> 'Past'])
REMOVE n.until
DETACH DELETE h"""

ENDED = """
MATCH (h:Past) WHERE h.until <= $oldest WITH h LIMIT $rows
MATCH (n)-[:PAST_VERSION]->(h)
DETACH DELETE h
RETURN DISTINCT n.iri"""

DELETE_ENDED_LINKS = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[l]->(t:Resource) USING INDEX SEEK n:Resource(iri)
WHERE l.until <= $oldest
DELETE l
RETURN DISTINCT t.iri"""

DELETE_ORPHANS = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
WHERE n.since IS NULL AND NOT EXISTS { (n)--() }
DELETE n"""

DERIVED_FROM = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})<-[]-(m:Resource) USING INDEX SEEK n:Resource(iri)
OPTIONAL MATCH (m)-[:PAST_VERSION]->(h)
WITH m, collect(h) + [m] AS versions
WHERE any(v IN versions WHERE v.dataset = $derived)
RETURN DISTINCT m.iri"""

# Their links to what is forgotten go with it: whether those of a next version stay is not known.
UNSURE = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})<-[]-(m:Resource) USING INDEX SEEK n:Resource(iri)
WITH DISTINCT m
REMOVE m.linksHash
WITH m
MATCH (m)-[:PAST_VERSION]->(h)
REMOVE h.linksHash"""

FORGET = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
WITH n, COLLECT { MATCH (n)-[:PAST_VERSION]->(h) RETURN h } AS past,
  COLLECT { MATCH (n)--(other:Resource) RETURN DISTINCT other.iri } AS others
FOREACH (h IN past | DETACH DELETE h)
DETACH DELETE n
WITH others UNWIND others AS iri
RETURN DISTINCT iri"""

CLEAR = """
MATCH (n:Resource|Version) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"""


def keep_releases(connection: Connection, oldest: int, current: int) -> None:
    """Of the releases that answer keep these, in one write; none above zero empties the store."""
    connection.write(lambda tx: tx.run(KEEP_RELEASES, oldest=oldest, current=current).consume())


def remove_above(connection: Connection, current: int) -> None:
    """Remove every trace of releases above the current one."""
    while iris := connection.rows(WRITTEN_ABOVE, current=current, rows=ROWS):
        connection.write(partial(rewind, iris=[iri for (iri,) in iris], to=current))


def rewind(tx: ManagedTransaction, iris: Sequence[str], to: int) -> None:
    """Bring records back to what they were at a release."""
    asked = list(iris)
    targets = tx.run(REWIND_LINKS, iris=asked, to=to).values()
    tx.run(REWIND_CONTENT, iris=asked, to=to).consume()
    tx.run(REWIND_PAST, iris=asked, to=to).consume()
    tx.run(RESTORE, iris=asked, to=to).consume()
    tx.run(DELETE_ORPHANS, iris=[*asked, *(iri for (iri,) in targets)]).consume()


def retain(connection: Connection, oldest: int) -> None:
    """Remove versions and links that ended by the release that is now the oldest."""

    def step(tx: ManagedTransaction) -> int:
        sources = [iri for (iri,) in tx.run(ENDED, oldest=oldest, rows=ROWS).values()]
        targets = tx.run(DELETE_ENDED_LINKS, iris=sources, oldest=oldest).values()
        orphans = [*sources, *(iri for (iri,) in targets)]
        tx.run(DELETE_ORPHANS, iris=orphans).consume()
        return len(sources)

    while connection.write(step):
        pass


def forget(connection: Connection, iris: Sequence[str]) -> None:
    """Erase records in all releases, what linkage made of them, and links to and from them."""

    def work(tx: ManagedTransaction, asked: list[str]) -> None:
        derived = tx.run(DERIVED_FROM, iris=asked, derived=DERIVED).values()
        doomed = sorted({*asked, *(iri for (iri,) in derived)})
        tx.run(UNSURE, iris=doomed).consume()
        others = tx.run(FORGET, iris=doomed).values()
        tx.run(DELETE_ORPHANS, iris=[iri for (iri,) in others]).consume()

    for start in range(0, len(iris), ROWS):
        connection.write(partial(work, asked=list(iris[start : start + ROWS])))


def discard(connection: Connection) -> None:
    """Remove all that is ours, also what another ontology or version has made."""
    clear(connection)
    connection.write(lambda tx: tx.run("MATCH (g:JusticeGraph) DELETE g").consume())


def clear(connection: Connection) -> None:
    """Empty the graph; nodes that are not ours stay."""
    keep_releases(connection, 0, 0)
    connection.run(CLEAR)
