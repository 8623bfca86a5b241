"""Findings of a load: what was refused, rejected or merely noticed, where, why and what to do.

Values are masked by the sensitivity of their property; text at paths the mapping does not name is
never read. field: the property concerned, or what the source calls it; "" where it is none.
"""

from collections.abc import Iterable

import polars as pl

from loaders.errors import FileError
from loaders.faults import KINDS
from loaders.mapping import SourceMapping
from loaders.masking import masked
from loaders.report import UnknownCode
from loaders.typed import Typed
from ontology.errors import nearest
from ontology.model import Model

COLUMNS = (
    "file",
    "path",
    "dataset",
    "document",
    "version",
    "iri",
    "severity",
    "effect",
    "code",
    "field",
    "value",
    "message",
    "fix",
)
SCHEMA = dict.fromkeys(COLUMNS, pl.String())
LISTED = 500  # codes of a scheme that are compared with an unknown one


def of_faults(
    faults: pl.DataFrame, typed: Typed, files: pl.Series, mapping: SourceMapping
) -> pl.DataFrame:
    """Findings of a batch's faults (`typed.FAULTS`)."""
    if faults.is_empty():
        return together(())
    rows = []
    placed = _placed(faults, typed, files)
    for row in placed.iter_rows(named=True):
        kind = KINDS[row["code"]]
        message = kind.message.format(column=row["column"], detail=row["detail"])
        fix = kind.fix
        if "@with." in row["column"]:
            names = [part.strip()[6:] for part in row["column"].split(",") if "@with." in part]
            fix = f"Give it with {' '.join(f'--with {name}=...' for name in names)}. {fix}"
        rows.append(
            (
                row["file"],
                row["_place"] or "",
                mapping.source,
                row["document"],
                row["version"],
                row["iri"],
                kind.severity,
                kind.effect,
                kind.code,
                row["column"],
                row["value"],
                message,
                fix,
            )
        )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def of_shapes(
    results: pl.DataFrame,
    records: pl.DataFrame,
    typed: Typed,
    files: pl.Series,
    mapping: SourceMapping,
    model: Model,
) -> pl.DataFrame:
    """Findings of `shapes.check`. records: `_doc` and `_n` of each checked `root` and `row`."""
    if results.is_empty():
        return together(())
    told = results.join(records.select("root", "row", "_doc", "_n"), on=["root", "row"], how="left")
    placed = _placed(told, typed, files)
    values = [
        masked(value, model.properties[path].sensitivity) if path in model.properties else ""
        for path, value in placed.select("path", "value").iter_rows()
    ]
    return placed.select(
        "file",
        pl.col("_place").alias("path"),
        pl.lit(mapping.source).alias("dataset"),
        "document",
        "version",
        "iri",
        "severity",
        pl.when(pl.col("severity") == "violation")
        .then(pl.lit("record"))
        .otherwise(pl.lit("none"))
        .alias("effect"),
        pl.col("shape").alias("code"),
        placed["path"].alias("field"),
        pl.Series("value", values, dtype=pl.String),
        "message",
        "fix",
    )


def of_versions(versions: pl.DataFrame) -> pl.DataFrame:
    """Findings of documents older than what is kept, and of contradictory ones.

    versions: as `releases.replace` returns them.
    """
    if not (versions["conflict"].any() or "superseded" in versions["fate"]):
        return together(())
    older = versions.filter(pl.col("fate") == "superseded").select(
        "file",
        "dataset",
        "document",
        "version",
        severity=pl.lit("info"),
        effect=pl.lit("superseded"),
        code=pl.lit("JG-LOD-040"),
        message=pl.lit("a newer version of this document is loaded"),
        fix=pl.lit("Nothing: the newer one stays."),
    )
    twice = versions.filter(pl.col("conflict") & (pl.col("fate") != "unchanged")).select(
        "file",
        "dataset",
        "document",
        "version",
        severity=pl.lit("warning"),
        effect=pl.lit("none"),
        code=pl.lit("JG-LOD-041"),
        message=pl.lit("another content of this document has the same version"),
        fix=pl.lit(
            "Ask the sender which is the later; until then the order of their hashes decides."
        ),
    )
    return _whole(pl.concat([older, twice]))


def of_file(
    file: str, mapping: SourceMapping | None, error: FileError, place: str = ""
) -> pl.DataFrame:
    """The finding of a file, or a message at a place in it, that cannot be read."""
    effect = "document" if place else "file"
    row = {
        "file": file,
        "path": place,
        "dataset": mapping.source if mapping else "",
        "severity": "violation",
        "effect": effect,
        "code": error.code,
        "message": error.cause,
        "fix": error.fix,
    }
    return _whole(pl.DataFrame([row], schema_overrides=SCHEMA))


def of_codes(unknown: Iterable[UnknownCode], model: Model) -> pl.DataFrame:
    """One finding a code that its scheme does not hold, whatever number of records carries it.

    The fix names the nearest code, where the scheme is short enough to be looked through.
    """
    kind = KINDS["JG-LOD-030"]
    rows = [
        {
            "dataset": code.source,
            "severity": kind.severity,
            "effect": kind.effect,
            "code": kind.code,
            "field": code.column,
            "value": code.code,
            "message": kind.message.format(column=code.column, detail=code.scheme)
            + f": {code.code} ({code.count:,} times)",
            "fix": kind.fix + _nearest(code, model),
        }
        for code in unknown
    ]
    return _whole(pl.DataFrame(rows, schema_overrides=SCHEMA)) if rows else together(())


def of_refused_rows(refused: pl.DataFrame, expected: int, file: str, source: str) -> pl.DataFrame:
    """Findings of CSV rows with another number of columns than the header."""
    kind = KINDS["JG-LOD-032"]
    return _whole(
        refused.select(
            file=pl.lit(file),
            path=pl.format("row {}", "_row"),
            dataset=pl.lit(source),
            severity=pl.lit(kind.severity),
            effect=pl.lit(kind.effect),
            code=pl.lit(kind.code),
            message=pl.format(
                kind.message.replace("{detail}", "{} columns where the header has {}"),
                "columns",
                pl.lit(expected),
            ),
            fix=pl.lit(kind.fix),
        )
    )


def together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One frame of findings."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def _nearest(code: UnknownCode, model: Model) -> str:
    scheme = model.schemes.get(code.scheme)
    if scheme is None or len(scheme.concepts) > LISTED:
        return ""
    close = nearest(code.code, scheme.concepts, 1)
    return f" Nearest known: {close[0]} ({scheme.concepts[close[0]].label})." if close else ""


def _placed(rows: pl.DataFrame, typed: Typed, files: pl.Series) -> pl.DataFrame:
    """Rows with `_doc` and `_n`, and beside them file, document, version, `_place` and iri."""
    documents = typed.documents.select(
        "_doc",
        "document",
        "version",
        pl.col("_place").alias("_of_document"),
        file=files.gather(typed.documents["_file"]),
    )
    instances = typed.instances.select("_n", "_place", "iri")
    joined = rows.drop("iri", strict=False).join(
        documents, on="_doc", how="left", maintain_order="left"
    )
    joined = joined.join(instances, on="_n", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("_place", "_of_document").alias("_place"))


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns of findings, the absent ones empty."""
    absent = [pl.lit("").alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(absent).select(
        pl.col(name).cast(pl.String).fill_null("") for name in COLUMNS
    )
