"""The documents seen, and the findings of loads: two tables beside the record tables.

`documents` remembers each version of a document that still matters (releases/replacement.py).
Accepted versions belong to a release; refused ones to a load, since a load that only refuses
makes no release.
"""

import polars as pl

DOCUMENTS: dict[str, pl.DataType] = {
    "document": pl.String(),
    "dataset": pl.String(),
    "version": pl.String(),
    "hash": pl.String(),
    "file": pl.String(),
    "outcome": pl.String(),
    "rejected": pl.List(pl.String()),
    "load": pl.Int64(),
    "release": pl.Int64(),
    "batch": pl.Int64(),
    "op": pl.String(),
}
FINDINGS: dict[str, pl.DataType] = {
    "load": pl.Int64(),
    "at": pl.String(),
    "file": pl.String(),
    "path": pl.String(),
    "dataset": pl.String(),
    "document": pl.String(),
    "version": pl.String(),
    "iri": pl.String(),
    "severity": pl.String(),
    "effect": pl.String(),
    "code": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "message": pl.String(),
    "fix": pl.String(),
}
SEEN = ("document", "version", "hash", "outcome", "rejected")


def remembered(rows: pl.LazyFrame, release: int, load: int | None) -> pl.LazyFrame:
    """The last row of each version, as of a release and of the loads before `load` (None: all).

    A deleted document (snapshot mode) forgets its accepted versions written until then. Other
    columns than those of DOCUMENTS are kept.
    """
    before = pl.lit(True) if load is None else pl.col("load") < load
    known = rows.filter(
        (pl.col("release") <= release) | (pl.col("release").is_null() & before)
    ).with_columns((pl.col("load") * 2**24 + pl.col("batch")).alias("_order"))
    gone = (
        known.filter(pl.col("op") == "delete")
        .group_by("document")
        .agg(pl.col("_order").max().alias("_gone"))
    )
    return (
        known.filter(pl.col("op") == "put")
        .join(gone, on="document", how="left")
        .filter(pl.col("_gone").is_null() | (pl.col("_order") > pl.col("_gone")))
        .sort("_order")
        .unique(subset=["document", "version", "hash"], keep="last", maintain_order=True)
        .drop("_order", "_gone")
    )


def live(known: pl.LazyFrame) -> pl.LazyFrame:
    """Of the remembered versions, the newest accepted one of each document."""
    return (
        known.filter(pl.col("outcome") == "accepted")
        .sort("version", "hash")
        .unique(subset="document", keep="last", maintain_order=True)
    )


def stale(known: pl.LazyFrame) -> pl.LazyFrame:
    """Documents of which a newer version was seen than the one that is live.

    Columns document, version (live, null when nothing was ever accepted) and newest.
    A single record may be stale in a live version too: compare its version with `newest`.
    """
    newest = known.group_by("document").agg(pl.col("version").max().alias("newest"))
    current = live(known).select("document", "version")
    behind = pl.col("version").is_null() | (pl.col("version") < pl.col("newest"))
    both = newest.join(current, on="document", how="left")
    return both.filter(behind).select("document", "version", "newest")
