"""Which case records are of the same matter: case numbers that are unique, ASN of the parties."""

import polars as pl

from linkage.clusters import connected
from linkage.keys import normalised
from linkage.pairs import LINKS, Linked, placed

_UNIQUE = {
    "urn": ("urn", "caseReference", "caseNumber"),
    "familyCase": ("caseReference", "caseNumber"),
    "coreCase": ("caseReference", "caseNumber"),
}
"""Schemes whose numbers are unique by themselves → where they may stand."""


def matter_keys(cases: pl.DataFrame, arrests: pl.DataFrame) -> pl.DataFrame:
    """Valid identifiers of case records: iri, scheme, value, person.

    cases: iri, urn, caseReference, caseNumber, courtCode. A URN may stand in any of the first
    three; a family case number and a Core Case Data reference in the second and third; a court's
    case number counts together with its court. arrests: case, asn and person
    (the person record's set, null for a company), one row an ASN of a party to that case.
    """
    number = normalised("courtCase", pl.col("caseNumber"))
    court = pl.col("courtCode").str.strip_chars().str.to_uppercase()
    own = {
        f"{scheme} {column}": normalised(scheme, pl.col(column))
        for scheme, columns in _UNIQUE.items()
        for column in columns
    }
    plain = (
        cases.select("iri", **own, courtCase=court + " " + number)
        .unpivot(index="iri", variable_name="scheme")
        .select(
            "iri",
            pl.col("scheme").str.split(" ").list.first(),
            "value",
            person=pl.lit(None, pl.Int64),
        )
    )
    asns = arrests.select(
        iri="case",
        scheme=pl.lit("asn"),
        value=normalised("asn", pl.col("asn")),
        person=pl.col("person").cast(pl.Int64),
    )
    return pl.concat([plain, asns]).filter(pl.col("value").is_not_null()).unique()


def link_matters(cases: pl.Series, keys: pl.DataFrame) -> Linked:
    """Sets of case records, and the assertions they rest on.

    An ASN joins two cases where its party is the same person in both, or a company; where it is
    carried by several people it is a conflict and not followed between them.
    """
    group = ("scheme", "value")
    several = keys.filter(pl.col("iri").n_unique().over(group) > 1).with_columns(
        people=pl.col("person").drop_nulls().n_unique().over(group)
    )
    firsts = several.group_by(*group, "person", "people").agg(left=pl.col("iri").min())
    alike = several.join(firsts, on=["scheme", "value", "person"], nulls_equal=True).filter(
        pl.col("iri") != pl.col("left")
    )
    joined = alike.select("left", "scheme", "value", right="iri", linked=pl.lit(True))
    other = firsts.join(firsts, on=["scheme", "value"], suffix="_other").filter(
        pl.col("left") < pl.col("left_other")
    )
    unlike = other.select(
        "left",
        "scheme",
        "value",
        right="left_other",
        linked=pl.col("people") <= 1,
    )
    conflict = pl.when(~pl.col("linked")).then(pl.lit(["conflict"], pl.List(pl.String)))
    links = (
        pl.concat([joined, unlike])
        .with_columns(
            strength=pl.lit(0, pl.Int64),
            agreement=pl.lit(None, pl.List(pl.String)),
            flag=conflict,
        )
        .select(list(LINKS))
    )
    numbered = placed(cases, links.filter("linked"))
    sets = connected(len(cases), numbered.select("_left", "_right").iter_rows())
    members = pl.DataFrame(
        {"member": cases, "set": sets}, schema={"member": pl.String, "set": pl.Int64}
    )
    return Linked(members, links)
