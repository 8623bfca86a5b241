"""The document rule: which record rows a batch of documents puts and deletes.

The document is the unit of replacement. For each record of a document the versions are walked
from the newest to the oldest: where it was rejected, the older one is asked; where it is absent,
it is not live; where it is present, that is its content. A refused version was rejected as a
whole. Versions are ordered by version (absent, '', first), then by hash. So the outcome does not
depend on the order in which versions arrive, nor on how they are split into loads.

What must be remembered for this are the versions from the newest down to the newest accepted one
without rejections: nothing older can matter again.

The same version with the same hash seen again is the same document, perhaps mapped anew: what it
says now replaces what it said; what was once accepted of it stays accepted.
"""

from dataclasses import dataclass

import polars as pl

VERSION = ("document", "version", "hash")
SUBJECT = ("root", "iri", "document")


@dataclass(frozen=True)
class Replacement:
    """What a batch does.

    mentions: as given, with fate 'loaded' (put it), 'unchanged' or 'superseded'.
    deletes: root, iri, document that are live and no longer given.
    documents: versions to remember (document, dataset, version, hash, file, outcome, rejected).
    versions: as given, with fate 'loaded', 'unchanged', 'superseded' or 'refused', and conflict:
    another content has the same version (not for refused ones).
    """

    mentions: pl.DataFrame
    deletes: pl.DataFrame
    documents: pl.DataFrame
    versions: pl.DataFrame


def replace(
    seen: pl.DataFrame, live: pl.DataFrame, versions: pl.DataFrame, mentions: pl.DataFrame
) -> Replacement:
    """Decide a batch against what is remembered and live.

    seen: document, version, hash, outcome ('accepted', 'refused'), rejected (iris), of all
    documents of the batch (Releases.seen). live: root, iri, document, version, hash of the record
    (Releases.mentions). versions: instance (a number of its own), document, dataset, version,
    hash (of the raw document), file, outcome, rejected. mentions: the accepted records: instance,
    root, iri, hash (of the record), row. Neither pure duplicates nor order matter.
    """
    marks = _marks(seen, versions, mentions)
    rejected = _rejected(marks)
    known = _known(marks, rejected)
    used = (
        mentions.join(known.select("instance", "document"), on="instance")
        .unique(subset=["instance", *SUBJECT], keep="first", maintain_order=True)
        .select("instance", *SUBJECT, "row", content="hash")
    )
    subjects = pl.concat([used.select(SUBJECT), live.select(SUBJECT)]).unique()
    decided = (
        _deciders(subjects, known.filter("accepted"), rejected)
        .filter(pl.col("instance").is_not_null())
        .join(used, on=["instance", *SUBJECT], how="left", maintain_order="left")
        .join(
            live.select(*SUBJECT, live_version="version", live_content="hash"),
            on=SUBJECT,
            how="left",
            maintain_order="left",
        )
    )
    gone = decided.filter(pl.col("row").is_null() & pl.col("live_version").is_not_null())
    refused = versions.select("instance", iri="rejected").explode("iri")
    deletes = gone.join(refused, on=["instance", "iri"], how="anti")
    same = pl.col("live_version").eq_missing(pl.col("version")) & pl.col("live_content").eq_missing(
        pl.col("content")
    )
    puts = decided.filter(pl.col("row").is_not_null()).select(
        "instance",
        "root",
        "iri",
        "row",
        fate=pl.when(same).then(pl.lit("unchanged")).otherwise(pl.lit("loaded")),
    )
    fated = _fates_of_mentions(mentions, used, puts)
    acting = pl.concat([puts.filter(pl.col("fate") == "loaded"), deletes], how="diagonal")
    return Replacement(
        mentions=fated,
        deletes=deletes.select(SUBJECT),
        documents=_to_remember(known, rejected, versions),
        versions=_fates_of_versions(versions, known, acting["instance"].unique()),
    )


