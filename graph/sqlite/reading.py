"""Reads of nodes and links as of a release, each in the caller's read transaction."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from graph.errors import ReleaseNotHeldError
from graph.port import Link, Node, Statement, Value
from graph.sqlite.layout import Layout, sql
from graph.sqlite.terms import ids_of, packed
from ontology import Property

_LIVE_NODES = """
SELECT n.version, n.iri, t.text, n.class, n.dataset, d.text, n.since
FROM term t JOIN node n ON n.iri = t.id JOIN term d ON d.id = n.document
WHERE t.text IN (SELECT value FROM json_each(?1)) AND n.since <= ?2 AND n.until > ?2"""

_KINDS = """
SELECT t.text, c.text FROM term t JOIN node n ON n.iri = t.id JOIN term c ON c.id = n.class
WHERE t.text IN (SELECT value FROM json_each(?1)) AND n.since <= ?2 AND n.until > ?2"""

_OUTGOING = """
SELECT e.source, e.type, t.text FROM edge e JOIN term t ON t.id = e.target
WHERE e.source IN (SELECT value FROM json_each(?1)) AND e.since <= ?2 AND e.until > ?2
ORDER BY e.source, e.type, t.text"""

_VALUES = """
SELECT version, property, value FROM value
WHERE version IN (SELECT value FROM json_each(?)) ORDER BY version, property, position"""

_INCOMING = """
SELECT a.text, k.text, s.text
FROM term a CROSS JOIN edge e ON e.target = a.id JOIN term k ON k.id = e.type
JOIN term s ON s.id = e.source
WHERE a.text IN (SELECT value FROM json_each(?1)) AND e.since <= ?2 AND e.until > ?2
  AND (?3 IS NULL OR k.text IN (SELECT value FROM json_each(?3)))
ORDER BY k.text, s.text"""

# UNION, not UNION ALL: a record is walked once, so cycles end.
_REACH = """
WITH RECURSIVE asked(id) AS (SELECT id FROM term WHERE text IN (SELECT value FROM json_each(?1))),
reached(id) AS (
  SELECT id FROM asked
  UNION
  SELECT e.source FROM reached r CROSS JOIN edge e ON e.target = r.id
  WHERE e.type IN (SELECT value FROM json_each(?2)) AND e.since <= ?3 AND e.until > ?3)
SELECT t.text FROM reached r JOIN term t ON t.id = r.id
WHERE r.id NOT IN (SELECT id FROM asked) AND (?4 IS NULL OR EXISTS (
  SELECT 1 FROM node n WHERE n.iri = r.id AND n.since <= ?3 AND n.until > ?3
    AND n.class IN (SELECT value FROM json_each(?4))))
ORDER BY t.text"""

_LINKS = """
SELECT s.text, k.text, t.text FROM edge e JOIN term s ON s.id = e.source
JOIN term k ON k.id = e.type JOIN term t ON t.id = e.target
WHERE e.since <= ?1 AND e.until > ?1 AND k.text IN (SELECT value FROM json_each(?2))"""

_MANY_CODES = """
SELECT s.text, k.text, c.text FROM value v JOIN term k ON k.id = v.property
JOIN node n ON n.version = v.version JOIN term s ON s.id = n.iri JOIN term c ON c.id = v.value
WHERE n.since <= ?1 AND n.until > ?1 AND k.text IN (SELECT value FROM json_each(?2))"""

_ONE_CODE = """
SELECT s.text, ?2, c.text FROM {root} r JOIN node n ON n.version = r.version
JOIN term s ON s.id = n.iri JOIN term c ON c.id = r.{column}
WHERE n.since <= ?1 AND n.until > ?1"""


class Names:
    """Texts of small numbers (classes, datasets, properties, codes), remembered."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self._texts: dict[int, str] = {}

    def of(self, connection: sqlite3.Connection, ids: set[int]) -> dict[int, str]:
        """The texts of these numbers, and of all asked before."""
        unknown = ids - self._texts.keys()
        if unknown:
            self._texts.update(
                connection.execute(
                    "SELECT id, text FROM term WHERE id IN (SELECT value FROM json_each(?))",
                    (packed(unknown),),
                )
            )
        return self._texts


def state(connection: sqlite3.Connection) -> dict[str, int]:
    """The `meta` table: layout, current, oldest, last, epoch."""
    return dict(connection.execute("SELECT name, value FROM meta"))


def held(connection: sqlite3.Connection, release: int) -> dict[str, int]:
    """The `meta` table, if the release can be asked. Raises ReleaseNotHeldError."""
    meta = state(connection)
    there = connection.execute("SELECT 1 FROM release WHERE number = ?", (release,)).fetchone()
    if there is None and not release == meta["current"] == 0:
        raise ReleaseNotHeldError(release, meta["oldest"], meta["current"])
    return meta


