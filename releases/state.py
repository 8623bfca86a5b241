"""Which rows are live as of a release: functions of lazy frames, without any file.

A row says that one document gives, or no longer gives, one record. `release` and `batch` (the
order of writing within a release) order the rows.
"""

import polars as pl

from releases.table import ROW

KEY = ("iri", "document")
SYSTEM = ("iri", "class", "dataset", "document", "version", "hash")
STORED = {"release": pl.Int64(), "batch": pl.Int64(), "op": pl.String()}
_BATCH_BITS = 24
_ORDER = (pl.col("release") * 2**_BATCH_BITS + pl.col("batch")).alias("_order")


def mentioned(rows: pl.LazyFrame, release: int) -> pl.LazyFrame:
    """For each (iri, document) the last row with release <= `release`, if it is a put."""
    return (
        rows.filter(pl.col("release") <= release)
        .select(*KEY, "version", "hash", "op", ROW, _ORDER)
        .sort("_order")
        .unique(subset=KEY, keep="last", maintain_order=True)
        .filter(pl.col("op") == "put")
    )


def newest(mentions: pl.LazyFrame) -> pl.LazyFrame:
    """For each iri the mention of the newest version (ties: hash, then document)."""
    return mentions.sort("version", "hash", "document").unique(
        subset="iri", keep="last", maintain_order=True
    )


def wide(rows: pl.LazyFrame, chosen: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """The columns of the chosen rows; only these columns are read."""
    return rows.select(*columns, ROW).join(chosen.select(ROW), on=ROW, how="semi").drop(ROW)
