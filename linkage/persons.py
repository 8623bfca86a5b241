"""Which person records are of the same human being: published keys, checked by name and birth."""

from collections.abc import Mapping

import polars as pl

from linkage.clusters import without_conflict
from linkage.keys import has_wrong_letter, normalised
from linkage.names import Identity, compare, folded, looks_like_twins
from linkage.pairs import LINKS, Linked, placed

_LISTS = {"pnc": "pncId", "cro": "croNumber", "prisonerNumber": "prisonerNumber"}
_KEYS = {**_LISTS, "crn": "crn", "masterDefendantId": "masterDefendantId"}
_MOST_IDENTITIES = 40  # a key carried by more different people is nobody's


def person_keys(persons: pl.DataFrame, arrests: pl.DataFrame) -> pl.DataFrame:
    """Valid identifiers of person records: iri, scheme, value.

    persons: iri and the identifier columns of PersonRecord. arrests: iri (of the person record),
    asn (text) of the participations and charges of that person.
    """
    told = {
        scheme: persons[["iri", name]].rename({name: "value"}) for scheme, name in _KEYS.items()
    }
    told["asn"] = arrests[["iri", "asn"]].rename({"asn": "value"})
    none = pl.DataFrame(schema=dict.fromkeys(("iri", "scheme", "value"), pl.String))
    return pl.concat(
        [none, *(_keys(scheme, frame) for scheme, frame in told.items() if _any(frame["value"]))]
    ).unique()


def _any(values: pl.Series) -> bool:
    """Whether there is one: most kinds of identifiers stand in few records."""
    return values.null_count() < len(values)


def _keys(scheme: str, told: pl.DataFrame) -> pl.DataFrame:
    """iri, scheme, value of one kind of identifier: a text, or a list of texts, each record."""
    every = told.lazy().explode("value") if scheme in _LISTS else told.lazy()
    form = normalised(scheme, pl.col("value"))
    keys = every.drop_nulls("value").select("iri", pl.lit(scheme).alias("scheme"), value=form)
    return keys.drop_nulls("value").collect()


