"""Finding records by class and filters, a page at a time, in IRI order.

Two ways to the same answer. If some condition fits few versions, start there and sort. If none
does, matches are frequent: walk the IRIs of the root class in order, from the cursor on, until
the page is full. What is frequent alone and rare together is stopped by the deadline.
"""

# ruff: noqa: S608  what is put together here is text of this module, names come through layout.sql

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from graph.filters import Condition
from graph.paging import read_cursor
from graph.port import Op, Value
from graph.sqlite.layout import Layout, is_indexed, sql
from graph.sqlite.terms import ids_of, packed

FEW = 5_000

_PICKED = """
SELECT t.text FROM node n JOIN term t ON t.id = n.iri
WHERE n.version IN ({picked}) AND t.text > ?"""

_WALKED = """
SELECT t.text FROM term t CROSS JOIN node n ON n.iri = t.id
WHERE t.text {after} ? AND t.text <= ?"""

_LIVE = """
AND n.since <= ? AND n.until > ? AND n.class IN (SELECT value FROM json_each(?))"""


@dataclass(frozen=True)
class _Test:
    """A condition in SQL about node n; picks: the versions it fits, where an index knows them."""

    where: str
    parameters: tuple[Any, ...]
    picks: str | None = None


def find(
    connection: sqlite3.Connection,
    layout: Layout,
    root: str,
    classes: Sequence[str],
    asked: Sequence[Condition],
    release: int,
    first: int,
    after: str | None,
) -> list[str]:
    """Up to `first` IRIs of the answer, after the cursor."""
    class_ids = packed(ids_of(connection, classes).values())
    tests = [_test(connection, root, condition) for condition in asked]
    by_class = _Test(
        "1",
        (class_ids,),
        "SELECT version FROM node WHERE class IN (SELECT value FROM json_each(?))",
    )
    start = "" if after is None else read_cursor(after)
    best = _rarest(connection, [*tests, by_class])
    if best is not None:
        query, parameters = _PICKED.replace("{picked}", best.picks or ""), [*best.parameters, start]
    else:
        low, high = connection.execute(
            "SELECT low, high FROM bounds WHERE root = ?", (root,)
        ).fetchone() or ("", "")
        # One lower bound only: given two, SQLite seeks to the first it reads.
        query = _WALKED.replace("{after}", ">=" if low > start else ">")
        parameters = [max(low, start), high]
    query += _LIVE
    parameters += [release, release, class_ids]
    for test in tests:
        query += f" AND {test.where}"
        parameters += test.parameters
    rows = connection.execute(f"{query} ORDER BY t.text LIMIT ?", (*parameters, first))
    return [iri for (iri,) in rows]


def _rarest(connection: sqlite3.Connection, tests: Sequence[_Test]) -> _Test | None:
    """The test that fits the fewest versions, of all releases, if any fits only a few."""
    best, least = None, FEW + 1
    for test in tests:
        if test.picks is not None:
            query = f"SELECT count(*) FROM ({test.picks} LIMIT ?)"
            count = connection.execute(query, (*test.parameters, least)).fetchone()[0]
            if count < least:
                best, least = test, count
    return best


def _test(connection: sqlite3.Connection, root: str, condition: Condition) -> _Test:
    prop = condition.property
    if prop is None:
        ids = packed(ids_of(connection, map(str, condition.values)).values())
        return _Test(
            sql("n.{field} IN (SELECT value FROM json_each(?))", field=condition.field), (ids,)
        )
    if prop.kind == "link":
        return _link(connection, condition)
    compare = _COMPARE[condition.op]
    if condition.op == Op.IN:
        value = _one_of(connection, condition)
    else:
        value = _stored(condition.values[0])
    if prop.many:
        kind = ids_of(connection, [prop.name]).get(prop.name, 0)
        return _Test(
            "EXISTS (SELECT 1 FROM value v WHERE v.version = n.version"
            f" AND v.property = ? AND v.value {compare})",
            (kind, value),
            f"SELECT version FROM value WHERE property = ? AND value {compare}",
        )
    picks = f"SELECT version FROM {{root}} WHERE {{column}} {compare}"
    return _Test(
        sql(
            "EXISTS (SELECT 1 FROM {root} r WHERE r.version = n.version"
            f" AND r.{{column}} {compare})",
            root=root,
            column=prop.name,
        ),
        (value,),
        sql(picks, root=root, column=prop.name) if is_indexed(prop) else None,
    )


_COMPARE = {Op.IN: "IN (SELECT value FROM json_each(?))", Op.FROM: ">= ?", Op.TO: "<= ?"}


def _link(connection: sqlite3.Connection, condition: Condition) -> _Test:
    kind = ids_of(connection, [condition.field]).get(condition.field, 0)
    targets = packed(ids_of(connection, map(str, condition.values)).values())
    fits = "e.type = ? AND e.target IN (SELECT value FROM json_each(?))"
    return _Test(
        f"EXISTS (SELECT 1 FROM edge e WHERE e.source = n.iri AND e.since = n.since AND {fits})",
        (kind, targets),
        "SELECT m.version FROM edge e JOIN node m ON m.iri = e.source AND m.since = e.since"
        f" WHERE {fits}",
    )


def _one_of(connection: sqlite3.Connection, condition: Condition) -> str:
    if condition.property is not None and condition.property.kind == "code":
        return packed(ids_of(connection, map(str, condition.values)).values())
    return packed(_stored(value) for value in condition.values)


def _stored(value: Value) -> Any:
    """A filter's value as the tables hold it (layout.py)."""
    match value:
        case bool():
            return int(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case Decimal():
            millionths = value.scaleb(6)
            whole = millionths == millionths.to_integral_value()
            return int(millionths) if whole else float(millionths)
        case _:
            return value