def _marks(seen: pl.DataFrame, versions: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Every telling of a version: seen before (no instance) or in the batch."""
    told = versions.select("instance", *VERSION, "outcome", "rejected")
    before = seen.select(pl.lit(None, told.schema["instance"]).alias("instance"), *told.columns[1:])
    marks = pl.concat([before, told]).with_row_index("mark")
    twice = (
        marks.select("mark", "instance", iri="rejected")
        .explode("iri")
        .join(mentions.select("instance", "iri").unique(), on=["instance", "iri"], how="anti")
        .drop_nulls("iri")
    )
    lists = twice.group_by("mark").agg(pl.col("iri").unique().sort().alias("rejected"))
    return marks.drop("rejected").join(lists, on="mark", how="left", maintain_order="left")


def _rejected(marks: pl.DataFrame) -> pl.DataFrame:
    """Records rejected in every accepted telling of a version: its key and iri."""
    accepted = marks.filter(pl.col("outcome") == "accepted")
    tellings = accepted.group_by(VERSION).len("tellings")
    return (
        accepted.select(*VERSION, iri="rejected")
        .explode("iri")
        .drop_nulls("iri")
        .group_by(*VERSION, "iri")
        .len("times")
        .join(tellings, on=VERSION)
        .filter(pl.col("times") == pl.col("tellings"))
        .select(*VERSION, "iri")
    )


def _known(marks: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """One row a version: accepted, instance that tells it now, and what was seen of it."""
    is_accepted = pl.col("outcome") == "accepted"
    is_seen = pl.col("instance").is_null()
    lists = rejected.group_by(VERSION).agg(pl.col("iri").sort().alias("rejected"))
    return (
        marks.group_by(VERSION)
        .agg(
            is_accepted.any().alias("accepted"),
            pl.col("instance").filter(is_accepted & ~is_seen).min(),
            pl.col("instance").min().alias("told_by"),
            is_seen.any().alias("seen"),
            (is_accepted & is_seen).any().alias("seen_accepted"),
            pl.col("rejected").filter(is_seen & is_accepted).first().alias("seen_rejected"),
        )
        .join(lists, on=VERSION, how="left")
    )


def _deciders(
    subjects: pl.DataFrame, accepted: pl.DataFrame, rejected: pl.DataFrame
) -> pl.DataFrame:
    """For each record of a document the newest accepted version that did not reject it."""
    columns = ["instance", *VERSION]
    newest = _newest(accepted).select(columns)
    first = subjects.join(newest, on="document")
    going_on = first.join(rejected, on=[*VERSION, "iri"], how="semi").select(SUBJECT)
    settled = first.join(rejected, on=[*VERSION, "iri"], how="anti")
    if going_on.is_empty():
        return settled.drop("hash")
    older = (
        going_on.join(accepted.select(columns), on="document")
        .join(rejected, on=[*VERSION, "iri"], how="anti")
        .sort("version", "hash")
        .unique(subset=SUBJECT, keep="last", maintain_order=True)
    )
    return pl.concat([settled, older.select(settled.columns)]).drop("hash")


def _newest(versions: pl.DataFrame) -> pl.DataFrame:
    return versions.sort("version", "hash").unique(
        subset="document", keep="last", maintain_order=True
    )


def _fates_of_mentions(
    mentions: pl.DataFrame, used: pl.DataFrame, puts: pl.DataFrame
) -> pl.DataFrame:
    keys = ["instance", "root", "iri", "row"]
    repeated = pl.lit("unchanged")
    return (
        mentions.join(puts, on=keys, how="left", maintain_order="left")
        .join(used.select(*keys, used=True), on=keys, how="left", maintain_order="left")
        .with_columns(
            fate=pl.when(pl.col("used").is_null())
            .then(repeated)
            .otherwise(pl.col("fate").fill_null("superseded"))
        )
        .drop("used")
    )


def _to_remember(
    known: pl.DataFrame, rejected: pl.DataFrame, versions: pl.DataFrame
) -> pl.DataFrame:
    clean = known.filter("accepted").join(rejected, on=VERSION, how="anti")
    floor = _newest(clean).select("document", floor="version", floor_hash="hash")
    matters = (
        pl.col("floor").is_null()
        | (pl.col("version") > pl.col("floor"))
        | ((pl.col("version") == pl.col("floor")) & (pl.col("hash") >= pl.col("floor_hash")))
    )
    news = (
        ~pl.col("seen")
        | (pl.col("accepted") & ~pl.col("seen_accepted"))
        | pl.col("rejected").ne_missing(pl.col("seen_rejected"))
    )
    told = versions.select("instance", "dataset", "file")
    return (
        known.filter(pl.col("told_by").is_not_null() & news)
        .join(floor, on="document", how="left")
        .filter(matters)
        .with_columns(instance=pl.col("instance").fill_null(pl.col("told_by")))
        .join(told, on="instance", how="left")
        .select(
            "document",
            "dataset",
            "version",
            "hash",
            "file",
            outcome=pl.when("accepted").then(pl.lit("accepted")).otherwise(pl.lit("refused")),
            rejected="rejected",
        )
        .sort(VERSION)
    )


def _fates_of_versions(
    versions: pl.DataFrame, known: pl.DataFrame, acting: pl.Series
) -> pl.DataFrame:
    accepted = known.filter("accepted")
    newest = _newest(accepted).select("document", newest="version", newest_hash="hash")
    contents = accepted.group_by("document", "version").len("contents")
    is_newest = (pl.col("version") == pl.col("newest")) & (pl.col("hash") == pl.col("newest_hash"))
    state = known.select(*VERSION, "seen_accepted", chosen="instance")
    fate = (
        pl.when(pl.col("outcome") != "accepted")
        .then(pl.lit("refused"))
        .when(pl.col("instance").is_in(acting.implode()))
        .then(pl.lit("loaded"))
        .when((pl.col("instance") != pl.col("chosen")) | (is_newest & pl.col("seen_accepted")))
        .then(pl.lit("unchanged"))
        .when(is_newest)
        .then(pl.lit("loaded"))
        .otherwise(pl.lit("superseded"))
    )
    return (
        versions.join(state, on=VERSION, how="left", maintain_order="left")
        .join(newest, on="document", how="left", maintain_order="left")
        .join(contents, on=["document", "version"], how="left", maintain_order="left")
        .with_columns(
            fate=fate,
            conflict=(pl.col("outcome") == "accepted") & (pl.col("contents").fill_null(0) > 1),
        )
        .select(*versions.columns, "fate", "conflict")
    )
