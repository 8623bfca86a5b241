"""The documents of a batch: their keys and versions, read and named."""

from functools import partial

import polars as pl

from loaders.cells import Cells, texts_of
from loaders.formats import version_text
from loaders.keys import parts_of, shorter
from loaders.mapping import SourceMapping
from loaders.notes import Notes
from ontology.identifiers import document_id_expr

_WHOLE = ""
"""What stands for the documents where `Cells` names a block."""


def ask(mapping: SourceMapping, documents: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Ask for key parts and versions. documents: `raw.DOCUMENTS`; returned with all `k:<i>`."""
    rule = mapping.document
    parts = parts_of(rule.key, "k:")
    version = {"version": rule.version} if rule.version is not None else {}
    frame = documents.with_columns(
        pl.lit(None, pl.String).alias(name) for name in parts if name not in documents.columns
    )
    cells.ask(_WHOLE, frame, texts_of(parts | version))
    return frame


def named(mapping: SourceMapping, told: pl.DataFrame, cells: Cells, notes: Notes) -> pl.DataFrame:
    """What `ask` returned, with `document` (id), `version` and key parts `k:<i>` as they read."""
    rule = mapping.document
    parts = parts_of(rule.key, "k:")
    # A document known by its content has its own key parts, which no format concerns.
    by_content = pl.col("k:0") == "content" if rule.by_content else pl.lit(False)
    columns: dict[str, pl.Expr] = {}
    missing = pl.lit(False)
    for name, part in parts.items():
        text = pl.lit(cells.values(_WHOLE, name))
        columns[name] = pl.when(by_content).then(pl.col(name)).otherwise(text)
        if not part.optional:
            missing = missing | (~by_content & text.is_null())
    frame = told.with_columns(pl.lit(None, pl.Int64).alias("_n"))
    if rule.version is not None:
        read = pl.lit(cells.values(_WHOLE, "version"))
        columns["version"] = version_text(pl.col("version"), read, rule.version.format)
        ill = cells.ill(_WHOLE, "version")
        if ill is not None:
            notes.fault(frame.filter(ill), "JG-LOD-026", "version", rule.version.format or "text")
    made = frame.with_columns(missing.alias("_missing"), **columns)
    keys = ", ".join(path.text for part in rule.key for path in part.paths)
    notes.fault(made.filter("_missing"), "JG-LOD-021", keys, "")
    optional = [name for name, part in parts.items() if part.optional]
    optional += ["k:1", "k:2"] if rule.by_content else []
    document = shorter(partial(document_id_expr, mapping.source), key_names(made), optional)
    return made.with_columns(
        version=pl.col("version").fill_null(""),
        document=pl.when(~pl.col("_missing")).then(document),
    )


def key_names(frame: pl.DataFrame) -> list[str]:
    """The columns of key parts, in order."""
    return sorted(
        (name for name in frame.columns if name.startswith("k:")), key=lambda name: int(name[2:])
    )
