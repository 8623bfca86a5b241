"""Bars on an axis of years, in percent of its width: the same drawing fits any width.

Numbers only; the templates write them as attributes of SVG, since the page may hold no style.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Piece:
    """A part of a bar: from x over width, in percent of the axis."""

    x: float
    width: float


@dataclass(frozen=True)
class Axis:
    """Days from the first of January of one year to that of another."""

    first: int
    last: int

    def place(self, day: date) -> float:
        """Where a day stands, 0 to 100; days beyond the axis stand at its ends."""
        start, end = date(self.first, 1, 1), date(self.last, 1, 1)
        share = (day - start).days / (end - start).days
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> list[tuple[int, float]]:
        """At most five years, and where they stand."""
        step = -(-(self.last - self.first) // 4)
        years = range(self.first, self.last + 1, step)
        return [(year, self.place(date(year, 1, 1))) for year in years]

    def piece(self, period: tuple[date, date]) -> Piece:
        """A period with both its days, at least 0.6% wide so that it is seen."""
        start, end = self.place(period[0]), self.place(period[1] + timedelta(days=1))
        return Piece(start, round(max(end - start, 0.6), 2))


def axis(days: Iterable[date], today: date) -> Axis:
    """The years that hold these days, and ten at least."""
    years = [day.year for day in days]
    last = max([*years, today.year]) + 1
    first = min([*years, last - 10])
    return Axis(first - (-(last - first) % 4), last)


def without(
    period: tuple[date, date], holes: Sequence[tuple[date, date]]
) -> list[tuple[date, date]]:
    """What is left of a period once the holes are cut out."""
    left, (start, end) = [], period
    for begin, finish in sorted(holes):
        if finish < start or begin > end:
            continue
        if begin > start:
            left.append((start, begin - timedelta(days=1)))
        start = max(start, finish + timedelta(days=1))
    return [*left, (start, end)] if start <= end else left
