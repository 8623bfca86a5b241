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
        things = self._named(linked)
        links = pl.concat([self._rows.assertions(kind, each) for kind, each in linked.items()])
        written = (
            self._write("LinkAssertion", links)
            + self._write("Membership", self._rows.memberships(things))
            + self._write("Thing", self._rows.things(things), keep=True)
        )
        return LinkSummary(
            persons=things["person"].count,
            matters=things["matter"].count,
            charges=things["charge"].count,
            links=links.filter("linked").height,
            conflicts=links.filter(~pl.col("linked")).height,
            written=written,
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

    def _named(self, linked: dict[str, Linked]) -> dict[str, Things]:
        before = self._memberships_before()
        return {
            kind: named(
                self._base,
                kind,
                each.members,
                before.filter(pl.col("linkKind") == self._rows.code("thing-kind", kind)).select(
                    "member", "thing"
                ),
            )
            for kind, each in linked.items()
        }

    def _write(self, root: str, rows: pl.DataFrame, *, keep: bool = False) -> int:
        """Put what differs from the previous release; delete what is not there unless keep."""
        before = self._releases.state(
            root, columns=("iri", "hash"), documents=[DOCUMENT], pending=self._writer
        ).collect()
        changed = rows.join(before, on=["iri", "hash"], how="anti").sort("iri")
        system = {"class": root, "dataset": DATASET, "document": DOCUMENT, "version": ""}
        absent = [pl.lit(text).alias(name) for name, text in system.items() if name not in rows]
        self._writer.put(root, changed.with_columns(absent))
        if keep:
            return changed.height
        gone = before.join(rows, on="iri", how="anti").sort("iri")
        self._writer.delete(root, gone.select("iri", pl.lit(DOCUMENT).alias("document")))
        return changed.height + gone.height


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
