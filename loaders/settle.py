"""One typed batch to its fate: merged, checked, set against what is loaded, written.

Every record instance ends as exactly one of loaded, rejected, unchanged or superseded.
"""

from dataclasses import dataclass

import polars as pl

import shapes
from loaders import findings
from loaders.columns import repeated
from loaders.faults import KINDS
from loaders.mapping import SourceMapping
from loaders.merge import merge
from loaders.typed import Typed, Typist
from ontology.model import Model
from releases import Releases, Writer, replace

_OF_DOCUMENT = [code for code, kind in KINDS.items() if kind.effect == "document"]
_OF_RECORD = [code for code, kind in KINDS.items() if kind.effect == "record"]


@dataclass(frozen=True, slots=True)
class Settled:
    """fates: `_n`, `_doc`, `_file`, fate, of every instance. records: accepted ones by root.
    documents: ids met. findings: all of the batch, not yet written. stale: newer tellings of live
    records that were rejected, alone or with their document.
    """

    fates: pl.DataFrame
    records: dict[str, pl.DataFrame]
    documents: pl.Series
    findings: pl.DataFrame
    stale: int


class Settler:
    """Settles the batches of one source into one writer."""

    def __init__(
        self,
        mapping: SourceMapping,
        typist: Typist,
        model: Model,
        releases: Releases,
        writer: Writer,
    ) -> None:
        self.mapping, self.typist, self.model = mapping, typist, model
        self.releases, self.writer = releases, writer

    def settle(self, typed: Typed, files: pl.Series) -> Settled:
        """Write one batch. files: paths, by file number."""
        code = pl.col("code")
        refused = typed.faults.filter(code.is_in(_OF_DOCUMENT))["_doc"].unique()
        bad = typed.faults.filter(code.is_in(_OF_RECORD))["_n"].unique()
        told = {name: _told(frame, refused, bad) for name, frame in typed.frames.items()}
        records, notes = self._merged(told)
        checked = shapes.check(
            {root: _content(frame) for root, frame in records.items()},
            self.model,
            cases=self.releases.folder / shapes.DISAGREEMENTS,
        )
        accepted = _without_violations(records, checked)
        mentions = _mentions(accepted)
        versions = self._versions(typed, refused, mentions, files)
        ids = versions["document"].unique()
        seen = self.releases.seen(ids, pending=self.writer)
        # A document that was never seen says nothing live; asking would read whole tables.
        live = self.releases.mentions(seen["document"].unique(), pending=self.writer)
        decided = replace(seen, live, versions, mentions)
        self._write(decided.mentions, decided.deletes, decided.documents, accepted, versions)
        numbered = _numbered({root: records[root] for root in checked["root"].unique()})
        return Settled(
            fates=_fates(typed, refused, bad, decided.mentions),
            records=accepted,
            documents=ids,
            findings=findings.together(
                [
                    findings.of_faults(
                        pl.concat([typed.faults, notes]), typed, files, self.mapping
                    ),
                    findings.of_shapes(checked, numbered, typed, files, self.mapping, self.model),
                    findings.of_versions(decided.versions),
                ]
            ),
            stale=_stale(live, versions),
        )

    def _merged(
        self, told: dict[str, pl.DataFrame]
    ) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """Records by root class, and the contradictions within documents as faults."""
        by_root: dict[str, list[pl.DataFrame]] = {}
        for name, frame in told.items():
            if frame.height:
                by_root.setdefault(self.typist.roots[name], []).append(frame)
        merged = merge(by_root, self.model)
        nothing = pl.lit("")
        notes = merged.conflicts.select(
            "_doc", "_n", "column", code=pl.lit("JG-LOD-031"), detail=nothing, value=nothing
        )
        return merged.frames, notes

    def _versions(
        self, typed: Typed, refused: pl.Series, mentions: pl.DataFrame, files: pl.Series
    ) -> pl.DataFrame:
        """The batch's documents as `releases.replace` wants them; those without a key are not."""
        missed = (
            typed.instances.filter(pl.col("iri").is_not_null())
            .select(pl.col("_doc").alias("instance"), "iri")
            .unique()
            .join(mentions.select("instance", "iri"), on=["instance", "iri"], how="anti")
            .group_by("instance")
            .agg(pl.col("iri").sort().alias("rejected"))
        )
        is_refused = pl.col("_doc").is_in(refused.implode())
        named = typed.documents.filter(pl.col("document").is_not_null())
        return named.select(
            pl.col("_doc").alias("instance"),
            "document",
            pl.lit(self.mapping.source).alias("dataset"),
            "version",
            pl.col("content").alias("hash"),
            pl.lit(files.gather(named["_file"])).alias("file"),
            pl.when(is_refused)
            .then(pl.lit("refused"))
            .otherwise(pl.lit("accepted"))
            .alias("outcome"),
        ).join(missed, on="instance", how="left", maintain_order="left")

    def _write(
        self,
        mentions: pl.DataFrame,
        deletes: pl.DataFrame,
        documents: pl.DataFrame,
        accepted: dict[str, pl.DataFrame],
        versions: pl.DataFrame,
    ) -> None:
        told = versions.select("instance", "document", "version", "dataset")
        news = mentions.filter(pl.col("fate") == "loaded").join(
            told, on="instance", how="left", maintain_order="left"
        )
        for (root,), rows in news.partition_by("root", as_dict=True).items():
            chosen = accepted[root][rows["row"]].drop("_n", "_doc", "_place")
            self.writer.put(root, chosen.hstack(rows.select("document", "version", "dataset")))
        for (root,), gone in deletes.group_by("root"):
            self.writer.delete(str(root), gone.select("iri", "document"))
        self.writer.put_documents(documents)


