"""Links between pairs of records, before they are written as assertions."""

from dataclasses import dataclass

import polars as pl

LINKS: dict[str, pl.DataType] = {
    "left": pl.String(),
    "right": pl.String(),
    "scheme": pl.String(),
    "value": pl.String(),
    "strength": pl.Int64(),
    "agreement": pl.List(pl.String()),
    "flag": pl.List(pl.String()),
    "linked": pl.Boolean(),
}


@dataclass(frozen=True)
class Linked:
    """members: member, set. links: columns of LINKS, left < right."""

    members: pl.DataFrame
    links: pl.DataFrame


def placed(records: pl.Series, links: pl.DataFrame) -> pl.DataFrame:
    """The links with `_left` and `_right`: places of the two in the sorted records."""
    places = pl.DataFrame({"iri": records}).with_row_index("place").cast({"place": pl.Int64})
    return links.join(places.rename({"iri": "left", "place": "_left"}), on="left").join(
        places.rename({"iri": "right", "place": "_right"}), on="right"
    )
