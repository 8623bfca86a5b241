"""Texts of values, and the identifiers made of them."""

from collections.abc import Callable, Sequence
from itertools import combinations

import polars as pl

from loaders.mapping import Value


def supplied(value: Value, name: str) -> pl.Expr:
    """The text of a value: the raw column renamed and with its default.

    A text that is renamed to nothing is absent.
    """
    text = pl.col(name)
    if value.rename is not None:
        other = value.rename.get("*")
        pairs = {old: new for old, new in value.rename.items() if old != "*"}
        fallback = text if other is None else pl.lit(other)
        renamed = text.replace_strict(
            list(pairs), list(pairs.values()), default=fallback, return_dtype=pl.String
        )
        text = pl.when(text.is_not_null() & (renamed != "")).then(renamed)
    return text if value.default is None else text.fill_null(value.default)


def shorter(
    named: Callable[[Sequence[str]], pl.Expr], names: Sequence[str], optional: Sequence[str]
) -> pl.Expr:
    """An identifier from key columns, without those of the optional ones that are absent."""
    leave = [name for name in names if name in optional]
    choices = [
        [name for name in names if name not in left]
        for size in range(len(leave) + 1)
        for left in combinations(leave, size)
    ]
    return pl.coalesce([named(choice) for choice in choices if choice])


def parts_of(key: Sequence[Value], prefix: str) -> dict[str, Value]:
    """The parts of a key by the names of their raw columns."""
    return {f"{prefix}{position}": part for position, part in enumerate(key)}
