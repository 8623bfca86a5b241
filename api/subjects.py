"""Which thing a question is about: from an identifier or a record to a person or matter."""

from dataclasses import dataclass

import strawberry

from api.envelope import ThingKind, Threshold
from api.errors import AmbiguousError, NotFoundError, NotYetError, WrongValueError
from api.identifiers import holders, leading
from api.reader import Reader
from api.records import Record, single
from api.view import View

# The records that each kind of thing is made of.
MEMBERS = {ThingKind.PERSON: "PersonRecord", ThingKind.MATTER: "Case"}


@strawberry.input(description="An identifier as it stands in a record.")
class IdentifierInput:
    scheme: str = strawberry.field(
        description="pnc, cro, asn, urn, prisonerNumber, crn, masterDefendantId, ..."
    )
    value: str


@dataclass(frozen=True)
class Found:
    """A thing, and the records it was asked for by."""

    subject: Record
    origins: list[str]


def find(
    reader: Reader,
    view: View,
    kind: ThingKind,
    identifier: IdentifierInput | None,
    record: str | None,
    threshold: Threshold,
) -> Found:
    """The one thing that an identifier or record stands for.

    Raises NotYetError for kinds that are not answered, WrongValueError unless exactly one of
    identifier and record is given, NotFoundError, AmbiguousError.
    """
    if kind not in MEMBERS:
        raise NotYetError(
            f"Journeys of kind {kind.name} are not answered yet", "Ask for PERSON or MATTER"
        )
    if (identifier is None) == (record is None):
        raise WrongValueError(
            "Give exactly one of `identifier` and `record`",
            "Either `identifier: {scheme, value}` or `record: <id>`",
        )
    if identifier is not None:
        nodes = holders(reader, view, identifier.scheme, identifier.value)
        asked = f"this {identifier.scheme}"
    else:
        assert record is not None
        iri = reader.iri_of(record)
        thing = _as_thing(reader, iri, kind, threshold)
        if thing is not None:
            return thing
        nodes = list(reader.nodes([iri]).values())
        asked = "this id"
    if not nodes:
        raise NotFoundError(
            f"No record that you may see has {asked}",
            "Check its spelling, and that your project covers the dataset that holds it",
        )
    origins = leading(reader, nodes, kind.value.capitalize(), MEMBERS[kind])
    things = sorted(set(reader.things(origins, kind.value, threshold.value).values()))
    if not things:
        raise NotFoundError(
            f"The records found by {asked} lead to no {kind.value}",
            _other(kind) if not origins else "Link the records first: justicegraph load does it",
        )
    if len(things) > 1:
        raise AmbiguousError(
            f"{asked.capitalize()} stands for {len(things)} {kind.value}s at this threshold",
            "Ask by `record:` with one of the ids in `nearest`",
            [reader.id_of(iri) for iri in things],
        )
    subject = reader.thing(things[0])
    if subject is None:
        raise NotFoundError(f"The {kind.value} is not in this release", "Ask of another release")
    return Found(_at(single(reader, subject), threshold), origins)


def _as_thing(reader: Reader, iri: str, kind: ThingKind, threshold: Threshold) -> Found | None:
    """The thing that was asked for by its own id, also one whose id is retired."""
    members = reader.members(iri, threshold.value)
    if not members:
        return None
    now = set(reader.things(members, kind.value, threshold.value).values())
    subject = reader.thing(iri) if iri in now or not now else reader.thing(min(now))
    return Found(_at(single(reader, subject), threshold), members) if subject else None


def _at(record: Record, threshold: Threshold) -> Record:
    record.threshold = threshold.value
    return record


def _other(kind: ThingKind) -> str:
    other = ThingKind.MATTER if kind is ThingKind.PERSON else ThingKind.PERSON
    return f"It may be about a {other.value}: ask with `kind: {other.name}`"
