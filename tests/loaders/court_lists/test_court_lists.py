"""Lists of courts and tribunals as published: plans, parties by their roles, no judges."""

import re
import time
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from loaders.court_lists.reader import entries
from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
REFUSED = {"crown-daily-list", "sjp-public-list"}
SCHEMAS = {"magistrates-standard-list.schema", "single-justice-procedure-press.schema"}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "court-lists" / f"{expected.name}.json")
    assert [(file.status, file.source) for file in report.files] == [("loaded", expected.dataset)]
    assert differences(expected, folder.live()) == []
    assert report.rejected == 0
    assert set(folder.releases.documents().collect()["document"]) == {
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    }


def test_every_sample_is_expected_or_refused_or_a_schema(samples: Path, folder: Folder) -> None:
    found = {file.stem for file in (samples / "court-lists").iterdir()}
    assert found == {expected.name for expected in EXPECTED} | REFUSED | SCHEMAS
    for name in SCHEMAS:
        report = folder.load(samples / "court-lists" / f"{name}.json")
        assert [file.status for file in report.files] == ["skipped"]


def test_the_public_list_names_no_case_so_nobody_is_made_of_it(
    samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "court-lists" / "sjp-public-list.json")
    assert (report.loaded, report.release) == (0, None)
    refused = folder.findings().filter(pl.col("effect") == "document")
    assert "JG-LOD-020" in set(refused["code"])
    assert "the document has no case[0].caseUrn, which its mapping requires" in set(
        refused["message"]
    )
    assert "This is a surname" not in set(folder.texts())


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("civil-and-family-daily-cause-list", "Judge TestName"),
        ("civil-and-family-daily-cause-list", "Individual Forenames"),
        ("immigration-daily-list", "Test Name"),
        ("immigration-daily-list", "Individual Surname"),
        ("magistrates-standard-list", "Test Name"),
        # Names of somebody whose name is withheld stand in the list beside the mask.
        ("crown-warned-list", "TestMaskedName2"),
        ("crown-warned-list", "TestDefendantAddress2"),
    ],
)
def test_judges_representatives_and_the_withheld_are_stored_nowhere(
    name: str, never: str, samples: Path, folder: Folder
) -> None:
    file = samples / "court-lists" / f"{name}.json"
    assert never in file.read_text("utf-8")
    folder.load(file)
    assert not [text for text in folder.texts() if never in text]


def test_a_crown_daily_list_loads_once_its_repeated_key_is_mended(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    sample = samples / "court-lists" / "crown-daily-list.json"
    report = folder.load(sample)
    [file] = report.files
    assert (file.status, report.release) == ("unreadable", None)
    assert "the key 'Advocate' stands twice" in file.reason
    numbered = iter(range(1000))
    text = re.sub(r'"Advocate"', lambda _: f'"Advocate{next(numbered)}"', sample.read_text("utf-8"))
    mended = tmp_path / "crown-daily.json"
    mended.write_text(text, "utf-8")
    report = folder.load(mended)
    assert [told.source for told in report.files] == ["court-lists/crown-daily"]
    live = folder.live()
    events = live["EventRecord"].sort("location")
    # A list of 10 September in three rooms of two court houses; the last hearing names nobody.
    assert events["location"].to_list() == ["1", "5", "6"]
    assert {str(day) for day in events["eventDate"]} == {"2025-09-10"}
    assert events["ofParticipation"].list.len().fill_null(0).to_list() == [2, 1, 0]
    assert set(live["Case"]["caseNumber"]) == {"T00112233", "T00112234", "T00112235"}
    # The first of the three defendants has a withheld name.
    assert (live["Participation"].height, live["PersonRecord"].height) == (3, 2)
    assert not [text for text in folder.texts() if "Judge" in text or "Justice" in text]
    assert not [text for text in folder.texts() if "AdvocateSurname" in text]


def test_a_newer_list_of_a_court_house_and_day_replaces_the_older(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    name = "civil-and-family-daily-cause-list.json"
    text = (samples / "court-lists" / name).read_text("utf-8")
    newer = tmp_path / name
    newer.write_text(text.replace("2024-07-20T20", "2024-07-20T21").replace("Directions", "Trial"))
    for files in ([samples / "court-lists" / name, newer], [newer, samples / "court-lists" / name]):
        told = Folder(tmp_path / files[0].parent.name)
        for file in files:
            told.load(file)
        assert told.live()["EventRecord"]["hearingType"].to_list() == ["Trial"]


def test_two_lists_of_one_court_house_and_day_are_both_loaded(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    """A second list of the same room and hour, with a case of its own."""
    told = orjson.loads(
        (samples / "court-lists/civil-and-family-daily-cause-list.json").read_bytes()
    )
    [first] = told["courtLists"]
    told["courtLists"].append(orjson.loads(orjson.dumps(first).replace(b"12341234", b"12341299")))
    file = tmp_path / "list.json"
    file.write_bytes(orjson.dumps(told))
    report = folder.load(file)
    assert report.rejected == 0
    live = folder.live()
    assert set(live["Case"]["caseNumber"]) == {"12341234", "12341299"}
    assert live["EventRecord"].height == 2
    assert len(folder.releases.documents().collect()) == 1


def told(house: str, start: Any, room: str) -> dict[str, Any]:
    """A list of one room."""
    sessions = [{"sittings": [{"sittingStart": start, "hearing": []}]}]
    rooms = [{"courtRoomName": room, "session": sessions}]
    return {"courtHouse": {"courtHouseName": house, "courtRoom": rooms}}


def rooms_of(lists: list[Any]) -> list[list[str]]:
    """Rooms of each list that is left."""
    [made] = entries({"document": {}, "courtLists": lists})
    return [
        [r["courtRoomName"] for r in one["courtHouse"]["courtRoom"]] for one in made["courtLists"]
    ]


def test_lists_are_put_together_by_house_and_london_s_day_only() -> None:
    lists = [
        told("PRESTON", "2024-06-03T09:30:00.123456789Z", "1"),
        told("LANCASTER", "2024-06-03T09:30:00Z", "1"),
        told("PRESTON", "2024-06-03T23:30:00Z", "1"),  # half past midnight of the 4th
        told("PRESTON", "2024-06-03T14:00:00Z", "2"),
        told("PRESTON", "no time", "3"),
        told("PRESTON", 20240603, "4"),
    ]
    assert rooms_of(lists) == [["1", "2"], ["1"], ["1"], ["3"], ["4"]]
    assert len(lists[0]["courtHouse"]["courtRoom"]) == 1, "the message itself is not changed"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_time_without_a_zone_is_london_s_wherever_the_machine_is(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in Tokyo's zone, 01:30 is of the day before; in New York's, 23:30 of the day after."""
    lists = [
        told("PRESTON", "2024-06-03T01:30:00", "1"),
        told("PRESTON", "2024-06-03T09:30:00Z", "2"),
        told("PRESTON", "2024-06-03T23:30:00", "3"),
    ]
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert rooms_of(lists) == [["1", "2", "3"]]
    finally:
        monkeypatch.undo()
        time.tzset()
