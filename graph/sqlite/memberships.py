"""Which thing a record is about, and which records a thing has, by Membership records."""

import sqlite3
from collections.abc import Iterable

from graph.sqlite.terms import ids_of, packed
from ontology import Model

_THINGS = """
SELECT r.text, t.text
FROM term r CROSS JOIN edge m ON m.target = r.id AND m.type = ?2
JOIN node n ON n.iri = m.source AND n.since = m.since
JOIN "Membership" s ON s.version = n.version
JOIN edge e ON e.source = m.source AND e.since = m.since AND e.type = ?3
JOIN term t ON t.id = e.target
WHERE r.text IN (SELECT value FROM json_each(?1)) AND m.since <= ?4 AND m.until > ?4
  AND s."linkKind" = ?5 AND s."threshold" = ?6
ORDER BY t.text DESC"""

_MEMBERS = """
WITH RECURSIVE held(id) AS (
  SELECT id FROM term WHERE text IN (SELECT value FROM json_each(?1))
  UNION
  SELECT e.target FROM held h JOIN edge e ON e.source = h.id
  WHERE e.type = ?4 AND e.since <= ?5 AND e.until > ?5)
SELECT DISTINCT r.text
FROM held h CROSS JOIN edge e ON e.target = h.id AND e.type = ?3
JOIN node n ON n.iri = e.source AND n.since = e.since
JOIN "Membership" s ON s.version = n.version
JOIN edge m ON m.source = e.source AND m.since = e.since AND m.type = ?2
JOIN term r ON r.id = m.target
WHERE e.since <= ?5 AND e.until > ?5 AND (s."linkKind" <> ?6 OR s."threshold" = ?7)
ORDER BY r.text"""


def things(
    connection: sqlite3.Connection,
    model: Model,
    iris: Iterable[str],
    kind: str,
    threshold: str,
    release: int,
) -> dict[str, str]:
    """Store.things. Kinds other than person have one set, kept under the threshold `high`."""
    kind_iri = model.concept_iri("thing-kind", kind)
    level_iri = model.concept_iri("threshold", threshold if kind == "person" else "high")
    ids = ids_of(connection, ["member", "thing", kind_iri, level_iri])
    if len(ids) < 4:
        return {}
    parameters = (
        packed(iris),
        ids["member"],
        ids["thing"],
        release,
        ids[kind_iri],
        ids[level_iri],
    )
    return dict(connection.execute(_THINGS, parameters).fetchall())


def members(
    connection: sqlite3.Connection, model: Model, thing: str, threshold: str, release: int
) -> list[str]:
    """Store.members."""
    person = model.concept_iri("thing-kind", "person")
    level = model.concept_iri("threshold", threshold)
    ids = ids_of(connection, ["member", "thing", "replacedBy", person, level])
    kinds = [ids.get(name, 0) for name in ("member", "thing", "replacedBy")]
    parameters = (packed([thing]), *kinds, release, ids.get(person, 0), ids.get(level, 0))
    return [iri for (iri,) in connection.execute(_MEMBERS, parameters)]
