"""Libra: cases as listed, and a court list with the noise of a made-up one."""

from pathlib import Path

import polars as pl
import pytest

from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    [sample] = (samples / "libra").glob(f"{expected.name}.*")
    report = folder.load(sample)
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    assert report.rejected == 0
    assert set(folder.releases.documents().collect()["document"]) == {
        document_id(expected.dataset, [str(part) for part in wanted["key"]])
        for wanted in expected.documents
    }


def test_every_sample_is_expected_or_refused_for_its_missing_number(
    samples: Path, folder: Folder
) -> None:
    found = {file.stem for file in (samples / "libra").iterdir()}
    assert found == {expected.name for expected in EXPECTED} | {"case-invalid"}
    report = folder.load(samples / "libra" / "case-invalid.json")
    assert (report.loaded, report.release) == (0, None)
    findings = folder.findings().filter(pl.col("effect") == "document")
    assert set(findings["code"]) <= {"JG-LOD-021", "JG-LOD-024"}
    assert all("caseNo" in message for message in findings["message"])


def test_what_stands_beside_an_organisation_is_stored_nowhere(
    samples: Path, folder: Folder
) -> None:
    folder.load(samples / "libra" / "case-organisation.json")
    texts = set(folder.texts())
    assert {"DLONE", "Mr. David DLONE", "PNC-ID1"} & texts == set()


def test_a_later_session_of_a_case_does_not_undo_the_earlier(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    case = samples / "libra" / "case.json"
    later = tmp_path / "later.json"
    later.write_text(
        case.read_text().replace("2020-02-20T", "2020-03-05T").replace("MORGAN", "MORGEN")
    )
    for files in ([later, case], [case, later]):
        told = Folder(tmp_path / files[0].stem)
        told.load(*files)
        live = told.live()
        assert [str(day) for day in live["EventRecord"]["eventDate"].sort()] == [
            "2020-02-20",
            "2020-03-05",
        ]
        assert live["PersonRecord"]["familyName"].to_list() == ["MORGEN"]


def test_a_newer_list_of_a_session_replaces_it(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    whole = samples / "libra" / "court-list.xml"
    folder.load(whole)
    text = whole.read_text()
    # The first session alone, its first entry struck off.
    entry, entry_end = text.index("<case>"), text.index("</case>") + len("</case>")
    second, end = text.index("<session>", entry), text.index("</sessions>")
    newer = tmp_path / "newer.xml"
    newer.write_text(text[:entry] + text[entry_end:second] + text[end:])
    folder.load(newer, extracted="2019-07-18")
    live = folder.live()
    assert live["Participation"].height == 22
    assert "John SHELBY" not in set(live["PersonRecord"]["fullName"])
    # What the list says of the other session stands.
    assert live["EventRecord"].filter(pl.col("location") == "02").height == 3
