"""Single Justice Procedure: cases, decisions with amounts by index, pleas, referrals to court."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loaders.sjp.reader import decisions
from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
REJECTED = {"refer-for-court-hearing": {"JG-LOD-023"}}
PLEA = "plead-online-guilty-with-finances"
CASE = "5c019f8a-b3a3-40e5-9709-c54bc4f1c55c"
DEFENDANT = "c4d922ba-20c6-4d68-ab56-3611401bbc7c"


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "sjp" / f"{expected.name}.json")
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    rejects = folder.findings().filter(pl.col("effect") != "none")["code"]
    assert set(rejects) == REJECTED.get(expected.name, set())
    assert folder.releases.documents().collect()["document"].to_list() == [
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    ]


def test_every_sample_is_expected_or_a_template_that_was_never_filled(
    samples: Path, folder: Folder
) -> None:
    found = {file.stem for file in (samples / "sjp").iterdir()}
    assert found == {expected.name for expected in EXPECTED} | {PLEA}
    report = folder.load(samples / "sjp" / f"{PLEA}.json")
    assert (report.loaded, report.release) == (0, None)
    assert "JG-LOD-026" in folder.findings()["code"].to_list()


def test_who_sat_is_stored_nowhere(samples: Path, folder: Folder) -> None:
    folder.load(samples / "sjp" / "refer-for-court-hearing.json")
    texts = set(folder.texts())
    assert not {"John Smith", "LEGAL_ADVISER", "court house name", "B01OK"} & texts
    assert not any("forgery" in text for text in texts)


def _filled(samples: Path, folder: Path, **values: str) -> Path:
    text = (samples / "sjp" / f"{PLEA}.json").read_text()
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    file = folder / f"plea-{values['submittedOn'][:10]}.json"
    file.write_text(text)
    return file


def _ids(offence: str) -> dict[str, str]:
    return {"caseId": CASE, "defendantId": DEFENDANT, "offenceId": offence}


def test_the_later_of_two_online_pleas_holds(samples: Path, folder: Folder, tmp_path: Path) -> None:
    offence = _ids("b511eb31-c8e7-4223-8626-958c34dfb3f9")
    late = _filled(samples, tmp_path, **offence, submittedOn="2018-07-01T23:30:00Z")
    late.write_text(late.read_text().replace('"GUILTY"', '"NOT_GUILTY"'))
    early = _filled(samples, tmp_path, **offence, submittedOn="2018-06-20T10:00:00Z")
    folder.load(late)
    folder.load(early)
    live = folder.live()
    [plea] = live["EventRecord"].rows(named=True)
    # Half past eleven in the evening by the clock of UTC is the next day in London.
    assert (plea["class"], str(plea["eventDate"])) == ("Plea", "2018-07-02")
    assert plea["plea"].endswith("/cp-plea/NOT_GUILTY")
    person = live["PersonRecord"].row(0, named=True)
    assert (person["givenName"], person["familyName"]) == ("David", "LLOYD")
    # Where he works and what he earns is nobody's business.
    assert not any("Pret" in text or "jobseekers" in text for text in folder.texts())


def test_a_decision_and_a_plea_reach_the_defendant_of_the_case(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    decision = json.loads((samples / "sjp" / "case-decisions.json").read_text())
    decision["caseDecisions"][0]["caseId"] = CASE
    file = tmp_path / "decision.json"
    file.write_text(json.dumps(decision))
    folder.load(file)
    folder.load(samples / "sjp" / "case.json")
    live = folder.live()
    charges = set(live["Issue"]["iri"])
    results = live["DecisionRecord"]
    assert results["onCharge"].explode().drop_nulls().is_in(list(charges)).all()
    by_charge = results.explode("onCharge").group_by("onCharge").agg(pl.col("amount").sum())
    told = {
        str(charge).rpartition("/")[2][:8]: amount
        for charge, amount in by_charge.drop_nulls("onCharge").rows()
    }
    assert told == {"b511eb31": Decimal(210), "68dc17b3": Decimal(50), "c6e95db8": Decimal(0)}


def test_a_reference_that_is_no_placeholder_joins_the_case_to_another_system_s(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    referral = json.loads((samples / "sjp" / "refer-for-court-hearing.json").read_text())
    [case] = referral["courtReferral"]["prosecutionCases"]
    case["id"] = "0b8b8c47-3a3f-4f87-9d6c-1a2b3c4d5e6f"
    case["prosecutionCaseIdentifier"]["prosecutionAuthorityReference"] = "TFL75947ZQ8UE"
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(referral))
    with_placeholder = samples / "sjp" / "refer-for-court-hearing.json"
    folder.load(file, with_placeholder, samples / "sjp" / "case.json")
    folder.link()
    members = folder.live()["Membership"].filter(pl.col("linkKind").str.ends_with("/matter"))
    things = {
        str(member).rpartition("/")[2]: thing
        for member, thing in members.select("member", "thing").rows()
    }
    assert len(things) == 3
    assert things[CASE] == things[case["id"]]
    assert len(set(things.values())) == 2


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"code": "FO", "terminalEntries": [{"index": 1, "value": "40.00"}]}, {"amount": "40.00"}),
        ({"code": "FO", "terminalEntries": [{"index": 2, "value": "x"}]}, {"amount": None}),
        ({"code": "NCR", "terminalEntries": [{"index": 1, "value": "Reason"}]}, {}),
        ({"code": "D"}, {}),
        (
            {"code": "INSTL", "terminalEntries": [{"index": 98, "value": "soon"}]},
            {
                "terms": {
                    "instalmentAmount": None,
                    "instalmentPeriod": None,
                    "startDate": "soon",
                    "reserve": False,
                }
            },
        ),
    ],
)
def test_what_an_index_means_depends_on_the_code(
    result: dict[str, Any], told: dict[str, Any]
) -> None:
    decision = {"caseId": "c", "sjpSessionId": "s", "offences": [{"results": [result]}]}
    [made] = decisions(decision)
    assert made["offences"][0]["results"] == [result | told]
    assert list(decisions({"offences": []})) == []
