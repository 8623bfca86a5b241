"""Values in findings, masked by the sensitivity of their property.

Open and aggregate-only values are shown. Of personal and more sensitive ones only the shape is
kept: a letter becomes A, a digit 9.
"""

import re

import polars as pl

SHOWN = ("open", "aggregateOnly")
HIDDEN_CODES = ("identifying", "specialCategory", "never")
LONGEST = 40


def masked(value: str, sensitivity: str) -> str:
    """The text to show of a value: itself, or its shape (`AAA 9-9`), cut to 40 characters."""
    if sensitivity not in SHOWN:
        value = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", value))
    return value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."


def masked_column(values: pl.Series, sensitivity: str) -> pl.Series:
    """`masked` for a column of text; nulls stay."""
    return values.map_elements(
        lambda value: masked(value, sensitivity), return_dtype=pl.String, skip_nulls=True
    )
