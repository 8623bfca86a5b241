"""Columns that are read from text: formats and codes.

A message has a hundred columns of few cells, so all columns of a batch that are read alike are
read as one: first every column is asked for, then all are read, then each is there.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache, partial

import polars as pl

from loaders.columns import repeated, together
from loaders.formats import ill_typed, values
from loaders.keys import supplied
from loaders.mapping import Column, Value
from ontology.model import Model

Kind = tuple[str, str | None]
"""How text is read: an XSD datatype (by local name) and a mapping format; or `code`, a scheme."""
Asked = tuple[Value, Kind]


def kind_of(column: Column, model: Model) -> Kind:
    """How the texts of a value column are read."""
    prop, value = model.properties[column.name], column.rule
    assert isinstance(value, Value)
    if prop.kind == "code":
        return "code", value.codes or prop.scheme or ""
    return prop.datatype or "string", value.format


def texts_of(parts: Mapping[str, Value]) -> dict[str, Asked]:
    """Key parts and versions are read as canonical text."""
    return {name: (part, ("string", part.format)) for name, part in parts.items()}


class Cells:
    """The text columns of one batch, by the block they are of and the name of the raw column."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._texts: dict[Kind, dict[tuple[str, str], pl.Series]] = defaultdict(dict)
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._values: dict[tuple[str, str], pl.Series] = {}
        self._strange: dict[str, list[str]] = {}

    def ask(self, block: str, frame: pl.DataFrame, asked: Mapping[str, Asked]) -> None:
        """Columns of a raw frame to be read, by their names there (a constant has none)."""
        changed = {
            name: supplied(value, name)
            for name, (value, _) in asked.items()
            if value.rename is not None or value.default is not None
        }
        texts = frame.with_columns(**changed) if changed else frame
        for name, (value, kind) in asked.items():
            constant = value.how == "const"
            text = repeated(value.const, frame.height) if constant else texts[name]
            self._texts[kind][block, name] = text
            self._kinds[block, name] = kind

    def read(self) -> None:
        """Read all that was asked for."""
        for (datatype, form), texts in self._texts.items():
            work = (
                partial(self._codes, form or "")
                if datatype == "code"
                else partial(_read, _values(form, datatype))
            )
            self._values |= zip(texts, together(list(texts.values()), work), strict=True)

    def values(self, block: str, name: str) -> pl.Series:
        """The values of a column; null where a cell is absent or ill-typed."""
        return self._values[block, name]

    def ill(self, block: str, name: str) -> pl.Series | None:
        """The mask of a column's ill-typed cells, None where there is none."""
        kind, read = self._kinds[block, name], self._values[block, name]
        texts = self._texts[kind][block, name]
        if kind[0] == "code" or read.null_count() == texts.null_count():
            return None
        cells = pl.DataFrame({"raw": texts, "value": read})
        ill = cells.select(ill=ill_typed(pl.col("raw"), pl.col("value"), kind[1]))["ill"]
        return ill if ill.any() else None

    def unknown(self, block: str, name: str) -> dict[str, int]:
        """The codes of a column that its scheme does not hold, and how often each stands there."""
        kind = self._kinds[block, name]
        strange = self._strange.get(kind[1] or "") if kind[0] == "code" else None
        if not strange:
            return {}
        texts = self._texts[kind][block, name]
        return dict(texts.filter(texts.is_in(strange)).value_counts().iter_rows())

    def _codes(self, scheme: str, notations: pl.Series) -> pl.Series:
        """Concept IRIs; a code its scheme does not hold gets the IRI it would have."""
        held = self.model.schemes[scheme].concepts
        codes = notations.drop_nulls().unique().to_list()
        self._strange[scheme] = [code for code in codes if code not in held]
        iris = [self.model.concept_iri(scheme, code) for code in codes]
        return notations.replace_strict(codes, iris, default=None, return_dtype=pl.String)


@lru_cache(maxsize=256)
def _values(form: str | None, datatype: str) -> pl.Expr:
    return values(pl.col("raw"), form, datatype)


def _read(values: pl.Expr, raw: pl.Series) -> pl.Series:
    return pl.DataFrame({"raw": raw}).select(values).to_series()
