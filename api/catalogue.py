"""What data exists, whose it is, what it counts and covers, and who may see it."""

from collections.abc import Mapping
from typing import TypeVar

import strawberry

from api.access import CLEARANCE, Role
from api.answers import day
from api.envelope import Context
from api.reader import Question
from api.scalars import Day
from ontology import Dataset, Model

T = TypeVar("T")


@strawberry.type(description="A class of events that a dataset tells of.")
class EventClassRef:
    name: str
    label: str
    definition: str


@strawberry.type(description="A body that owns data, systems, lists or definitions.")
class OrganisationEntry:
    id: strawberry.ID
    label: str
    definition: str


@strawberry.type(description="A computer system that keeps records.")
class SystemEntry:
    id: strawberry.ID
    label: str
    definition: str
    owner: OrganisationEntry | None


@strawberry.type(description="One kind of extract of one system.")
class DatasetEntry:
    id: strawberry.ID
    label: str
    definition: str
    source: str = strawberry.field(description="Where its description is from.")
    owner: OrganisationEntry | None = strawberry.field(description="Who decides on it.")
    system: SystemEntry | None
    unit: str | None = strawberry.field(description="What one document or row of it counts.")
    event_classes: list[EventClassRef] = strawberry.field(description="Events it tells of.")
    sensitivity: str = strawberry.field(description="How sensitive its records are.")
    roles: list[str] = strawberry.field(description="Roles that may see its records.")
    from_: Day | None = strawberry.field(
        name="from", description="First day it covers; null where nobody has said."
    )
    to: Day | None = strawberry.field(description="Last day it covers; null where nobody has said.")
    loaded: bool = strawberry.field(description="Whether the newest release holds any of it.")
    how_to_ask: str = strawberry.field(description="How to get to use it.")


@strawberry.type(description="A list of codes.")
class CodeListEntry:
    id: strawberry.ID
    label: str
    definition: str
    owner: OrganisationEntry | None
    closed: bool = strawberry.field(description="Whether a code outside it is an error.")
    codes: int = strawberry.field(description="How many codes it holds here.")


@strawberry.type(description="What there is to ask about.")
class Catalogue:
    datasets: list[DatasetEntry]
    systems: list[SystemEntry]
    organisations: list[OrganisationEntry]
    code_lists: list[CodeListEntry]
    context: Context


def catalogue(
    question: Question, loaded: frozenset[str], search: str | None, about: Context
) -> Catalogue:
    """The entries whose names, definitions, owners or event classes hold all words of `search`."""
    model = question.sources.model
    words = (search or "").casefold().split()

    def fits(*texts: str | None) -> bool:
        whole = " ".join(text or "" for text in texts).casefold()
        return all(word in whole for word in words)

    datasets = [_dataset(model, item, item.notation in loaded) for item in _sorted(model.datasets)]
    systems = [_system(model, name) for name in sorted(model.systems)]
    organisations = [_organisation(model, name) for name in sorted(model.organisations)]
    return Catalogue(
        datasets=[
            item
            for item in datasets
            if fits(
                item.id,
                item.label,
                item.definition,
                item.owner.label if item.owner else None,
                item.system.label if item.system else None,
                *(event.label for event in item.event_classes),
            )
        ],
        systems=[item for item in systems if item and fits(item.id, item.label, item.definition)],
        organisations=[
            item for item in organisations if item and fits(item.id, item.label, item.definition)
        ],
        code_lists=[
            CodeListEntry(
                id=strawberry.ID(item.notation),
                label=item.label,
                definition=item.definition,
                owner=_organisation(model, item.owner),
                closed=item.closed,
                codes=len(item.concepts),
            )
            for item in _sorted(model.schemes)
            if fits(item.notation, item.label, item.definition)
        ],
        context=about,
    )


def _dataset(model: Model, item: Dataset, loaded: bool) -> DatasetEntry:
    owner = _organisation(model, item.owner)
    unit = model.concepts.get(model.concept_iri("unit", item.unit))
    return DatasetEntry(
        id=strawberry.ID(item.notation),
        label=item.label,
        definition=item.definition,
        source=item.source,
        owner=owner,
        system=_system(model, item.system),
        unit=unit.label if unit else item.unit or None,
        event_classes=[
            EventClassRef(name=name, label=found.label, definition=found.definition)
            for name in item.event_classes
            if (found := model.classes.get(name))
        ],
        sensitivity=item.sensitivity,
        roles=[
            role.value
            for role in Role
            if role is not Role.PUBLIC and item.sensitivity in CLEARANCE[role]
        ],
        from_=day(item.coverage_start),
        to=day(item.coverage_end),
        loaded=loaded,
        how_to_ask=f"Ask {owner.label if owner else 'its owner'}, who decides on it, and then the"
        " operator here for a key of your project.",
    )


def _system(model: Model, name: str) -> SystemEntry | None:
    found = model.systems.get(name)
    if found is None:
        return None
    return SystemEntry(
        id=strawberry.ID(name),
        label=found.label,
        definition=found.definition,
        owner=_organisation(model, found.owner),
    )


def _organisation(model: Model, name: str) -> OrganisationEntry | None:
    found = model.organisations.get(name)
    if found is None:
        return None
    return OrganisationEntry(id=strawberry.ID(name), label=found.label, definition=found.definition)


def _sorted(terms: Mapping[str, T]) -> list[T]:
    return [terms[name] for name in sorted(terms)]
