"""Taking records out of every release, so that no byte of them is left in the tables."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from releases.table import Table

DERIVED = "justicegraph/linkage"
_WORD = 4


@dataclass
class ForgetReport:
    """What was removed: rows by table, rows by release, documents, findings."""

    rows: dict[str, int] = field(default_factory=dict)
    releases: dict[int, int] = field(default_factory=dict)
    documents: int = 0
    findings: int = 0


def forget_records(
    tables: Mapping[str, Table], iris: pl.Series, documents: pl.Series, report: ForgetReport
) -> tuple[pl.Series, pl.Series]:
    """Remove the rows of these records and documents, and every mention of the records elsewhere.

    A derived row (dataset justicegraph/linkage) that names one of them goes as a whole. Returns
    the documents that held nothing else, and those that did.
    """
    gone: list[pl.Series] = [documents]
    shared: list[pl.Series] = []
    for root, table in tables.items():
        files = table.files()
        for path in files:
            rows = pl.scan_parquet(path, glob=False).select("iri", "document")
            own = pl.col("iri").is_in(iris.implode())
            gone.append(rows.filter(own).select(pl.col("document").unique()).collect()["document"])

        def without(_: Path, rows: pl.DataFrame, root: str = root) -> pl.DataFrame:
            doomed = rows["document"].is_in(documents.implode()).fill_null(False)
            doomed |= _names_any(rows, ["iri"], iris) | (
                (rows["dataset"] == DERIVED).fill_null(False) & _names_any(rows, None, iris)
            )
            _count(report, root, rows.filter(doomed))
            return _blank(rows.filter(~doomed), iris)

        table.rewrite([path for path in files if _holds(path, iris, documents)], without)
    affected = pl.concat([pl.Series("document", dtype=pl.String), *gone]).unique()
    for table in tables.values():
        for path in table.files():
            rows = pl.scan_parquet(path, glob=False).select("document")
            left = rows.filter(pl.col("document").is_in(affected.implode())).unique()
            shared.append(left.collect()["document"])
    kept = pl.concat([pl.Series("document", dtype=pl.String), *shared]).unique()
    return affected.filter(~affected.is_in(kept.implode())), kept


def forget_documents(
    table: Table, gone: pl.Series, shared: pl.Series, iris: pl.Series, values: Collection[str]
) -> int:
    """Remove documents, or findings about them; returns how many rows went.

    Rows of documents that still say something else stay, without file name and value.
    """
    removed = 0

    def without(_: Path, rows: pl.DataFrame) -> pl.DataFrame:
        nonlocal removed
        theirs = pl.col("document").is_in(shared.implode()).fill_null(False)
        named = [name for name in ("document", "iri", "value", "message") if name in rows.columns]
        own = pl.col("document").is_in(gone.implode()).fill_null(False)
        own = own | (~theirs & _contains(named, values))
        if "iri" in rows.columns:
            own = own | pl.col("iri").is_in(iris.implode()).fill_null(False)
        doomed = rows.select(own.alias("own"))["own"]
        removed += int(doomed.sum())
        partly = theirs | _contains(["file"], values)
        blanks = [name for name in ("file", "value") if name in rows.columns]
        return _blank(rows.filter(~doomed), iris).with_columns(
            pl.when(partly).then(None).otherwise(pl.col(name)).alias(name) for name in blanks
        )

    table.rewrite(table.files(), without)
    return removed


def _count(report: ForgetReport, root: str, doomed: pl.DataFrame) -> None:
    if doomed.height:
        report.rows[root] = report.rows.get(root, 0) + doomed.height
        for release, number in doomed.group_by("release").len().iter_rows():
            report.releases[release] = report.releases.get(release, 0) + number


def _texts(schema: Mapping[str, pl.DataType]) -> tuple[list[str], list[str]]:
    single = [name for name, kind in schema.items() if kind == pl.String]
    many = [name for name, kind in schema.items() if kind == pl.List(pl.String)]
    return single, many


def _any_named(schema: Mapping[str, pl.DataType], iris: pl.Series) -> list[pl.Expr]:
    single, many = _texts(schema)
    forgotten = iris.implode()
    return [
        *(pl.col(name).is_in(forgotten).fill_null(False) for name in single),
        *(
            pl.col(name).list.eval(pl.element().is_in(forgotten)).list.any().fill_null(False)
            for name in many
        ),
    ]


def _holds(path: Path, iris: pl.Series, documents: pl.Series) -> bool:
    rows = pl.scan_parquet(path, glob=False)
    named = _any_named(rows.collect_schema(), iris)
    inside = pl.col("document").is_in(documents.implode()).fill_null(False)
    found = rows.select(pl.any_horizontal(inside, *named).any()).collect()
    return bool(found.item())


def _names_any(rows: pl.DataFrame, columns: list[str] | None, iris: pl.Series) -> pl.Series:
    schema = {name: rows.schema[name] for name in columns or rows.columns}
    return rows.select(pl.any_horizontal(_any_named(schema, iris)).alias("named"))["named"]


def _contains(columns: Collection[str], values: Collection[str]) -> pl.Expr:
    """Whether one of the values stands in one of the columns, as a word of its own.

    Values of fewer than four letters and digits say too little: they must be all of the text.
    """
    words = [value for value in values if len(value) >= _WORD]
    within = "|".join(map(re.escape, words))
    pattern = rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{within})(?:$|[^\p{{L}}\p{{N}}])"
    whole = [pl.col(name).is_in(list(values)) for name in columns]
    inside = [pl.col(name).str.contains(pattern) for name in columns] if words else []
    return pl.any_horizontal(*whole, *inside, pl.lit(False)).fill_null(False)


def _blank(rows: pl.DataFrame, iris: pl.Series) -> pl.DataFrame:
    """The rows without any mention of the forgotten iris."""
    single, many = _texts(rows.schema)
    forgotten = iris.implode()
    other = pl.element().filter(~pl.element().is_in(forgotten))
    left = {name: pl.col(name).list.eval(other) for name in many}
    return rows.with_columns(
        *(
            pl.when(pl.col(name).is_in(forgotten)).then(None).otherwise(pl.col(name)).alias(name)
            for name in single
        ),
        *(
            pl.when(kept.list.len() > 0).then(kept).otherwise(None).alias(name)
            for name, kept in left.items()
        ),
    )
