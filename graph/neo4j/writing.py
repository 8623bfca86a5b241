"""One batch of record versions into Neo4j, in transactions that each leave whole records."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from neo4j import ManagedTransaction

from graph.errors import WrongReleaseError
from graph.names import relationship_type
from graph.neo4j.connection import Connection
from graph.neo4j.removing import rewind
from graph.neo4j.schema import Layout, filled, quoted
from graph.neo4j.values import stored_frame

ROWS = 5_000

STATE = "MATCH (g:JusticeGraph {name: 'graph'}) RETURN head(g.releases), last(g.releases)"

# Whether something above the current release is there: an earlier run of the batch wrote it.
HELD = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})
WITH n, EXISTS { (n)-[:PAST_VERSION]->(h) WHERE h.until > $current } AS ended
WHERE n.since IS NOT NULL OR ended
RETURN n.iri, ended OR n.since > $current, n.class"""

LIVE_LINKS = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[l]->(t:Resource) WHERE l.until IS NULL
RETURN elementId(l), n.iri, type(l), t.iri"""

END_LINKS = """
UNWIND $ids AS id
MATCH ()-[l]->() WHERE elementId(l) = id
SET l.until = $release"""

ARCHIVE = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})
CREATE (n)-[:PAST_VERSION]->(h:Past:$([name IN labels(n) WHERE name <> 'Resource']))
SET h = properties(n), h.until = $release"""

# Only what is gone or of another class now: labels that stay keep their index entries.
STRIP = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})
REMOVE n:$([name IN labels(n) WHERE name <> 'Resource'])
SET n = {iri: iri}"""

CREATE = """
UNWIND $rows AS row
MERGE (n:Resource {iri: row.iri})
SET n = row, n.since = $release, n:Version<labels>"""

LINK = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row[0]})
MERGE (t:Resource {iri: row[1]})
CREATE (n)-[:<type> {since: $release}]->(t)"""

COMMIT = """
MATCH (g:JusticeGraph {name: 'graph'}) WHERE last(g.releases) < $release
SET g.releases = [number IN g.releases WHERE number > 0] + $release
RETURN g.releases"""


def apply(
    connection: Connection, layout: Layout, release: int, root: str, frame: pl.DataFrame
) -> None:
    """Put or end the records of one frame at a release. Raises WrongReleaseError."""
    frame = frame.unique("iri", keep="last", maintain_order=True).sort("iri")
    # Even an empty batch is refused for a release that is committed.
    for part in frame.iter_slices(ROWS) if frame.height else [frame]:
        batch = _Batch(layout, release, root, part)
        connection.write(batch.write)


def commit(connection: Connection, release: int) -> None:
    """Make a release current in one write. Raises WrongReleaseError."""

    def work(tx: ManagedTransaction) -> None:
        if not tx.run(COMMIT, release=release).values():
            raise WrongReleaseError(release, state(tx)[1])

    connection.write(work)


def state(tx: ManagedTransaction) -> tuple[int, int]:
    """(oldest, current) release."""
    rows = tx.run(STATE).values()
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


class _Batch:
    """A few thousand records; `write` may run again after a failure, and starts from nothing."""

    def __init__(self, layout: Layout, release: int, root: str, frame: pl.DataFrame) -> None:
        self._layout = layout
        self._release = release
        self._iris: list[str] = frame["iri"].to_list()
        puts = frame.filter(pl.col("op") == "put")
        self._rows = [
            (cls, rows.to_dicts())
            for (cls,), rows in stored_frame(layout, root, puts).group_by("class")
        ]
        self._links = set(_links(layout, root, puts))
        self._classes = dict(puts.select("iri", "class").iter_rows())

    def write(self, tx: ManagedTransaction) -> None:
        _, current = state(tx)
        if self._release <= current:
            raise WrongReleaseError(self._release, current)
        held = tx.run(HELD, iris=self._iris, current=current).values()
        again = [iri for iri, written, _ in held if written]
        if again:
            rewind(tx, again, current)
            held = tx.run(HELD, iris=self._iris, current=current).values()
        before = [iri for iri, *_ in held]
        new = self._links
        ended: list[str] = []
        if before:
            new, ended = self._difference(tx.run(LIVE_LINKS, iris=before).values())
            tx.run(END_LINKS, ids=ended, release=self._release).consume()
            tx.run(ARCHIVE, iris=before, release=self._release).consume()
            gone = [iri for iri, _, cls in held if self._classes.get(iri) != cls]
            tx.run(STRIP, iris=gone).consume()
        for cls, rows in self._rows:
            query = filled(CREATE, labels=self._layout.labels(cls))
            tx.run(query, rows=rows, release=self._release).consume()
        by_type: dict[str, list[tuple[str, str]]] = {}
        for source, kind, target in sorted(new):
            by_type.setdefault(kind, []).append((source, target))
        for kind, pairs in by_type.items():
            query = filled(LINK, type=quoted(kind))
            tx.run(query, rows=pairs, release=self._release).consume()

    def _difference(self, live: list[Any]) -> tuple[set[tuple[str, str, str]], list[str]]:
        """Links to make, and ids of those that no longer hold; a link that stays is not touched."""
        kept = {(source, kind, target) for _, source, kind, target in live} & self._links
        ended = [number for number, *link in live if tuple(link) not in kept]
        return self._links - kept, ended


def _links(layout: Layout, root: str, puts: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    for prop in layout.model.table_properties(root):
        if prop.kind == "link" and prop.name in puts.columns:
            rows = puts.select("iri", pl.lit(relationship_type(prop.name)), prop.name)
            rows = rows.filter(pl.col(prop.name).is_not_null())
            if prop.many:
                rows = rows.filter(pl.col(prop.name).list.len() > 0).explode(prop.name)
                rows = rows.drop_nulls(prop.name)
            yield from rows.iter_rows()
