"""How the graph lies in Neo4j, made from the ontology.

    (:Resource {iri})                       one node for each IRI that is a record or a target
    (:Resource:Version:<classes> {...})     while the record is live: its newest version
    (:Past:Version:<classes> {..., until})  each earlier version of it, kept for older releases
    (:Resource)-[:PAST_VERSION]->(:Past)
    (:Resource)-[:<PROPERTY> {since, until}]->(:Resource)      links; no `until` while they hold
    (:JusticeGraph {name, layout, shapes, schema, releases})   one node; the releases held, or 0

A version has iri, class, dataset, document, since, and its data and codes by local name: dates as
dates, instants as local date and time in UTC, decimals as whole millionths, codes as concept IRIs.
linksHash is a number made of its links, by which writing knows that they stay; none is not known.
Labels are its class and all classes above. Many-valued indexed properties are also one text
(`_pncId`), each value between line ends, because Neo4j indexes no list.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

import orjson

from graph.errors import NeedsRebuildError
from graph.names import property_names, relationship_type
from graph.neo4j.connection import Connection
from ontology import Model, Property

LAYOUT = 1
PAST = "PAST_VERSION"
OURS = "jg_"
"""What the names of our constraints and indexes begin with."""
OWN_LABELS = frozenset({"Resource", "Version", "Past", "JusticeGraph"})
OWN_PROPERTIES = frozenset({"iri", "class", "dataset", "document", "since", "until", "linksHash"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_FOUND = "MATCH (g:JusticeGraph {name: 'graph'}) RETURN g.layout, g.shapes, g.schema"
_SET_FOUND = """
MERGE (g:JusticeGraph {name: 'graph'})
ON CREATE SET g.releases = [0]
SET g.layout = $layout, g.shapes = $shapes, g.schema = $schema"""


class Layout:
    """The ontology's names as Cypher has them, each checked and quoted once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        links = [p for p in model.properties.values() if p.kind == "link"]
        self.links = property_names(frozenset(p.name for p in links))
        """Local names of links by relationship type."""
        if PAST in self.links or OWN_PROPERTIES & set(model.properties):
            raise NeedsRebuildError("the ontology has a property with a name the store keeps")
        self.classes = {c: r for r in model.roots for c in model.subclasses(r)}
        """Root class of every record class."""
        above = {up for name in self.classes for up in model.superclasses(name)}
        if OWN_LABELS & above:
            raise NeedsRebuildError("the ontology has a class with a name the store keeps")
        self.values = {p.name: p for p in model.properties.values() if p.kind != "link"}
        self.all_types = self.types(p.name for p in links)

    def labels(self, cls: str) -> str:
        """`:A:B` for a class and all above it."""
        return "".join(f":{quoted(name)}" for name in self.names(cls))

    def names(self, cls: str) -> list[str]:
        """The class and all above it."""
        return sorted(self.model.superclasses(cls))

    def types(self, names: Iterable[str]) -> str:
        """`A|B` for those of these names that are links of the ontology; empty for none."""
        known = set(self.links.values())
        wanted = sorted({n for n in names if n in known})
        return "|".join(quoted(relationship_type(name)) for name in wanted)

    def indexed(self, root: str) -> list[Property]:
        """Properties of a root class that get an index."""
        return [p for p in self.model.table_properties(root) if p.indexed and p.kind != "link"]


def quoted(name: str) -> str:
    """A name of the ontology in Cypher: the only way a name gets into a query."""
    if not _NAME.fullmatch(name):
        raise NeedsRebuildError(f"{name!r} cannot name a label, a type or a property")
    return f"`{name}`"


def filled(query: str, **names: str) -> str:
    """A query with `<name>` replaced: labels and types of the ontology, never values."""
    for name, text in names.items():
        query = query.replace(f"<{name}>", text)
    return query


def text_of(name: str) -> str:
    """The property that holds a many-valued property as one text."""
    return f"_{name}"


def schema_statements(model: Model) -> list[str]:
    """Constraints and indexes for an ontology, as Cypher; running them again changes nothing."""
    return [statement for _, statement in _named(Layout(model))]


