"""Which rows no kept release needs: functions of lazy frames, giving the rows to drop."""

import polars as pl

from releases.documents import remembered
from releases.state import KEY, mentioned
from releases.table import ROW


def superseded(rows: pl.LazyFrame, oldest: int) -> pl.LazyFrame:
    """Rows up to the oldest kept release that are not live in it (column `_row`).

    Without them the state of that release and of every later one is the same.
    """
    live = mentioned(rows, oldest).select(ROW)
    until = rows.filter(pl.col("release") <= oldest).select(*KEY, ROW)
    return until.join(live, on=ROW, how="anti").select(ROW)


def superseded_documents(rows: pl.LazyFrame, oldest: int, load: int | None) -> pl.LazyFrame:
    """Rows of `documents` that cannot matter from the oldest kept release on (column `_row`).

    load: the first load after that release. Versions below the newest accepted one without
    rejections go, as do versions of deleted documents.
    """
    known = remembered(rows, oldest, load)
    clean = known.filter(
        (pl.col("outcome") == "accepted") & (pl.col("rejected").list.len().fill_null(0) == 0)
    )
    floor = (
        clean.sort("version", "hash")
        .unique(subset="document", keep="last", maintain_order=True)
        .select("document", floor="version", floor_hash="hash")
    )
    needed = (
        known.join(floor, on="document", how="left")
        .filter(
            pl.col("floor").is_null()
            | (pl.col("version") > pl.col("floor"))
            | ((pl.col("version") == pl.col("floor")) & (pl.col("hash") >= pl.col("floor_hash")))
        )
        .select(ROW)
    )
    before = pl.lit(True) if load is None else pl.col("load") < load
    until = rows.filter(
        (pl.col("release") <= oldest) | (pl.col("release").is_null() & before)
    ).select(ROW)
    return until.join(needed, on=ROW, how="anti")
