"""The values that failing records fail with, column by column."""

from typing import TYPE_CHECKING, Any

import polars as pl

from shapes.batch import Batch, worked_out
from shapes.compiler.constraint import Nodes
from shapes.compiler.paths import nodes

if TYPE_CHECKING:
    from shapes.compiler import Constraint

FILLED = {"row": pl.UInt32(), "path": pl.String(), "value": pl.String()}


def filled(
    batch: Batch, root: str, constraint: "Constraint", rows: pl.Series
) -> tuple[pl.DataFrame, pl.Series]:
    """(row, path, value) of each result of a constraint for the rows that fail it, and the rows
    of which a value is unknown. path is "" but where it differs from result to result."""
    frame = batch.frames[root][rows]
    none = pl.Series("row", [], dtype=pl.UInt32)
    match constraint.value:
        case "none":
            return _table(frame.select("row", value=pl.lit("")), ""), none
        case "focus":
            return _table(frame.select("row", value="iri"), ""), none
        case "closed":
            made = [
                _table(_told(batch, frame, name), _local(batch, name))
                for name in constraint.value_columns
                if name in frame.columns
            ]
            return pl.concat([pl.DataFrame(schema=FILLED), *made]), none
        case "step":
            step = constraint.steps[-1]
            failing = batch.table(batch.focus[root][rows], constraint.reads)
            answered = worked_out(batch.values(failing, "focus", step))
            found = nodes(step.path)
        case "values":
            name = constraint.value_columns[0]
            found = _nodes(batch, name)
            if constraint.value_test is None:
                raise ValueError(f"{constraint.id} has no test of a value")
            answered = _cells(batch, frame, name).unique()
            answered = answered.with_columns(ok=constraint.value_test)
        case pair:
            name, *others = constraint.value_columns
            made = [_paired(batch, frame, pair, name, other) for other in others]
            return _table(_shown(pl.concat(made).unique(), _nodes(batch, name)), ""), none
    failed = answered.filter(~pl.col("ok")).select("row", "value")
    unsure = answered.filter(pl.col("ok").is_null())["row"].unique()
    return _table(_shown(failed, found), ""), unsure


def _paired(batch: Batch, frame: pl.DataFrame, pair: str, name: str, other: str) -> pl.DataFrame:
    """row, value: the values of `name` that fail against `other` (for equals, of either)."""
    first, second = _cells(batch, frame, name), _cells(batch, frame, other)
    both = ["row", "value"]
    if pair == "equals":
        return pl.concat(
            [first.join(second, on=both, how="anti"), second.join(first, on=both, how="anti")]
        )
    if pair == "disjoint":
        return first.join(second, on=both, how="semi")
    joined = first.join(second.rename({"value": "other"}), on="row")
    x, y = pl.col("value"), pl.col("other")
    if joined.schema["value"] != joined.schema["other"]:
        x, y = x.cast(pl.Decimal(38, 6)), y.cast(pl.Decimal(38, 6))
    return joined.filter(~(x < y if pair == "lessThan" else x <= y)).select(both)


def _cells(batch: Batch, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """row, value of every value of a property."""
    if name not in frame.columns:
        return pl.DataFrame(schema={"row": pl.UInt32(), "value": _nodes(batch, name).dtype})
    cells = frame.select("row", value=name).drop_nulls()
    return cells.explode("value").drop_nulls() if batch.model.properties[name].many else cells


def _told(batch: Batch, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return _shown(_cells(batch, frame, name).unique(), _nodes(batch, name))


def _shown(cells: pl.DataFrame, found: Nodes) -> pl.DataFrame:
    """Values as the report writes them."""
    if cells.schema["value"] == pl.String:
        return cells
    from rdflib import XSD, URIRef

    from shapes.triples import literal

    datatype: URIRef = XSD[found.datatype or "string"]
    values: list[Any] = cells["value"].unique().to_list()
    texts = [str(literal(value, datatype)) for value in values]
    old = pl.Series(values, dtype=cells.schema["value"])
    words = pl.DataFrame({"value": old, "text": pl.Series(texts, dtype=pl.String)})
    return cells.join(words, on="value", how="left").select("row", value="text")


def _nodes(batch: Batch, name: str) -> Nodes:
    column = batch.model.properties[name]
    return Nodes(column.kind, column.datatype)


def _local(batch: Batch, name: str) -> str:
    return batch.model.properties[name].iri.rpartition("#")[2]


def _table(cells: pl.DataFrame, path: str) -> pl.DataFrame:
    return cells.select("row", pl.lit(path).alias("path"), "value")
