"""Fingerprints of content: what a record says, apart from where and when it was said.

128 bits of BLAKE2b, as 32 hexadecimal digits. Polars' own hash is neither wide enough nor the
same from one version to the next, and a fingerprint that changes with a library would make every
record of a reload look new; so the digest is taken in Python, on text that Polars prepared.
"""

from collections.abc import Iterable
from hashlib import blake2b

import polars as pl

DIGEST_BYTES = 16


def fingerprint(data: bytes) -> str:
    """The fingerprint of some bytes."""
    return blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def fingerprints(texts: pl.Series) -> pl.Series:
    """The fingerprint of each text of a column without nulls."""
    return pl.Series(
        texts.name,
        [blake2b(t.encode(), digest_size=DIGEST_BYTES).hexdigest() for t in texts],
        dtype=pl.String,
    )


def content_text(schema: pl.Schema, properties: Iterable[str]) -> pl.Expr:
    """One text that two rows share exactly when class and properties are equal.

    Each value stands with its property's name and its length, absent ones leave no trace; so a
    property added to the ontology changes no fingerprint.
    """
    parts = [_part("class", pl.col("class"))]
    for name in sorted(properties):
        column = pl.col(name)
        if isinstance(schema[name], pl.List):
            items = column.list.eval(_text(pl.element(), schema[name].inner))  # type: ignore[attr-defined]  # narrowed to List
            sizes = items.list.eval(pl.element().str.len_bytes().cast(pl.String)).list.join("+")
            parts.append(_part(name, sizes + pl.lit(":") + items.list.join("")))
        else:
            parts.append(_part(name, _text(column, schema[name])))
    return pl.concat_str(parts, ignore_nulls=True)


def _text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return value
    if isinstance(dtype, pl.Datetime):
        return value.dt.timestamp("us").cast(pl.String)
    return value.cast(pl.String)


def _part(name: str, text: pl.Expr) -> pl.Expr:
    size = text.str.len_bytes().cast(pl.String)
    return pl.concat_str(pl.lit(f"{name}="), size, pl.lit(":"), text, pl.lit(";"))
