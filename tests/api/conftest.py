"""One small loaded data folder for all tests of the API: two people, three systems.

Ada Quillfeather is told of by Common Platform and NOMIS, and linked; Bo Harrowgate is her
co-defendant, told of by Common Platform alone. Every text that identifies either is in SECRETS.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx
import polars as pl
import pytest
from fastapi import FastAPI

from api import Access, ApiSettings, Keys, Role, create_app
from api.engine import Answer, Engine
from api.execution import open_engine
from graph import Store, open_store, project
from ontology import Model
from ontology.identifiers import BASE, document_id, record_iri
from releases import Releases

CP = "common-platform/hearing-resulted"
NOMIS = "nomis/prisoner-search"
LINKAGE = "justicegraph/linkage"
SECRETS = (
    "Quillfeather",
    "Harrowgate",
    "20040012345D",
    "2004/0012345D",
    "A1234BC",
    "QQ123456C",
    "1987-04-05",
    "ZX91 4QQ",
    "01QF0123456",
)

Row = dict[str, Any]


def iri(root: str, dataset: str, *keys: str) -> str:
    return record_iri(BASE, root, dataset, keys)


def row(root: str, cls: str, dataset: str, *keys: str, **values: Any) -> Row:
    """A record: its document is its own key."""
    return {
        "iri": iri(root, dataset, *keys),
        "class": cls,
        "dataset": dataset,
        "document": document_id(dataset, keys),
        "version": "1",
        **values,
    }


def frame(model: Model, root: str, rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as the frame of their root class; the hash is of the content."""
    schema = model.table_schema(root)
    unknown = {name for item in rows for name in item} - set(schema)
    assert not unknown, unknown
    filled = [
        {**{name: item.get(name) for name in schema}, "hash": f"{hash(repr(item)):x}"}
        for item in rows
    ]
    return pl.DataFrame(filled, schema=schema, strict=False)


def written(folder: Path, model: Model, loads: Sequence[Mapping[str, Sequence[Row]]]) -> Releases:
    """A data folder with a release for each load, projected."""
    releases = Releases.open(folder, model)
    for load in loads:
        with releases.write() as writer:
            for root, rows in load.items():
                writer.put(root, frame(model, root, rows))
            writer.commit({})
    return releases


ADA = iri("PersonRecord", CP, "defendant-1", "20040012345D")
BO = iri("PersonRecord", CP, "defendant-2")
ADA_NOMIS = iri("PersonRecord", NOMIS, "A1234BC")
CASE = iri("Case", CP, "01QF0123456")
PART_ADA = iri("Participation", CP, "part-1")
PART_BO = iri("Participation", CP, "part-2")
CHARGE = iri("Issue", CP, "charge-1")
HEARING = iri("EventRecord", CP, "hearing-1")
PERSON = iri("Thing", LINKAGE, "person-1")
MATTER = iri("Thing", LINKAGE, "matter-1")


