"""What a dataset covers, as a bar and in words.

Declared coverage is the catalogue's; months with records are the release's, and are drawn where
no coverage was declared. Neither says that nothing happened outside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from api.coverage import Month
from api.holdings import Holding
from api.pages.drawing import Axis, Piece, axis, without
from api.pages.frame import day
from ontology import Dataset

Period = tuple[date, date]


@dataclass(frozen=True)
class Drawn:
    """A bar: declared coverage, months with records, holes, breaks in method."""

    covered: list[Piece]
    seen: list[Piece]
    holes: list[Piece]
    breaks: list[float]

    @property
    def any(self) -> bool:
        """Whether anything is drawn: dates that nobody stated are no empty coverage."""
        return bool(self.covered or self.seen or self.holes or self.breaks)


@dataclass(frozen=True)
class Line:
    """A dataset of the list. period: what it covers in words."""

    holding: Holding
    period: str
    drawn: Drawn


def shared_axis(datasets: Iterable[Dataset], months: Iterable[Month]) -> Axis:
    """One axis for all that is drawn on a page."""
    told = [day for each in datasets for day in (each.coverage_start, each.coverage_end) if day]
    seen = [f"{month.month}-01" for month in months]
    return axis(map(date.fromisoformat, [*told, *seen]), _today())


def line(holding: Holding, drawn_on: Axis) -> Line:
    """A dataset with its bar."""
    dataset = holding.dataset
    declared, months = _declared(dataset), holding.months() or ()
    spans = spans_of({month.month for month in months})
    if declared:
        period = f"{_month(declared[0])} to {_month(declared[1])}"
    elif spans:
        period = f"Records from {_month(spans[0][0])} to {_month(spans[-1][1])}"
    elif holding.loaded:
        period = "Loaded; its months need a key" if holding.months() is None else "No dated records"
    else:
        period = "Dates not stated"
    return Line(holding, period, _drawn(dataset, declared, spans, drawn_on))


def months_bar(months: Sequence[Month], drawn_on: Axis) -> Drawn:
    """The months with records of one class."""
    spans = spans_of({month.month for month in months})
    return Drawn([], [drawn_on.piece(span) for span in spans], [], [])


def spans_of(months: Iterable[str]) -> list[Period]:
    """Runs of months (YYYY-MM) without a month missing, as first and last day, in order."""
    found: list[Period] = []
    for month in sorted(months):
        start = date.fromisoformat(f"{month}-01")
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if found and found[-1][1] + timedelta(days=1) == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _drawn(
    dataset: Dataset,
    declared: Period | None,
    spans: list[Period],
    drawn_on: Axis,
) -> Drawn:
    holes = [_between(hole.start, hole.end) for hole in dataset.holes if hole.kind == "hole"]
    dated = [hole for hole in holes if hole]
    breaks = [
        drawn_on.place(date.fromisoformat(hole.start))
        for hole in dataset.holes
        if hole.kind == "break" and hole.start
    ]
    covered = without(declared, dated) if declared else []
    return Drawn(
        [drawn_on.piece(each) for each in covered],
        [] if declared else [drawn_on.piece(each) for each in spans],
        [drawn_on.piece(each) for each in dated],
        breaks,
    )


def _declared(dataset: Dataset) -> Period | None:
    if not dataset.coverage_start:
        return None
    return _between(dataset.coverage_start, dataset.coverage_end)


def _between(start: str | None, end: str | None) -> Period | None:
    """From the first to the last day; open ends reach to today."""
    if not start:
        return None
    return date.fromisoformat(start), date.fromisoformat(end) if end else _today()


def _month(value: date) -> str:
    return day(value.isoformat()[:7])


def _today() -> date:
    return datetime.now(UTC).date()
