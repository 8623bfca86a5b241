"""One person's, or one matter's, journey: what happened, in order, with the records behind it.

Each record that tells of an event is an event of its own here, until tellings are joined: its
teller is its one system, and whether the system of record is silent cannot be judged yet.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import strawberry

from api.answers import NO_INTERVAL, context
from api.envelope import (
    Context,
    EventStatus,
    LinkageContext,
    ThingKind,
    Threshold,
    Unit,
)
from api.fields import resolved
from api.order import DatePrecision, OrderRule, Place, Telling, arrange
from api.reader import Reader
from api.records import Batch, Case, EventRecord, PeriodRecord, Record, Thing
from api.scalars import Day
from api.subjects import Found
from api.types import Concepts, notation_of, system_label
from api.view import View
from graph.port import Node
from ontology import Model, Property

LONG = 60
BEYOND = ("inCase", "ofParticipation", "onCharge", "atHearing")
"""Links of what leads to the subject that are followed one step, for words and cases."""
TELLINGS = (
    "Each record's telling is an event of its own: one event told by several systems stands"
    " several times."
)


@strawberry.type(description="One thing that happened, is planned or was called off.")
class JourneyEvent:
    """Flat on purpose: a wide row is cheap to answer, a tree of 50 events is not."""

    id: strawberry.ID
    class_: str = strawberry.field(name="class", description="Its class in the ontology.")
    stage: str | None = strawberry.field(description="Where it lies between report and last order.")
    date: Day = strawberry.field(description="When; of an imprecise date any day in it.")
    precision: DatePrecision
    status: EventStatus
    seq: int = strawberry.field(
        description="1 + how many stand before it for certain; events that share it are undecided."
    )
    label: str = strawberry.field(description="What it is, in words.")
    system: str = strawberry.field(description="The system that tells of it.")
    court: str | None = strawberry.field(metadata={"needs": "courtName"})
    case_reference: str | None = strawberry.field(metadata={"needs": "caseReference"})
    charge: str | None = strawberry.field(metadata={"needs": "offenceTitle"})
    decision: str | None = strawberry.field(metadata={"needs": "resultLabel"})
    ordered_by: OrderRule
    tellers: list[str] = strawberry.field(description="Systems that tell of it.")
    system_of_record: str | None = strawberry.field(
        description="The system whose word counts for events of this class."
    )
    silent: bool = strawberry.field(
        description="The system of record covers the day and says nothing. Not judged yet: false."
    )
    max_disagreement_days: int | None = strawberry.field(
        description="Largest difference between tellers' dates; null for one teller."
    )
    record: strawberry.Private[Record]
    others: strawberry.Private[Callable[[], list[str]]]

    @resolved("Events that neither stand before it nor after it.")
    def simultaneous_with(self) -> list[strawberry.ID]:
        return [strawberry.ID(ident) for ident in self.others()]

    @resolved("The records that tell of it.", {"size": 1})
    def reported_by(self) -> list[EventRecord]:
        return [self.record]  # type: ignore[list-item]  # a Record, typed for the schema


@strawberry.type(description="What happened to one person, or in one matter, in order.")
class Journey:
    subject: Thing
    events: list[JourneyEvent] = strawberry.field(metadata={"size": LONG})
    cases: list[Case] = strawberry.field(description="The cases it runs through.")
    periods: list[PeriodRecord] = strawberry.field(description="Spells of custody and the like.")
    context: Context


@dataclass(frozen=True)
class Wanted:
    """Which events of a journey are asked for. Bounds are included; None is open."""

    since: date | None
    until: date | None
    statuses: frozenset[EventStatus]

    def takes(self, telling: Telling, status: EventStatus) -> bool:
        """Whether an event may lie in the time asked for, and has a status asked for."""
        first, last = telling.span
        return (
            status in self.statuses
            and (self.since is None or last >= self.since)
            and (self.until is None or first <= self.until)
        )


def towards(model: Model, kind: ThingKind) -> list[str]:
    """The links that lead to things of a kind."""
    thing = kind.value.capitalize()
    return [prop.name for prop in model.properties.values() if thing in prop.leads_to]


@dataclass
class Collected:
    """The records that lead to a subject, and what they lead to."""

    reader: Reader
    view: View
    members: list[str]
    kind: ThingKind
    nodes: dict[str, Node] = field(default_factory=dict)
    behind: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        links = towards(self.view.model, self.kind)
        self.nodes = self.reader.nodes(self.reader.reach(self.members, links))
        wanted = [
            iri
            for node in self.nodes.values()
            for name in BEYOND
            for iri in node.links.get(name, ())
            if iri not in self.nodes
        ]
        self.behind = self.reader.nodes(wanted, disclose=False) | self.reader.nodes(self.members)

    def of_root(self, root: str) -> list[Node]:
        """Those that lead to the subject, of one root class."""
        model = self.view.model
        return [node for node in self.nodes.values() if model.root_of(node.cls) == root]

    def get(self, iri: str) -> Node | None:
        """A record that leads to the subject, or that one of those leads to."""
        return self.nodes.get(iri) or self.behind.get(iri)

    @cached_property
    def cases(self) -> list[Node]:
        """Cases about the subject, and those its participations and charges are in.

        Not those of its hearings: one hearing may be about other people's cases too.
        """
        model = self.view.model
        inner = [n for n in self.nodes.values() if model.root_of(n.cls) != "EventRecord"]
        linked = [self.get(iri) for node in inner for iri in node.links.get("inCase", ())]
        own = [node for node in self.behind.values() if node.iri in self.members]
        found = {
            node.iri: node
            for node in [*own, *inner, *linked]
            if node is not None and model.root_of(node.cls) == "Case"
        }
        return [found[iri] for iri in sorted(found)]

    @cached_property
    def decisions(self) -> Mapping[str, list[Node]]:
        """Decisions by the event they were made at."""
        found: dict[str, list[Node]] = {}
        for node in self.of_root("DecisionRecord"):
            for iri in node.links.get("decidedAt", ()):
                found.setdefault(iri, []).append(node)
        return found


class Teller:
    """Puts collected records into words and order, for one role."""

    def __init__(self, collected: Collected, concepts: Concepts) -> None:
        self.all = collected
        self.reader = collected.reader
        self.view = collected.view
        self.model = collected.view.model
        self.concepts = concepts

    def tellings(self, wanted: Wanted) -> tuple[list[Node], list[Telling], int]:
        """The events asked for, how each stands in the order, and how many have no date."""
        nodes, tellings, dateless = [], [], 0
        for node in self.all.of_root("EventRecord"):
            when = node.properties.get("eventDate")
            if not isinstance(when, date):
                dateless += status_of(node) in wanted.statuses
                continue
            telling = self._telling(node, when)
            if wanted.takes(telling, status_of(node)):
                nodes.append(node)
                tellings.append(telling)
        return nodes, tellings, dateless

    def events(self, wanted: Wanted) -> tuple[list[JourneyEvent], int]:
        """The events asked for, in order, and how many could not be placed for want of a date."""
        nodes, tellings, dateless = self.tellings(wanted)
        records = {node.iri: record for node, record in self._paired(nodes)}
        ids = [self.reader.id_of(node.iri) for node in nodes]
        before = _remembered(self.model.before)
        return [
            self._event(records[nodes[place.index].iri], tellings[place.index], place, ids)
            for place in arrange(tellings, before)
        ], dateless

    def _paired(self, nodes: list[Node]) -> Iterable[tuple[Node, Record]]:
        return zip(nodes, Batch(self.reader, nodes).records(), strict=True)

    def _telling(self, node: Node, when: date) -> Telling:
        sequence, instant = node.properties.get("sequence"), node.properties.get("eventDateTime")
        precision = node.properties.get("datePrecision")
        return Telling(
            cls=node.cls,
            when=when,
            precision=DatePrecision(notation_of(str(precision)) if precision else "day"),
            dataset=node.dataset,
            document=node.document,
            sequence=sequence if isinstance(sequence, int) else None,
            instant=instant if isinstance(instant, datetime) else None,
            tiebreak=(node.cls, node.dataset, str(sequence or ""), node.iri),
        )

    def _event(
        self, record: Record, telling: Telling, place: Place, ids: list[str]
    ) -> JourneyEvent:
        node = record.node
        cls = self.model.classes[node.cls]
        stage = self.model.stages.get(cls.stage) if cls.stage else None
        keeper = self.model.systems.get(cls.system_of_record) if cls.system_of_record else None
        system = system_label(self.model, node.dataset) or node.dataset
        return JourneyEvent(
            id=strawberry.ID(ids[place.index]),
            class_=node.cls,
            stage=stage.label if stage else None,
            date=Day(telling.when),
            precision=telling.precision,
            status=status_of(node),
            seq=place.seq,
            label=self._label(node),
            system=system,
            court=self._text(self._court(node), "courtName", "courtCode"),
            case_reference=self._reference(node),
            charge=self._charge(node),
            decision=self._decision(node),
            ordered_by=place.rule,
            tellers=[system],
            system_of_record=keeper.label if keeper else None,
            silent=False,
            max_disagreement_days=None,
            record=record,
            others=lambda: [ids[other] for other in place.simultaneous],
        )

    # -- words

    def _label(self, node: Node) -> str:
        """The class in words, and the codes that say which kind it was."""
        details = [
            self.concepts.label(str(value), self.reader)
            for name, value in sorted(node.properties.items())
            if isinstance(value, str) and self._tells(node, name)
        ]
        label = self.model.classes[node.cls].label
        label = label[:1].upper() + label[1:]
        return f"{label}: {', '.join(details)}" if details else label

    def _tells(self, node: Node, name: str) -> bool:
        """Whether a property is a code, to be seen, and not told by a field of its own."""
        prop = self.view.properties(node.cls).get(name)
        return (
            prop is not None
            and prop.kind == "code"
            and not prop.many
            and prop.scheme not in ("event-status", "date-precision")
        )

    def _court(self, node: Node) -> Node:
        """The event itself, or the hearing it was at where only that names the court."""
        if "courtName" in node.properties:
            return node
        hearings = (self.all.get(iri) for iri in node.links.get("atHearing", ()))
        return next((hearing for hearing in hearings if hearing is not None), node)

    def _reference(self, node: Node) -> str | None:
        parts = [*self._linked(node, "ofParticipation"), *self._linked(node, "onCharge")]
        cases = dict.fromkeys(
            iri for item in (node, *parts) for iri in item.links.get("inCase", ())
        )
        names = [name for iri in cases if (name := self._case_names.get(iri))]
        return "; ".join(dict.fromkeys(names)) or None

    @cached_property
    def _case_names(self) -> dict[str, str | None]:
        """What each case of the journey is called, as far as it may be seen."""
        return {
            case.iri: self._text(case, "urn", "caseReference", "caseNumber", "bookNumber")
            for case in self.all.cases
        }

    def _charge(self, node: Node) -> str | None:
        charges = [issue for issue in self._linked(node, "onCharge") if issue.iri in self.all.nodes]
        names = [
            text for issue in charges if (text := self._text(issue, "offenceTitle", "offenceCode"))
        ]
        return "; ".join(dict.fromkeys(names)) or None

    def _decision(self, node: Node) -> str | None:
        """What was decided at a hearing; of an event on a charge, what its hearing decided on that
        charge by a result that denotes such an event (a sentence, a sending, a remand).
        """
        charges = set(node.links.get("onCharge", ()))
        made = [
            *self.all.decisions.get(node.iri, ()),
            *(
                item
                for hearing in node.links.get("atHearing", ())
                for item in self.all.decisions.get(hearing, ())
                if charges & set(item.links.get("onCharge", ())) and self._denotes(item, node.cls)
            ),
        ]
        names = [text for item in made if (text := self._text(item, "resultLabel", "resultCode"))]
        return "; ".join(dict.fromkeys(names)) or None

    def _denotes(self, decision: Node, cls: str) -> bool:
        code = self.model.concepts.get(str(decision.properties.get("resultCode")))
        denoted = code.denotes_class if code else None
        return denoted is not None and self.model.is_a(cls, denoted)

    def _linked(self, node: Node, link: str) -> list[Node]:
        found = (self.all.get(iri) for iri in node.links.get(link, ()))
        return [item for item in found if item is not None]

    def _text(self, node: Node, *names: str) -> str | None:
        """The first of these properties that has a value and may be seen; codes in words."""
        visible: Mapping[str, Property] = self.view.properties(node.cls)
        for name in names:
            value = node.properties.get(name)
            if name in visible and isinstance(value, str):
                return (
                    self.concepts.label(value, self.reader)
                    if visible[name].kind == "code"
                    else value
                )
        return None


def status_of(node: Node) -> EventStatus:
    """Planned, happened or cancelled; a record without a status says that it happened."""
    status = node.properties.get("status")
    return EventStatus(notation_of(str(status))) if status else EventStatus.HAPPENED


def journey(
    found: Found, view: View, concepts: Concepts, kind: ThingKind, wanted: Wanted
) -> Journey:
    """The journey of a thing, from the records about it at the threshold it was found at."""
    subject = found.subject
    reader = subject.reader

    def told(threshold: str) -> Teller:
        """As told at a threshold, where the same records may be about another thing."""
        things = set(reader.things(found.origins, kind.value, threshold).values())
        members = {iri for thing in things for iri in reader.members(thing, threshold)}
        return Teller(Collected(reader, view, sorted(members), kind), concepts)

    teller = told(subject.threshold)
    events, dateless = teller.events(wanted)
    periods = teller.all.of_root("PeriodRecord")
    periods.sort(key=lambda node: (str(node.properties.get("startDate", "~")), node.cls, node.iri))
    banded = kind is ThingKind.PERSON
    linkage = LinkageContext(
        run=reader.number,
        threshold=Threshold(subject.threshold) if banded else None,
        band_reason=None if banded else "Matters are formed from keys, one set a release.",
        interval_reason=NO_INTERVAL,
        count=(lambda threshold: len(told(threshold).tellings(wanted)[0])) if banded else None,
    )
    caveats = [TELLINGS]
    if dateless:
        caveats.append(f"{dateless} event records have no date and are not placed.")
    return Journey(
        subject=subject,  # type: ignore[arg-type]  # a Record, typed for the schema
        events=events,
        cases=Batch(reader, teller.all.cases).records(),  # type: ignore[arg-type]  # as above
        periods=Batch(reader, periods).records(),  # type: ignore[arg-type]  # as above
        context=context(
            reader,
            [event.record.node.dataset for event in events],
            unit=Unit.EVENT,
            linkage=linkage,
            caveats=caveats,
            headline=headline(events),
            method_note="Events by date, then by the ontology's order of classes on one day, then"
            " by the source's own sequence; what none of these decides is simultaneous.",
        ),
    )


def headline(events: list[JourneyEvent]) -> str:
    """The journey in one sentence."""
    if not events:
        return "No events in these data for what was asked."
    systems = {event.system for event in events}
    count = f"{len(events):,} event{'' if len(events) == 1 else 's'}"
    where = f"{len(systems)} system{'' if len(systems) == 1 else 's'}"
    first, last = (f"{min_or_max(e.date for e in events):%B %Y}" for min_or_max in (min, max))
    return f"{count} in {where}, {first if first == last else f'{first} to {last}'}"


def _remembered(before: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    known: dict[tuple[str, str], bool] = {}

    def ask(a: str, b: str) -> bool:
        if (a, b) not in known:
            known[a, b] = before(a, b)
        return known[a, b]

    return ask
