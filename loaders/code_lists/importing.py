"""A list's codes into a release: one document an edition, so that editions replace each other."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from loaders.code_lists.codes import Code, Coded, code
from loaders.code_lists.description import Description, described, fits, known_list
from loaders.code_lists.errors import CodeListError
from loaders.code_lists.reading import read
from loaders.content import contents, fingerprint
from ontology.identifiers import document_id, record_iri
from ontology.model import SYSTEM_COLUMNS, Model
from ontology.namespaces import code_iri
from releases import Releases, Writer, replace

LISTS, CODES = "CodeList", "ListedCode"


@dataclass
class ImportReport:
    """What an import did. rows read = codes + repeated + rejected.

    records: fates of the list's records: loaded, unchanged, superseded (a newer edition is
    held). ended: codes that this edition no longer has. conflict: another content has its date.
    """

    dataset: str
    schemes: tuple[str, ...]
    coded: Coded
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    ended: int = 0
    conflict: bool = False
    release: int | None = None

    def counts(self) -> dict[str, object]:
        """The numbers alone, as a release keeps them."""
        return {
            "read": self.coded.read,
            "loaded": self.loaded,
            "rejected": self.coded.rejected,
            "duplicates": self.coded.repeated + self.unchanged + self.superseded,
            "unchanged": self.unchanged,
            "superseded": self.superseded,
        }


def import_list(
    file: Path,
    releases: Releases,
    writer: Writer,
    model: Model,
    *,
    edition: date,
    base: str,
    name: str | None = None,
    said: dict[str, str] | None = None,
    columns: tuple[str, ...] = (),
) -> ImportReport:
    """Import a published list into a writer, which the caller commits.

    edition: the day of which the list is. name, said, columns: what the user says about it
    (`description.described`). Codes of the edition before that are not in this one stay, with
    the day before this edition as their last. Raises CodeListError, OSError.
    """
    options = dict(said or {})
    known = known_list(file, name, options.get("scheme"))
    rows = read(file, columns or (known.columns if known else ()))
    if known and name is None and not fits(known, rows.columns, options):
        known = None  # another list of that name or scheme
    what = described(rows, known, name, options)
    if not what.source:
        raise CodeListError(
            "JG-COD-020", "nobody says where the list is from", "Name it with --source TEXT."
        )
    coded = code(rows, what)
    if not coded.codes:
        raise CodeListError(
            "JG-COD-021",
            f"none of {coded.read} rows has a code in {what.notation}",
            "Name the column of the codes with --notation COLUMN.",
        )
    dataset = f"codes/{what.list}"
    document, version = document_id(dataset, [what.list]), edition.isoformat()
    report = ImportReport(dataset, tuple(sorted({c.scheme for c in coded.codes})), coded)
    made = {
        LISTS: _lists(report, what, edition, base),
        CODES: _codes(coded.codes, dataset, base),
    }
    frames = {root: _framed(rows_, root, model, document, version) for root, rows_ in made.items()}
    gone = _ended(releases, writer, document, edition, frames[CODES], model)
    report.ended = gone.filter(pl.col("missingSince") == edition).height
    frames[CODES] = pl.concat([frames[CODES], gone])
    _settle(releases, writer, frames, report, file, fingerprint(rows.content), document, version)
    writer.report(_findings(report, file, document, version))
    return report


def _lists(
    report: ImportReport, what: Description, edition: date, base: str
) -> list[dict[str, object]]:
    return [
        {
            "iri": record_iri(base, LISTS, report.dataset, [scheme]),
            "codeScheme": scheme,
            "listName": what.name or what.list,
            "listPublisher": what.source,
            "editionDate": edition,
        }
        for scheme in report.schemes
    ]


def _codes(codes: list[Code], dataset: str, base: str) -> list[dict[str, object]]:
    return [
        {
            "iri": record_iri(base, CODES, dataset, [each.scheme, each.notation]),
            "inCodeList": record_iri(base, LISTS, dataset, [each.scheme]),
            "codeScheme": each.scheme,
            "codeIri": code_iri(each.scheme, each.notation),
            "codeNotation": each.notation,
            "codeLabel": each.labels[0] if each.labels else None,
            "codeLabelWelsh": each.welsh or None,
            "otherCodeLabel": list(each.labels[1:]) or None,
            "broaderCode": list(each.broader) or None,
            "matchedCode": list(each.matches) or None,
            "codeValidFrom": each.valid_from,
            "codeValidTo": each.valid_to,
            "listedColumn": [f"{name}={value}" for name, value in each.columns] or None,
        }
        for each in codes
    ]


def _framed(
    rows: list[dict[str, object]], root: str, model: Model, document: str, version: str
) -> pl.DataFrame:
    schema = model.table_schema(root)
    links = {p.name for p in model.table_properties(root) if p.kind == "link" and p.many}
    for row in rows:
        row.update({name: [row[name]] for name in links & set(row)})
    frame = pl.DataFrame(rows, schema=pl.Schema(schema), strict=False).with_columns(
        pl.lit(root).alias("class"),
        pl.lit(document.rpartition("/")[0]).alias("dataset"),
        pl.lit(document).alias("document"),
        pl.lit(version).alias("version"),
    )
    return _hashed(frame)


def _hashed(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in frame.columns if name not in SYSTEM_COLUMNS]
    (hashes,) = contents([frame.select("class", *names)])
    return frame.with_columns(hashes.alias("hash"))


def _ended(
    releases: Releases,
    writer: Writer,
    document: str,
    edition: date,
    fresh: pl.DataFrame,
    model: Model,
) -> pl.DataFrame:
    """Codes of earlier editions that this one lacks, with their end.

    Those that a later import of the same edition no longer gives were mistaken, and go.
    """
    columns = list(model.table_schema(CODES))
    held = releases.state(CODES, documents=[document], columns=columns, pending=writer).collect()
    version = edition.isoformat()
    earlier = (pl.col("version") < version) | (
        (pl.col("version") == version) & pl.col("missingSince").is_not_null()
    )
    last = edition - timedelta(days=1)
    gone = held.filter(earlier).join(
        fresh.select("iri"), on="iri", how="anti", maintain_order="left"
    )
    ended = gone.with_columns(
        pl.col("missingSince").fill_null(edition),
        pl.when(pl.col("missingSince").is_null())
        .then(pl.min_horizontal(pl.col("codeValidTo").fill_null(last), pl.lit(last)))
        .otherwise(pl.col("codeValidTo"))
        .alias("codeValidTo"),
        pl.lit(version).alias("version"),
    )
    return _hashed(ended.select(fresh.columns))


def _settle(
    releases: Releases,
    writer: Writer,
    frames: dict[str, pl.DataFrame],
    report: ImportReport,
    file: Path,
    content: str,
    document: str,
    version: str,
) -> None:
    """Set the edition against those held (`releases.replace`) and write what is new."""
    versions = pl.DataFrame(
        {
            "instance": [0],
            "document": [document],
            "dataset": [report.dataset],
            "version": [version],
            "hash": [content],
            "file": [file.name],
            "outcome": ["accepted"],
            "rejected": [None],
        },
        schema_overrides={"rejected": pl.List(pl.String)},
    )
    mentions = pl.concat(
        [
            frame.select(
                pl.lit(0, pl.Int64).alias("instance"),
                pl.lit(root).alias("root"),
                "iri",
                "hash",
                pl.int_range(pl.len(), dtype=pl.Int64).alias("row"),
            )
            for root, frame in frames.items()
        ]
    )
    seen = releases.seen([document], pending=writer)
    live = releases.mentions([document], pending=writer)
    decided = replace(seen, live, versions, mentions)
    told = decided.mentions
    for root, frame in frames.items():
        news = told.filter((pl.col("fate") == "loaded") & (pl.col("root") == root))["row"]
        writer.put(root, frame[news.to_list()])
    for (root,), gone in decided.deletes.group_by("root"):
        writer.delete(str(root), gone.select("iri", "document"))
    writer.put_documents(decided.documents)
    fates = dict(told.group_by("fate").len().iter_rows())
    report.loaded = fates.get("loaded", 0)
    report.unchanged = fates.get("unchanged", 0)
    report.superseded = fates.get("superseded", 0)
    report.conflict = bool(decided.versions["conflict"].any())


def _findings(report: ImportReport, file: Path, document: str, version: str) -> pl.DataFrame:
    from loaders.findings import SCHEMA

    rows = [
        (file.name, each.place, report.dataset, document, version, "", each.severity,
         "record" if each.severity == "violation" else "none", each.code, "", each.value,
         each.message, each.fix)
        for each in report.coded.noticed
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
