"""What data exists, whose it is, what it counts and covers, and who may see it: GraphQL types."""

from collections.abc import Callable
from functools import partial

import strawberry

from api import holdings, loads
from api.access import CLEARANCE, Role
from api.answers import day
from api.coverage import Month, silent_months
from api.envelope import Context
from api.fields import resolved
from api.reader import Question
from api.scalars import Day, Long
from ontology import Class, Model, Organisation, System


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


@strawberry.type(description="What a dataset does not cover.")
class HoleEntry:
    label: str
    definition: str
    kind: str = strawberry.field(
        description="hole: days without data; scope: what is never in it; break: from then on it"
        " means something else."
    )
    from_: Day | None = strawberry.field(name="from")
    to: Day | None


@strawberry.type(description="How many live records of a class happened in a month.")
class MonthCount:
    class_: str = strawberry.field(name="class")
    month: str = strawberry.field(description="YYYY-MM.")
    records: Long


@strawberry.type(description="What the loads of a month made of a dataset's rows.")
class MonthOfLoads:
    month: str = strawberry.field(description="YYYY-MM in which the loads ended, UTC.")
    loads: int
    read: Long = strawberry.field(description="Rows read, also of what was here already.")
    rejected: Long


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
    legal_jurisdictions: list[str] = strawberry.field(description="Whose law and courts.")
    sensitivity: str = strawberry.field(description="How sensitive its records are.")
    roles: list[str] = strawberry.field(description="Roles that may see its records.")
    purposes: list[str] = strawberry.field(description="What its owner lets it be used for.")
    from_: Day | None = strawberry.field(
        name="from", description="First day it covers; null where nobody has said."
    )
    to: Day | None = strawberry.field(description="Last day it covers; null where nobody has said.")
    holes: list[HoleEntry] = strawberry.field(description="What it does not cover between them.")
    loaded: bool = strawberry.field(description="Whether the newest release holds any of it.")
    how_to_ask: str = strawberry.field(description="How to get to use it.")
    observed: strawberry.Private[Callable[[], tuple[Month, ...] | None]]
    by_month: strawberry.Private[Callable[[], tuple[loads.Month, ...] | None]]

    @resolved("What the newest release holds of it; null for who may not see its records.")
    def months(self) -> list[MonthCount] | None:
        found = self.observed()
        return None if found is None else [_month(month) for month in found]

    @resolved(
        "Months without a record between the first and the last: a hole, or nothing happened."
    )
    def silent_months(self) -> list[str]:
        return list(silent_months(self.observed() or ()))

    @resolved(
        "How well it came, by month of the load, oldest first; null for who may not see its"
        " records. Loads from before counts by dataset are in none."
    )
    def loads_by_month(self) -> list[MonthOfLoads] | None:
        found = self.by_month()
        if found is None:
            return None
        return [
            MonthOfLoads(
                month=each.month,
                loads=each.loads,
                read=Long(each.read),
                rejected=Long(each.rejected),
            )
            for each in found
        ]


@strawberry.type(description="A list of codes.")
class CodeListEntry:
    id: strawberry.ID
    label: str
    definition: str
    owner: OrganisationEntry | None
    closed: bool = strawberry.field(description="Whether a code outside it is an error.")
    codes: int = strawberry.field(description="How many codes it holds here.")


@strawberry.type(description="A published code list that was imported into the newest release.")
class ImportedList:
    list: strawberry.ID = strawberry.field(description="Its name; its dataset is codes/<name>.")
    scheme: str = strawberry.field(description="The scheme that its codes belong to.")
    name: str
    publisher: str
    edition: Day
    codes: int


@strawberry.type(description="One line of a crosswalk.")
class Mapping:
    notation: str
    label: str
    relation: str = strawberry.field(
        description="exact, broad, close or narrow (SKOS); denotes: the class it stands for."
    )
    target: str
    target_label: str


@strawberry.type(description="Codes of one scheme read as codes of another, or as classes.")
class CrosswalkEntry:
    id: strawberry.ID
    label: str
    source: str
    target: str
    evidence: str = strawberry.field(description="What the mappings rest on.")
    read: strawberry.Private[Callable[[], list[Mapping]]]

    @resolved("Its lines.")
    def mappings(self) -> list[Mapping]:
        return self.read()


@strawberry.type(description="A question that the catalogue cannot answer.")
class DataGapEntry:
    id: strawberry.ID
    question: str
    missing: str
    held_by: list[OrganisationEntry]
    how_to_ask: str


@strawberry.type(description="A code in live records that no list holds; kept as it came.")
class UnknownCodeEntry:
    dataset: str
    property: str
    scheme: str
    notation: str = strawberry.field(description="Masked where it may identify somebody.")
    records: Long = strawberry.field(description="How many live records carry it.")
    since: int = strawberry.field(description="The first release that wrote one of them.")


