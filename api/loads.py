"""What loads did: counts, what they were made with, kinds of findings.

For operators of all datasets: findings name files and records of every one. Counts of one dataset
by month are for whoever may see counts of its records (`holdings.sees`). Counts are what the load
left (`releases.Load`); values in findings were masked before they were kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.access import Access
from api.errors import NotFoundError
from releases import Load, Releases

LEAST = 50  # shares of fewer rows are not printed


@dataclass(frozen=True)
class Counts:
    """Rows of a load; balanced: read = loaded + rejected + unchanged + superseded.

    stopped: code, cause and fix, where a contract was broken and so nothing changed.
    """

    load: Load
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    unchanged: int = 0
    superseded: int = 0

    @property
    def stopped(self) -> Mapping[str, str] | None:
        found: Mapping[str, str] | None = self.load.summary.get("stopped")
        return found

    @property
    def balanced(self) -> bool:
        return self.read == self.loaded + self.rejected + self.unchanged + self.superseded

    @property
    def already(self) -> int:
        return self.unchanged + self.superseded

    @property
    def share(self) -> str:
        """Rejected of read, in words."""
        return share(self.rejected, self.read)

    @property
    def sources(self) -> Mapping[str, Mapping[str, int]]:
        """Files and rows by dataset; empty for loads older than these counts."""
        found: Mapping[str, Mapping[str, int]] = self.load.summary.get("sources", {})
        return found


@dataclass(frozen=True)
class Month:
    """What the loads of a month (of their end, UTC, YYYY-MM) made of a dataset's rows."""

    month: str
    loads: int
    read: int
    rejected: int

    @property
    def share(self) -> str:
        """Rejected of read, in words."""
        return share(self.rejected, self.read)


def share(part: int, whole: int) -> str:
    """A part in percent; "" where the whole is so small that a share says nothing."""
    if whole < LEAST:
        return ""
    return "under 0.1%" if 0 < part / whole < 0.0005 else f"{100 * part / whole:.1f}%"


def require(access: Access) -> None:
    """Raises NeedsKeyError, NotAllowedError for whom loads do not concern."""
    access.require_all(
        "Loads name files and records of every dataset: this key is not for all of them",
        "Use the key of an operator that is not bound to datasets",
    )


def counted(releases: Releases) -> list[Counts]:
    """The loads that read something or were stopped, oldest first."""
    return [found for load in releases.loads() if (found := _counts(load))]


def one(releases: Releases, loads: Iterable[Counts], number: int) -> Counts:
    """A load by its number. Raises NotFoundError, which says why."""
    for each in loads:
        if each.load.number == number:
            return each
    if 0 < number <= releases.last_load:
        raise NotFoundError(
            f"Load {number} left no counts: it read nothing, was a dry run or was interrupted, and"
            " then changed nothing; or it was made before counts were kept",
            "See /loads",
        )
    raise NotFoundError(f"There is no load {number}", "See /loads")


def by_month(loads: Iterable[Counts]) -> dict[str, tuple[Month, ...]]:
    """How well each dataset came, oldest month first; months without its rows are not in it.

    Loads from before counts by dataset are in none. loads: in any order.
    """
    found: dict[str, dict[str, Month]] = defaultdict(dict)
    for each in sorted(loads, key=lambda each: each.load.made):
        month = each.load.made[:7]
        for dataset, told in each.sources.items():
            if told["read"]:
                before = found[dataset].get(month, Month(month, 0, 0, 0))
                found[dataset][month] = Month(
                    month,
                    before.loads + 1,
                    before.read + told["read"],
                    before.rejected + told["rejected"],
                )
    return {dataset: tuple(months.values()) for dataset, months in found.items()}


def changes(loads: Sequence[Counts]) -> dict[int, list[str]]:
    """What each load was made with anew, by its number.

    Compared with the last load before it that was made with the same part; loads: oldest first.
    """
    last: dict[str, str] = {}
    found = {}
    for each in loads:
        told: Mapping[str, Any] = each.load.summary.get("made_with", {})
        parts = {name: told[name] for name in ("ontology", "shapes") if name in told}
        mappings = told.get("mappings", {})
        parts |= {f"mapping of {name}": digest for name, digest in mappings.items()}
        found[each.load.number] = [
            name for name, digest in parts.items() if last.get(name, digest) != digest
        ]
        last |= parts
    return found


def _counts(load: Load) -> Counts | None:
    told = load.summary
    if "read" not in told:
        return Counts(load) if "stopped" in told else None
    names = ("read", "loaded", "rejected", "unchanged", "superseded")
    return Counts(load, *(int(told.get(name, 0)) for name in names))
