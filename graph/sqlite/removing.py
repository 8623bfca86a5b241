"""Taking things out: abandoned and undone releases, old ones, forgotten records.

Each function runs in the caller's write transaction.
"""

# ruff: noqa: S608  what is put together here is text of this module, names come through layout.sql

import sqlite3
from collections.abc import Iterable

from graph.sqlite.layout import META, OPEN, Layout, sql
from graph.sqlite.terms import ids_of, packed
from releases.forgetting import DERIVED

# The versions to remove are put in this table first, so that each statement below finds them by
# key and none of them has to hold a list in memory.
_GONE = """
CREATE TEMP TABLE IF NOT EXISTS gone (
  version INTEGER PRIMARY KEY, iri INTEGER NOT NULL, since INTEGER NOT NULL)"""


def set_current(connection: sqlite3.Connection, release: int, oldest: int) -> None:
    """Make a release current, and everything written so far part of it."""
    connection.executemany(
        "UPDATE meta SET value = ? WHERE name = ?", [(release, "current"), (oldest, "oldest")]
    )
    connection.execute("INSERT INTO release VALUES (?)", (release,))
    connection.execute(
        "UPDATE meta SET value = max(value, (SELECT coalesce(max(version), 0) FROM node))"
        " WHERE name = 'last'"
    )


def remove_above(connection: sqlite3.Connection, layout: Layout, meta: dict[str, int]) -> None:
    """Remove what was written since the last commit, and reopen what it had ended."""
    _collect(connection, "version > ?", (meta["last"],))
    _remove_collected(connection, layout)
    _reopen(connection, meta["current"])


def undo(connection: sqlite3.Connection, layout: Layout, to: int) -> None:
    """Remove all releases above one that is held, and make it current."""
    _collect(connection, "since > ?", (to,))
    _remove_collected(connection, layout)
    _reopen(connection, to)
    connection.execute("DELETE FROM release WHERE number > ?", (to,))
    connection.execute("UPDATE meta SET value = ? WHERE name = 'current'", (to,))


def retain(connection: sqlite3.Connection, layout: Layout, oldest: int) -> None:
    """Remove versions that ended by the release that is now the oldest."""
    _collect(connection, f"until < {OPEN} AND until <= ?", (oldest,))
    _remove_collected(connection, layout)
    connection.execute("DELETE FROM release WHERE number < ?", (oldest,))
    connection.execute("UPDATE meta SET value = ? WHERE name = 'oldest'", (oldest,))


def forget(connection: sqlite3.Connection, layout: Layout, iris: Iterable[str]) -> None:
    """Remove all versions of records, links to and from them, and every text nobody uses now."""
    asked = packed(ids_of(connection, iris).values())
    _collect(connection, "iri IN (SELECT value FROM json_each(?))", (asked,))
    connection.execute(
        "INSERT OR IGNORE INTO gone SELECT n.version, n.iri, n.since"
        " FROM edge e JOIN node n ON n.iri = e.source AND n.since = e.since"
        " JOIN term d ON d.id = n.dataset"
        " WHERE e.target IN (SELECT value FROM json_each(?)) AND d.text = ?",
        (asked, DERIVED),
    )
    _remove_collected(connection, layout)
    connection.execute(
        "DELETE FROM edge WHERE target IN (SELECT value FROM json_each(?))", (asked,)
    )
    _narrow_bounds(connection, layout)
    connection.execute("CREATE TEMP TABLE used (id INTEGER PRIMARY KEY)")
    for column in ("iri", "class", "dataset", "document"):
        connection.execute(f"INSERT OR IGNORE INTO used SELECT {column} FROM node")
    for column in ("source", "type", "target"):
        connection.execute(f"INSERT OR IGNORE INTO used SELECT {column} FROM edge")
    connection.execute("INSERT OR IGNORE INTO used SELECT property FROM value")
    many = {p.name for ps in layout.many.values() for p in ps if p.kind == "code"}
    connection.execute(
        "INSERT OR IGNORE INTO used SELECT value FROM value"
        " WHERE property IN (SELECT value FROM json_each(?))",
        (packed(ids_of(connection, many).values()),),
    )
    for root, columns in layout.columns.items():
        for prop in columns:
            if prop.kind == "code":
                connection.execute(
                    sql(
                        "INSERT OR IGNORE INTO used SELECT {column} FROM {root}"
                        " WHERE {column} IS NOT NULL",
                        column=prop.name,
                        root=root,
                    )
                )
    connection.execute("DELETE FROM term WHERE id NOT IN (SELECT id FROM used)")
    connection.execute("DROP TABLE used")
    connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'")


def drop_all(connection: sqlite3.Connection) -> None:
    """Drop every table; the epoch goes on, so that readers forget what numbers meant."""
    connection.execute(META)
    found = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'"
        " AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for (name,) in tables:
        connection.execute(sql("DROP TABLE {name}", name=name))
    connection.execute("DELETE FROM meta")
    connection.execute("INSERT INTO meta VALUES ('epoch', ?)", ((found or [0])[0] + 1,))


def _collect(connection: sqlite3.Connection, which: str, parameters: tuple[int | str, ...]) -> None:
    connection.execute(_GONE)
    connection.execute("DELETE FROM gone")
    connection.execute(
        f"INSERT INTO gone SELECT version, iri, since FROM node WHERE {which}",
        parameters,
    )


def _remove_collected(connection: sqlite3.Connection, layout: Layout) -> None:
    if connection.execute("SELECT 1 FROM gone LIMIT 1").fetchone() is None:
        return
    for root in layout.roots:
        connection.execute(
            sql("DELETE FROM {root} WHERE version IN (SELECT version FROM gone)", root=root)
        )
    connection.execute("DELETE FROM value WHERE version IN (SELECT version FROM gone)")
    connection.execute("DELETE FROM edge WHERE (source, since) IN (SELECT iri, since FROM gone)")
    connection.execute("DELETE FROM node WHERE version IN (SELECT version FROM gone)")
    connection.execute("DELETE FROM gone")


def _reopen(connection: sqlite3.Connection, current: int) -> None:
    _collect(connection, f"until < {OPEN} AND until > ?", (current,))
    connection.execute(
        "UPDATE edge SET until = ? WHERE (source, since) IN (SELECT iri, since FROM gone)", (OPEN,)
    )
    connection.execute(
        "UPDATE node SET until = ? WHERE version IN (SELECT version FROM gone)", (OPEN,)
    )
    connection.execute("DELETE FROM gone")


def _narrow_bounds(connection: sqlite3.Connection, layout: Layout) -> None:
    """Bounds are IRIs themselves: they must not keep a forgotten one."""
    rows = connection.execute("SELECT root, low, high FROM bounds").fetchall()
    connection.execute("DELETE FROM bounds")
    for root, low, high in rows:
        classes = [cls for cls, above in layout.root_of.items() if above == root]
        parameters = (low, high, packed(ids_of(connection, classes).values()))
        ends = [connection.execute(query, parameters).fetchone() for query in _EDGES_OF_RANGE]
        if ends[0] is not None and ends[1] is not None:
            connection.execute(
                "INSERT INTO bounds VALUES (?, ?, ?)", (root, ends[0][0], ends[1][0])
            )


_EDGES_OF_RANGE = [
    f"""SELECT t.text FROM term t CROSS JOIN node n ON n.iri = t.id
    WHERE t.text >= ?1 AND t.text <= ?2 AND n.class IN (SELECT value FROM json_each(?3))
    ORDER BY t.text {direction} LIMIT 1"""
    for direction in ("ASC", "DESC")
]
