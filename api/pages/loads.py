"""/loads and /loads/{load}: what became of every row, for operators of all datasets."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from api.errors import NotFoundError, WrongValueError
from api.loads import Counts, changes, counted, one, require, share
from api.pages.frame import Asked, answered, download_headers, shown
from api.service import ServiceOf
from releases.grouping import grouped, of_kind
from releases.running import running

router = APIRouter()
PAGE = 50
TREND = 12
KINDS = 30
BATCH = 20_000
UNKNOWN_CODE = "JG-LOD-030"
COLUMNS = (
    "severity", "code", "field", "dataset", "file", "path", "iri", "value", "message", "fix",
)  # fmt: skip
Kind = dict[str, Any]


@router.get("/loads")
def loads(request: Request, service: ServiceOf) -> Response:
    """The loads that ended, newest first, fifty a page."""
    return answered(request, service, _list)


@router.get("/loads/{number:int}.csv")
def load_csv(number: int, request: Request, service: ServiceOf) -> Response:
    """The findings of a load, or those of one code or kind: a line each."""
    return answered(request, service, lambda asked: _csv(asked, number))


@router.get("/loads/{number:int}")
def load(number: int, request: Request, service: ServiceOf) -> Response:
    """What became of every row of one load."""
    return answered(request, service, lambda asked: _one(asked, number))


def _list(asked: Asked) -> Response:
    every = _loads(asked)
    before = _number(asked.given("before"))
    older = [each for each in every if before is None or each.load.number < before]
    found = older[-PAGE:]
    return shown(
        asked.service,
        asked.access,
        "loads.html",
        here="loads",
        loads=found[::-1],
        every=len(every),
        further=found[0].load.number if len(older) > PAGE else None,
        newest=before is None,
        running=running(asked.service.engine.sources.releases.folder),
    )


def _one(asked: Asked, number: int) -> Response:
    every = _loads(asked)
    counts = one(asked.service.engine.sources.releases, every, number)
    if counts.stopped:
        return shown(asked.service, asked.access, "stopped.html", here="loads", counts=counts)
    kinds = _kinds(asked, number, counts.read)
    known = [kind for kind in kinds if kind["code"] != UNKNOWN_CODE]
    rows = [kind for kind in known if kind["effect"] != "file"]
    rejected = [kind for kind in rows if kind["severity"] == "violation"]
    summary: Mapping[str, Any] = counts.load.summary
    return shown(
        asked.service,
        asked.access,
        "load.html",
        here="loads",
        counts=counts,
        summary=summary,
        skipped=sorted(summary.get("skipped_because", {}).items()),
        unreadable=[kind for kind in known if kind["effect"] == "file"],
        rejected=rejected,
        cause=_cause(rejected),
        warnings=[kind for kind in rows if kind["severity"] == "warning"],
        unknown=[kind for kind in kinds if kind["code"] == UNKNOWN_CODE],
        changed=changes(every),
        most=KINDS,
        **_trend(every, counts),
    )


def _trend(every: Sequence[Counts], counts: Counts) -> dict[str, Any]:
    """The last loads, until this one, of a dataset of this one; and the longest bar's share."""
    own = set(counts.sources)
    told = [
        each
        for each in every
        if each.load.number <= counts.load.number
        and not each.stopped
        and (not own or not each.sources or own & set(each.sources))
    ][-TREND:][::-1]
    shares = [each.rejected / each.read for each in told if each.share]
    return {"trend": told, "longest": max(shares, default=0.0)}


def _kinds(asked: Asked, number: int, read: int) -> list[Kind]:
    """Kinds of findings with their share of the rows read and the address of their rows."""
    found = grouped(asked.service.engine.sources.releases.findings(number))
    return [
        {**kind, "share": share(kind["count"], read), "digest": _digest(kind)}
        for kind in found.iter_rows(named=True)
    ]


def _cause(rejected: Sequence[Kind]) -> str:
    """What most of the rejects have in common, "" where nothing does."""
    total = sum(kind["count"] for kind in rejected)
    return rejected[0]["message"] if rejected and 2 * rejected[0]["count"] > total else ""


def _csv(asked: Asked, number: int) -> Response:
    one(asked.service.engine.sources.releases, _loads(asked), number)
    rows = asked.service.engine.sources.releases.findings(number)
    if code := asked.given("code"):
        rows = rows.filter(pl.col("code") == code)
    if digest := asked.given("kind"):
        kinds = [each for each in _kinds(asked, number, 0) if each["digest"] == digest]
        if not kinds:
            raise NotFoundError("This load has no findings of that kind", f"See /loads/{number}")
        [kind] = kinds
        rows = rows.filter(
            pl.col("code") == kind["code"],
            pl.col("field").fill_null("") == kind["field"],
            of_kind(kind["kind"]),
        )
    cells = [_harmless(name) for name in COLUMNS]
    headers = download_headers(f"load-{number}.csv")
    return StreamingResponse(
        _written(rows.select(cells)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _written(rows: pl.LazyFrame) -> Iterator[str]:
    yield ",".join(COLUMNS) + "\n"
    for batch in rows.collect_batches(chunk_size=BATCH):
        yield batch.write_csv(include_header=False)


def _harmless(name: str) -> pl.Expr:
    """A column whose cells no spreadsheet will run as a formula."""
    text = pl.col(name)
    runs = text.str.contains(r"^[=+\-@\t\r]")
    return pl.when(runs).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _loads(asked: Asked) -> list[Counts]:
    require(asked.access)
    return counted(asked.service.engine.sources.releases)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WrongValueError(f"`before` is {text[:40]!r}, not the number of a load", "See /loads")
    return int(text)


def _digest(kind: Kind) -> str:
    told = "\n".join(str(kind[name]) for name in ("severity", "effect", "code", "field", "kind"))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
