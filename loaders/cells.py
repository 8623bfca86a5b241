"""Columns that are read from text: formats and codes."""

from collections.abc import Sequence

import polars as pl

from loaders.formats import interpret
from loaders.keys import supplied
from loaders.mapping import Column, Value
from loaders.masking import masked_column
from loaders.notes import Notes
from ontology.model import Model


class Cells:
    """Types the value columns of raw frames; ill-typed cells and unknown codes are noted."""

    def __init__(self, model: Model, notes: Notes) -> None:
        self.model, self.notes = model, notes

    def columns(self, columns: Sequence[Column], frame: pl.DataFrame) -> list[pl.Series]:
        """Value columns of a raw frame (`_n`, `_doc`, `v:<property>`), typed."""
        flat = [column for column in columns if not _listed(column, frame)]
        typed = self._typed(flat, {column.name: f"v:{column.name}" for column in flat}, frame)
        made = [
            _as_list(typed[column.name])
            if self.model.properties[column.name].many
            else typed[column.name]
            for column in flat
        ]
        return made + [self._list(column, frame) for column in columns if column not in flat]

    def _list(self, column: Column, frame: pl.DataFrame) -> pl.Series:
        name = f"v:{column.name}"
        rows = frame.select("_n", "_doc", name).explode(name).drop_nulls(name)
        rows = rows.with_columns(self._typed([column], {column.name: name}, rows)[column.name])
        lists = (
            rows.drop_nulls(column.name)
            .group_by("_n")
            .agg(pl.col(column.name).unique(maintain_order=True))
        )
        joined = frame.select("_n").join(lists, on="_n", how="left", maintain_order="left")
        return joined[column.name]

    def _typed(
        self, columns: Sequence[Column], raw: dict[str, str], frame: pl.DataFrame
    ) -> pl.DataFrame:
        """One frame with the columns typed, from text columns of `frame` named in `raw`."""
        values: dict[str, pl.Expr] = {}
        ill: dict[str, pl.Expr] = {}
        for column in columns:
            prop, value = self.model.properties[column.name], _value(column)
            text = supplied(value, raw[column.name])
            if prop.kind == "code":
                values[column.name] = text
            else:
                values[column.name], ill[f"!{column.name}"] = interpret(
                    text, value.format, prop.datatype or "string"
                )
        made = frame.with_columns(**values, **ill)
        wrong = made.select(pl.col(name).any() for name in ill).row(0) if ill else ()
        for name, any_wrong in zip(ill, wrong, strict=True):
            if any_wrong:
                column = next(column for column in columns if f"!{column.name}" == name)
                self._note(column, made.filter(pl.col(name)), raw[column.name])
        codes = [
            self._codes(column, made[column.name])
            for column in columns
            if self.model.properties[column.name].kind == "code"
        ]
        return made.with_columns(codes)

    def _note(self, column: Column, bad: pl.DataFrame, raw: str) -> None:
        prop = self.model.properties[column.name]
        shown = masked_column(bad[raw], prop.sensitivity) if raw in bad.columns else None
        what = _value(column).format or prop.datatype or "text"
        self.notes.fault(bad, "JG-LOD-023", column.name, what, shown)

    def _codes(self, column: Column, notations: pl.Series) -> pl.Series:
        """Concept IRIs; a code its scheme does not hold gets the IRI it would have."""
        prop = self.model.properties[column.name]
        scheme = _value(column).codes or prop.scheme or ""
        held = self.model.schemes[scheme].concepts
        counts = dict(notations.drop_nulls().value_counts().iter_rows())
        strange = {code: count for code, count in counts.items() if code not in held}
        if strange:
            self.notes.unknown(scheme, column.name, strange)
        iris = [self.model.concept_iri(scheme, code) for code in counts]
        return notations.replace_strict(list(counts), iris, default=None, return_dtype=pl.String)


def _value(column: Column) -> Value:
    assert isinstance(column.rule, Value)
    return column.rule


def _listed(column: Column, frame: pl.DataFrame) -> bool:
    return frame.schema.get(f"v:{column.name}") == pl.List(pl.String)


def _as_list(values: pl.Series) -> pl.Series:
    """A column of lists of one; null stays null."""
    return pl.select(
        pl.when(values.is_not_null()).then(pl.concat_list(values)).alias(values.name)
    ).to_series()