def rows(model: Model) -> dict[str, list[Row]]:
    """The first load."""

    def code(scheme: str, notation: str) -> str:
        return model.concept_iri(scheme, notation)

    happened = code("event-status", "happened")

    def event(cls: str, key: str, when: str, dataset: str = CP, **values: Any) -> Row:
        return row(
            "EventRecord",
            cls,
            dataset,
            key,
            eventDate=date.fromisoformat(when),
            **{"status": happened, **values},
        )

    def member(name: str, record: str, thing: str, kind: str, threshold: str) -> Row:
        return row(
            "Membership",
            "Membership",
            LINKAGE,
            name,
            threshold,
            member=record,
            thing=thing,
            linkKind=code("thing-kind", kind),
            threshold=code("threshold", threshold),
        )

    thresholds = ("high", "medium", "low")
    return {
        "PersonRecord": [
            row(
                "PersonRecord",
                "PersonRecord",
                CP,
                "defendant-1",
                "20040012345D",
                givenName="Ada",
                familyName="Quillfeather",
                birthDate=date(1987, 4, 5),
                pncId=["20040012345D"],
                nationalInsuranceNumber="QQ123456C",
                sex=code("cp-gender", "FEMALE"),
                selfDefinedEthnicity=code("ethnicity", "W1"),
            ),
            row(
                "PersonRecord",
                "PersonRecord",
                CP,
                "defendant-2",
                familyName="Harrowgate",
                sex=code("cp-gender", "XX"),
            ),
            row(
                "PersonRecord",
                "PersonRecord",
                NOMIS,
                "A1234BC",
                familyName="Quillfeather",
                prisonerNumber=["A1234BC"],
            ),
        ],
        "Alias": [
            row("Alias", "Alias", NOMIS, "A1234BC", "1", aliasOf=ADA_NOMIS, familyName="Harrowgate")
        ],
        "AddressRecord": [
            row(
                "AddressRecord",
                "AddressRecord",
                NOMIS,
                "A1234BC",
                "home",
                addressOf=ADA_NOMIS,
                postcode="ZX91 4QQ",
            )
        ],
        "Case": [row("Case", "CriminalCase", CP, "01QF0123456", urn="01QF0123456")],
        "Participation": [
            row("Participation", "Participation", CP, "part-1", party=ADA, inCase=[CASE]),
            row("Participation", "Participation", CP, "part-2", party=BO, inCase=[CASE]),
        ],
        "Issue": [
            row(
                "Issue",
                "ChargeRecord",
                CP,
                "charge-1",
                ofParticipation=[PART_ADA],
                inCase=[CASE],
                offenceTitle="Theft from a shop",
            )
        ],
        "EventRecord": [
            event(
                "Hearing",
                "hearing-1",
                "2024-03-01",
                courtName="Lavender Hill Magistrates' Court",
                ofParticipation=[PART_ADA, PART_BO],
                inCase=[CASE],
            ),
            event(
                "Plea",
                "plea-1",
                "2024-03-01",
                onCharge=[CHARGE],
                atHearing=HEARING,
                plea=code("cp-plea", "GUILTY"),
            ),
            event("Plea", "plea-2", "2024-03-01", ofParticipation=[PART_BO]),
            event("Sentence", "sentence-1", "2024-03-01", onCharge=[CHARGE], atHearing=HEARING),
            event(
                "Hearing",
                "hearing-2",
                "2024-09-01",
                ofParticipation=[PART_ADA],
                status=code("event-status", "planned"),
            ),
            event(
                "Arrest",
                "arrest-1",
                "2024-02-01",
                ofParticipation=[PART_ADA],
                datePrecision=code("date-precision", "month"),
            ),
            event("Reception", "in-1", "2024-03-01", NOMIS, aboutPerson=ADA_NOMIS, sequence=1),
            event("Release", "out-1", "2024-06-01", NOMIS, aboutPerson=ADA_NOMIS, sequence=2),
        ],
        "DecisionRecord": [
            row(
                "DecisionRecord",
                "Disposal",
                CP,
                "result-1",
                decidedAt=HEARING,
                resultCode=code("cjs-result", "1002"),
                onCharge=[CHARGE],
                resultLabel="Imprisonment",
            )
        ],
        "PeriodRecord": [
            row(
                "PeriodRecord",
                "CustodySpell",
                NOMIS,
                "A1234BC",
                "1",
                aboutPerson=ADA_NOMIS,
                startDate=date(2024, 3, 1),
                endsWith=iri("EventRecord", NOMIS, "not-there"),
            )
        ],
        "Thing": [
            row("Thing", "Person", LINKAGE, "person-1", linkKind=code("thing-kind", "person")),
            row("Thing", "Person", LINKAGE, "person-2", linkKind=code("thing-kind", "person")),
            row("Thing", "Matter", LINKAGE, "matter-1", linkKind=code("thing-kind", "matter")),
        ],
        "Membership": [
            *(member("ada", ADA, PERSON, "person", each) for each in thresholds),
            *(member("ada-n", ADA_NOMIS, PERSON, "person", each) for each in ("medium", "low")),
            *(
                member("bo", BO, iri("Thing", LINKAGE, "person-2"), "person", each)
                for each in thresholds
            ),
            member("case", CASE, MATTER, "matter", "high"),
        ],
        "LinkAssertion": [
            row(
                "LinkAssertion",
                "LinkAssertion",
                LINKAGE,
                "link-1",
                left=ADA,
                right=ADA_NOMIS,
                linkKind=code("thing-kind", "person"),
                keyScheme="pnc",
                keyValue="2004/0012345D",
                flag=["looks like twins"],
            )
        ],
    }


class Place:
    """What tests are handed. (No dataclass: hypothesis would print all of the ontology.)"""

    def __init__(
        self,
        model: Model,
        releases: Releases,
        store: Store,
        settings: ApiSettings,
        engine: Engine,
        keys: Mapping[str, str],
    ) -> None:
        self.model = model
        self.releases = releases
        self.store = store
        self.settings = settings
        self.engine = engine
        self.keys = keys

    def ask(self, document: str, access: Access | None = None, **variables: Any) -> Answer:
        """As the operator unless told otherwise."""
        return self.engine.answer(document, variables, access or Access.operator())

    def data(self, document: str, access: Access | None = None, **variables: Any) -> Any:
        """The data of an answer that must have no errors."""
        got = self.ask(document, access, **variables)
        assert "errors" not in got.body, got.body["errors"]
        return got.body["data"]

    def code(self, document: str, access: Access | None = None, **variables: Any) -> str:
        """The code of the one error an answer must have."""
        errors = self.ask(document, access, **variables).body["errors"]
        assert [set(error["extensions"]) >= {"code", "cause", "fix"} for error in errors] == [True]
        return str(errors[0]["extensions"]["code"])


ANALYST = Access(Role.ANALYST, project="p1")
PRACTITIONER = Access(Role.PRACTITIONER, project="p1")


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, model = tmp_path_factory.mktemp("api"), Model.default()
    again = row("Case", "CriminalCase", CP, "01QF0123456", urn="01QF0123456", caseStatus="closed")
    releases = written(folder, model, [rows(model), {"Case": [{**again, "version": "2"}]}])
    store = open_store("sqlite", folder, model)
    project(releases, store, model)
    settings = ApiSettings(folder)
    keys = Keys(folder)
    texts = {
        role.value: keys.add(role, "p1")[1]
        for role in (Role.ANALYST, Role.PRACTITIONER, Role.OPERATOR)
    }
    texts["nomis"] = keys.add(Role.PRACTITIONER, "p2", [NOMIS])[1]
    engine = open_engine(releases, store, model, settings)
    yield Place(model, releases, store, settings, engine, texts)
    engine.audit.close()
    store.close()


class Web:
    """Requests to an application, without a network."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **given)

        return anyio.run(request)

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.send("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.send("POST", path, **given)

    def ask(self, document: str, key: str | None = None, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.post("/graphql", json={"query": document, **given}, headers=headers)


@pytest.fixture(scope="session")
def web(place: Place) -> Web:
    return Web(create_app(place.releases, place.store, place.model, place.settings))