def nodes(
    connection: sqlite3.Connection,
    layout: Layout,
    names: Names,
    iris: Sequence[str],
    release: int,
    oldest: int,
) -> dict[str, Node]:
    """Store.nodes: all nodes in one query for each table they come from."""
    rows = connection.execute(_LIVE_NODES, (packed(iris), release)).fetchall()
    texts = names.of(connection, {i for row in rows for i in (row[3], row[4])})
    found: dict[int, tuple[dict[str, Any], dict[str, list[str]]]] = {}
    by_root: dict[str, list[int]] = defaultdict(list)
    for version, _, _, cls, *_ in rows:
        found[version] = ({}, {})
        by_root[layout.root_of[texts[cls]]].append(version)
    for root, versions in by_root.items():
        _read_columns(connection, layout, names, root, versions, found)
    _read_values(connection, layout, names, found)
    version_of = {row[1]: row[0] for row in rows}
    outgoing = connection.execute(_OUTGOING, (packed(version_of), release)).fetchall()
    texts = names.of(connection, {kind for _, kind, _ in outgoing})
    links = _links(layout)
    for source, kind, target in outgoing:
        if texts[kind] in links:
            found[version_of[source]][1].setdefault(texts[kind], []).append(target)
    made = {
        iri: Node(iri, texts[cls], texts[dataset], document, max(since, oldest), *found[version])
        for version, _, iri, cls, dataset, document, since in rows
    }
    return {iri: made[iri] for iri in iris if iri in made}


def _read_columns(
    connection: sqlite3.Connection,
    layout: Layout,
    names: Names,
    root: str,
    versions: list[int],
    found: dict[int, tuple[dict[str, Any], dict[str, list[str]]]],
) -> None:
    columns = layout.columns[root]
    query = sql(
        "SELECT {columns} FROM {root} WHERE version IN (SELECT value FROM json_each(?))",
        columns=["version", *(p.name for p in columns)],
        root=root,
    )
    rows = connection.execute(query, (packed(versions),)).fetchall()
    codes = [i for i, p in enumerate(columns, 1) if p.kind == "code"]
    texts = names.of(connection, {row[i] for row in rows for i in codes if row[i] is not None})
    readers = [(i, p.name, _reader(p, texts)) for i, p in enumerate(columns, 1)]
    for row in rows:
        properties = found[row[0]][0]
        for i, name, read in readers:
            value = row[i]
            if value is not None:
                properties[name] = value if read is None else read(value)


def _read_values(
    connection: sqlite3.Connection,
    layout: Layout,
    names: Names,
    found: dict[int, tuple[dict[str, Any], dict[str, list[str]]]],
) -> None:
    rows = connection.execute(_VALUES, (packed(found),)).fetchall()
    if not rows:
        return
    texts = names.of(connection, {kind for _, kind, _ in rows})
    many = {p.name: p for properties in layout.many.values() for p in properties}
    codes = {i for i in {kind for _, kind, _ in rows} if _is_code(many.get(texts[i]))}
    texts = names.of(connection, {value for _, kind, value in rows if kind in codes})
    for version, kind, value in rows:
        prop = many.get(texts[kind])
        if prop is not None:
            read = _reader(prop, texts)
            values = found[version][0].setdefault(prop.name, [])
            values.append(value if read is None else read(value))


def _is_code(prop: Property | None) -> bool:
    return prop is not None and prop.kind == "code"


def _reader(prop: Property, texts: dict[int, str]) -> Callable[[Any], Value] | None:
    """How a stored value becomes a Python one; None where it is one already."""
    if prop.kind == "code":
        return texts.__getitem__
    return _READERS.get(prop.datatype or "string")


def _decimal(millionths: int) -> Decimal:
    number = Decimal(millionths).scaleb(-6).normalize()
    # normalize() writes 100 as 1E+2
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


_READERS: dict[str, Callable[[Any], Value]] = {
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
    "boolean": bool,
    "decimal": _decimal,
}


def kinds(connection: sqlite3.Connection, iris: Iterable[str], release: int) -> dict[str, str]:
    """Store.kinds."""
    return dict(connection.execute(_KINDS, (packed(iris), release)).fetchall())


def incoming(
    connection: sqlite3.Connection, iris: list[str], types: Sequence[str] | None, release: int
) -> dict[str, list[Link]]:
    """Store.incoming."""
    answer: dict[str, list[Link]] = {iri: [] for iri in iris}
    kinds = None if types is None else packed(types)
    for target, kind, source in connection.execute(_INCOMING, (packed(answer), release, kinds)):
        answer[target].append((kind, source))
    return answer


def reach(
    connection: sqlite3.Connection,
    layout: Layout,
    iris: Iterable[str],
    types: Sequence[str],
    release: int,
    roots: Sequence[str] | None,
) -> list[str]:
    """Store.reach."""
    kinds = ids_of(connection, types).values()
    classes = None
    if roots is not None:
        below = [cls for cls, root in layout.root_of.items() if root in roots]
        classes = packed(ids_of(connection, below).values())
    parameters = (packed(iris), packed(kinds), release, classes)
    return [iri for (iri,) in connection.execute(_REACH, parameters)]


def _links(layout: Layout) -> set[str]:
    """Links of the ontology as it is; a property that it has lost is kept, but not told."""
    return {p.name for properties in layout.links.values() for p in properties}


def content(connection: sqlite3.Connection, layout: Layout, release: int) -> Iterator[Statement]:
    """Store.content."""
    yield from connection.execute(_LINKS, (release, packed(_links(layout))))
    many = sorted({p.name for ps in layout.many.values() for p in ps if p.kind == "code"})
    if many:
        yield from connection.execute(_MANY_CODES, (release, packed(many)))
    for root, columns in layout.columns.items():
        for prop in columns:
            if prop.kind == "code":
                query = sql(_ONE_CODE, root=root, column=prop.name)
                yield from connection.execute(query, (release, prop.name))
