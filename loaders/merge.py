"""Records of one document: what it tells more than once becomes one record.

Identical tellings collapse; of different ones the first value that is not null wins and lists are
united, and a single-valued property told differently is noted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from loaders.content import content_text, fingerprints
from ontology.model import Model

_SYSTEM = ("_n", "_doc", "_place", "iri", "class")


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one root class: `_n` (first instance), `_doc`, `_place`, `iri`, `class`, `hash`,
    properties; one row a document and iri. conflicts: `_doc`, `_n`, `column`.
    """

    frame: pl.DataFrame
    conflicts: pl.DataFrame


def merge(frames: Iterable[pl.DataFrame], root: str, model: Model) -> Records:
    """One frame of a root class from the typed frames of several blocks."""
    schema = model.table_schema(root)
    told = pl.concat(frames, how="diagonal").sort("_n")
    names = [name for name in told.columns if name not in _SYSTEM]
    repeated = told.select("_doc", "iri").is_duplicated()
    conflicts = pl.DataFrame(schema={"_doc": pl.Int64, "_n": pl.Int64, "column": pl.String})
    if repeated.any():
        told, conflicts = _merged(told, repeated, names, model)
    told = told.with_columns(pl.col(name).cast(schema[name]) for name in names)
    text = told.select(text=content_text(told.schema, names))["text"]
    return Records(told.with_columns(fingerprints(text).alias("hash")), conflicts)


def _merged(
    told: pl.DataFrame, repeated: pl.Series, names: list[str], model: Model
) -> tuple[pl.DataFrame, pl.DataFrame]:
    several = told.filter(repeated)
    single = [name for name in names if not isinstance(told.schema[name], pl.List)]
    groups = several.group_by("_doc", "iri", maintain_order=True).agg(
        pl.col("_n", "_place").first(),
        pl.col("class").unique(maintain_order=True),
        *(pl.col(name).drop_nulls().first() for name in single),
        *(pl.col(name).drop_nulls() for name in names if name not in single),
        *(pl.col(name).drop_nulls().n_unique().alias(f"!{name}") for name in single),
    )
    united = [
        pl.col(name).list.eval(pl.element().explode().unique(maintain_order=True)).alias(name)
        for name in names
        if name not in single
    ]
    groups = groups.with_columns(united)
    groups = groups.with_columns(
        pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).alias(name)
        for name in names
        if name not in single
    )
    classes = [_narrowest(found, model) for found in groups["class"].to_list()]
    notes = [
        groups.filter(pl.col(f"!{name}") > 1).select("_doc", "_n", column=pl.lit(name))
        for name in single
    ]
    apart = pl.Series(
        [
            len(found) > 1 and one is None
            for found, one in zip(groups["class"], classes, strict=True)
        ]
    )
    notes.append(groups.filter(apart).select("_doc", "_n", column=pl.lit("class")))
    groups = groups.with_columns(
        pl.Series(
            "class",
            [one or found[0] for found, one in zip(groups["class"], classes, strict=True)],
            dtype=pl.String,
        )
    ).select(told.columns)
    return pl.concat([told.filter(~repeated), groups]).sort("_n"), pl.concat(notes)


def _narrowest(classes: list[str], model: Model) -> str | None:
    """The class that is below all the others, if one is."""
    for cls in classes:
        if all(model.is_a(cls, other) for other in classes):
            return cls
    return None
