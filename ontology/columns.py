"""What a column of each datatype is in Polars. Apart from `Model`, which is read without Polars."""

from collections.abc import Mapping

import polars as pl

TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "decimal": pl.Decimal(18, 6),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "dateTime": pl.Datetime("us", "UTC"),
}
"""By the local name of an XSD type: those that properties of the ontology have."""
