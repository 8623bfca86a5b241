"""Batches of record versions into Neo4j: the records some thousands at a time, then their links.

Records of different parts are nodes apart, so several transactions write them side by side. Links
meet in their targets and would block each other: those of a round follow in one transaction. A
record without its links is only ever of a release that nobody sees; `clean` removes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import polars as pl
from neo4j import ManagedTransaction

from graph.errors import WrongReleaseError
from graph.names import relationship_type
from graph.neo4j.connection import Connection
from graph.neo4j.removing import rewind
from graph.neo4j.schema import Layout
from graph.neo4j.values import stored_frame

ROWS = 5_000
WRITERS = 2

STATE = "MATCH (g:JusticeGraph {name: 'graph'}) RETURN head(g.releases), last(g.releases)"

# What is there of these IRIs, with the links that hold. Whether something above the current release
# is: an earlier run of the batch wrote it. Places for records have no class. One row: the driver is
# slow at many.
HELD = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
WITH n, EXISTS { (n)-[:PAST_VERSION]->(h) WHERE h.until > $current } AS ended
RETURN collect([n.iri, n.class, ended OR coalesce(n.since, 0) > $current, COLLECT {
  MATCH (n)-[l]->(t:Resource) WHERE l.until IS NULL RETURN [elementId(l), type(l), t.iri]
}])"""

# By way of the source: planned while the store is empty, the id alone is a scan of all links.
END_LINKS = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row[0]})-[l]->() USING INDEX SEEK n:Resource(iri)
WHERE elementId(l) IN row[1]
SET l.until = $release"""

# Labels and types are values here: one text for each class would be planned again for each.
CREATE = """
UNWIND $rows AS row
CREATE (n:Resource:Version:$($labels))
SET n = row"""

FILL = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row.iri}) USING INDEX SEEK n:Resource(iri)
SET n = row, n:Version:$($labels)"""

REPLACE = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row.iri}) USING INDEX SEEK n:Resource(iri)
CREATE (n)-[:PAST_VERSION]->(h:Past:Version:$($labels))
SET h = n {.*, until: $release}
SET n = row"""

# What is gone, or of another class now. Labels that stay keep their index entries.
ARCHIVE = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
WITH n, [name IN labels(n) WHERE name <> 'Resource'] AS names
CREATE (n)-[:PAST_VERSION]->(h:Past:$(names))
SET h = n {.*, until: $release}
REMOVE n:$(names)
SET n = {iri: n.iri}"""

PLACES = "UNWIND $iris AS iri MERGE (:Resource {iri: iri})"

LINK = """
UNWIND $rows AS row
MATCH (n:Resource {iri: row[0]}) USING INDEX SEEK n:Resource(iri)
MATCH (t:Resource {iri: row[1]}) USING INDEX SEEK t:Resource(iri)
CREATE (n)-[:$(row[2]) {since: $release}]->(t)"""

COMMIT = """
MATCH (g:JusticeGraph {name: 'graph'}) WHERE last(g.releases) < $release
SET g.releases = [number IN g.releases WHERE number > 0] + $release
RETURN g.releases"""

Triple = tuple[str, str, str]
Frames = Iterable[tuple[str, pl.DataFrame]]


def apply(connection: Connection, layout: Layout, release: int, batches: Frames) -> None:
    """Put or end the records of frames at a release. Raises WrongReleaseError.

    At most twice WRITERS parts of ROWS records are in memory.
    """
    current = connection.write(state)[1]
    if release <= current:
        raise WrongReleaseError(release, current)
    made = (Part(layout, release, current, frames) for frames in parts(batches))
    with ThreadPoolExecutor(WRITERS) as pool:
        running: list[tuple[Part, Future[bool]]] = []
        for together in rounds(made):  # made while those before are written
            _finish(connection, release, running)
            running = [(p, pool.submit(connection.write, p.write_records)) for p in together]
        _finish(connection, release, running)


def parts(batches: Frames) -> Iterator[list[tuple[str, pl.DataFrame]]]:
    """Frames cut and put together to some ROWS records, no IRI twice in one of them."""
    together: list[tuple[str, pl.DataFrame]] = []
    iris: set[str] = set()
    for root, frame in batches:
        frame = frame.unique("iri", keep="last", maintain_order=True).sort("iri")
        for piece in frame.iter_slices(ROWS):
            fresh = set(piece["iri"])
            if together and (len(iris) + len(fresh) > ROWS or iris & fresh):
                yield together
                together, iris = [], set()
            together.append((root, piece))
            iris |= fresh
    if together:
        yield together


