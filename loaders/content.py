"""Fingerprints of content: what a record says, apart from where and when it was said.

128 bits of BLAKE2b, as 32 hexadecimal digits. Polars' own hash is neither wide enough nor the
same from one version to the next, and a fingerprint that changes with a library would make every
record of a reload look new; so the digest is taken in Python, on text that Polars prepared.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b

import polars as pl

from loaders.columns import repeated, together

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


def contents(frames: Sequence[pl.DataFrame]) -> list[pl.Series]:
    """The fingerprint of each row of some frames, which have `class` and properties."""
    return [fingerprints(text) for text in content_texts(frames)]


def content_texts(frames: Sequence[pl.DataFrame]) -> list[pl.Series]:
    """A text a row, which two rows share exactly when class and properties are equal.

    Each value stands with its property's name and its length, absent ones leave no trace; so a
    property added to the ontology changes no fingerprint.
    """
    alike: dict[pl.DataType, list[tuple[int, str]]] = defaultdict(list)
    for number, frame in enumerate(frames):
        for name, dtype in frame.schema.items():
            alike[dtype].append((number, name))
    parts: dict[tuple[int, str], pl.Series] = {}
    for places in alike.values():
        named = [repeated(name, frames[number].height) for number, name in places]
        columns = [frames[number][name] for number, name in places]
        parts |= zip(places, together(columns, partial(_parts, pl.concat(named))), strict=True)
    return [
        pl.DataFrame({name: parts[number, name] for name in _ordered(frame)})
        .select(pl.concat_str(pl.all(), ignore_nulls=True).alias("content"))
        .to_series()
        for number, frame in enumerate(frames)
    ]


def _ordered(frame: pl.DataFrame) -> list[str]:
    return ["class", *sorted(name for name in frame.columns if name != "class")]


def _parts(names: pl.Series, values: pl.Series) -> pl.Series:
    """`name=length:text;` of each value; a list's text begins with the lengths of its items."""
    value, dtype = pl.col("value"), values.dtype
    if isinstance(dtype, pl.List):
        items = value.list.eval(_text(pl.element(), dtype.inner))  # type: ignore[arg-type]  # an instance, never a class of types
        sizes = items.list.eval(pl.element().str.len_bytes().cast(pl.String)).list.join("+")
        text = sizes + pl.lit(":") + items.list.join("")
    else:
        text = _text(value, dtype)
    size = text.str.len_bytes().cast(pl.String)
    part = pl.concat_str("name", pl.lit("="), size, pl.lit(":"), text, pl.lit(";"))
    return pl.DataFrame({"name": names, "value": values}).select(part).to_series()


def _text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return value
    if isinstance(dtype, pl.Datetime):
        return value.dt.timestamp("us").cast(pl.String)
    return value.cast(pl.String)