def _named(layout: Layout) -> list[tuple[str, str]]:
    made = [
        _unique("jg_graph", "JusticeGraph", "name"),
        _unique("jg_resource", "Resource", "iri"),
        # What an unfinished release has written, and what the oldest one no longer needs.
        _index("jg_version_since", "Version", "since"),
        _index("jg_past_until", "Past", "until"),
        # The records of a class, in the order of their IRIs.
        _index("jg_version_class", "Version", "class", "iri"),
    ]
    for root in layout.model.roots:
        for prop in layout.indexed(root):
            name = f"jg_{root}_{prop.name}"
            if prop.many:
                made.append(_index(name, root, text_of(prop.name), kind="TEXT INDEX"))
            else:
                made.append(_index(name, root, prop.name))
    return made


def _unique(name: str, label: str, item: str) -> tuple[str, str]:
    return name, (
        f"CREATE CONSTRAINT {quoted(name)} IF NOT EXISTS"
        f" FOR (n:{quoted(label)}) REQUIRE (n.{quoted(item)}) IS UNIQUE"
    )


def _index(name: str, label: str, *items: str, kind: str = "INDEX") -> tuple[str, str]:
    listed = ", ".join(f"n.{quoted(item)}" for item in items)
    return name, f"CREATE {kind} {quoted(name)} IF NOT EXISTS FOR (n:{quoted(label)}) ON ({listed})"


def ensure(connection: Connection, layout: Layout) -> None:
    """Make the schema, or bring it to what the ontology and this version ask for.

    Indexes and constraints of ours (`jg_…`) that are asked for no longer are dropped, others stay.
    Raises NeedsRebuildError where a property changed its kind, or the graph has another layout.
    """
    wanted = {
        p.name: shape(p) for root in layout.model.roots for p in layout.model.table_properties(root)
    }
    found = connection.rows(_FOUND)
    shapes: dict[str, str] = {}
    statements = dict(_named(layout))
    schema = sha256("\n".join(statements.values()).encode()).hexdigest()
    if found:
        number, text, made_from = found[0]
        if number != LAYOUT:
            raise NeedsRebuildError(
                f"it has layout {number} and this version reads layout {LAYOUT}"
            )
        shapes = orjson.loads(text)
        for name, now in wanted.items():
            if shapes.get(name, now) != now:
                raise NeedsRebuildError(f"{name} was {shapes[name]!r} and is now {now!r}")
        if wanted.items() <= shapes.items() and made_from == schema:
            return
    create(connection, statements)
    merged = orjson.dumps(shapes | wanted).decode()
    connection.write(
        lambda tx: tx.run(_SET_FOUND, layout=LAYOUT, shapes=merged, schema=schema).consume()
    )


def create(connection: Connection, statements: Mapping[str, str]) -> None:
    """Make the constraints and indexes that are not there, and wait until they serve."""
    rows = connection.rows("SHOW INDEXES YIELD name, owningConstraint")
    made = {name for name, _ in rows}
    for name, constraint in rows:
        if name.startswith(OURS) and name not in statements:
            kind = "INDEX" if constraint is None else "CONSTRAINT"
            connection.run(f"DROP {kind} {quoted(name)} IF EXISTS")
    missing = [statement for name, statement in statements.items() if name not in made]
    # Indexes of one transaction are filled together, and go on being filled while a constraint,
    # which waits for its own, is made: half the time of one after the other.
    constraints = [each for each in missing if each.startswith("CREATE CONSTRAINT")]
    indexes = [each for each in missing if each not in constraints]
    connection.write(lambda tx: [tx.run(each).consume() for each in indexes])
    for each in constraints:
        connection.run(each)
    connection.run("CALL db.awaitIndexes(14400)")


def shape(prop: Property) -> str:
    """What decides how a property is stored: a change of it cannot be adapted."""
    return f"{prop.kind} {prop.datatype or ''} {'many' if prop.many else 'one'}"
