"""Finding records by class and filters, a page at a time, in IRI order.

Two ways to the same answer. If some condition fits few versions, start there and sort. If none
does, matches are frequent: walk the class in IRI order by its index, from the cursor on, until the
page is full. What is frequent alone and rare together is stopped by the deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.filters import Condition
from graph.names import relationship_type
from graph.neo4j.connection import Connection
from graph.neo4j.reading import HELD, LIVE, ask
from graph.neo4j.schema import Layout, filled, quoted, text_of
from graph.neo4j.values import contains, stored_value
from graph.paging import read_cursor
from graph.port import Op

FEW = 5_000
# Not with OR: planned for an empty class it would be two walks put together and sorted.
OPEN_AT = "v.since <= $release AND coalesce(v.until, $release + 1) > $release"

COUNT = "CALL () { <pick> WITH v LIMIT $few RETURN count(*) AS n } RETURN n"

PICKED = f"""{HELD}
CALL () {{ <pick> RETURN DISTINCT v }}
WITH v
WHERE v:<cls> AND v.iri > $after AND {OPEN_AT}<where>
RETURN DISTINCT v.iri AS iri ORDER BY iri LIMIT $first"""

# One walk for each leaf class, since an index has an order within each only.
WALKED = f"""{HELD}
UNWIND $classes AS cls
CALL (cls) {{
  MATCH (v:Version) USING INDEX SEEK v:Version(class, iri)
  WHERE v.class = cls AND v.iri > $after AND {OPEN_AT}<where>
  RETURN v.iri AS iri ORDER BY v.class, v.iri LIMIT $first
}}
RETURN DISTINCT iri ORDER BY iri LIMIT $first"""


@dataclass(frozen=True)
class Test:
    """A condition in Cypher on version v; pick: the versions it fits, if an index knows them."""

    where: str
    parameters: dict[str, Any]
    pick: str | None = None


def find(
    connection: Connection,
    layout: Layout,
    cls: str,
    asked: Sequence[Condition],
    release: int,
    first: int,
    after: str | None,
) -> list[str]:
    """Up to `first` IRIs of the answer, after the cursor."""
    root = layout.classes[cls]
    start = "" if after is None else read_cursor(after)
    tests = [test_of(root, condition, f"p{i}") for i, condition in enumerate(asked)]
    parameters = {name: value for test in tests for name, value in test.parameters.items()}
    best = _rarest(connection, [t for t in tests if t.pick], release)
    query = query_of(cls, tests, best)
    classes = sorted(layout.model.subclasses(cls))
    rows = ask(connection, query, release, classes=classes, after=start, first=first, **parameters)
    return [iri for (iri,) in rows]


def query_of(cls: str, tests: Sequence[Test], best: Test | None) -> str:
    """The query that starts with a test's picks, or walks where there is none."""
    return filled(
        WALKED if best is None else PICKED,
        cls=quoted(cls),
        pick=(best.pick if best else None) or "",
        where="".join(f"\n  AND {test.where}" for test in tests),
    )


def _rarest(connection: Connection, tests: Sequence[Test], release: int) -> Test | None:
    """The test that fits the fewest versions, of all releases, if any fits only a few."""
    best, least = None, FEW + 1
    for test in tests:
        query = filled(COUNT, pick=test.pick or "")
        count = connection.rows(query, few=least, release=release, **test.parameters)[0][0]
        if count < least:
            best, least = test, count
    return best


def test_of(root: str, condition: Condition, key: str) -> Test:
    """A condition as Cypher; key: prefix of its parameters."""
    prop = condition.property
    values = [stored_value(value) for value in condition.values]
    if prop is None:
        return Test(f"v.{quoted(condition.field)} IN ${key}", {key: values})
    name = f"v.{quoted(prop.name)}"
    if prop.kind == "link":
        return _link(condition, key, values)
    if condition.op != Op.IN:
        compare = ">=" if condition.op == Op.FROM else "<="
        where, value = f"{name} {compare} ${key}", values[0]
        if prop.many:
            where = f"any(x IN {name} WHERE x {compare} ${key})"
        pick = f"MATCH (v:{quoted(root)}) WHERE {where}" if _picks(condition) else None
        return Test(where, {key: value}, pick)
    if not prop.many:
        where = f"{name} IN ${key}"
        pick = f"MATCH (v:{quoted(root)}) WHERE {where}" if prop.indexed else None
        return Test(where, {key: values}, pick)
    where = f"any(x IN {name} WHERE x IN ${key})"
    if not prop.indexed:
        return Test(where, {key: values})
    pick = (
        f"UNWIND ${key}t AS text MATCH (v:{quoted(root)})"
        f" WHERE v.{quoted(text_of(prop.name))} CONTAINS text"
    )
    return Test(where, {key: values, f"{key}t": [contains(v) for v in condition.values]}, pick)


def _picks(condition: Condition) -> bool:
    prop = condition.property
    return prop is not None and prop.indexed and not prop.many


def _link(condition: Condition, key: str, values: list[Any]) -> Test:
    kind = quoted(relationship_type(condition.field))
    where = (
        f"EXISTS {{ MATCH (s:Resource {{iri: v.iri}})-[l:{kind}]->(t)"
        f" USING INDEX SEEK s:Resource(iri) WHERE t.iri IN ${key} AND {LIVE} }}"
    )
    pick = (
        f"UNWIND ${key} AS iri MATCH (t:Resource {{iri: iri}})<-[l:{kind}]-(n)"
        f" USING INDEX SEEK t:Resource(iri) WHERE {LIVE}"
        " OPTIONAL MATCH (n)-[:PAST_VERSION]->(h) WHERE h.since <= $release AND h.until > $release"
        " WITH coalesce(h, n) AS v"
    )
    return Test(where, {key: values}, pick)
