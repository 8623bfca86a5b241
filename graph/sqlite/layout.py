"""The SQLite tables, made from the ontology.

    term(id, text)                     every IRI, document, dataset and name, once
    node(version, iri, class, dataset, document, since, until)
    "<Root>"(version, <property>...)   the single values of a version, typed columns
    value(version, property, position, value)      the values of many-valued properties
    edge(source, since, type, target, until)       links, IRI to IRI, owned by the version
                                                   (source, since)
    meta(name, value)                  layout, current and oldest release, last committed version,
                                       epoch: grows when numbers of `term` may mean something else
    folder(id)                         whose releases these are
    release(number)                    the committed releases that can be asked
    field(root, property, shape)       what the columns were made from, bounds(root, low, high)
                                       the range of a root's IRIs

A version holds from release `since` until before `until`; OPEN while nothing has ended it. Whole
numbers are names of `term` in iri, class, dataset, document, source, target, type and property
columns, and in code values. Dates are ISO text, instants ISO text in UTC with six decimals,
decimals whole millionths, booleans 0 and 1.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import NeedsRebuildError
from ontology import Model, Property

LAYOUT = 2
OPEN = 2**31 - 1
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

META = """CREATE TABLE IF NOT EXISTS meta (
  name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID, STRICT"""

_TABLES = f"""
{META};
CREATE TABLE IF NOT EXISTS folder (id TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS release (number INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS field (
  root TEXT NOT NULL, property TEXT NOT NULL, shape TEXT NOT NULL,
  PRIMARY KEY (root, property)) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS bounds (
  root TEXT PRIMARY KEY, low TEXT NOT NULL, high TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS node (
  version INTEGER PRIMARY KEY, iri INTEGER NOT NULL, class INTEGER NOT NULL,
  dataset INTEGER NOT NULL, document INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS node_iri ON node (iri, since);
CREATE INDEX IF NOT EXISTS node_class ON node (class);
CREATE INDEX IF NOT EXISTS node_ended ON node (until) WHERE until < {OPEN};
CREATE TABLE IF NOT EXISTS value (
  version INTEGER NOT NULL, property INTEGER NOT NULL, position INTEGER NOT NULL,
  value ANY NOT NULL, PRIMARY KEY (version, property, position)) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS value_found ON value (property, value);
CREATE TABLE IF NOT EXISTS edge (
  source INTEGER NOT NULL, since INTEGER NOT NULL, type INTEGER NOT NULL,
  target INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (source, since, type, target)) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS edge_back ON edge (target, type, since, until);
"""


@dataclass(frozen=True)
class Layout:
    """Which property goes where. columns: the single-valued data and codes of each root."""

    columns: dict[str, tuple[Property, ...]]
    many: dict[str, tuple[Property, ...]]
    links: dict[str, tuple[Property, ...]]
    root_of: dict[str, str]

    @classmethod
    def of(cls, model: Model) -> "Layout":
        """The layout of an ontology."""
        columns, many, links = {}, {}, {}
        for root in model.roots:
            properties = model.table_properties(root)
            links[root] = tuple(p for p in properties if p.kind == "link")
            many[root] = tuple(p for p in properties if p.kind != "link" and p.many)
            columns[root] = tuple(p for p in properties if p.kind != "link" and not p.many)
        below = {c: r for r in model.roots for c in model.subclasses(r)}
        return cls(columns, many, links, below)

    @property
    def roots(self) -> tuple[str, ...]:
        """The root classes, in the ontology's order."""
        return tuple(self.columns)

    def properties(self, root: str) -> tuple[Property, ...]:
        """Everything that a record of a root class may have."""
        return self.columns[root] + self.many[root] + self.links[root]


def create(connection: sqlite3.Connection, layout: Layout) -> None:
    """Make the tables, or add what the ontology has since gained; drops nothing.

    Raises NeedsRebuildError where a property changed its kind, or the file has another layout. Runs
    in the caller's transaction.
    """
    for statement in filter(str.strip, _TABLES.split(";")):
        connection.execute(statement)
    connection.executemany(
        "INSERT OR IGNORE INTO meta VALUES (?, ?)",
        [("layout", LAYOUT), ("current", 0), ("oldest", 0), ("last", 0), ("epoch", 0)],
    )
    check_layout(connection)
    for root in layout.roots:
        _create_root(connection, layout, root)


def defer(connection: sqlite3.Connection) -> None:
    """Drop the indexes that only answers need; `create` makes them again, of all rows at once."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND name <> 'node_iri'"
    ).fetchall()
    for (name,) in found:
        connection.execute(sql("DROP INDEX {name}", name=name))


def check_layout(connection: sqlite3.Connection) -> None:
    """Raise NeedsRebuildError when the file was laid out by another version of justicegraph."""
    found = connection.execute("SELECT value FROM meta WHERE name = 'layout'").fetchone()[0]
    if found != LAYOUT:
        raise NeedsRebuildError(f"it has layout {found} and this version reads layout {LAYOUT}")


def missing(connection: sqlite3.Connection, layout: Layout) -> bool:
    """Whether the file lacks tables, columns or indexes that the ontology asks for."""
    made = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"meta", "field", "folder", *layout.roots} <= made:
        return True
    check_layout(connection)
    shapes = _shapes(connection)
    wanted = {(r, p.name): shape(p) for r in layout.roots for p in layout.properties(r)}
    indexes = {index_name(r, p) for r in layout.roots for p in layout.columns[r] if is_indexed(p)}
    return not (wanted.items() <= shapes.items() and indexes <= made)


def is_indexed(prop: Property) -> bool:
    """Whether a single-valued property gets an index of its own; many-valued ones always have."""
    return prop.indexed


def index_name(root: str, prop: Property) -> str:
    """The name of the index on a column."""
    return f"{root}_{prop.name}_found"


def sql(template: str, **names: str | Sequence[str]) -> str:
    """SQL with the ontology's names put in, quoted, lists with commas between.

    The only way a name gets into SQL; values are always parameters.
    """
    lists = {key: [value] if isinstance(value, str) else value for key, value in names.items()}
    return template.format_map({key: ", ".join(map(_quoted, lists[key])) for key in lists})


def _quoted(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NeedsRebuildError(f"{name!r} cannot name a table or a column")
    return f'"{name}"'


def shape(prop: Property) -> str:
    """What decides how a property is stored: a change of it cannot be adapted."""
    return f"{prop.kind} {prop.datatype or ''} {'many' if prop.many else 'one'}"


def _shapes(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT root, property, shape FROM field")
    return {(root, name): text for root, name, text in rows}


def _create_root(connection: sqlite3.Connection, layout: Layout, root: str) -> None:
    connection.execute(
        sql("CREATE TABLE IF NOT EXISTS {root} (version INTEGER PRIMARY KEY) STRICT", root=root)
    )
    before = _shapes(connection)
    for prop in layout.properties(root):
        old = before.get((root, prop.name))
        if old == shape(prop):
            continue
        if old is not None:
            raise NeedsRebuildError(f"{root}.{prop.name} was {old!r} and is now {shape(prop)!r}")
        connection.execute("INSERT INTO field VALUES (?, ?, ?)", (root, prop.name, shape(prop)))
        if prop in layout.columns[root]:
            add = f"ALTER TABLE {{root}} ADD COLUMN {{column}} {_affinity(prop)}"
            connection.execute(sql(add, root=root, column=prop.name))
    for prop in filter(is_indexed, layout.columns[root]):
        connection.execute(
            sql(
                "CREATE INDEX IF NOT EXISTS {index} ON {root} ({column})"
                " WHERE {column} IS NOT NULL",
                index=index_name(root, prop),
                root=root,
                column=prop.name,
            )
        )


def _affinity(prop: Property) -> str:
    whole = prop.kind == "code" or prop.datatype in ("integer", "decimal", "boolean")
    return "INTEGER" if whole else "TEXT"
