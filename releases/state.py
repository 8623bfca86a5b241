"""Which rows are live as of a release: functions of lazy frames, without any file.

A row says that one document gives, or no longer gives, one record. `release` and `batch` (the
order of writing within a release) order the rows.
"""

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from releases.table import ROW

KEY = ("iri", "document")
SYSTEM = ("iri", "class", "dataset", "document", "version", "hash")
STORED = {"release": pl.Int64(), "batch": pl.Int64(), "op": pl.String()}
_BATCH_BITS = 24
_ORDER = (pl.col("release") * 2**_BATCH_BITS + pl.col("batch")).alias("_order")


def mentioned(rows: pl.LazyFrame, release: int) -> pl.LazyFrame:
    """For each (iri, document) the last row with release <= `release`, if it is a put."""
    once, several = _parted(rows, release)
    return pl.concat([once, _last(several)])


def newest(rows: pl.LazyFrame, release: int) -> pl.LazyFrame:
    """For each iri the mention of the newest version (ties: hash, then document)."""
    once, several = _parted(rows, release)
    chosen = (
        _last(several)
        .sort("version", "hash", "document")
        .unique(subset="iri", keep="last", maintain_order=True)
    )
    return pl.concat([once, chosen])


def _parted(rows: pl.LazyFrame, release: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Live rows of iris that have one row only, and all rows of the others.

    Most iris have one row; sorting only the others halves the time of a large state.
    """
    until = (
        rows.filter(pl.col("release") <= release)
        .select(*KEY, "version", "hash", "op", ROW, _ORDER)
        .with_columns(pl.col("iri").is_duplicated().alias("_several"))
    )
    return (
        until.filter(~pl.col("_several") & (pl.col("op") == "put")).drop("_several"),
        until.filter("_several").drop("_several"),
    )


def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
    last = rows.sort("_order").unique(subset=KEY, keep="last", maintain_order=True)
    return last.filter(pl.col("op") == "put")


def any_of(schema: pl.Schema, where: Mapping[str, pl.Series]) -> pl.Expr:
    """Whether a row has one of these values in one of these columns."""
    has = []
    for name, values in where.items():
        if values.is_empty():
            continue
        of_list = isinstance(schema[name], pl.List)
        value = pl.element() if of_list else pl.col(name)
        test = value.is_in(among(values))
        has.append(pl.col(name).list.eval(test).list.any() if of_list else test)
    return pl.any_horizontal(has) if has else pl.lit(False)


def series_of(values: Collection[str] | pl.Series) -> pl.Series:
    return values if isinstance(values, pl.Series) else pl.Series(list(values), dtype=pl.String)


def among(values: Collection[str] | pl.Series) -> pl.Series:
    return series_of(values).implode()


def needed_for(columns: Iterable[str]) -> list[str]:
    """These columns and what tells which rows are live, each once."""
    return list(dict.fromkeys((*KEY, "version", "hash", "op", "release", "batch", *columns)))


def newest_held(rows: pl.DataFrame, release: int, columns: list[str]) -> pl.DataFrame:
    """`newest`, of rows in memory, with these columns: most have no other row of their record."""
    later = rows["release"] > release
    until = rows.filter(~later) if later.any() else rows
    if until.is_empty():
        return until[columns]
    several = until["iri"].is_duplicated()
    once = until[columns].filter(~several & (until["op"] == "put"))
    if not several.any():
        return once
    last = (
        until.filter(several)
        .sort("release", "batch")
        .unique(subset=KEY, keep="last", maintain_order=True)
    )
    chosen = (
        last.filter(last["op"] == "put")
        .sort("version", "hash", "document")
        .unique(subset="iri", keep="last", maintain_order=True)
    )
    return pl.concat([once, chosen[columns]])


def wide(rows: pl.LazyFrame, chosen: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """The columns of the chosen rows; only these columns are read."""
    return rows.select(*columns, ROW).join(chosen.select(ROW), on=ROW, how="semi").drop(ROW)
