"""The order of a journey's events: what is known of it, and no more.

Two events are ordered by their dates; on one day by the ontology's order of classes, then by the
source's own sequence where both come from one document, or its clock where both come from one
dataset. What none of these decides is simultaneous: never sorted by identifier. A date known to
the month or year is a span of days; spans that overlap are not ordered.

The relation is a strict partial order. Where a source's sequence would contradict the order of
classes, also by way of other events, the sequence is not believed.
"""

from bisect import bisect_left
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class OrderRule(Enum):
    """What put an event where it is."""

    DATE = "date"
    CLASS = "class"
    SOURCE = "source"
    NONE = "none"


class DatePrecision(Enum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Telling:
    """One record's telling of an event, as far as its place in the order depends on it.

    when: the date, of an imprecise one any day in it. sequence counts within `document`; `instant`
    is by the clock of `dataset`. tiebreak: content to list undecided events by, always the same;
    it says nothing about their order.
    """

    cls: str
    when: date
    precision: DatePrecision
    dataset: str
    document: str
    sequence: int | None
    instant: datetime | None
    tiebreak: tuple[str, ...]

    @property
    def span(self) -> tuple[date, date]:
        """First and last day it may have happened on."""
        match self.precision:
            case DatePrecision.DAY:
                return self.when, self.when
            case DatePrecision.MONTH:
                last = monthrange(self.when.year, self.when.month)[1]
                return self.when.replace(day=1), self.when.replace(day=last)
            case DatePrecision.YEAR:
                return date(self.when.year, 1, 1), date(self.when.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a telling stands. index: of the telling as given.

    seq: 1 + how many stand before it for certain; those that share it are undecided.
    simultaneous: indices of the tellings that neither stand before it nor after it.
    """

    index: int
    seq: int
    simultaneous: tuple[int, ...]
    rule: OrderRule


def arrange(tellings: Sequence[Telling], before: Callable[[str, str], bool]) -> list[Place]:
    """The tellings in order, the same for any order they are given in.

    before(a, b): whether events of class a stand before those of class b on one day.
    """
    spans = [telling.span for telling in tellings]
    ends = sorted(span[1] for span in spans)
    wide = [i for i, span in enumerate(spans) if span[0] != span[1]]
    days: defaultdict[date, list[int]] = defaultdict(list)
    for i, span in enumerate(spans):
        if span[0] == span[1]:
            days[span[0]].append(i)
    places = [
        place
        for members in days.values()
        for place in _day(members, tellings, spans, wide, ends, before)
    ]
    for i in wide:
        over = tuple(j for j in range(len(spans)) if j != i and _overlap(spans[i], spans[j]))
        rule = OrderRule.NONE if over else OrderRule.DATE
        places.append(Place(i, 1 + bisect_left(ends, spans[i][0]), over, rule))
    return sorted(places, key=lambda p: (p.seq, spans[p.index], tellings[p.index].tiebreak))


def _day(
    members: list[int],
    tellings: Sequence[Telling],
    spans: Sequence[tuple[date, date]],
    wide: list[int],
    ends: list[date],
    before: Callable[[str, str], bool],
) -> list[Place]:
    """Places of the events of one day."""
    by_class, reach = _relations([tellings[i] for i in members], before)
    earlier = bisect_left(ends, spans[members[0]][0])
    around = tuple(i for i in wide if _overlap(spans[i], spans[members[0]]))
    width = len(members)
    behind = [0] * width
    for i, row in enumerate(reach):
        for j in _bits(row):
            behind[j] |= 1 << i
    places = []
    for i, index in enumerate(members):
        related = reach[i] | behind[i]
        open_to = [members[j] for j in range(width) if j != i and not related >> j & 1]
        if around or open_to:
            rule = OrderRule.NONE
        elif not related:
            rule = OrderRule.DATE
        else:
            rule = OrderRule.SOURCE if related & ~by_class[i] else OrderRule.CLASS
        seq = 1 + earlier + behind[i].bit_count()
        places.append(Place(index, seq, (*open_to, *around), rule))
    return places


def _relations(
    events: list[Telling], before: Callable[[str, str], bool]
) -> tuple[list[int], list[int]]:
    """For each event of a day, as bits: those it is class-ordered with, those it stands before."""
    classes = {event.cls for event in events}
    decided = {(a, b) for a in classes for b in classes if a != b and before(a, b)}
    first = [0] * len(events)
    with_class = [0] * len(events)
    after = [0] * len(events)
    for i, a in enumerate(events):
        for j, b in enumerate(events):
            if (a.cls, b.cls) in decided:
                first[i] |= 1 << j
                with_class[i] |= 1 << j
                with_class[j] |= 1 << i
            elif (b.cls, a.cls) not in decided and _source_before(a, b):
                after[i] |= 1 << j
    if not any(after):
        return with_class, first
    whole = _closure([f | a for f, a in zip(first, after, strict=True)])
    for i, row in enumerate(after):
        for j in _bits(row):
            if whole[j] >> i & 1:
                after[i] &= ~(1 << j)
    return with_class, _closure([f | a for f, a in zip(first, after, strict=True)])


def _source_before(a: Telling, b: Telling) -> bool:
    if a.dataset != b.dataset:
        return False
    if a.document == b.document and a.sequence is not None and b.sequence is not None:
        return a.sequence < b.sequence
    return a.instant is not None and b.instant is not None and a.instant < b.instant


def _closure(edges: list[int]) -> list[int]:
    reach = list(edges)
    for k in range(len(reach)):
        for i in range(len(reach)):
            if reach[i] >> k & 1:
                reach[i] |= reach[k]
    return reach


def _bits(row: int) -> list[int]:
    return [j for j in range(row.bit_length()) if row >> j & 1]


def _overlap(a: tuple[date, date], b: tuple[date, date]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]
