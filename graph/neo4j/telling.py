"""One person's or matter's journey in one query: from a record to the thing, to all that is told.

Each step is what the verb of the same name asks (memberships.py, reading.py), on the nodes that
the step before has found, so that nothing is looked up by IRI but the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.neo4j.connection import Connection
from graph.neo4j.memberships import live
from graph.neo4j.reading import LIVE, TRIES, VERSION, held, sound, unsettled
from graph.neo4j.schema import Layout, filled
from graph.neo4j.values import node_of
from graph.port import Story
from graph.story import whole

# The release may be the newest, so it is a name of the query here and no parameter.
_VERSION = VERSION.replace("$release", "release")
_LIVE = LIVE.replace("$release", "release")
_BOTH = " AND ".join(live(name).replace("$release", "release") for name in ("a", "b"))


def _members(found: str) -> str:
    return f"""
  MATCH p = (start)-[:REPLACED_BY*0..]->(t)
  WHERE all(l IN relationships(p) WHERE {_LIVE})
  WITH DISTINCT release, t
  MATCH (t)<-[b:THING]-(n)-[a:MEMBER]->(r)
  WHERE {_BOTH}{_VERSION}
    AND (v.linkKind <> $person OR v.threshold = $threshold)
  RETURN collect(DISTINCT r) AS {found}"""


STORY = f"""
MATCH (g:JusticeGraph {{name: 'graph'}})
WITH g, last(g.releases) AS current, coalesce($release, last(g.releases)) AS release
WHERE release IN g.releases
OPTIONAL MATCH (asked:Resource {{iri: $iri}}) USING INDEX SEEK asked:Resource(iri)
CALL (release, asked) {{
  WITH release, asked AS start{_members("own")}
}}
WITH *, CASE WHEN own <> [] THEN own WHEN asked IS NULL THEN [] ELSE [asked] END AS origins
CALL (release, origins) {{
  UNWIND origins AS o
  MATCH (o)<-[a:MEMBER]-(n)-[b:THING]->(t)
  WHERE {_BOTH}{_VERSION}
    AND v.linkKind = $kind AND v.threshold = $level
  WITH o, t ORDER BY t.iri
  WITH o, head(collect(t)) AS t
  RETURN collect([o.iri, t.iri]) AS pairs, collect(DISTINCT t) AS things
}}
CALL (release, things) {{
  UNWIND things AS start
  CALL (release, start) {{{_members("found")}
  }}
  RETURN collect([start.iri, [r IN found | r.iri]]) AS groups, collect(found) AS sets
}}
CALL (sets) {{ UNWIND sets AS each UNWIND each AS r RETURN collect(DISTINCT r) AS members }}
CALL (release, members) {{
  UNWIND members AS a
  MATCH p = (a)<-[:<towards>*1..]-(n)
  WHERE all(l IN relationships(p) WHERE {_LIVE})
  WITH DISTINCT n, members WHERE NOT n IN members
  RETURN collect(n) AS reached
}}
CALL (release, reached) {{
  UNWIND reached AS n
  MATCH (n)-[l:<beyond>]->(t) WHERE {_LIVE}
  RETURN collect(DISTINCT t) AS behind
}}
CALL (g, release, asked, own, things, members, reached, behind) {{
  UNWIND CASE WHEN size(reached) > $most THEN []
    ELSE [asked] + own + things + members + reached + behind END AS n
  WITH DISTINCT g, release, n WHERE n IS NOT NULL{_VERSION}
  RETURN collect([properties(v),
    COLLECT {{ MATCH (n)-[l:<types>]->(t) WHERE {_LIVE} RETURN [type(l), t.iri] }}]) AS versions
}}
RETURN release, current, head(g.releases), [r IN own | r.iri], pairs, groups,
  [n IN reached | n.iri], versions"""


@dataclass(frozen=True)
class Asked:
    """What Store.story is given."""

    iri: str
    kind: str
    threshold: str
    types: Sequence[str]
    beyond: Sequence[str]
    release: int | None
    most: int


def query_of(layout: Layout, types: Sequence[str], beyond: Sequence[str]) -> str:
    """The query for links; where none of them is of the ontology, PAST_VERSION leads nowhere."""
    return filled(
        STORY,
        towards=layout.types(types) or "NOWHERE",
        beyond=layout.types(beyond) or "NOWHERE",
        types=layout.all_types,
    )


def story(connection: Connection, layout: Layout, asked: Asked) -> Story:
    """Store.story."""
    model = layout.model
    level = asked.threshold if asked.kind == "person" else "high"
    for _ in range(TRIES):
        rows = connection.rows(
            query_of(layout, asked.types, asked.beyond),
            iri="".join(sound([asked.iri])),
            release=asked.release,
            most=asked.most,
            kind=model.concept_iri("thing-kind", asked.kind),
            person=model.concept_iri("thing-kind", "person"),
            threshold=model.concept_iri("threshold", asked.threshold),
            level=model.concept_iri("threshold", level),
        )
        if not rows:
            held(connection, asked.release or 0)
            return whole(0, 0, {asked.iri: None}, {asked.iri: []}, [], {}, asked.beyond, asked.most)
        release, current, oldest, own, pairs, groups, reached, versions = rows[0]
        if all(stored["since"] <= release for stored, _ in versions):
            break
    else:
        raise unsettled(connection)
    nodes = [node_of(layout, stored, links, oldest) for stored, links in versions]
    things = dict.fromkeys(own or [asked.iri]) | dict(pairs)
    members = {asked.iri: sorted(own)} | {thing: sorted(iris) for thing, iris in groups}
    return whole(
        release,
        current,
        things,
        members,
        sorted(reached),
        {node.iri: node for node in nodes},
        asked.beyond,
        asked.most,
    )
