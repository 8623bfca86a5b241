"""Every version of every record that the retained releases have, in one pass through a table.

Most records have one row in all releases, and need to be seen only once. The rows of the others
are set apart by record on the way, so that each part of them can be looked at alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from releases.state import newest
from releases.table import ROW


def versions(
    rows: pl.LazyFrame, live: Sequence[int], size: int, apart: Path
) -> Iterator[pl.DataFrame]:
    """The rows (with `_row`) that are some record's content in one of these releases.

    Adds `since`, the first of the releases that has it, and `until`, the first that no longer
    does (null: the last one has it). All versions of a record are in one frame. size: about how
    many rows are held at once. apart: an empty folder for rows that have to wait.
    """
    marks = rows.select(pl.col("iri").hash(seed=0)).collect(engine="streaming")
    several = marks["iri"].is_duplicated()
    parts = -(-int(several.sum()) // size)
    # Slices are read by row groups: half the time and memory of `collect_batches`.
    for start in range(0, several.len(), size):
        batch = rows.slice(start, size).collect()
        waits = several.gather(batch[ROW])
        once = _once(batch.filter(~waits), live)
        if once.height:
            yield once
        if parts:
            _set_apart(batch.filter(waits), parts, apart, start)
    for folder in apart.iterdir():
        yield _several(pl.concat(map(pl.read_parquet, folder.iterdir())), live)


def _set_apart(rows: pl.DataFrame, parts: int, apart: Path, number: int) -> None:
    by = rows.with_columns(_part=pl.col("iri").hash(seed=0) % parts)
    for (part,), mine in by.partition_by("_part", as_dict=True, include_key=False).items():
        (apart / str(part)).mkdir(exist_ok=True)
        mine.write_parquet(apart / str(part) / f"{number}.parquet", compression="lz4")


def _once(rows: pl.DataFrame, live: Sequence[int]) -> pl.DataFrame:
    numbers = pl.Series("since", live, pl.Int64)
    seen = rows.filter((pl.col("op") == "put") & (pl.col("release") <= live[-1]))
    since = numbers.gather(numbers.search_sorted(seen["release"]))
    return seen.with_columns(since, until=pl.lit(None, pl.Int64))


def _several(rows: pl.DataFrame, live: Sequence[int]) -> pl.DataFrame:
    found = []
    before = rows.select("iri", "hash", ROW).clear()
    for number in live:
        after = newest(rows.lazy(), number).select("iri", "hash", ROW).collect()
        puts = after.join(before, on=["iri", "hash"], how="anti")
        gone = before.join(after, on="iri", how="anti")
        gone = gone.with_columns(pl.lit(None, pl.Int64).alias(ROW))
        found.append(pl.concat([puts, gone]).with_columns(since=pl.lit(number, pl.Int64)))
        before = after
    until = pl.col("since").shift(-1).over("iri").alias("until")
    told = pl.concat(found).sort("iri", "since").with_columns(until).drop_nulls(ROW)
    return rows.join(told.select(ROW, "since", "until"), on=ROW)
