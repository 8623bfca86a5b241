"""Texts of values, and the identifiers made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from loaders.formats import interpret
from loaders.mapping import Value


def supplied(value: Value, name: str) -> pl.Expr:
    """The text of a value: constant, or the raw column renamed and with its default.

    A text that is renamed to nothing is absent.
    """
    if value.how == "const":
        return pl.lit(value.const)
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


@dataclass(frozen=True, slots=True)
class KeyParts:
    """Typed key parts as expressions. texts: by column name, as canonical text; ill: whether the
    cell cannot be read; optional: names that may be absent.
    """

    texts: dict[str, pl.Expr]
    ill: dict[str, pl.Expr]
    optional: list[str]


def key_parts(parts: Sequence[Value], prefix: str) -> KeyParts:
    """The parts of a key whose raw columns are `prefix` followed by their position."""
    cells = {
        f"{prefix}{position}": interpret(
            supplied(part, f"{prefix}{position}"), part.format, "string"
        )
        for position, part in enumerate(parts)
    }
    return KeyParts(
        {name: value for name, (value, _) in cells.items()},
        {f"!{name}": ill for name, (_, ill) in cells.items()},
        [name for name, part in zip(cells, parts, strict=True) if part.optional],
    )


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
