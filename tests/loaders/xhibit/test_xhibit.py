"""XHIBIT: firm and warned lists of the Crown Court. All of it is planned, nothing has happened."""

from pathlib import Path

import pytest

from loaders.xhibit.reader import court_list
from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "xhibit" / f"{expected.name}.xml")
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    assert report.rejected == 0
    assert folder.releases.documents().collect()["document"].to_list() == [
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    ]
    # Who sits, and what stands in place of a withheld name, is stored nowhere.
    assert not [text for text in folder.texts() if "Ainsworth" in text or "***" in text]


def test_every_sample_is_expected(samples: Path) -> None:
    assert {file.stem for file in (samples / "xhibit").iterdir()} == {e.name for e in EXPECTED}


def test_a_newer_list_of_the_same_days_replaces_the_older(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    text = (samples / "xhibit" / "firm-list.xml").read_text("utf-8")
    # The first hearing is taken out of the list, and the list is published a day later.
    start, end = text.index("<cs:Hearing>"), text.index("</cs:Hearing>") + len("</cs:Hearing>")
    newer = tmp_path / "newer.xml"
    newer.write_text((text[:start] + text[end:]).replace("2018-01-02T", "2018-01-03T"), "utf-8")
    folder.load(samples / "xhibit" / "firm-list.xml")
    folder.load(newer)
    live = folder.live()
    assert live["EventRecord"].height == 9
    assert "MACK" not in set(live["PersonRecord"]["familyName"])


def test_what_is_no_list_of_the_crown_court_is_left_to_other_readers() -> None:
    assert list(court_list({"CourtList": {"sessions": {}}})) == []
    assert list(court_list(None)) == []


def test_a_container_of_one_or_of_several_is_a_list() -> None:
    one = {"FirmList": {"CourtLists": {"CourtList": {"@SittingDate": "2020-03-30"}}}}
    [made] = court_list(one)
    assert made == {"FirmList": {"CourtLists": [{"SittingDate": "2020-03-30"}]}}
    two = {
        "WarnedList": {"CourtLists": [{"Defendants": [{"Defendant": 1}, {"Defendant": [2, 3]}]}]}
    }
    [made] = court_list(two)
    assert made == {"WarnedList": {"CourtLists": [{"Defendants": [1, 2, 3]}]}}
