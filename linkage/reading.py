"""The records that linkage reads, as flat frames."""

import polars as pl

from ontology import Model
from ontology.identifiers import root_of_iri_expr
from releases import Releases, Writer

ROOTS = ("PersonRecord", "Alias", "Participation", "Case", "Issue")
NAMES = ("givenName", "middleNames", "familyName", "fullName", "birthDate")
_KEYS = ("pncId", "croNumber", "prisonerNumber", "crn", "masterDefendantId")


class Reading:
    """What a release will hold, with the writer's own rows."""

    def __init__(self, releases: Releases, writer: Writer, model: Model, base: str) -> None:
        self._releases = releases
        self._writer = writer
        self._model = model
        self._base = base

    def table(self, root: str, *columns: str) -> pl.DataFrame:
        """Some columns of the live records of a root class."""
        told = self._releases.state(root, columns=columns, pending=self._writer)
        return told.collect(engine="streaming")

    def persons(self) -> pl.DataFrame:
        """Person records: iri, names, birth date and identifiers."""
        return self.table("PersonRecord", "iri", *NAMES, *_KEYS)

    def aliases(self) -> pl.DataFrame:
        """Other names: iri of the person record they belong to, names."""
        return self.table("Alias", "aliasOf", *NAMES).rename({"aliasOf": "iri"})

    def cases(self) -> pl.DataFrame:
        """Case records and their identifiers."""
        return self.table("Case", "iri", "urn", "caseReference", "caseNumber", "courtCode")

    def parties(self) -> pl.DataFrame:
        """participation, case, person (null for a company), asn: one row each combination."""
        told = self.table("Participation", "iri", "inCase", "party", "asn")
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

    def charges(self) -> pl.DataFrame:
        """Charge records: their identifiers and links, as they stand."""
        told = self.table(
            "Issue",
            *("iri", "class", "dataset", "inCase", "ofParticipation", "aboutPerson", "asn"),
            *("offenceReference", "offenceSequence", "offenceCode"),
        )
        classes = [
            name
            for parent in ("ChargeRecord", "SuspectedOffence")
            for name in self._model.subclasses(parent)
        ]
        return told.filter(pl.col("class").is_in(classes)).drop("class")


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
