"""Which charge records are of the same charge: within one matter, against one defendant."""

import polars as pl

from linkage.clusters import connected
from linkage.keys import normalised
from linkage.pairs import LINKS, Linked, placed


def link_charges(records: pl.Series, told: pl.DataFrame) -> Linked:
    """Sets of charge records, and the assertions they rest on.

    records: every iri, sorted. told: iri, dataset, matter and defendant (numbers of sets; one
    row for each in which the record stands), reference (the source's offence identifier),
    sequence, code (offence code, null where absent).

    Two records are of one charge when matter and defendant are the same, and either their offence
    identifiers are, or their offence sequence is and the offence codes agree but for the letter A
    of an attempt, or one has no code. Where one dataset has two charges under the same sequence
    and code, the sequence does not tell them apart: flag 'several', not followed.
    """
    known = told.with_columns(
        base=pl.col("code").str.replace(r"^([A-Z]{2}\d{5})A$", "$1"),
        reference=normalised("offenceReference", pl.col("reference")),
    )
    by_reference = _pairs(
        known.drop_nulls("reference").with_columns(linked=True),
        ["matter", "defendant", "reference"],
        "offenceReference",
        pl.col("reference"),
    )
    links = pl.concat([by_reference, _by_sequence(known.drop_nulls("sequence"), by_reference)])
    numbered = placed(records, links.filter("linked"))
    sets = connected(len(records), numbered.select("_left", "_right").iter_rows())
    members = pl.DataFrame(
        {"member": records, "set": sets}, schema={"member": pl.String, "set": pl.Int64}
    )
    return Linked(members, links)


def _by_sequence(known: pl.DataFrame, by_reference: pl.DataFrame) -> pl.DataFrame:
    place = ["matter", "defendant", "sequence"]
    group = [*place, "base"]
    joined = by_reference.select("right", first="left").unique("right")
    codes = pl.col("base").drop_nulls()
    assumed = pl.when(codes.n_unique().over(place) == 1).then(codes.first().over(place))
    coded = known.join(joined, left_on="iri", right_on="right", how="left").with_columns(
        first=pl.coalesce("first", "iri"),
        base=pl.coalesce("base", assumed, pl.lit("")),
    )
    in_one_dataset = pl.col("first").n_unique().over(*group, "dataset")
    marked = coded.with_columns(alone=in_one_dataset == 1)
    shown = pl.concat_str(pl.col("sequence").cast(pl.String), "base", separator=" ")
    return _pairs(
        marked.with_columns(linked=pl.col("alone").all().over(group)),
        group,
        "offenceSequence",
        shown.str.strip_chars(),
    )


def _pairs(rows: pl.DataFrame, group: list[str], scheme: str, value: pl.Expr) -> pl.DataFrame:
    """Each record of a group beside the group's first; `linked` is taken from the rows."""
    paired = rows.with_columns(left=pl.col("iri").min().over(group), value=value).filter(
        pl.col("iri") != pl.col("left")
    )
    return (
        paired.select(
            "left",
            "value",
            "linked",
            right="iri",
            scheme=pl.lit(scheme),
            strength=pl.lit(0, pl.Int64),
            agreement=pl.lit(None, pl.List(pl.String)),
            flag=pl.when(~pl.col("linked")).then(pl.lit(["several"], pl.List(pl.String))),
        )
        .select(list(LINKS))
        .unique()
    )
