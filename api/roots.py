"""The questions of the schema: few, designed by hand, stable. Generated types hang below them."""

from dataclasses import dataclass
from typing import Annotated

import strawberry
from strawberry.types import Info as StrawberryInfo

from api.answers import (
    context,
    no_release,
    page_length,
    page_of,
    shown_release,
)
from api.catalogue import Catalogue, catalogue
from api.envelope import Context, EventStatus, RecordConnection, Release, ThingKind, Threshold
from api.errors import QueryInvalidError, WrongValueError
from api.evidence import Linkage, linkage
from api.fields import KEYED, OPERATOR, resolved
from api.journeys import BEYOND, Journey, Wanted, journey, towards
from api.load_report import LoadEntry, load_entry
from api.reader import Question, Reader
from api.records import Person, Record, single, together
from api.scalars import Day
from api.subjects import MEMBERS, IdentifierInput, find
from api.types import Concepts
from api.view import View
from graph import BadCursorError
from graph.port import Filter, Op
from ontology.errors import nearest

PAGE = 100


@dataclass(frozen=True)
class Asked:
    """What resolvers are handed: the question, and the ontology as its role sees it."""

    question: Question
    view: View
    concepts: Concepts


Info = StrawberryInfo[Asked, None]
ClassName = Annotated[
    str, strawberry.argument(name="class", description="A class of the ontology.")
]


@strawberry.input(
    description="A condition on a field: `eq`, or `in`, or a range of `from` and `to` (both"
    " included). Values as text: dates 2024-03-31, codes by notation or address, links by id."
)
class FilterInput:
    field: str
    eq: str | None = None
    in_: list[str] | None = strawberry.field(name="in", default=None)
    from_: str | None = strawberry.field(name="from", default=None)
    to: str | None = None


@strawberry.type(description="The questions that can be asked.")
class Query:
    @resolved("One record by its id; null where there is none that you may see.", KEYED)
    def record(self, info: Info, iri: strawberry.ID, release: int | None = None) -> Record | None:
        reader = info.context.question.reader(release)
        found = reader.iri_of(iri)
        nodes = reader.nodes([found])
        return single(reader, nodes[found]) if found in nodes else None

    @resolved("Records of a class and its subclasses that meet all conditions.", KEYED)
    def records(
        self,
        info: Info,
        class_: ClassName,
        where: list[FilterInput] | None = None,
        first: int = PAGE,
        after: str | None = None,
        release: int | None = None,
    ) -> RecordConnection:
        asked = info.context
        reader = asked.question.reader(release)
        if class_ not in asked.view.records:
            raise QueryInvalidError(
                f"There is no record class {class_!r}",
                "Name a class of the ontology",
                nearest(class_, asked.view.records),
            )
        page_length(asked.question, first)
        filters = [
            item for given in where or () for item in _filters(reader, asked.view, class_, given)
        ]
        passed, start = place_of(reader.cursor(after))
        page = reader.find(class_, filters, passed + first, start)
        nodes = page.nodes[passed:]
        cursors = [f"{passed + i + 1}:{start or ''}" for i in range(len(nodes))]
        if nodes:
            cursors[-1] = f"0:{page.end}"
        sealed = [reader.id_of(cursor) for cursor in cursors]
        about = context(reader, [node.dataset for node in nodes])
        return page_of(reader, together(reader, nodes), sealed, page.has_next, about)

    @resolved("The person that an identifier or record stands for.", KEYED)
    def person(
        self,
        info: Info,
        identifier: IdentifierInput | None = None,
        record: strawberry.ID | None = None,
        threshold: Threshold = Threshold.MEDIUM,
        release: int | None = None,
    ) -> Person | None:
        asked = info.context
        reader = asked.question.reader(release)
        found = find(reader, asked.view, ThingKind.PERSON, identifier, record, threshold)
        return found.subject  # type: ignore[return-value]  # a Record, typed for the schema

    @resolved("What happened to one person, or in one matter, in order.", KEYED)
    def journey(
        self,
        info: Info,
        identifier: IdentifierInput | None = None,
        record: strawberry.ID | None = None,
        kind: ThingKind = ThingKind.PERSON,
        threshold: Threshold = Threshold.MEDIUM,
        from_: Annotated[Day | None, strawberry.argument(name="from")] = None,
        to: Day | None = None,
        status: list[EventStatus] = [EventStatus.HAPPENED],  # noqa: B006  (Strawberry copies it)
        release: int | None = None,
    ) -> Journey | None:
        asked = info.context
        if from_ is not None and to is not None and from_ > to:
            raise WrongValueError(f"`from` {from_} is after `to` {to}", "Swap them")
        if record is None or kind not in MEMBERS:
            reader = asked.question.reader(release)
        else:
            links = towards(asked.view.model, kind)
            reader = asked.question.telling(
                record, kind.value, threshold.value, links, BEYOND, release
            )
        found = find(reader, asked.view, kind, identifier, record, threshold)
        wanted = Wanted(from_, to, frozenset(status))
        return journey(found, asked.view, asked.concepts, kind, wanted)

    @resolved("The evidence on which a record was joined with others.", KEYED)
    def linkage(
        self,
        info: Info,
        record: strawberry.ID | None = None,
        run: strawberry.ID | None = None,
        release: int | None = None,
    ) -> Linkage:
        return linkage(info.context.question.reader(release), record, run)

    @resolved("What data there is, whose it is, and how to get to use it.")
    def catalogue(self, info: Info, search: str | None = None) -> Catalogue:
        question = info.context.question
        number = question.sources.store.current()
        loaded = question.sources.loaded(number)
        if number:
            about = context(question.reader(number), [])
        else:
            about = Context(release=no_release(), caveats=["Nothing is loaded yet."])
        return catalogue(question, loaded, search, about)

    @resolved("The releases that can be asked, newest first.", KEYED)
    def releases(self, info: Info, first: int = 20) -> list[Release]:
        question = info.context.question
        page_length(question, first)
        live = [made for made in question.sources.releases.list() if made.status == "live"]
        current = max((made.number for made in live), default=0)
        return [shown_release(made, current) for made in reversed(live[-first:])]

    @resolved("A load, the last unless numbered: for operators of all datasets.", OPERATOR)
    def load(self, info: Info, number: int | None = None) -> LoadEntry:
        return load_entry(info.context.question, number)


