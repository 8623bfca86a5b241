"""/catalogue, /catalogue/{dataset}: what data there are, who holds them, what they cannot say."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from api.coverage import Month, silent_months
from api.errors import NotFoundError
from api.holdings import Holding, Search, gaps, holdings
from api.pages.covered import Line, line, months_bar, shared_axis
from api.pages.frame import Asked, answered, download, shown
from api.service import ServiceOf
from ontology import Model
from ontology.errors import nearest

router = APIRouter()
ACCESS = {
    "open": "Open",
    "aggregateOnly": "Counts only",
    "personal": "About people: analysts",
    "identifying": "Identifies people: practitioners",
    "specialCategory": "Special category: operators",
}
LOADED = {"yes": "Loaded", "no": "Described, not loaded"}
FIELDS = ("q", "owner", "counts", "access", "loaded")
COLUMNS = (
    "dataset", "label", "owner", "system", "counts", "access", "loaded", "coverageStart",
    "coverageEnd", "holes",
)  # fmt: skip
MONTHS = 12
GRAPHQL = "{ catalogue { datasets { id label loaded owner { label } } } }"


@router.get("/catalogue")
def catalogue(request: Request, service: ServiceOf) -> Response:
    """The datasets that fit, on one axis, and the questions that none of them answers."""
    return answered(request, service, _list)


@router.get("/catalogue.csv")
def catalogue_csv(request: Request, service: ServiceOf) -> Response:
    """The same datasets as a table, one line each."""
    return answered(request, service, _csv)


@router.get("/catalogue/{name:path}")
def dataset(name: str, request: Request, service: ServiceOf) -> Response:
    """One dataset: who decides, what it covers, what was loaded."""
    return answered(request, service, lambda asked: _one(asked, name))


def _found(asked: Asked) -> list[Holding]:
    """The datasets that fit the form."""
    sources = asked.service.engine.sources
    release = sources.releases.current
    loaded, words = sources.loaded(release), Search(asked.given("q"))
    found = holdings(sources.model, sources.releases, release, loaded, asked.access, words)
    return [each for each in found if _fits(asked, each)]


def _fits(asked: Asked, holding: Holding) -> bool:
    facts = {
        "owner": holding.dataset.owner,
        "counts": holding.dataset.unit,
        "access": holding.dataset.sensitivity,
        "loaded": "yes" if holding.loaded else "no",
    }
    return all(asked.given(name) in ("", fact) for name, fact in facts.items())


def _list(asked: Asked) -> Response:
    sources = asked.service.engine.sources
    model, found = sources.model, _found(asked)
    every = list(model.datasets.values())
    axis = shared_axis(every, _months(found))
    units = model.schemes["unit"].concepts
    owners = {each.owner for each in every}
    return shown(
        asked.service,
        asked.access,
        "catalogue.html",
        here="catalogue",
        axis=axis,
        found=len(found),
        groups=_by_owner([line(each, axis) for each in found]),
        gaps=gaps(model, Search(asked.given("q"))),
        model=model,
        units=units,
        sensitivities=ACCESS,
        described=len(every),
        loaded=len(sources.loaded(sources.releases.current) & set(model.datasets)),
        chosen={name: asked.given(name) for name in FIELDS},
        address=asked.request.url.query,
        graphql=GRAPHQL,
        choices=[
            (
                "owner",
                "Owner",
                _by_label({name: model.organisations[name].label for name in owners}),
            ),
            ("counts", "Counts", _by_label({d.unit: units[d.unit].label for d in every})),
            ("access", "Access", [item for item in ACCESS.items() if _some(model, item[0])]),
            ("loaded", "Loaded", list(LOADED.items())),
        ],
    )


def _by_owner(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """Datasets under the names of those who decide on them, both by name."""
    found: dict[str, list[Line]] = defaultdict(list)
    for each in sorted(lines, key=lambda line: line.holding.dataset.label):
        found[each.holding.owner.label if each.holding.owner else "Owner not known"].append(each)
    return sorted(found.items())


def _by_label(options: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(options.items(), key=lambda item: item[1])


def _some(model: Model, sensitivity: str) -> bool:
    return any(each.sensitivity == sensitivity for each in model.datasets.values())


def _months(found: list[Holding]) -> list[Month]:
    return [month for each in found for month in each.months() or ()]


def _csv(asked: Asked) -> Response:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for each in _found(asked):
        dataset = each.dataset
        out.writerow(
            (
                dataset.notation,
                dataset.label,
                each.owner.label if each.owner else "",
                each.system.label if each.system else "",
                dataset.unit,
                dataset.sensitivity,
                "yes" if each.loaded else "no",
                dataset.coverage_start or "",
                dataset.coverage_end or "",
                "; ".join(f"{hole.kind}: {hole.label}" for hole in dataset.holes),
            )
        )
    return download(text.getvalue(), "catalogue.csv")


def _one(asked: Asked, name: str) -> Response:
    sources = asked.service.engine.sources
    model, release = sources.model, sources.releases.current
    if name not in model.datasets:
        near = nearest(name, model.datasets)
        fix = "See " + (", ".join(f"/catalogue/{each}" for each in near) or "/catalogue")
        raise NotFoundError(f"The catalogue has no dataset {name[:80]!r}", fix)
    loaded = sources.loaded(release)
    every = holdings(model, sources.releases, release, loaded, asked.access, Search(None))
    [holding] = [each for each in every if each.dataset.notation == name]
    months, came = holding.months(), holding.came() or ()
    axis = shared_axis([holding.dataset], months or ())
    by_class: dict[str, list[Month]] = defaultdict(list)
    for month in months or ():
        by_class[month.cls].append(month)
    names = sorted({*holding.dataset.event_classes, *by_class})
    places = model.schemes["legal-jurisdiction"].concepts
    return shown(
        asked.service,
        asked.access,
        "dataset.html",
        here="catalogue",
        axis=axis,
        line=line(holding, axis),
        model=model,
        unit=model.schemes["unit"].concepts[holding.dataset.unit].label,
        sensitivity=ACCESS[holding.dataset.sensitivity],
        places=[places[each].label for each in holding.dataset.legal_jurisdictions],
        seen=months is not None,
        silent=silent_months(months or ()),
        came=came[-MONTHS:][::-1],
        longest=max(
            (each.rejected / each.read for each in came[-MONTHS:] if each.share), default=0.0
        ),
        classes=[
            (
                model.classes[cls].label,
                sum(month.records for month in by_class[cls]),
                months_bar(by_class[cls], axis),
            )
            for cls in names
        ],
    )
