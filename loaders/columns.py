"""Columns made of columns: several at once, lists of one, and what several rows say as lists."""

from collections.abc import Callable, Sequence

import polars as pl


def together(
    columns: Sequence[pl.Series], work: Callable[[pl.Series], pl.Series]
) -> list[pl.Series]:
    """What `work`, which goes cell by cell, makes of each of several columns of one type.

    One call on all of them: a call on a column of one cell takes as long as one on a thousand.
    """
    if not columns:
        return []
    done, made, start = work(pl.concat(columns, rechunk=True)), [], 0
    for column in columns:
        made.append(done.slice(start, len(column)))
        start += len(column)
    return made


def repeated(value: str | None, height: int) -> pl.Series:
    """A column of one text again and again."""
    return pl.Series([value], dtype=pl.String).new_from_index(0, height)


def as_list(values: pl.Series) -> pl.Series:
    """A column of lists of one; null stays null."""
    return pl.select(
        pl.when(values.is_not_null()).then(pl.concat_list(values)).alias(values.name)
    ).to_series()


def gathered(numbers: pl.Series, rows: pl.DataFrame) -> pl.Series:
    """Lists of what several rows say, once each: rows has the number and the value; null where
    no row says anything. numbers: those wanted, in order.
    """
    number, name = rows.columns
    told = rows.drop_nulls(name)
    if told.is_empty():
        return pl.Series(name, [None], pl.List(told.schema[name])).new_from_index(0, len(numbers))
    lists = told.group_by(number).agg(pl.col(name).unique(maintain_order=True))
    wanted = numbers.alias(number).to_frame()
    return wanted.join(lists, on=number, how="left", maintain_order="left")[name]