@strawberry.type(description="What there is to ask about.")
class Catalogue:
    datasets: list[DatasetEntry]
    systems: list[SystemEntry]
    organisations: list[OrganisationEntry]
    code_lists: list[CodeListEntry]
    imported_lists: list[ImportedList]
    crosswalks: list[CrosswalkEntry]
    gaps: list[DataGapEntry] = strawberry.field(description="What cannot be answered today.")
    context: Context
    unlisted: strawberry.Private[Callable[[], list[holdings.Unknown]]]

    @resolved("Codes that no list holds, of the datasets whose records you may see.")
    def unknown_codes(self) -> list[UnknownCodeEntry]:
        return [
            UnknownCodeEntry(
                dataset=item.dataset,
                property=item.property,
                scheme=item.scheme,
                notation=item.notation,
                records=Long(item.records),
                since=item.since,
            )
            for item in self.unlisted()
        ]


def catalogue(
    question: Question, loaded: frozenset[str], search: str | None, about: Context
) -> Catalogue:
    """The entries whose names, definitions, owners or event classes hold all words of `search`."""
    sources, access = question.sources, question.access
    model, releases, words = sources.model, sources.releases, holdings.Search(search)
    release = about.release.number
    systems = [_system(model, model.systems[name]) for name in sorted(model.systems)]
    bodies = [_organisation(model.organisations[name]) for name in sorted(model.organisations)]
    held = holdings.holdings(model, releases, release, loaded, access, words)
    return Catalogue(
        datasets=[_dataset(model, holding) for holding in held],
        systems=[item for item in systems if words.fits([item.id, item.label, item.definition])],
        organisations=[
            item for item in bodies if words.fits([item.id, item.label, item.definition])
        ],
        code_lists=[
            CodeListEntry(
                id=strawberry.ID(item.notation),
                label=item.label,
                definition=item.definition,
                owner=_owner(model, item.owner),
                closed=item.closed,
                codes=len(item.concepts),
            )
            for item in holdings.schemes(model, words)
        ],
        imported_lists=[
            ImportedList(
                list=strawberry.ID(item.list),
                scheme=item.scheme,
                name=item.name,
                publisher=item.publisher,
                edition=Day(item.date),
                codes=item.codes,
            )
            for item in holdings.editions(releases, release)
            if words.fits([item.list, item.scheme, item.name, item.publisher])
        ],
        crosswalks=[
            CrosswalkEntry(
                id=strawberry.ID(item.notation),
                label=item.label,
                source=item.source_scheme,
                target=item.target_scheme,
                evidence=item.evidence,
                read=partial(_mappings, model, item.source_scheme, item.target_scheme),
            )
            for item in holdings.crosswalks(model, words)
        ],
        gaps=[
            DataGapEntry(
                id=strawberry.ID(item.notation),
                question=item.question,
                missing=item.missing,
                held_by=[_organisation(model.organisations[name]) for name in item.held_by],
                how_to_ask=item.how_to_ask,
            )
            for item in holdings.gaps(model, words)
        ],
        unlisted=lambda: [
            item
            for item in holdings.unknown(model, releases, release, access)
            if words.fits([item.dataset, item.property, item.scheme, item.notation])
        ],
        context=about,
    )


def _dataset(model: Model, holding: holdings.Holding) -> DatasetEntry:
    item = holding.dataset
    unit = model.concepts.get(model.concept_iri("unit", item.unit))
    places = model.schemes["legal-jurisdiction"].concepts
    owner = holding.owner
    return DatasetEntry(
        id=strawberry.ID(item.notation),
        label=item.label,
        definition=item.definition,
        source=item.source,
        owner=_organisation(owner) if owner else None,
        system=_system(model, holding.system) if holding.system else None,
        unit=unit.label if unit else item.unit or None,
        event_classes=[
            EventClassRef(name=name, label=found.label, definition=found.definition)
            for name in item.event_classes
            if (found := model.classes.get(name))
        ],
        legal_jurisdictions=[places[place].label for place in item.legal_jurisdictions],
        sensitivity=item.sensitivity,
        roles=[
            role.value
            for role in Role
            if role is not Role.PUBLIC and item.sensitivity in CLEARANCE[role]
        ],
        purposes=list(item.purposes),
        from_=day(item.coverage_start),
        to=day(item.coverage_end),
        holes=[
            HoleEntry(
                label=hole.label,
                definition=hole.definition,
                kind=hole.kind,
                from_=day(hole.start),
                to=day(hole.end),
            )
            for hole in item.holes
        ],
        loaded=holding.loaded,
        observed=holding.months,
        by_month=holding.came,
        how_to_ask=f"{item.how_to_ask} Then ask the operator here for a key of your project.",
    )


def _month(month: Month) -> MonthCount:
    return MonthCount(class_=month.cls, month=month.month, records=Long(month.records))


def _mappings(model: Model, source: str, target: str) -> list[Mapping]:
    return [
        Mapping(
            notation=code.notation,
            label=code.label,
            relation=relation,
            target=other.name if isinstance(other, Class) else other.notation,
            target_label=other.label,
        )
        for code, relation, other in model.mappings(source, target)
    ]


def _system(model: Model, system: System) -> SystemEntry:
    return SystemEntry(
        id=strawberry.ID(system.notation),
        label=system.label,
        definition=system.definition,
        owner=_owner(model, system.owner),
    )


def _owner(model: Model, name: str) -> OrganisationEntry | None:
    found = model.organisations.get(name)
    return _organisation(found) if found else None


def _organisation(item: Organisation) -> OrganisationEntry:
    return OrganisationEntry(
        id=strawberry.ID(item.notation), label=item.label, definition=item.definition
    )
