"""Who a record is the same as, how sure, and why: the links behind its thing."""

from collections import Counter
from collections.abc import Iterable

import strawberry

from api.answers import context, linkage_context
from api.envelope import Context, ThingKind, Threshold
from api.errors import NotFoundError, NotYetError, WrongValueError
from api.reader import Reader
from api.records import LinkAssertion, Record, Thing, single, together
from api.subjects import MEMBERS
from graph.port import Node

KINDS = {**{root: kind for kind, root in MEMBERS.items()}, "Issue": ThingKind.CHARGE}


@strawberry.type(description="The thing that a record is about, at one threshold.")
class ThingAt:
    threshold: Threshold
    thing: Thing | None = strawberry.field(description="null: at this threshold it stands alone.")
    records: int = strawberry.field(description="Records about the thing that you may see.")


@strawberry.type(description="A key that two records share.")
class SharedKey:
    scheme: str
    value: str | None = strawberry.field(metadata={"needs": "keyValue"})
    links: int = strawberry.field(description="Links that rest on it.")


@strawberry.type(
    description="The evidence on which a record was joined, or not joined, with others."
)
class Linkage:
    record: Record
    kind: ThingKind = strawberry.field(description="What kind of thing the record is about.")
    things: list[ThingAt] = strawberry.field(metadata={"size": 3})
    assertions: list[LinkAssertion] = strawberry.field(
        description="Links between any two records of the thing, and links that were refused."
    )
    keys: list[SharedKey]
    flags: list[str] = strawberry.field(description="Warnings on these links, each once.")
    context: Context


def linkage(reader: Reader, record: str | None, run: str | None) -> Linkage:
    """The evidence behind a record's thing. Raises NotYetError, NotFoundError, WrongValueError."""
    if record is None or run is not None:
        raise NotYetError(
            "Linkage runs as a whole are not answered yet", "Ask with `record:`, without `run:`"
        )
    iri = reader.iri_of(record)
    node = reader.nodes([iri]).get(iri)
    if node is None:
        raise NotFoundError(
            "No record that you may see has this id",
            "Take ids from an answer; see also that your project covers its dataset",
        )
    kind = KINDS.get(reader.model.root_of(node.cls) or "")
    if kind is None:
        raise WrongValueError(
            f"A record of class {node.cls} is not joined with others",
            f"Ask of a {', '.join(KINDS)}",
        )
    things = [_thing_at(reader, iri, kind, threshold) for threshold in Threshold]
    members = _members(reader, iri, kind)
    found = reader.incoming(members, ["left", "right"])
    asserted = sorted({source for links in found.values() for _, source in links})
    nodes = reader.nodes(asserted)
    flags = {text for item in nodes.values() for text in _texts(item, "flag")}
    caveats = [] if nodes else ["No link of this record was asserted: it stands alone."]
    return Linkage(
        record=single(reader, node),
        kind=kind,
        things=things,
        assertions=together(reader, nodes.values()),  # type: ignore[arg-type]  # a Record, typed for the schema
        keys=_keys(nodes.values()),
        flags=sorted(flags),
        context=context(
            reader,
            [node.dataset],
            linkage=linkage_context(reader, None),
            caveats=caveats,
        ),
    )


def _thing_at(reader: Reader, iri: str, kind: ThingKind, threshold: Threshold) -> ThingAt:
    found = reader.things([iri], kind.value, threshold.value).get(iri)
    node = reader.thing(found) if found else None
    thing = None if node is None else single(reader, node)
    if thing is not None:
        thing.threshold = threshold.value
    return ThingAt(
        threshold=threshold,
        thing=thing,  # type: ignore[arg-type]  # a Record, typed for the schema
        records=len(reader.members(found, threshold.value)) if found else 1,
    )


def _members(reader: Reader, iri: str, kind: ThingKind) -> list[str]:
    """Records of the thing at the lowest threshold: it holds those of the others."""
    found = reader.things([iri], kind.value, Threshold.LOW.value).get(iri)
    return sorted({iri, *(reader.members(found, Threshold.LOW.value) if found else ())})


def _keys(nodes: Iterable[Node]) -> list[SharedKey]:
    counts: Counter[tuple[str, str | None]] = Counter()
    for node in nodes:
        scheme, value = node.properties.get("keyScheme"), node.properties.get("keyValue")
        if isinstance(scheme, str):
            counts[scheme, value if isinstance(value, str) else None] += 1
    return [
        SharedKey(scheme=scheme, value=value, links=count)
        for (scheme, value), count in sorted(counts.items(), key=lambda item: str(item[0]))
    ]


def _texts(node: Node, name: str) -> list[str]:
    value = node.properties.get(name)
    return (
        [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
    )