def place_of(cursor: str | None) -> tuple[int, str | None]:
    """How many records to pass over, and the store's cursor to begin at.

    The store gives a cursor for the end of a page only; a record in the middle of one is so many
    records after the page's own beginning. Raises BadCursorError.
    """
    if cursor is None:
        return 0, None
    passed, colon, start = cursor.partition(":")
    if not colon or not passed.isdigit() or len(passed) > 6:
        raise BadCursorError
    return int(passed), start or None


def _filters(reader: Reader, view: View, cls: str, given: FilterInput) -> list[Filter]:
    """The store's filters for one condition, on a field that the role's schema has."""
    known = {
        name: prop
        for low in reader.model.subclasses(cls)
        for name, prop in view.properties(low).items()
    }
    fields = {*known, "dataset", *(("document",) if view.shows_identifiers else ())}
    if given.field not in fields:
        raise QueryInvalidError(
            f"{cls} has no field {given.field!r} to filter on",
            "Name a property of the class, or dataset",
            nearest(given.field, fields),
        )
    ranged = given.from_ is not None or given.to is not None
    if (given.eq is not None) + (given.in_ is not None) + ranged != 1:
        raise WrongValueError(
            f"The condition on {given.field} needs exactly one of `eq`, `in`, or `from` and `to`",
            "Give conditions that must all hold as several items of `where`",
        )

    def read(value: str) -> str:
        link = given.field in known and known[given.field].kind == "link"
        return reader.iri_of(value) if link else value

    if given.eq is not None:
        return [Filter(given.field, Op.EQ, read(given.eq))]
    if given.in_ is not None:
        return [Filter(given.field, Op.IN, [read(value) for value in given.in_])]
    bounds = ((Op.FROM, given.from_), (Op.TO, given.to))
    return [Filter(given.field, op, value) for op, value in bounds if value is not None]
