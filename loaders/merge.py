"""Records of one document: what it tells more than once becomes one record.

Identical tellings collapse; of different ones the first value that is not null wins and lists are
united, and a single-valued property told differently is noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from loaders.content import contents
from ontology.model import Model

_SYSTEM = ("_n", "_doc", "_place", "iri", "class")
_CONFLICTS = {"_doc": pl.Int64, "_n": pl.Int64, "column": pl.String}


@dataclass(frozen=True, slots=True)
class Records:
    """frames: by root class `_n` (first instance), `_doc`, `_place`, `iri`, `class`, properties,
    `hash`; one row a document and iri. conflicts: `_doc`, `_n`, `column`.
    """

    frames: dict[str, pl.DataFrame]
    conflicts: pl.DataFrame


def merge(told: Mapping[str, Sequence[pl.DataFrame]], model: Model) -> Records:
    """One frame of each root class from the typed frames of several blocks."""
    frames, conflicts = {}, [pl.DataFrame(schema=_CONFLICTS)]
    for root, parts in sorted(told.items()):
        frame = pl.concat(parts, how="diagonal").sort("_n")
        if frame["iri"].n_unique() < frame.height:
            repeated = frame.select("_doc", "iri").is_duplicated()
            if repeated.any():
                frame, found = _merged(frame, repeated, _properties(frame), model)
                conflicts.append(found)
        schema, had = model.table_schema(root), frame.schema
        other = {name: schema[name] for name in _properties(frame) if had[name] != schema[name]}
        frames[root] = frame.cast(pl.Schema(other)) if other else frame
    hashes = contents([frame.select("class", *_properties(frame)) for frame in frames.values()])
    return Records(
        {
            root: frame.with_columns(content.alias("hash"))
            for (root, frame), content in zip(frames.items(), hashes, strict=True)
        },
        pl.concat(conflicts),
    )


def _properties(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in _SYSTEM]


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
