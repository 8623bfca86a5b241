"""The envelope of every answer: what it rests on. And the types that answers share."""

from collections.abc import Callable
from enum import Enum

import strawberry

from api.fields import resolved
from api.order import DatePrecision, OrderRule
from api.records import Record
from api.scalars import Day, Long


@strawberry.enum(description="How sure a link between two records must be for it to count.")
class Threshold(Enum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@strawberry.enum(description="What records can be about, across systems.")
class ThingKind(Enum):
    PERSON = "person"
    MATTER = "matter"
    CHARGE = "charge"
    EVENT = "event"


@strawberry.enum(description="Whether an event happened, is planned, or was called off.")
class EventStatus(Enum):
    HAPPENED = "happened"
    PLANNED = "planned"
    CANCELLED = "cancelled"


strawberry.enum(DatePrecision, description="How much of a date is known.")
strawberry.enum(
    OrderRule,
    description="What put an event where it is: its date; on one day the order of classes; the"
    " source's own sequence; or nothing: then it is simultaneous with others.",
)


@strawberry.enum(description="What a number counts.")
class Unit(Enum):
    INCIDENT = "incident"
    CRIME = "crime"
    VICTIM = "victim"
    SUSPECT = "suspect"
    REFERRAL = "referral"
    CASE = "case"
    MATTER = "matter"
    PARTICIPATION = "participation"
    CHARGE = "charge"
    HEARING = "hearing"
    HEARING_DAY = "hearing-day"
    RESULT = "result"
    PERSON = "person"
    ORGANISATION = "organisation"
    SPELL = "spell"
    EVENT = "event"


@strawberry.type(description="A code of a list, as the source gave it.")
class Concept:
    iri: strawberry.ID = strawberry.field(description="The code's own address.")
    notation: str = strawberry.field(description="The code itself.")
    label: str | None = strawberry.field(
        description="What it means; null for a code that its list does not hold."
    )
    label_cy: str | None = strawberry.field(
        description="The label in Welsh, where the list has it."
    )
    scheme: str = strawberry.field(description="The list it is from.")
    shared: "Concept | None" = strawberry.field(
        description="The code of the shared list that it is, or is a kind of, by the crosswalk."
    )


@strawberry.type(description="Records of one class in a release.")
class RecordCount:
    class_: str = strawberry.field(name="class", description="Root record class.")
    put: Long = strawberry.field(description="Records written by the release.")
    deleted: Long = strawberry.field(description="Records removed by the release.")


@strawberry.type(description="A numbered state of everything.")
class Release:
    number: int = strawberry.field(description="Ask any question again at it with `release:`.")
    made: str | None = strawberry.field(description="When it was made, UTC.")
    status: str = strawberry.field(
        description="live, undone, retired (no longer kept), or none: nothing is loaded yet."
    )
    newest: bool = strawberry.field(description="Whether there is none after it.")
    counts: list[RecordCount] = strawberry.field(
        description="What it wrote, by class.", metadata={"roles": "keyed"}
    )


@strawberry.type(description="A dataset an answer rests on, and what it covers.")
class CoverageRef:
    dataset: strawberry.ID = strawberry.field(description="Its name in the catalogue.")
    label: str = strawberry.field(description="Its name in words.")
    system: str | None = strawberry.field(description="The system it is an extract of.")
    owner: str | None = strawberry.field(description="Who decides on it.")
    from_: Day | None = strawberry.field(
        name="from", description="First day it covers; null where nobody has said."
    )
    to: Day | None = strawberry.field(description="Last day it covers; null where nobody has said.")
    records: int | None = strawberry.field(description="Records of it behind this answer.")


@strawberry.type(
    description="The same count at the three thresholds: how much depends on linkage. Not an error."
)
class Band:
    high: int
    medium: int
    low: int


@strawberry.type(description="How records of different systems were joined.")
class LinkageContext:
    run: int = strawberry.field(description="The release the links are of.")
    threshold: Threshold | None = strawberry.field(description="null: no threshold concerns it.")
    band_reason: str | None = strawberry.field(description="Why there is no band.")
    interval_reason: str = strawberry.field(description="Why there is no interval of error.")
    count: strawberry.Private[Callable[[str], int] | None] = None

    @resolved("Events at each threshold.")
    def band(self) -> Band | None:
        if self.count is None:
            return None
        return Band(high=self.count("high"), medium=self.count("medium"), low=self.count("low"))


@strawberry.type(description="The measure and version that an answer follows.")
class MeasureRef:
    id: strawberry.ID
    version: str


@strawberry.type(description="What was withheld to protect people.")
class DisclosureContext:
    rule: str


@strawberry.type(description="A question that the data here cannot answer.")
class NotAnswerable:
    reason: str
    gap: str | None
    who_holds_it: str | None


@strawberry.type(description="What an answer rests on.")
class Context:
    release: Release = strawberry.field(
        description="The state it was asked of; number 0 while nothing is loaded."
    )
    measure: MeasureRef | None = strawberry.field(default=None, description="null: no measure.")
    unit: Unit | None = strawberry.field(default=None, description="What is counted.")
    datasets: list[CoverageRef] = strawberry.field(
        default_factory=list, description="Where its records come from."
    )
    linkage: LinkageContext | None = strawberry.field(
        default=None, description="null: no records were joined for it."
    )
    disclosure: DisclosureContext | None = strawberry.field(
        default=None, description="null: nothing was withheld by a disclosure rule."
    )
    caveats: list[str] = strawberry.field(
        default_factory=list, description="What to bear in mind when reading it."
    )
    not_answerable: NotAnswerable | None = strawberry.field(
        default=None, description="Set where the data cannot answer."
    )
    headline: str | None = strawberry.field(default=None, description="The answer in a sentence.")
    alt_text: str | None = strawberry.field(
        default=None, description="The same, for those who cannot see the picture."
    )
    method_note: str | None = strawberry.field(default=None, description="How it was made.")


@strawberry.type(description="Where a page ends.")
class PageInfo:
    has_next_page: bool
    end_cursor: str | None = strawberry.field(description="Give it as `after` for the next page.")


@strawberry.type(description="A record and its place in a list.")
class RecordEdge:
    cursor: str
    node: Record


@strawberry.type(description="A page of records, in an order that stays the same.")
class RecordConnection:
    nodes: list[Record] = strawberry.field(metadata={"size": 1})
    edges: list[RecordEdge] = strawberry.field(metadata={"size": 1})
    page_info: PageInfo
    context: Context


@strawberry.type(description="A link that leads to a record.")
class Incoming:
    property: str = strawberry.field(description="The field of the other record that leads here.")
    record: Record


@strawberry.type(description="A page of links that lead to a record.")
class IncomingConnection:
    nodes: list[Incoming] = strawberry.field(metadata={"size": 1})
    page_info: PageInfo
