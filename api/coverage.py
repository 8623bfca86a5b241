"""What loaded datasets cover: dated records by month, as counted in a release."""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from releases import Releases

# The root classes whose records happen on a day, and the property that says which.
DATED = {"EventRecord": "eventDate", "Incident": "recordedDate", "RecordedCrime": "recordedDate"}
HAPPENED = "https://w3id.org/justicegraph/code/event-status/happened"


@dataclass(frozen=True)
class Month:
    """Live records of one class (EventRecord: only what happened) in one month, YYYY-MM."""

    cls: str
    month: str
    records: int


Coverage = dict[str, tuple[Month, ...]]


def coverage(releases: Releases, release: int) -> Coverage:
    """Months with records by dataset, in order of class and month; nothing for release 0.

    A month between two others without records is not in it: it is a hole, or nothing happened.
    """
    return _coverage(releases, release, releases.release(release).forgotten) if release else {}


@lru_cache(maxsize=4)
def _coverage(releases: Releases, release: int, forgotten: int) -> Coverage:
    found: dict[str, list[Month]] = {}
    for root, day in DATED.items():
        rows = releases.state(root, release, columns=_columns(root, day))
        if root == "EventRecord":
            rows = rows.filter(pl.col("status") == HAPPENED)
        months = (
            rows.drop_nulls(day)
            .group_by("dataset", "class", pl.col(day).dt.strftime("%Y-%m").alias("month"))
            .len("records")
            .sort("dataset", "class", "month")
            .collect()
        )
        for dataset, cls, month, records in months.iter_rows():
            found.setdefault(dataset, []).append(Month(cls, month, records))
    return {dataset: tuple(months) for dataset, months in found.items()}


def _columns(root: str, day: str) -> list[str]:
    return ["dataset", "class", day, *(["status"] if root == "EventRecord" else [])]


def silent_months(months: tuple[Month, ...]) -> tuple[str, ...]:
    """Months between the first and the last in which no record of any class stands."""
    seen = {each.month for each in months}
    if not seen:
        return ()
    first, last = min(seen), max(seen)
    start, end = _number(first), _number(last)
    between = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end))
    return tuple(month for month in between if month not in seen)


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1
