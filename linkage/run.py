"""One linkage run: from the records a release will hold to its things, links and memberships."""

from dataclasses import dataclass

import polars as pl

from linkage.charges import link_charges
from linkage.dataset import DATASET, DOCUMENT
from linkage.keys import normalised
from linkage.matters import link_matters, matter_keys
from linkage.pairs import Linked
from linkage.persons import identities, link_persons, person_keys
from linkage.reading import NAMES, ROOTS, Reading, roles_of
from linkage.rows import Rows
from linkage.things import CLASSES, Things, named
from ontology import Model
from ontology.identifiers import BASE
from releases import Releases, Writer


@dataclass(frozen=True)
class LinkSummary:
    """Things of each kind, links followed, keys not followed, and rows written."""

    persons: int
    matters: int
    charges: int
    links: int
    conflicts: int
    written: int


def run(releases: Releases, writer: Writer, model: Model, base: str = BASE) -> LinkSummary:
    """Link what the writer's release will hold, and write what differs from the one before.

    Writes Thing, Membership and LinkAssertion rows of the dataset justicegraph/linkage. A person
    record always has a Person, a case a Matter, a charge a Charge, alone if need be. Persons have
    the same sets at all three thresholds, since they rest on published keys only. The result
    depends on the records and on the previous membership, not on the order of loading. A release
    that touches no such record keeps the things of the one before.
    """
    linkage = _Run(releases, writer, model, base)
    return linkage.run() if writer.touched(*ROOTS) or not linkage.before() else linkage.standing()


class _Run:
    def __init__(self, releases: Releases, writer: Writer, model: Model, base: str) -> None:
        self._releases = releases
        self._writer = writer
        self._base = base
        self._read = Reading(releases, writer, model, base)
        self._rows = Rows(model, base)

    def run(self) -> LinkSummary:
        parties = self._read.parties()
        charges = self._read.charges()
        roles = roles_of(parties, charges)
        persons = self._persons(roles)
        roles = roles.join(
            persons.members.select(person="member", person_set="set"), on="person", how="left"
        )
        matters = self._matters(roles)
        linked = {
            "person": persons,
            "matter": matters,
            "charge": _link_charges(charges, roles, matters.members),
        }
        before = self._memberships_before()
        counts = [self._write(kind, each, before) for kind, each in linked.items()]
        return LinkSummary(
            persons=counts[0].things,
            matters=counts[1].things,
            charges=counts[2].things,
            links=sum(count.links for count in counts),
            conflicts=sum(count.conflicts for count in counts),
            written=sum(count.written for count in counts),
        )

    def before(self) -> bool:
        """Whether an earlier release was linked."""
        return self._releases.current > 0 and not self._memberships_before().is_empty()

    def standing(self) -> LinkSummary:
        """What the release before holds, nothing being written."""
        members = self._memberships_before()
        links = self._read.table("LinkAssertion", "linked")
        things = {
            kind: members.filter(pl.col("linkKind") == self._rows.code("thing-kind", kind))
            for kind in CLASSES
        }
        return LinkSummary(
            persons=things["person"]["thing"].n_unique(),
            matters=things["matter"]["thing"].n_unique(),
            charges=things["charge"]["thing"].n_unique(),
            links=links.filter("linked").height,
            conflicts=links.filter(~pl.col("linked")).height,
            written=0,
        )

    def _memberships_before(self) -> pl.DataFrame:
        told = self._read.table("Membership", "member", "thing", "linkKind", "threshold")
        return told.filter(pl.col("threshold") == self._rows.code("threshold", "high"))

    def _persons(self, roles: pl.DataFrame) -> Linked:
        persons = self._read.persons()
        aliases = self._read.aliases().join(persons, on="iri", how="semi")
        arrests = roles.select(iri="person", asn="asn").drop_nulls().unique()
        told = identities(persons.select("iri", *NAMES), aliases.select("iri", *NAMES))
        return link_persons(persons["iri"].sort(), person_keys(persons, arrests), told)

    def _matters(self, roles: pl.DataFrame) -> Linked:
        cases = self._read.cases()
        arrests = (
            roles.select("case", "asn", person="person_set")
            .drop_nulls(["case", "asn"])
            .join(cases, left_on="case", right_on="iri", how="semi")
        )
        return link_matters(cases["iri"].sort(), matter_keys(cases, arrests))

    def _write(self, kind: str, linked: Linked, before: pl.DataFrame) -> "_Counts":
        """Put what differs from the previous release, and delete what is no longer there."""
        code = self._rows.code("thing-kind", kind)
        previous = before.filter(pl.col("linkKind") == code).select("member", "thing")
        things = named(self._base, kind, linked.members, previous)
        links = self._rows.assertions(kind, linked)
        left = previous.join(things.members, on="member", how="anti")
        written = (
            self._put("LinkAssertion", links, self._known("LinkAssertion", code))
            + self._put("Thing", self._rows.things(kind, things), self._known("Thing", code))
            + self._put("Membership", self._rows.memberships(kind, _news(things, previous)))
            + self._delete("LinkAssertion", self._known("LinkAssertion", code), links)
            + self._delete("Membership", self._rows.memberships(kind, left))
        )
        followed = links.filter("linked").height
        return _Counts(things.count, followed, links.height - followed, written)

    def _known(self, root: str, kind: str) -> pl.DataFrame:
        told = self._releases.state(
            root,
            columns=("iri", "hash", "linkKind"),
            documents=[DOCUMENT],
            pending=self._writer,
        )
        same = told.filter(pl.col("linkKind") == kind).select("iri", "hash")
        return same.collect(engine="streaming")

    def _put(self, root: str, rows: pl.DataFrame, known: pl.DataFrame | None = None) -> int:
        news = rows if known is None else rows.join(known, on=["iri", "hash"], how="anti")
        system = {"class": root, "dataset": DATASET, "document": DOCUMENT, "version": ""}
        absent = [pl.lit(text).alias(name) for name, text in system.items() if name not in rows]
        self._writer.put(root, news.sort("iri").with_columns(absent))
        return news.height

    def _delete(self, root: str, rows: pl.DataFrame, kept: pl.DataFrame | None = None) -> int:
        gone = rows if kept is None else rows.join(kept, on="iri", how="anti")
        keys = gone.sort("iri").select("iri", pl.lit(DOCUMENT).alias("document"))
        self._writer.delete(root, keys)
        return gone.height


@dataclass(frozen=True)
class _Counts:
    things: int
    links: int
    conflicts: int
    written: int


def _news(things: Things, previous: pl.DataFrame) -> pl.DataFrame:
    return things.members.join(previous, on=["member", "thing"], how="anti")


def _link_charges(charges: pl.DataFrame, roles: pl.DataFrame, matters: pl.DataFrame) -> Linked:
    asn = normalised("asn", pl.col("asn"))
    defendant = pl.coalesce("p" + pl.col("person_set").cast(pl.String), "a" + asn)
    places = (
        roles.drop_nulls(["charge", "case"])
        .join(matters.select(case="member", matter="set"), on="case")
        .select("matter", iri="charge", defendant=defendant)
        .drop_nulls()
        .unique()
    )
    told = charges.select(
        "iri",
        "dataset",
        reference="offenceReference",
        sequence="offenceSequence",
        code=pl.col("offenceCode").str.split("/").list.last().str.to_uppercase(),
    )
    return link_charges(charges["iri"].sort(), told.join(places, on="iri"))
