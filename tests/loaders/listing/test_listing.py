"""Listing: what is planned, what was held, and a trial that was taken out of the list."""

import json
from pathlib import Path

import polars as pl
import pytest

from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
ADJOURNED = "next-hearing-adjournment-magistrates"


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "listing" / f"{expected.name}.json")
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    # A placeholder is no day: that hearing is refused, and nothing else.
    refused = folder.findings().filter(pl.col("effect") == "record")
    faults = {"JG-LOD-023"} if expected.name == ADJOURNED else set()
    assert (report.rejected, set(refused["code"])) == (len(faults), faults)
    assert set(folder.releases.documents().collect()["document"]) == {
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    }


def test_every_sample_is_expected_here_or_with_common_platform(samples: Path) -> None:
    found = {file.stem for file in (samples / "listing").iterdir()}
    assert found == {e.name for e in EXPECTED} | {"hearing-results-multiday-cracked"}


def test_clerks_and_what_the_parents_left_to_be_called_on_are_stored_nowhere(
    samples: Path, folder: Folder
) -> None:
    folder.load(samples / "listing" / f"{ADJOURNED}.json")
    assert not {"Erica", "Wilson", "19998021888", "Gvishnu@gmail.com"} & set(folder.texts())


def test_a_filled_request_plans_the_hearing_on_its_day_in_london(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    text = (samples / "listing" / f"{ADJOURNED}.json").read_text("utf-8")
    filled = tmp_path / "filled.json"
    filled.write_text(
        text.replace("%%HEARING_ID%%", "5f0e6d4e-8f0d-4b8e-9d2f-1c1f0b6a7e11").replace(
            "%%LISTED_START_DATE_TIME%%", "2025-07-07T23:30:00Z"
        ),
        "utf-8",
    )
    report = folder.load(filled)
    assert report.rejected == 0
    events = folder.live()["EventRecord"]
    [listed] = events.filter(pl.col("location") == "Courtroom 02").rows(named=True)
    assert (str(listed["eventDate"]), listed["courtCode"]) == ("2025-07-08", "B01LY00")
    assert listed["status"].endswith("/planned")


def test_a_cancelled_day_of_a_calendar_did_not_happen_though_results_are_in(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    calendar = json.loads((samples / "listing" / "court-calendar.json").read_text("utf-8"))
    calendar["hearings"][0]["hearingDays"][0]["isCancelled"] = True
    file = tmp_path / "calendar.json"
    file.write_text(json.dumps(calendar), "utf-8")
    folder.load(file)
    told = folder.live()["EventRecord"]["status"].str.split("/").list.last().sort().to_list()
    assert told == ["cancelled", "happened", "planned"]


def test_two_vacated_trials_with_placeholders_join_nobody(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    text = (samples / "listing" / "trial-vacated.json").read_text("utf-8")
    other = tmp_path / "other.json"
    other.write_text(
        text.replace("HEARING_ID", "HEARING-2")
        .replace("Abbie", "Zed")
        .replace("ARMSTRONG", "ZYX")
        .replace("22ff0722", "92ff0722")
        .replace("32ff0722", "93ff0722")
        .replace("42ff0722", "94ff0722")
        .replace("TFL122222", "TFL122223")
        .replace("TFL34652354", "TFL34652355"),
        "utf-8",
    )
    folder.load(samples / "listing" / "trial-vacated.json", other)
    folder.link()
    live = folder.live()
    events = live["EventRecord"]
    assert events["cancelledReason"].to_list() == ["REASON_ID", "REASON_ID"]
    shared = live["Membership"].group_by("thing").agg(pl.col("member").n_unique())
    assert shared["member"].to_list() == [1] * shared.height
    assert shared.height > 1