def rounds(made: Iterable["Part"]) -> Iterator[list["Part"]]:
    """Parts that may be written side by side: no two of them have a record in common."""
    together: list[Part] = []
    for part in made:
        if len(together) == WRITERS or any(part.iris & other.iris for other in together):
            yield together
            together = []
        together.append(part)
    if together:
        yield together


def _finish(
    connection: Connection, release: int, running: list[tuple["Part", Future[bool]]]
) -> None:
    """Wait for the records of a round, then write its links."""
    clean = [future.result() for _, future in running]
    for (part, _), done in zip(running, clean, strict=True):
        if not done:  # an earlier run wrote some of it: that touches other records too
            connection.write(part.rewind)
            connection.write(part.write_records)
    made = [part for part, _ in running]
    new = {link for part in made for link in part.new_links}
    ended = [pair for part in made for pair in part.ended.items()]
    if new or ended:
        connection.write(partial(_write_links, release=release, new=new, ended=ended))


def _write_links(
    tx: ManagedTransaction, release: int, new: set[Triple], ended: list[tuple[str, list[str]]]
) -> None:
    if ended:
        tx.run(END_LINKS, rows=ended, release=release).consume()
    if new:
        tx.run(PLACES, iris=sorted({target for *_, target in new})).consume()
        rows = sorted((source, target, kind) for source, kind, target in new)
        tx.run(LINK, rows=rows, release=release).consume()


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


class Part:
    """Some thousand records of frames that share no IRI. Its writes may run again after a failure.

    new_links, ended: what `write_records` found to be done about links, which it does not touch.
    """

    def __init__(
        self, layout: Layout, release: int, current: int, frames: list[tuple[str, pl.DataFrame]]
    ) -> None:
        self._layout, self._release, self._current = layout, release, current
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._links: set[Triple] = set()
        self.iris: set[str] = set()
        self.new_links: set[Triple] = set()
        self.ended: dict[str, list[str]] = {}
        for root, frame in frames:
            self.iris.update(frame["iri"])
            puts = frame.filter(pl.col("op") == "put")
            self._links.update(_links(layout, root, puts))
            stored = stored_frame(layout, root, puts).with_columns(since=pl.lit(release))
            for (cls,), rows in stored.group_by("class"):
                filled_in = [column for column in rows if column.null_count() < rows.height]
                self._rows.setdefault(str(cls), []).extend(rows.select(filled_in).to_dicts())

    def write_records(self, tx: ManagedTransaction) -> bool:
        """Write the versions; False, with nothing written, when `rewind` has to come first."""
        held = tx.run(HELD, iris=list(self.iris), current=self._current).single(strict=True)[0]
        if any(again for *_, again, _ in held):
            return False
        before = {iri: cls for iri, cls, *_ in held}
        live = [iri for iri, cls in before.items() if cls is not None]
        self._differ((iri, links) for iri, *_, links in held)
        chosen: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for cls, rows in self._rows.items():
            for row in rows:
                chosen[cls, _how(before, row["iri"], cls)].append(row)
        stay = {row["iri"] for (_, how), rows in chosen.items() if how == REPLACE for row in rows}
        if gone := [iri for iri in live if iri not in stay]:
            tx.run(ARCHIVE, iris=gone, release=self._release).consume()
        for (cls, how), rows in chosen.items():
            labels = self._layout.names(cls)
            tx.run(how, rows=rows, labels=labels, release=self._release).consume()
        return True

    def rewind(self, tx: ManagedTransaction) -> None:
        """Bring the records back to the current release."""
        rewind(tx, sorted(self.iris), self._current)

    def _differ(self, live: Iterable[tuple[str, list[Any]]]) -> None:
        """What to make and, by source, to end; a link that stays is not touched."""
        there: set[Triple] = set()
        self.ended = {}
        for iri, links in live:
            there.update((iri, kind, target) for _, kind, target in links)
            gone = [n for n, kind, target in links if (iri, kind, target) not in self._links]
            if gone:
                self.ended[iri] = gone
        self.new_links = self._links - there


def _how(before: dict[str, str | None], iri: str, cls: str) -> str:
    """The query that puts a record, by what is there of it."""
    if iri not in before:
        return CREATE
    return REPLACE if before[iri] == cls else FILL


def _links(layout: Layout, root: str, puts: pl.DataFrame) -> Iterator[Triple]:
    for prop in layout.model.table_properties(root):
        if prop.kind == "link" and prop.name in puts.columns:
            rows = puts.select("iri", pl.lit(relationship_type(prop.name)), prop.name)
            rows = rows.filter(pl.col(prop.name).is_not_null())
            if prop.many:
                rows = rows.filter(pl.col(prop.name).list.len() > 0).explode(prop.name)
                rows = rows.drop_nulls(prop.name)
            yield from rows.iter_rows()
