"""One linkage run: from the records a release will hold to its things, links and memberships."""

from dataclasses import dataclass

import polars as pl

from linkage.charges import link_charges
from linkage.dataset import DATASET, DOCUMENT
from linkage.keys import normalised
from linkage.matters import link_matters, matter_keys
from linkage.pairs import Linked
from linkage.persons import identities, link_persons, person_keys
from linkage.things import CLASSES, Things, digests, named
from ontology import Model
from ontology.identifiers import BASE, record_iri, root_of_iri_expr
from releases import Releases, Writer

_NAMES = ("givenName", "middleNames", "familyName", "fullName", "birthDate")
_PERSON_KEYS = ("pncId", "croNumber", "prisonerNumber", "crn", "masterDefendantId")
_THRESHOLDS = {"person": ("high", "medium", "low"), "matter": ("high",), "charge": ("high",)}
_READ = ("PersonRecord", "Alias", "Participation", "Case", "Issue")
_SEPARATOR = "\x1f"


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
    return linkage.run() if writer.touched(*_READ) or not linkage.before() else linkage.standing()


class _Run:
    def __init__(self, releases: Releases, writer: Writer, model: Model, base: str) -> None:
        self.releases = releases
        self.writer = writer
        self.model = model
        self.base = base

    def run(self) -> LinkSummary:
        parties = self._parties()
        charges = self._charges()
        roles = _roles(parties, charges)
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
        links = pl.concat([self._assertions(kind, each) for kind, each in linked.items()])
        written = (
            self._write("LinkAssertion", links)
            + self._write("Membership", self._memberships(things))
            + self._write("Thing", self._things(things), keep=True)
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
        return self.releases.current > 0 and not self._memberships_before().is_empty()

    def standing(self) -> LinkSummary:
        """What the release before holds, nothing being written."""
        members = self._memberships_before()
        links = self._read("LinkAssertion", "linked")
        things = {
            kind: members.filter(pl.col("linkKind") == self._code("thing-kind", kind))
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
        told = self._read("Membership", "member", "thing", "linkKind", "threshold")
        return told.filter(pl.col("threshold") == self._code("threshold", "high"))

    def _read(self, root: str, *columns: str) -> pl.DataFrame:
        return self.releases.state(root, columns=columns, pending=self.writer).collect()

    def _parties(self) -> pl.DataFrame:
        """participation, case, person (null for a company), asn: one row each combination."""
        told = self._read("Participation", "iri", "inCase", "party", "asn")
        is_person = root_of_iri_expr(self.base, "party") == "PersonRecord"
        return (
            told.select(
                "asn",
                participation="iri",
                case="inCase",
                person=pl.when(is_person).then(pl.col("party")),
            )
            .explode("case")
            .explode("asn")
        )

    def _charges(self) -> pl.DataFrame:
        told = self._read(
            "Issue",
            *("iri", "class", "dataset", "inCase", "ofParticipation", "aboutPerson", "asn"),
            *("offenceReference", "offenceSequence", "offenceCode"),
        )
        classes = [
            name
            for parent in ("ChargeRecord", "SuspectedOffence")
            for name in self.model.subclasses(parent)
        ]
        return told.filter(pl.col("class").is_in(classes)).drop("class")

    def _persons(self, roles: pl.DataFrame) -> Linked:
        persons = self._read("PersonRecord", "iri", *_NAMES, *_PERSON_KEYS)
        aliases = self._read("Alias", "aliasOf", *_NAMES).rename({"aliasOf": "iri"})
        arrests = roles.select(iri="person", asn="asn").drop_nulls().unique()
        told = identities(
            persons.select("iri", *_NAMES),
            aliases.select("iri", *_NAMES).join(persons, on="iri", how="semi"),
        )
        keys = person_keys(persons, arrests)
        return link_persons(persons["iri"].sort(), keys, told)

    def _matters(self, roles: pl.DataFrame) -> Linked:
        cases = self._read("Case", "iri", "urn", "caseReference", "caseNumber", "courtCode")
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
                self.base,
                kind,
                each.members,
                before.filter(pl.col("linkKind") == self._code("thing-kind", kind)).select(
                    "member", "thing"
                ),
            )
            for kind, each in linked.items()
        }

    def _code(self, scheme: str, notation: str) -> str:
        return self.model.concept_iri(scheme, notation)

    def _iri(self, root: str, *parts: str) -> str:
        return record_iri(self.base, root, DATASET, parts) + "/"

    def _assertions(self, kind: str, linked: Linked) -> pl.DataFrame:
        links = linked.links.sort("left", "right", "scheme", "value", "linked").unique(
            ["left", "right", "scheme", "value"], keep="last", maintain_order=True
        )
        named_by = pl.concat_str("left", "right", "scheme", "value", separator=_SEPARATOR)
        content = pl.concat_str(
            pl.col("agreement").list.join(",").fill_null(""),
            pl.col("flag").list.join(",").fill_null(""),
            pl.col("linked").cast(pl.String),
            separator=_SEPARATOR,
        )
        texts = links.select(name=named_by, content=content)
        return links.select(
            "left",
            "right",
            "agreement",
            "flag",
            "linked",
            iri=self._iri("LinkAssertion", kind) + digests(texts["name"]),
            hash=digests(texts["content"]),
            linkKind=pl.lit(self._code("thing-kind", kind)),
            method=pl.lit(self._code("link-method", "identifier")),
            keyScheme="scheme",
            keyValue="value",
        )

    def _memberships(self, things: dict[str, Things]) -> pl.DataFrame:
        frames = []
        for kind, each in things.items():
            names = digests(each.members["member"])
            frames += [
                each.members.select(
                    "member",
                    "thing",
                    iri=self._iri("Membership", kind, threshold) + names,
                    hash=pl.col("thing").str.slice(-32),
                    linkKind=pl.lit(self._code("thing-kind", kind)),
                    threshold=pl.lit(self._code("threshold", threshold)),
                )
                for threshold in _THRESHOLDS[kind]
            ]
        return pl.concat(frames)

    def _things(self, things: dict[str, Things]) -> pl.DataFrame:
        frames = []
        for kind, each in things.items():
            live = each.members.select(pl.col("thing").unique().sort()).with_columns(
                replaced_by=pl.lit(None, pl.List(pl.String))
            )
            frames.append(
                pl.concat([live, each.retired])
                .with_columns(kind=pl.lit(kind))
                .select(
                    iri="thing",
                    replacedBy="replaced_by",
                    linkKind=pl.lit(self._code("thing-kind", kind)),
                    **{"class": pl.lit(CLASSES[kind])},
                )
            )
        rows = pl.concat(frames)
        alive = pl.col("iri").is_in(
            pl.concat([each.members["thing"] for each in things.values()]).unique().implode()
        )
        return rows.with_columns(
            hash=pl.when(alive)
            .then(pl.lit("live"))
            .otherwise("retired " + pl.col("replacedBy").list.join(" ").fill_null(""))
        )

    def _write(self, root: str, rows: pl.DataFrame, *, keep: bool = False) -> int:
        """Put what differs from the previous release; delete what is not there unless keep."""
        before = self.releases.state(
            root, columns=("iri", "hash"), documents=[DOCUMENT], pending=self.writer
        ).collect()
        changed = rows.join(before, on=["iri", "hash"], how="anti").sort("iri")
        system = {"class": root, "dataset": DATASET, "document": DOCUMENT, "version": ""}
        absent = [pl.lit(text).alias(name) for name, text in system.items() if name not in rows]
        self.writer.put(root, changed.with_columns(absent))
        if keep:
            return changed.height
        gone = before.join(rows, on="iri", how="anti").sort("iri")
        self.writer.delete(root, gone.select("iri", pl.lit(DOCUMENT).alias("document")))
        return changed.height + gone.height


def _roles(parties: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Who stands in which case under which ASN: participation, charge, case, person, asn.

    One row each combination, nulls where a record does not say.
    """
    own = (
        charges.select(
            "asn", charge="iri", case="inCase", participation="ofParticipation", about="aboutPerson"
        )
        .explode("case")
        .explode("participation")
        .explode("asn")
    )
    of_party = own.join(parties, on="participation", how="left", suffix="_party").with_columns(
        case=pl.coalesce("case", "case_party"),
        person=pl.coalesce("about", "person"),
    )
    columns = ["participation", "charge", "case", "person", "asn"]
    told = pl.concat(
        [
            parties.with_columns(charge=pl.lit(None, pl.String)).select(columns),
            of_party.select(columns),
            of_party.with_columns(asn="asn_party").select(columns),
        ]
    )
    return told.unique()


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
