"""Which records a run must look at again: those touched, and all that their links can reach.

Persons are closed under shared keys and the sets of the release before; so are cases, to which
the cases of these persons belong, since an arrest number joins cases only where it is one
person's; so are the charges of these cases. Whatever lies outside keeps its thing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from linkage.matters import matter_keys
from linkage.persons import person_keys
from linkage.reading import ROOTS, Reading, roles_of
from releases import Releases, Writer

MOST = 50_000
"""Above so many records of one kind everything is looked at: that is quicker then."""

NONE = pl.Series([], dtype=pl.String)


@dataclass(frozen=True)
class Scope:
    """The iris of the records to look at; some of them may no longer be live."""

    persons: pl.Series
    cases: pl.Series
    charges: pl.Series

    @property
    def nothing(self) -> bool:
        """Whether there is none."""
        return self.persons.is_empty() and self.cases.is_empty() and self.charges.is_empty()


def key_texts(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys (iri, scheme, value) as memberships tell them: member, linkKey (a sorted list)."""
    return (
        keys.select(member="iri", linkKey=pl.concat_str("scheme", "value", separator=" "))
        .unique()
        .group_by("member")
        .agg(pl.col("linkKey").sort())
    )


def scope_of(releases: Releases, writer: Writer, read: Reading) -> Scope | None:
    """The scope of what a writer has touched and that reads otherwise now; None: everything."""
    touched = {root: releases.touched(root, writer) for root in ROOTS}
    if any(len(iris) > MOST for iris in touched.values()):
        return None
    changed = read.changed(touched)
    if all(iris.is_empty() for iris in changed.values()):
        return Scope(NONE, NONE, NONE)
    read.ahead()
    return _Scoping(read, changed).scope()


class _Scoping:
    def __init__(self, read: Reading, touched: dict[str, pl.Series]) -> None:
        self._read, self._touched = read, touched

    def scope(self) -> Scope | None:
        parts = self._both("Participation", "iri", "inCase", "party")
        charges = self._both("Issue", "iri", "inCase", "ofParticipation", "aboutPerson")
        aliases = self._both("Alias", "iri", "aliasOf")
        bearing = self._read.parts(iris=_values(charges["ofParticipation"]))
        persons = self._closed(
            "person",
            [
                self._touched["PersonRecord"],
                aliases["aliasOf"],
                charges["aboutPerson"],
                self._read.only_persons(parts["party"]),
                self._read.only_persons(bearing["party"]),
            ],
            self._person_keys,
        )
        hanging = self._read.issues(where={"ofParticipation": self._touched["Participation"]})
        if persons is None:
            return None
        theirs = self._read.parts(where={"party": persons})
        about = self._read.issues(where={"aboutPerson": persons})
        seed = [
            self._touched["Case"],
            *(told["inCase"] for told in (parts, charges, bearing, theirs, about, hanging)),
        ]
        own: Sequence[pl.Series] = [self._touched["Issue"], hanging["iri"]]
        cases = NONE
        while True:
            closed = self._closed("matter", seed, self._case_keys, cases)
            if closed is None:
                return None
            cases = closed
            within = self._read.parts(where={"inCase": cases})
            found = self._read.issues(where={"inCase": cases, "ofParticipation": within["iri"]})
            every = self._closed("charge", [*own, found["iri"]], lambda _: NONE)
            if every is None:
                return None
            # A charge that shared a thing may stand in a case that is not here yet.
            seed = [self._cases_of(every)]
            if seed[0].is_in(cases.implode()).all():
                return Scope(persons, cases, every)

    def _cases_of(self, charges: pl.Series) -> pl.Series:
        told = self._read.issues(iris=charges)
        parts = self._read.parts(iris=_values(told["ofParticipation"]))
        return _union([told["inCase"], parts["inCase"]])

    def _both(self, root: str, *columns: str) -> pl.DataFrame:
        """The touched records of a class as they are and as they were."""
        iris = self._touched[root]
        if iris.is_empty():
            return self._read.none(root, *columns)
        now = self._read.table(root, *columns, iris=iris)
        return pl.concat([now, self._read.before(root, *columns, iris=iris)])

    def _closed(
        self,
        kind: str,
        seed: Sequence[pl.Series],
        keys: Callable[[pl.Series], pl.Series],
        known: pl.Series = NONE,
    ) -> pl.Series | None:
        """What is known, the seed, and all that shares a key or, in the release before, a thing
        with it.

        Only the keys of the seed are read off the records: those of what it leads to are as the
        memberships of the release before tell them, since nothing about it was touched.
        """
        fresh = _without(_union(seed), known)
        told_now = keys(fresh) if len(fresh) else NONE
        known, asked = pl.concat([known, fresh]), NONE
        while not fresh.is_empty():
            if len(known) > MOST:
                return None
            told = self._read.memberships(kind, where={"member": fresh})
            news = _without(_union([told_now, told["linkKey"]]), asked)
            asked, told_now = pl.concat([asked, news]), NONE
            found = self._read.memberships(
                kind, where={"linkKey": news, "thing": told["thing"].unique()}
            )["member"].unique()
            fresh = _without(found, known)
            known = pl.concat([known, fresh])
        return known

    def _person_keys(self, persons: pl.Series) -> pl.Series:
        roles = self._roles(persons=persons).filter(pl.col("person").is_in(persons.implode()))
        arrests = roles.select(iri="person", asn="asn").drop_nulls()
        return _texts(person_keys(self._read.persons(iris=persons), arrests))

    def _case_keys(self, cases: pl.Series) -> pl.Series:
        roles = self._roles(cases=cases).filter(pl.col("case").is_in(cases.implode()))
        arrests = roles.select("case", "asn", person=pl.lit(None, pl.Int64))
        told = matter_keys(self._read.cases(iris=cases), arrests.drop_nulls(["case", "asn"]))
        return _texts(told)

    def _roles(self, persons: pl.Series = NONE, cases: pl.Series = NONE) -> pl.DataFrame:
        return roles_of(*self._read.of(persons, cases, NONE))


def _texts(keys: pl.DataFrame) -> pl.Series:
    return _union([key_texts(keys)["linkKey"]])


def _values(column: pl.Series) -> pl.Series:
    """The values of a column of texts or lists of texts, each once."""
    plain = column.explode() if isinstance(column.dtype, pl.List) else column
    return plain.cast(pl.String).drop_nulls().unique()


def _without(values: pl.Series, others: pl.Series) -> pl.Series:
    return values if others.is_empty() else values.filter(~values.is_in(others.implode()))


def _union(columns: Sequence[pl.Series]) -> pl.Series:
    return pl.concat([_values(column).alias("") for column in columns]).unique()
