"""/loads and /loads/{load}: what became of every row, for operators of all datasets.

Counts are what the load left (`releases.Load`), findings its rejects and warnings: values in them
were masked before they were kept.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from fastapi import APIRouter, Request, Response

from api.access import Role
from api.errors import NeedsKeyError, NotAllowedError, NotFoundError
from api.pages.frame import Asked, answered, download, shown
from api.service import ServiceOf
from releases import Load

router = APIRouter()
TREND = 12
KINDS = 60
LEAST = 50  # shares of fewer rows are not printed
UNKNOWN_CODE = "JG-LOD-030"
COLUMNS = (
    "severity", "code", "dataset", "file", "path", "iri", "value", "message", "fix",
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """Rows of a load; balanced: read = loaded + rejected + unchanged + superseded."""

    load: Load
    read: int
    loaded: int
    rejected: int
    unchanged: int
    superseded: int

    @property
    def balanced(self) -> bool:
        return self.read == self.loaded + self.rejected + self.unchanged + self.superseded

    @property
    def share(self) -> str:
        """Rejected of read, "" where so few rows were read that a share says nothing."""
        return f"{100 * self.rejected / self.read:.1f}%" if self.read >= LEAST else ""


def counts_of(load: Load) -> Counts | None:
    """What a load counted; None for one that read nothing, as linking or forgetting."""
    told = load.summary
    if "read" not in told:
        return None
    names = ("read", "loaded", "rejected", "unchanged", "superseded")
    return Counts(load, *(int(told.get(name, 0)) for name in names))


@router.get("/loads")
def loads(request: Request, service: ServiceOf) -> Response:
    """Every load that ended, newest first."""

    def work(asked: Asked) -> Response:
        found = _loads(asked)
        return shown(asked.service, asked.access, "loads.html", here="loads", loads=found[::-1])

    return answered(request, service, work)


@router.get("/loads/{number}.csv")
def load_csv(number: int, request: Request, service: ServiceOf) -> Response:
    """The findings of a load, or those of one code: a line each."""

    def work(asked: Asked) -> Response:
        _counted(asked, number)
        rows = _findings(asked, number)
        if code := asked.given("code"):
            rows = rows.filter(pl.col("code") == code)
        if message := asked.request.query_params.get("message"):
            rows = rows.filter(pl.col("message") == message)
        text = io.BytesIO()
        rows.select(pl.col(name).map_elements(_harmless, pl.String) for name in COLUMNS).write_csv(
            text
        )
        return download(text.getvalue().decode(), f"load-{number}.csv")

    return answered(request, service, work)


@router.get("/loads/{number}")
def load(number: int, request: Request, service: ServiceOf) -> Response:
    """What became of every row of one load."""
    return answered(request, service, lambda asked: _one(asked, number))


def _one(asked: Asked, number: int) -> Response:
    counts = _counted(asked, number)
    every = _loads(asked)
    findings = _findings(asked, number)
    known = findings.filter(pl.col("code") != UNKNOWN_CODE)
    unreadable = known.filter(pl.col("effect") == "file")
    rows = known.filter(pl.col("effect") != "file")
    summary: Mapping[str, Any] = counts.load.summary
    return shown(
        asked.service,
        asked.access,
        "load.html",
        here="loads",
        counts=counts,
        summary=summary,
        skipped=sorted(summary.get("skipped_because", {}).items()),
        unreadable=unreadable.select("file", "code", "message", "fix").to_dicts(),
        rejected=_kinds(rows.filter(pl.col("severity") == "violation")),
        warnings=_kinds(rows.filter(pl.col("severity") == "warning")),
        unknown=findings.filter(pl.col("code") == UNKNOWN_CODE)
        .select("dataset", "value", "message")
        .head(KINDS)
        .to_dicts(),
        trend=[each for each in every if each.load.number <= number][-TREND:][::-1],
        most=KINDS,
    )


def _loads(asked: Asked) -> list[Counts]:
    """Loads that read something. Raises NeedsKeyError, NotAllowedError."""
    if asked.access.role is Role.PUBLIC:
        raise NeedsKeyError
    if asked.access.role is not Role.OPERATOR or asked.access.datasets is not None:
        raise NotAllowedError(
            "Loads name files and records of every dataset: this key is not for all of them",
            "Use the key of an operator that is not bound to datasets",
        )
    found = map(counts_of, asked.service.engine.sources.releases.loads())
    return [each for each in found if each]


def _counted(asked: Asked, number: int) -> Counts:
    for each in _loads(asked):
        if each.load.number == number:
            return each
    last = asked.service.engine.sources.releases.last_load
    if 0 < number <= last:
        raise NotFoundError(
            f"Load {number} left no counts: it read nothing, was a dry run or stopped, and then"
            " changed nothing; or it was made before counts were kept",
            "See /loads",
        )
    raise NotFoundError(f"There is no load {number}", "See /loads")


def _findings(asked: Asked, number: int) -> pl.DataFrame:
    rows = asked.service.engine.sources.releases.findings(number)
    return rows.sort("file", "path", "code").collect()


def _kinds(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Findings by rule and what is wrong, most frequent first, each with one example."""
    return (
        rows.group_by("code", "message", "fix")
        .agg(
            pl.len().alias("count"),
            pl.col("file").drop_nulls().first(),
            pl.col("path").drop_nulls().first(),
            pl.col("value").drop_nulls().filter(pl.col("value").drop_nulls() != "").first(),
        )
        .sort("count", "code", "message", descending=[True, False, False])
        .to_dicts()
    )


def _harmless(text: str) -> str:
    """A cell that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