def _stale(live: pl.DataFrame, versions: pl.DataFrame) -> int:
    if not live.height:
        return 0
    kept = live.select("iri", "document", told="version")
    refused = kept.join(versions.filter(pl.col("outcome") == "refused"), on="document")
    lost = versions.filter(pl.col("outcome") == "accepted").explode("rejected")
    rejected = kept.join(
        lost, left_on=["iri", "document"], right_on=["rejected", "document"], suffix="_of"
    )
    newer = pl.col("version") > pl.col("told")
    return refused.filter(newer).height + rejected.filter(newer).height


def _content(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("_n", "_doc", "_place", "hash")


def _told(frame: pl.DataFrame, refused: pl.Series, bad: pl.Series) -> pl.DataFrame:
    """The instances that have an IRI and no fault that takes them."""
    if refused.is_empty() and bad.is_empty() and not frame["iri"].has_nulls():
        return frame
    return frame.filter(
        ~pl.col("_doc").is_in(refused.implode())
        & ~pl.col("_n").is_in(bad.implode())
        & pl.col("iri").is_not_null()
    )


def _without_violations(
    records: dict[str, pl.DataFrame], checked: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    broken = checked.filter(pl.col("severity") == "violation").partition_by("root", as_dict=True)
    accepted = dict(records)
    for (root,), found in broken.items():
        rows = found["row"].unique().cast(pl.Int64)
        numbers = pl.int_range(records[root].height, eager=True)
        accepted[root] = records[root].filter(~numbers.is_in(rows.implode()))
    return accepted


def _mentions(accepted: dict[str, pl.DataFrame]) -> pl.DataFrame:
    schema = {
        "instance": pl.Int64,
        "root": pl.String,
        "iri": pl.String,
        "hash": pl.String,
        "row": pl.Int64,
    }
    frames = [
        pl.DataFrame(
            {
                "instance": frame["_doc"],
                "root": repeated(root, frame.height),
                "iri": frame["iri"],
                "hash": frame["hash"],
                "row": range(frame.height),
            },
            schema=schema,
        )
        for root, frame in accepted.items()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _numbered(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Where the checked records come from, by root and row as `shapes.check` counts them."""
    schema = {"root": pl.String, "row": pl.UInt32, "_doc": pl.Int64, "_n": pl.Int64}
    frames = [
        pl.DataFrame(
            {
                "root": repeated(root, frame.height),
                "row": range(frame.height),
                "_doc": frame["_doc"],
                "_n": frame["_n"],
            },
            schema=schema,
        )
        for root, frame in records.items()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _fates(
    typed: Typed, refused: pl.Series, bad: pl.Series, mentions: pl.DataFrame
) -> pl.DataFrame:
    """The fate of each instance. Of several tellings in a document the first has the record's."""
    files = typed.documents.select("_doc", "_file")
    told = mentions.select(pl.col("instance").alias("_doc"), "root", "iri", "fate")
    is_bad = pl.col("_doc").is_in(refused.implode()) | pl.col("_n").is_in(bad.implode())
    joined = typed.instances.join(files, on="_doc", how="left", maintain_order="left").join(
        told, on=["_doc", "root", "iri"], how="left", maintain_order="left"
    )
    counted = joined.with_columns(
        fate=pl.when(is_bad | pl.col("iri").is_null() | pl.col("fate").is_null())
        .then(pl.lit("rejected"))
        .otherwise(pl.col("fate"))
    )
    first = pl.col("_n") == pl.col("_n").filter(pl.col("fate") != "rejected").min().over(
        "_doc", "root", "iri"
    )
    return counted.select(
        "_n",
        "_doc",
        "_file",
        fate=pl.when((pl.col("fate") == "rejected") | first)
        .then(pl.col("fate"))
        .otherwise(pl.lit("unchanged")),
    )
