"""Which thing a record is about, and which records a thing has, by Membership records."""

from collections.abc import Sequence

from graph.neo4j.connection import Connection
from graph.neo4j.reading import HELD, LIVE, VERSION, ask, sound
from ontology import Model


def live(name: str) -> str:
    """That the relationship of this name holds."""
    return LIVE.replace("l.", f"{name}.")


THINGS = f"""{HELD}
UNWIND $iris AS iri
MATCH (r:Resource {{iri: iri}})<-[a:MEMBER]-(n)-[b:THING]->(t) USING INDEX SEEK r:Resource(iri)
WHERE {live("a")} AND {live("b")}{VERSION}
  AND v.linkKind = $kind AND v.threshold = $threshold
RETURN iri, min(t.iri)"""

# A retired id leads on to what replaced it; nothing is walked twice, so cycles end.
MEMBERS = f"""{HELD}
MATCH (asked:Resource {{iri: $iri}}) USING INDEX SEEK asked:Resource(iri)
MATCH p = (asked)-[:REPLACED_BY*0..]->(t)
WHERE all(l IN relationships(p) WHERE {LIVE})
WITH DISTINCT t
MATCH (t)<-[b:THING]-(n)-[a:MEMBER]->(r)
WHERE {live("a")} AND {live("b")}{VERSION}
  AND (v.linkKind <> $person OR v.threshold = $threshold)
RETURN DISTINCT r.iri"""


def things(
    connection: Connection,
    model: Model,
    iris: Sequence[str],
    kind: str,
    threshold: str,
    release: int,
) -> dict[str, str]:
    """Store.things. Kinds other than person have one set, kept under the threshold `high`."""
    rows = ask(
        connection,
        THINGS,
        release,
        iris=sound(iris),
        kind=model.concept_iri("thing-kind", kind),
        threshold=model.concept_iri("threshold", threshold if kind == "person" else "high"),
    )
    return dict(rows)


def members(
    connection: Connection, model: Model, thing: str, threshold: str, release: int
) -> list[str]:
    """Store.members."""
    rows = ask(
        connection,
        MEMBERS,
        release,
        iri="".join(sound([thing])),
        person=model.concept_iri("thing-kind", "person"),
        threshold=model.concept_iri("threshold", threshold),
    )
    return sorted(iri for (iri,) in rows)
