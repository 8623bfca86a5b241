"""Charges under prison rules, from the older and the newer service; nothing criminal about them."""

import json
from pathlib import Path

import pytest

from ontology.identifiers import BASE, document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    [sample] = samples.glob(f"*/{expected.name}.json")
    report = folder.load(sample)
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    assert report.rejected == 0
    assert folder.releases.documents().collect()["document"].to_list() == [
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    ]


def test_every_sample_has_an_expectation(samples: Path) -> None:
    found = {file.stem for file in (samples / "adjudications").iterdir()}
    assert found | {"adjudication-details"} == {expected.name for expected in EXPECTED}


def test_a_prison_s_discipline_is_no_criminal_hearing_plea_or_charge(
    samples: Path, folder: Folder
) -> None:
    folder.load(samples / "adjudications", samples / "nomis" / "adjudication-details.json")
    live = folder.live()
    model = folder.model
    for root, criminal in {
        "Case": "CriminalCase",
        "EventRecord": "Hearing",
        "Issue": "ChargeRecord",
        "DecisionRecord": "Disposal",
    }.items():
        assert not any(model.is_a(cls, criminal) for cls in live[root]["class"])
    assert set(live["EventRecord"]["class"]) == {"DisciplinaryHearing"}


def test_officers_adjudicators_and_statements_are_stored_nowhere(
    samples: Path, folder: Folder
) -> None:
    folder.load(samples / "adjudications", samples / "nomis" / "adjudication-details.json")
    words = {word for text in folder.texts() for word in text.replace("/", " ").split()}
    staff = {
        "B_MILLS",
        "ITAG_ALO",
        "ABC12D",
        "Jo",
        "O'brien",
        "User",
        "statement",
        "representative",
    }
    assert staff & words == set()
    assert "A. User" not in folder.texts()


def test_a_hearing_without_an_outcome_is_a_plan(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    [report] = json.loads((samples / "adjudications" / "sar-api-response.json").read_text())
    report["hearings"][0]["outcome"] = None
    report["status"] = "SCHEDULED"
    file = tmp_path / "scheduled.json"
    file.write_text(json.dumps([report]))
    folder.load(file)
    live = folder.live()
    assert live["EventRecord"]["status"].item().endswith("/planned")
    assert live["Issue"]["finding"].item() is None


def test_the_prisoner_number_joins_the_record_to_the_prison_s(
    samples: Path, folder: Folder
) -> None:
    files = [
        samples / "adjudications",
        samples / "nomis" / "adjudication-details.json",
        samples / "nomis" / "offender-sentences.json",
    ]
    folder.load(*files, prisonerNumber="A1234AA")
    folder.link()
    live = folder.live()
    prisoner = f"{BASE}PersonRecord/nomis/adjudications/A1234AA"
    assert prisoner in live["Case"]["caseOf"].to_list()
    members = dict(live["Membership"].select("member", "thing").rows())
    victim = f"{BASE}PersonRecord/adjudications/reported/A1234AA"
    assert members[prisoner] == members[victim]
    # SAR1234 is no prisoner number of the right form: linked to nobody.
    subject = f"{BASE}PersonRecord/adjudications/reported/SAR1234"
    assert list(members.values()).count(members[subject]) == 1
