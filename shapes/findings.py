"""Findings of the shapes: one row for each thing that a shape says of a record."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from shapes.plan import Result
    from shapes.rules import Shapes

FINDINGS: Mapping[str, pl.DataType] = {
    "iri": pl.String(),
    "root": pl.String(),
    "row": pl.UInt32(),
    "shape": pl.String(),
    "path": pl.String(),
    "value": pl.String(),
    "severity": pl.String(),
    "message": pl.String(),
    "fix": pl.String(),
}
_ORDER = ("root", "row", "shape", "path", "value", "message")


def findings(found: Iterable[tuple[str | int, ...]]) -> pl.DataFrame:
    """Rows of `FINDINGS` as a frame, in its order."""
    table = pl.DataFrame(list(found), schema=dict(FINDINGS), orient="row")
    return ordered(table)


def ordered(table: pl.DataFrame) -> pl.DataFrame:
    """Findings without repetitions, in their order."""
    return table.lazy().unique().sort(*_ORDER, nulls_last=False).collect()


def finding(
    shapes: "Shapes", iri: str, root: str, row: int, result: "Result"
) -> tuple[str | int, ...]:
    """One row of `FINDINGS`: a result of pyshacl under the code of its shape.

    The message of sh:or, sh:and, sh:xone and sh:not goes on with the inner shapes.
    """
    from rdflib import URIRef

    from shapes.rules import SEVERITIES

    rule = shapes.by_iri[str(result.shape)]
    path = str(result.path).rpartition("#")[2] if isinstance(result.path, URIRef) else ""
    value = "" if result.value is None else str(result.value)
    if result.value == result.focus:
        value = iri
    detail = shapes.detail(str(result.shape), str(result.component))
    message = f"{result.messages[0]} ({detail})" if detail else result.messages[0]
    severity = SEVERITIES[result.severity]
    return (iri, root, row, rule.code, path, value, severity, message, rule.fix)
