"""Batches of record versions into Neo4j: the records some thousands at a time, then their links.

Records of different parts are nodes apart, so several transactions write them side by side. Links
meet in their targets and would block each other: those of a round follow in one transaction. A
record without its links is only ever of a release that nobody sees; `clean` removes it. Links are
read only of records that are gone or whose `linksHash` is another, or none, as before there was it.
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
from graph.neo4j.values import hash_links, stored_frame

ROWS = 2_500
WRITERS = 2
ROUND = 8

STATE = "MATCH (g:JusticeGraph {name: 'graph'}) RETURN head(g.releases), last(g.releases)"

# What is there of these IRIs, and whether something of it is above the current release: an earlier
# run of the batch wrote it. Places for records have no class. One row: the driver is slow at many.
HELD = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri}) USING INDEX SEEK n:Resource(iri)
RETURN collect([n.iri, n.class, n.linksHash, CASE WHEN n.since IS NULL
  THEN EXISTS { (n)-[:PAST_VERSION]->(h) WHERE h.until > $current } ELSE n.since > $current END])"""

HELD_LINKS = """
UNWIND $iris AS iri
MATCH (n:Resource {iri: iri})-[l]->(t:Resource) USING INDEX SEEK n:Resource(iri)
WHERE l.until IS NULL
RETURN collect([iri, elementId(l), type(l), t.iri])"""

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

    At most ROUND + 1 parts of ROWS records are in memory.
    """
    current = connection.write(state)[1]
    if release <= current:
        raise WrongReleaseError(release, current)
    with ThreadPoolExecutor(WRITERS) as pool:
        running: list[tuple[Part, Future[bool]]] = []
        for frames in parts(batches):  # read while those before are written
            part = Part(layout, release, current, frames)
            if len(running) == ROUND or any(part.iris & other.iris for other, _ in running):
                _finish(connection, release, running)
                running = []
            running.append((part, pool.submit(connection.write, part.write_records)))
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
        self._puts = [(root, frame.filter(pl.col("op") == "put")) for root, frame in frames]
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self.iris = {iri for _, frame in frames for iri in frame["iri"]}
        self.new_links: set[Triple] = set()
        self.ended: dict[str, list[str]] = {}
        for root, puts in self._puts:
            stored = stored_frame(layout, root, puts).with_columns(
                hash_links(layout, root, puts), since=pl.lit(release)
            )
            for (cls,), rows in stored.group_by("class"):
                filled_in = [column for column in rows if column.null_count() < rows.height]
                self._rows.setdefault(str(cls), []).extend(rows.select(filled_in).to_dicts())

    def write_records(self, tx: ManagedTransaction) -> bool:
        """Write the versions; False, with nothing written, when `rewind` has to come first."""
        held = tx.run(HELD, iris=list(self.iris), current=self._current).single(strict=True)[0]
        if any(again for *_, again in held):
            return False
        before = {iri: cls for iri, cls, *_ in held}
        linked = {iri: number for iri, _, number, _ in held if number is not None}
        chosen: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        stay, same = set(), set()
        for cls, rows in self._rows.items():
            for row in rows:
                iri = row["iri"]
                how = _how(before, iri, cls)
                chosen[cls, how].append(row)
                if how is REPLACE:
                    stay.add(iri)
                if linked.get(iri) == row["linksHash"]:
                    same.add(iri)
        live = [iri for iri, cls in before.items() if cls is not None]
        self.new_links, self.ended = self._differ(
            tx, self.iris - same, [iri for iri in live if iri not in same]
        )
        if gone := [iri for iri in live if iri not in stay]:
            tx.run(ARCHIVE, iris=gone, release=self._release).consume()
        for (cls, how), rows in chosen.items():
            labels = self._layout.names(cls)
            tx.run(how, rows=rows, labels=labels, release=self._release).consume()
        return True

    def rewind(self, tx: ManagedTransaction) -> None:
        """Bring the records back to the current release."""
        rewind(tx, sorted(self.iris), self._current)

    def _differ(
        self, tx: ManagedTransaction, iris: set[str], live: list[str]
    ) -> tuple[set[Triple], dict[str, list[str]]]:
        """What to make and, by source, to end, of these; a link that stays is not touched."""
        wanted: set[Triple] = set()
        for root, puts in self._puts if iris else []:
            wanted.update(_links(self._layout, root, puts, iris))
        there: set[Triple] = set()
        ended: dict[str, list[str]] = defaultdict(list)
        held = tx.run(HELD_LINKS, iris=live).single(strict=True)[0] if live else []
        for iri, number, kind, target in held:
            there.add((iri, kind, target))
            if (iri, kind, target) not in wanted:
                ended[iri].append(number)
        return wanted - there, ended


def _how(before: dict[str, str | None], iri: str, cls: str) -> str:
    """The query that puts a record, by what is there of it."""
    if iri not in before:
        return CREATE
    return REPLACE if before[iri] == cls else FILL


def _links(layout: Layout, root: str, puts: pl.DataFrame, iris: set[str]) -> Iterator[Triple]:
    """Links of those of the records that are among these IRIs."""
    puts = puts.filter(pl.col("iri").is_in(iris))
    for prop in layout.model.table_properties(root):
        if prop.kind == "link" and prop.name in puts.columns:
            rows = puts.select("iri", pl.lit(relationship_type(prop.name)), prop.name)
            rows = rows.filter(pl.col(prop.name).is_not_null())
            if prop.many:
                rows = rows.filter(pl.col(prop.name).list.len() > 0).explode(prop.name)
                rows = rows.drop_nulls(prop.name)
            yield from rows.iter_rows()
