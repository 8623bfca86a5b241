"""Cases of the Crown Prosecution Service: forms, lists, case details and search indexes."""

from json import dumps, loads
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from linkage import run
from loaders import load
from ontology import Model
from releases import Releases
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder
from tests.loaders.nomis.told import Told

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
REJECTED = {"crime-case-index-document": ["JG-PAR-006"]}
CASE = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
OTHER = "6fa459ea-ee8a-4ca4-894e-db77e160355e"


def index(**more: Any) -> dict[str, Any]:
    """A document of the CPS's index, as its JSON Schema describes it."""
    parties = [
        {
            "partyId": "p1",
            "_party_type": ["DEFENDANT"],
            "firstName": "Ann",
            "lastName": "Roe",
            "dateOfBirth": "1990-05-01",
            "asn": "1101ZD0100000448754K",
            "pncId": "2003/0062845E",
            "aliases": [{"firstName": "Anna", "lastName": "Doe"}],
            "offences": [
                {"offenceId": "o1", "offenceCode": "TH68001", "custodyTimeLimit": "2024-09-01"},
                {"offenceId": "o2", "offenceCode": "NYC", "description": "Theft"},
            ],
        },
        {
            "partyId": "p2",
            "_party_type": ["OIC"],
            "firstName": "Sam",
            "lastName": "Copper",
            "oicShoulderNumber": "4711",
        },
    ]
    hearings = [{"hearingId": "h1", "hearingDateTime": "2024-06-03T23:30:00Z", "courtHouse": "X"}]
    return {
        "caseId": CASE,
        "urn": "01ZD0303208/2",
        "cpsUnitCode": "01AB",
        "prosecutor": "Lou Pros",
        "parties": parties,
        "hearings": hearings,
        "linkedCases": [{"linkedCaseId": OTHER}],
        **more,
    }


def test_every_file_is_loaded_or_no_message(samples: Path, folder: Folder) -> None:
    report = folder.load(samples / "cps")
    found = {Path(file.path).name: (file.status, file.source) for file in report.files}
    assert found == {
        **{f"{e.name}.json": ("loaded", e.dataset) for e in EXPECTED},
        "ddei-cases.csv": ("loaded", "cps/case-list"),
        # A schema each, and the settings of a search engine.
        "cps-case-index.schema.json": ("skipped", None),
        "crime-case-index.schema.json": ("skipped", None),
        "cps-case-index-mapping.json": ("skipped", None),
    }


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    folder.load(samples / "cps" / f"{expected.name}.json")
    assert differences(expected, folder.live()) == []
    rejects = folder.findings().filter(pl.col("effect") == "record")["code"].to_list()
    assert rejects == REJECTED.get(expected.name, [])


def test_the_list_of_cases(samples: Path, tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    told.load([samples / "cps" / "ddei-cases.csv"], {})
    cases = told.rows("Case", "key", "urn", "receivedDate")
    assert len(cases) == 11
    assert cases[0] == ("100001", "01AA0101010", "2025-02-01")
    assert cases[-1] == ("100011", "11KK1111111", "2025-09-20")
    # Two defendants are called Charlton: Jack in case 100003, Bobby in case 100008.
    people = told.rows("PersonRecord", "key", "givenName", "familyName")
    assert ("100003", "Jack", "Charlton") in people
    assert ("100008", "Bobby", "Charlton") in people
    assert told.report.files[0].rejected == 0


def test_a_case_of_the_index(tmp_path: Path) -> None:
    file = tmp_path / "index.json"
    file.write_text(dumps(index()))
    told = Told(tmp_path / "data")
    told.load([file], {})
    assert told.report.files[0].source == "cps/case-index"
    assert told.rows("Case", "key", "urn", "prosecutingUnit", "relatedCase") == [
        (CASE, "01ZD0303208/2", "01AB", OTHER)
    ]
    # NYC is no offence: what is suspected is not yet charged.
    issue = ("key", "class", "offenceCode", "offenceTitle", "custodyTimeLimit")
    assert told.rows("Issue", *issue) == [
        (f"{CASE}/p1/o1", "ChargeRecord", "TH68001", None, "2024-09-01"),
        (f"{CASE}/p1/o2", "SuspectedOffence", None, "Theft", None),
    ]
    # The officer in the case is neither a person nor a party.
    assert told.rows("PersonRecord", "givenName", "familyName", "pncId") == [
        ("Ann", "Roe", "2003/0062845E")
    ]
    assert told.rows("Participation", "key", "role", "asn") == [
        (f"{CASE}/p1", "defendant", "1101ZD0100000448754K")
    ]
    # 23:30 UTC in June is the next day in London.
    assert told.rows("EventRecord", "class", "eventDate", "status") == [
        ("Hearing", "2024-06-04", "planned")
    ]


def test_several_cases_in_one_document(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "index.json"
    file.write_text(dumps({"caseDocuments": [index(), index(caseId=OTHER)]}))
    folder.load(file)
    assert folder.live()["Case"].height == 2


def test_a_charge_that_is_not_yet_charged_is_suspected(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    [case] = loads((samples / "cps" / "polaris-case-details.json").read_text("utf-8"))
    case["isCaseCharged"] = False
    case["defendants"][0]["charges"] = [
        {"id": 1, "code": "NYC", "description": "Theft", "fromDate": "2022-01-01"},
        {"id": 2, "code": "TH68001", "description": "Theft", "fromDate": "2022-01-01"},
    ]
    (tmp_path / "case.json").write_text(dumps([case]))
    folder.load(tmp_path / "case.json")
    live = folder.live()
    assert sorted(live["Issue"]["class"]) == ["ChargeRecord", "SuspectedOffence"]
    assert live["Case"]["class"].to_list() == ["ReferralCase"]
    roles = {str(role).rpartition("/")[2] for role in live["Participation"]["role"]}
    assert roles == {"suspect"}


def test_no_lawyer_officer_or_advocate_is_stored(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    (tmp_path / "index.json").write_text(dumps(index()))
    text = (samples / "cps" / "cps-serve-ptph.json").read_text("utf-8")
    told = loads(text)
    for role in ("ptphAdvocate", "trialAdvocate", "reviewingLawyer", "officerInTheCase"):
        told[role]["name"] = "Zebedee"
    told["Witnesses"][0]["witnessFirstName"] = "Zebedee"
    (tmp_path / "form.json").write_text(dumps(told))
    folder.load(tmp_path / "index.json", tmp_path / "form.json")
    texts = " ".join(folder.texts())
    assert "Ann" in texts
    assert [name for name in ("Zebedee", "Copper", "4711", "Lou Pros") if name in texts] == []


def test_a_split_case_is_of_the_matter_of_its_urn_and_placeholders_join_nothing(
    samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "index.json").write_text(dumps(index()))
    files = [
        tmp_path / "index.json",
        samples / "pnc" / "new-case-from-police.xml",
        samples / "cps" / "cps-serve-pet.json",
        samples / "prosecutor-initiation",
    ]
    releases = Releases.open(tmp_path / "data", Model.default())
    with releases.write() as writer:
        load(files, releases, writer, Model.default())
        run(releases, writer, Model.default())
        writer.commit()
    links = releases.state("LinkAssertion").collect()
    followed = links.filter("linked").select("keyScheme", "keyValue").unique()
    # Matters by URN; the ASN is of two people with nothing in common, and joins neither.
    assert followed.rows() == [("urn", "01ZD0303208")]
    of_asn = links.filter(pl.col("keyScheme") == "asn")
    assert of_asn["flag"].explode().unique().to_list() == ["conflict"]