def identities(persons: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """What each person record says of names and birth: iri, and the same number for the same.

    An alias counts as a name, not with its birth date: many people share those.

    persons: iri, givenName, middleNames, familyName, fullName, birthDate. aliases: the same
    columns, iri being the person record they belong to. Returns iri, identity (number), and on
    the first row of each identity what `Identity` needs: see `read_identities`.
    """
    named = aliases.with_columns(birthDate=pl.lit(None, pl.Date))
    told = pl.concat([persons, named]).select(
        "iri",
        pl.concat_str("givenName", "middleNames", separator=" ", ignore_nulls=True).alias("given"),
        pl.col("familyName").fill_null("").alias("family"),
        pl.col("fullName").fill_null("").alias("full"),
        pl.col("birthDate").cast(pl.String).fill_null("").alias("born"),
    )
    plain = told.with_columns(folded(pl.col(name)) for name in ("given", "family"))
    lines = plain.select(
        "iri", "born", name=pl.concat_str("given", "family", "full", separator="\t")
    )
    return (
        lines.group_by("iri")
        .agg(
            pl.col("name").unique().sort().str.join("\n"),
            pl.col("born").unique().sort().str.join("\n"),
        )
        .with_columns(pl.struct("name", "born").rank("dense").cast(pl.Int64).alias("identity"))
    )


def read_identities(told: pl.DataFrame, numbers: pl.Series) -> dict[int, Identity]:
    """The identities with these numbers, ready to be compared."""
    from datetime import date

    wanted = told.filter(pl.col("identity").is_in(numbers.implode())).unique("identity")
    return {
        number: Identity(
            tuple(sorted({_name(line) for line in names.split("\n")})),
            tuple(date.fromisoformat(line) for line in births.split("\n") if line),
        )
        for number, names, births in wanted.select("identity", "name", "born").iter_rows()
    }


def _name(line: str) -> tuple[tuple[str, ...], str]:
    given, family, full = line.split("\t")
    if not given and not family:
        given, family = _parted(full)
    return tuple(given.split()), family


def _parted(full: str) -> tuple[str, str]:
    frame = pl.DataFrame({"full": full.partition(",")[::2]})
    first, second = frame.select(folded(pl.col("full")))["full"].to_list()
    if second:
        return second, first
    given, _, family = first.rpartition(" ")
    return given, family


def link_persons(persons: pl.Series, keys: pl.DataFrame, told: pl.DataFrame) -> Linked:
    """Sets of person records, and the assertions they rest on.

    persons: every iri, sorted. keys: iri, scheme, value. told: of `identities`.
    """
    carried = keys.join(told.select("iri", "identity"), on="iri")
    crowded = pl.col("identity").n_unique().over("scheme", "value") > _MOST_IDENTITIES
    carried = carried.filter(~crowded & (pl.len().over("scheme", "value") > 1))
    firsts = carried.group_by("scheme", "value", "identity").agg(pl.col("iri").min().alias("left"))
    alike = carried.join(firsts, on=["scheme", "value", "identity"]).filter(
        pl.col("iri") != pl.col("left")
    )
    pairs = firsts.join(firsts, on=["scheme", "value"], suffix="_other").filter(
        pl.col("left") < pl.col("left_other")
    )
    links = pl.concat(
        [
            _alike(alike, told),
            _compared(pairs, told),
        ]
    )
    return _settled(persons, _careful(links))


def _careful(links: pl.DataFrame) -> pl.DataFrame:
    """A key with a wrong check letter is followed only where name and birth date agree."""
    doubtful = (
        has_wrong_letter(pl.col("scheme"), pl.col("value"))
        & pl.col("linked")
        & (pl.col("strength") > 0)
    )
    return links.with_columns(
        linked=pl.col("linked") & ~doubtful,
        flag=pl.when(doubtful)
        .then(pl.lit(["checkLetter"], pl.List(pl.String)))
        .otherwise(pl.col("flag")),
    )


def _alike(alike: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Links between records that say the very same of name and birth."""
    has = told.select(
        "iri", name=pl.col("name").str.contains(r"[^\t\n]"), born=pl.col("born") != ""
    )
    return alike.join(has, on="iri").select(
        "left",
        "scheme",
        "value",
        right="iri",
        strength=2 - pl.col("name").cast(pl.Int64) - pl.col("born").cast(pl.Int64),
        agreement=pl.concat_list(
            pl.when("born").then(pl.lit("birthDate=same")).otherwise(pl.lit("birthDate=absent")),
            pl.when("name").then(pl.lit("name=same")).otherwise(pl.lit("name=absent")),
        ),
        flag=pl.lit(None, pl.List(pl.String)),
        linked=pl.lit(True),
    ).select(list(LINKS))  # fmt: skip


def _compared(pairs: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Links, and conflicts, between records that share a key and differ in name or birth."""
    known = read_identities(told, pl.concat([pairs["identity"], pairs["identity_other"]]).unique())
    judged = []
    for one, other in pairs.select("identity", "identity_other").unique().iter_rows():
        left, right = sorted((known[one], known[other]), key=lambda each: (each.names, each.births))
        agreement = compare(left, right)
        twins = looks_like_twins(left, right)
        flag = ["conflict"] if agreement.conflicts else ["twins"] if twins else None
        judged.append(
            (one, other, agreement.strength, agreement.fields, flag, not agreement.conflicts)
        )
    kinds: Mapping[str, pl.DataType] = {
        "identity": pl.Int64(),
        "identity_other": pl.Int64(),
        **{name: LINKS[name] for name in ("strength", "agreement", "flag", "linked")},
    }
    frame = pl.DataFrame(judged, schema=dict(kinds), orient="row")
    return (
        pairs.join(frame, on=["identity", "identity_other"])
        .with_columns(right="left_other")
        .select(list(LINKS))
    )


def _settled(persons: pl.Series, links: pl.DataFrame) -> Linked:
    numbered = placed(persons, links)
    follow = numbered.filter("linked").select("_left", "_right", "strength").unique()
    against = (
        numbered.filter(pl.col("flag").list.contains("conflict")).select("_left", "_right").unique()
    )
    sets, dropped = without_conflict(len(persons), follow.rows(), against.rows())
    bridges = pl.DataFrame(
        sorted(dropped), schema={"_left": pl.Int64, "_right": pl.Int64}, orient="row"
    )
    told = numbered.join(bridges.with_columns(bridge=True), on=["_left", "_right"], how="left")
    is_bridge = pl.col("bridge").fill_null(False)
    flagged = pl.concat_list(
        pl.col("flag").fill_null(pl.lit([], pl.List(pl.String))), pl.lit("bridge")
    )
    links = told.with_columns(
        pl.when(is_bridge).then(flagged).otherwise(pl.col("flag")).alias("flag"),
        linked=pl.col("linked") & ~is_bridge,
    )
    members = pl.DataFrame(
        {"member": persons, "set": sets}, schema={"member": pl.String, "set": pl.Int64}
    )
    return Linked(members, links.select(list(LINKS)))
