"""The records that linkage reads, as flat frames."""

from collections.abc import Mapping

import polars as pl

from ontology import Model
from ontology.identifiers import root_of_iri_expr
from releases import Releases, Writer

ROOTS = ("PersonRecord", "Alias", "Participation", "Case", "Issue")
NAMES = ("givenName", "middleNames", "familyName", "fullName", "birthDate")
_KEYS = ("pncId", "croNumber", "prisonerNumber", "crn", "masterDefendantId")

_PARTS = ("iri", "inCase", "party", "asn")
_CHARGES = (
    *("iri", "class", "dataset", "inCase", "ofParticipation", "aboutPerson", "asn"),
    *("offenceReference", "offenceSequence", "offenceCode"),
)
_CASES = ("iri", "urn", "caseReference", "caseNumber", "courtCode")
_MEMBERS = ("member", "thing", "linkKey", "linkKind", "threshold")
_COLUMNS = {
    "Participation": _PARTS,
    "Issue": _CHARGES,
    "Case": _CASES,
    "PersonRecord": ("iri", *NAMES, *_KEYS),
    "Alias": ("iri", "aliasOf", *NAMES),
    "Membership": _MEMBERS,
    "LinkAssertion": ("iri", "hash", "linkKind", "linked", "left", "right"),
    "Thing": ("iri", "class", "hash", "linkKind"),
}
_KEYS_OF = {
    "Participation": ("inCase", "party"),
    "Issue": ("aboutPerson", "inCase", "ofParticipation"),
    "Alias": ("aliasOf",),
    "Membership": ("member", "linkKey", "thing"),
    "LinkAssertion": ("left", "right"),
}
"""What records are asked for by, beside their iris."""

Where = Mapping[str, pl.Series]


def ahead(releases: Releases) -> None:
    """Read what a run after a small load will ask about, in another thread than the load."""
    releases.ahead(_COLUMNS)


class Reading:
    """What a release will hold, with the writer's own rows."""

    def __init__(self, releases: Releases, writer: Writer, model: Model, base: str) -> None:
        self._releases = releases
        self._writer = writer
        self._model = model
        self._base = base
        self._nearby = releases.nearby(writer, _COLUMNS, _KEYS_OF)

    def ahead(self) -> None:
        """Read what a scope will ask about."""
        self._nearby.read()

    def changed(self, touched: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
        """Of these records of each root class those that read otherwise than in the release
        before, or are new, or gone; of what linkage does not read nothing is asked."""
        return self._nearby.changed(touched)

    def table(
        self,
        root: str,
        *columns: str,
        iris: pl.Series | None = None,
        where: Where | None = None,
    ) -> pl.DataFrame:
        """Some columns of the live records of a root class; which, as in `Releases.state`."""
        if iris is not None or where is not None:
            return self._nearby.state(root, columns, iris=iris, where=where)
        told = self._releases.state(root, columns=columns, pending=self._writer)
        return told.collect(engine="streaming")

    def before(self, root: str, *columns: str, iris: pl.Series) -> pl.DataFrame:
        """The same of these records in the release before this one."""
        return self._nearby.before(root, columns, iris)

    def none(self, root: str, *columns: str) -> pl.DataFrame:
        """No record."""
        schema = self._model.table_schema(root)
        return pl.DataFrame(schema={name: schema[name] for name in columns})

    def memberships(self, kind: str, where: Where | None = None) -> pl.DataFrame:
        """Memberships of the release before: member, thing, linkKey. kind: person, matter, ..."""
        told = self.table("Membership", *_MEMBERS, where=where)
        of_kind = pl.col("linkKind") == self._model.concept_iri("thing-kind", kind)
        high = pl.col("threshold") == self._model.concept_iri("threshold", "high")
        return told.filter(of_kind & high).select("member", "thing", "linkKey")

    def parts(self, iris: pl.Series | None = None, where: Where | None = None) -> pl.DataFrame:
        """Participations: iri, inCase, party, asn."""
        return self.table("Participation", *_PARTS, iris=iris, where=where)

    def issues(self, iris: pl.Series | None = None, where: Where | None = None) -> pl.DataFrame:
        """Charge records: their identifiers and links, as they stand."""
        told = self.table("Issue", *_CHARGES, iris=iris, where=where)
        classes = [
            name
            for parent in ("ChargeRecord", "SuspectedOffence")
            for name in self._model.subclasses(parent)
        ]
        return told.filter(pl.col("class").is_in(classes)).drop("class")

    def only_persons(self, parties: pl.Series) -> pl.Series:
        """The iris of person records among those of parties."""
        root = root_of_iri_expr(self._base, "party")
        return pl.DataFrame({"party": parties}).filter(root == "PersonRecord")["party"]

    def persons(self, iris: pl.Series | None = None) -> pl.DataFrame:
        """Person records: iri, names, birth date and identifiers."""
        return self.table("PersonRecord", "iri", *NAMES, *_KEYS, iris=iris)

    def aliases(self, of: pl.Series | None = None) -> pl.DataFrame:
        """Other names: iri of the person record they belong to, names."""
        where = None if of is None else {"aliasOf": of}
        return self.table("Alias", "aliasOf", *NAMES, where=where).rename({"aliasOf": "iri"})

    def cases(self, iris: pl.Series | None = None) -> pl.DataFrame:
        """Case records and their identifiers."""
        return self.table("Case", *_CASES, iris=iris)

    def of(
        self, persons: pl.Series, cases: pl.Series, charges: pl.Series
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Parties and charges that tell of these persons, cases and charges, and perhaps others."""
        near = self.issues(where={"aboutPerson": persons, "inCase": cases, "iri": charges})
        bearing = near["ofParticipation"].explode().drop_nulls().unique()
        told = self.parts(where={"party": persons, "inCase": cases, "iri": bearing})
        more = self.issues(where={"ofParticipation": told["iri"]})
        return self.parties(told), pl.concat([near, more]).unique("iri")

    def parties(self, told: pl.DataFrame | None = None) -> pl.DataFrame:
        """participation, case, person (null for a company), asn: one row each combination.

        told: of `parts`; all of them when None.
        """
        told = self.parts() if told is None else told
        is_person = root_of_iri_expr(self._base, "party") == "PersonRecord"
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


def roles_of(parties: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """Who stands in which case under which ASN: charge, case, person, asn.

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
    columns = ["charge", "case", "person", "asn"]
    told = pl.concat(
        [
            parties.with_columns(charge=pl.lit(None, pl.String)).select(columns),
            of_party.select(columns),
            of_party.with_columns(asn="asn_party").select(columns),
        ]
    )
    return told.unique()
