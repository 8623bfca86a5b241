"""Reads of nodes and links as of a release: one query each.

Every query begins with `held`: it has no rows when the release is not held, so that only an empty
answer costs a second question. A version that a writer replaces while it is read shows the new
release in `since`; such a read is done again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from graph.errors import ReleaseNotHeldError, StoreUnusableError
from graph.neo4j.connection import Connection
from graph.neo4j.schema import Layout, filled, quoted
from graph.neo4j.values import node_of
from graph.neo4j.writing import STATE
from graph.port import Link, Node, Statement

TRIES = 5

HELD = """
MATCH (g:JusticeGraph {name: 'graph'}) WHERE $release IN g.releases WITH g"""

# `n` is the record; `v` its version at the release. By the relationship, never by IRI: the
# planner reads the IRI form as a scan of all past versions.
VERSION = """
OPTIONAL MATCH (n)-[:PAST_VERSION]->(h) WHERE h.since <= $release AND h.until > $release
WITH *, coalesce(h, n) AS v
WHERE v.since <= $release"""

LIVE = "l.since <= $release AND (l.until IS NULL OR l.until > $release)"

NODES = f"""{HELD}
UNWIND $iris AS iri
MATCH (n:Resource {{iri: iri}}) USING INDEX SEEK n:Resource(iri){VERSION}
RETURN properties(v), head(g.releases),
  COLLECT {{ MATCH (n)-[l:<types>]->(t) WHERE {LIVE} RETURN [type(l), t.iri] }}"""

KINDS = f"""{HELD}
UNWIND $iris AS iri
MATCH (n:Resource {{iri: iri}}) USING INDEX SEEK n:Resource(iri){VERSION}
RETURN v.iri, v.class, v.since"""

INCOMING = f"""{HELD}
UNWIND $iris AS iri
MATCH (t:Resource {{iri: iri}})<-[l:<types>]-(n) USING INDEX SEEK t:Resource(iri)
WHERE {LIVE}
RETURN iri, type(l), n.iri"""

# A link stands only while its source is live, so what is reached is live. A record that is gone
# by now has no labels of its own, but its past versions have.
REACH = f"""{HELD}
UNWIND $iris AS iri
MATCH (a:Resource {{iri: iri}}) USING INDEX SEEK a:Resource(iri)
MATCH p = (a)<-[:<types>*1..]-(n)
WHERE all(l IN relationships(p) WHERE {LIVE})
WITH DISTINCT n WHERE NOT n.iri IN $iris AND ($roots IS NULL
  OR any(name IN labels(n) WHERE name IN $roots)
  OR EXISTS {{ (n)-[:PAST_VERSION]->(h) WHERE any(name IN labels(h) WHERE name IN $roots) }})
RETURN n.iri"""

LINKS = f"""
MATCH (n:Resource)-[l:<types>]->(t:Resource) WHERE {LIVE}
RETURN n.iri, type(l), t.iri"""

CODES = """
MATCH (v:<root>) WHERE v.since <= $release AND (v.until IS NULL OR v.until > $release)
RETURN v.iri, [<columns>]"""


def held(connection: Connection, release: int) -> None:
    """Raise ReleaseNotHeldError unless the release can be asked."""
    if not connection.rows(f"{HELD} RETURN 1", release=release):
        oldest, current = state(connection)
        raise ReleaseNotHeldError(release, oldest, current)


def state(connection: Connection) -> tuple[int, int]:
    """(oldest, current) release; zeros when the store is empty."""
    rows = connection.rows(STATE)
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def ask(connection: Connection, query: str, release: int, **parameters: Any) -> list[Any]:
    """Rows of a query that begins with HELD. Raises ReleaseNotHeldError."""
    rows = connection.rows(query, release=release, **parameters)
    if not rows:
        held(connection, release)
    return rows


def nodes(
    connection: Connection, layout: Layout, iris: Sequence[str], release: int
) -> dict[str, Node]:
    """Store.nodes."""
    query = filled(NODES, types=layout.all_types)
    for _ in range(TRIES):
        rows = ask(connection, query, release, iris=sound(iris))
        if all(row[0]["since"] <= release for row in rows):
            made = (node_of(layout, stored, links, oldest) for stored, oldest, links in rows)
            found = {node.iri: node for node in made}
            return {iri: found[iri] for iri in iris if iri in found}
    raise unsettled(connection)


def kinds(connection: Connection, iris: Sequence[str], release: int) -> dict[str, str]:
    """Store.kinds."""
    for _ in range(TRIES):
        rows = ask(connection, KINDS, release, iris=sound(iris))
        if all(since <= release for *_, since in rows):
            return {iri: cls for iri, cls, _ in rows}
    raise unsettled(connection)


def unsettled(connection: Connection) -> StoreUnusableError:
    """What to raise when TRIES reads met records that were being rewritten."""
    return StoreUnusableError(
        connection.target.uri, "the records asked for are being rewritten", "Ask again"
    )


def incoming(
    connection: Connection,
    layout: Layout,
    iris: Sequence[str],
    types: Sequence[str] | None,
    release: int,
) -> dict[str, list[Link]]:
    """Store.incoming."""
    answer: dict[str, list[Link]] = {iri: [] for iri in iris}
    wanted = layout.all_types if types is None else layout.types(types)
    if not wanted:
        held(connection, release)
        return answer
    query = filled(INCOMING, types=wanted)
    for iri, kind, source in ask(connection, query, release, iris=sound(iris)):
        answer[iri].append((layout.links[kind], source))
    return {iri: sorted(links) for iri, links in answer.items()}


def reach(
    connection: Connection,
    layout: Layout,
    iris: Iterable[str],
    types: Sequence[str],
    release: int,
    roots: Sequence[str] | None,
) -> list[str]:
    """Store.reach."""
    wanted = layout.types(types)
    if not wanted:
        held(connection, release)
        return []
    query = filled(REACH, types=wanted)
    asked = sound(list(iris))
    known = None if roots is None else [r for r in roots if r in layout.classes]
    return sorted(iri for (iri,) in ask(connection, query, release, iris=asked, roots=known))


def content(connection: Connection, layout: Layout, release: int) -> Iterator[Statement]:
    """Store.content."""
    held(connection, release)
    query = filled(LINKS, types=layout.all_types)
    for source, kind, target in connection.stream(query, release=release):
        yield source, layout.links[kind], target
    for root in layout.model.roots:
        codes = [p.name for p in layout.model.table_properties(root) if p.kind == "code"]
        if codes:
            columns = ", ".join(f"v.{quoted(name)}" for name in codes)
            query = filled(CODES, root=quoted(root), columns=columns)
            for iri, values in connection.stream(query, release=release):
                for name, value in zip(codes, values, strict=True):
                    for concept in dict.fromkeys(value) if isinstance(value, list) else [value]:
                        if concept is not None:
                            yield iri, name, concept


def sound(texts: Sequence[str]) -> list[str]:
    """Texts that are Unicode: Bolt takes no lone surrogate, and no record has one."""
    return [t for t in texts if not any("\ud800" <= letter <= "\udfff" for letter in t)]
