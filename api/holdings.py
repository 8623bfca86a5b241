"""What the catalogue answers, as plain values: pages and files read the same as GraphQL does."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import TypeVar

from api import loads
from api.access import Access
from api.coverage import Month, coverage
from loaders.code_lists import unknown_codes
from ontology import Crosswalk, DataGap, Dataset, Model, Organisation, Scheme, System
from releases import Releases

T = TypeVar("T")


@dataclass(frozen=True)
class Holding:
    """A dataset of the catalogue, and what of it a release holds.

    months() counts it by month (`coverage.coverage`, worked out once a release); came() says what
    became of its rows, by month of the load. Both: None for an asker who may not see its records.
    """

    dataset: Dataset
    system: System | None
    owner: Organisation | None
    loaded: bool
    months: Callable[[], tuple[Month, ...] | None]
    came: Callable[[], tuple[loads.Month, ...] | None]


@dataclass(frozen=True)
class Edition:
    """An imported code list: its newest edition, where it is from, how many codes it gives."""

    list: str
    scheme: str
    name: str
    publisher: str
    date: date
    codes: int


@dataclass(frozen=True)
class Unknown:
    """A code in live records that no list holds."""

    dataset: str
    property: str
    scheme: str
    notation: str
    records: int
    since: int


class Search:
    """Whether texts hold all words that were asked for."""

    def __init__(self, text: str | None) -> None:
        self._words = (text or "").casefold().split()

    def fits(self, texts: Iterable[str | None]) -> bool:
        """Whether every word stands in one of the texts."""
        whole = " ".join(text or "" for text in texts).casefold()
        return all(word in whole for word in self._words)


def holdings(
    model: Model,
    releases: Releases,
    release: int,
    loaded: frozenset[str],
    access: Access,
    search: Search,
) -> list[Holding]:
    """The datasets that fit, by name."""

    def months(name: str) -> tuple[Month, ...] | None:
        return coverage(releases, release).get(name, ()) if sees(model, access, name) else None

    @cache
    def every() -> dict[str, tuple[loads.Month, ...]]:
        return loads.by_month(loads.counted(releases))

    def of_loads(name: str) -> tuple[loads.Month, ...] | None:
        return every().get(name, ()) if sees(model, access, name) else None

    found = []
    for dataset in _sorted(model.datasets):
        system, owner = model.systems.get(dataset.system), model.organisations.get(dataset.owner)
        events = (model.classes[name].label for name in dataset.event_classes)
        words = (dataset.notation, dataset.label, dataset.definition)
        names = (owner.label if owner else None, system.label if system else None)
        if not search.fits([*words, *names, *events]):
            continue
        name = dataset.notation
        told = partial(months, name), partial(of_loads, name)
        found.append(Holding(dataset, system, owner, name in loaded, *told))
    return found


def sees(model: Model, access: Access, dataset: str) -> bool:
    """Whether counts of a dataset's records may be shown: whoever may read the records sees them.

    Datasets that the catalogue lacks count as personal.
    """
    found = model.datasets.get(dataset)
    sensitivity = found.sensitivity if found else "personal"
    return access.sees(sensitivity) and access.may_read(dataset)


def gaps(model: Model, search: Search) -> list[DataGap]:
    """The questions that cannot be answered today."""
    return [
        gap
        for gap in _sorted(model.gaps)
        if search.fits(
            [
                gap.question,
                gap.missing,
                *(model.organisations[name].label for name in gap.held_by),
            ]
        )
    ]


def schemes(model: Model, search: Search) -> list[Scheme]:
    """The code schemes of the ontology."""
    return [
        scheme
        for scheme in _sorted(model.schemes)
        if search.fits([scheme.notation, scheme.label, scheme.definition])
    ]


def crosswalks(model: Model, search: Search) -> list[Crosswalk]:
    """The crosswalks, by the scheme they lead from."""
    return [
        crosswalk
        for crosswalk in _sorted(model.crosswalks)
        if search.fits([crosswalk.label, crosswalk.evidence, crosswalk.notation])
    ]


def editions(releases: Releases, release: int) -> list[Edition]:
    """The imported lists as of a release, by list and scheme."""
    if not release or not (releases.folder / "tables" / "CodeList").is_dir():
        return []
    names = ("dataset", "codeScheme", "listName", "listPublisher", "editionDate")
    lists = releases.state("CodeList", release, columns=names)
    codes = releases.state("ListedCode", release, columns=["dataset", "codeScheme"])
    counted = codes.group_by("dataset", "codeScheme").len("codes")
    rows = lists.join(counted, on=["dataset", "codeScheme"], how="left").collect()
    return [
        Edition(dataset.partition("/")[2], scheme, name, publisher, day, int(count or 0))
        for dataset, scheme, name, publisher, day, count in rows.select(*names, "codes")
        .sort("dataset", "codeScheme")
        .iter_rows()
    ]


def unknown(model: Model, releases: Releases, release: int, access: Access) -> list[Unknown]:
    """Unknown codes of the datasets whose records the asker may see, most frequent first."""
    return [
        Unknown(*row)
        for row in unknown_codes(releases, release).iter_rows()
        if sees(model, access, row[0]) and access.sees(model.properties[row[1]].sensitivity)
    ]


def _sorted(terms: Mapping[str, T]) -> list[T]:
    return [terms[name] for name in sorted(terms)]
