"""Electronic monitoring: the court hearing that goes in gives the order that comes out."""

import json
from pathlib import Path

import pytest

from tests.loaders.nomis.told import Told

PAIRS = {
    # Curfew on bail from the day of the order to the next hearing, fixed for the same day at ten.
    "bail-curfew": (
        "Curfew with EM",
        "Bail Order",
        "2024-10-25",
        "2024-10-25",
        "Between:22:00\nAnd:06:00\nFrequency:Every day",
    ),
    # Whereabouts: a result of its own, tagged from the day after the hearing for seven months.
    "community-order-trail": (
        "Location Monitoring (Fitted Device)",
        "Requirement of Community Order",
        "2024-10-18",
        "2025-05-18",
        None,
    ),
}
TAG = ("monitoringCondition", "legalBasis", "plannedStartDate", "plannedEndDate", "monitoringHours")


def told(folder: Path, *files: Path) -> Told:
    made = Told(folder)
    made.load(files, {})
    return made


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("side", ["hearing", "order"])
def test_both_sides_tell_the_same_tag(samples: Path, tmp_path: Path, pair: str, side: str) -> None:
    made = told(tmp_path, samples / "electronic-monitoring" / f"{pair}-{side}.json")
    tags = [row for row in made.rows("PeriodRecord", "class", *TAG) if row[0] == "TagPeriod"]
    assert tags == [("TagPeriod", *PAIRS[pair])]
    assert made.report.rejected == 0
    # Ordered, not yet fitted.
    _, _, start, end, _ = PAIRS[pair]
    events = made.rows("EventRecord", "class", "eventDate", "status")
    assert [row for row in events if row[0] in ("TagStart", "TagEnd")] == [
        ("TagEnd", end, "planned"),
        ("TagStart", start, "planned"),
    ]


def test_the_wearer_of_the_order(samples: Path, tmp_path: Path) -> None:
    made = told(tmp_path, samples / "electronic-monitoring" / "bail-curfew-order.json")
    assert made.rows("PersonRecord", "key", "deviceWearerId", "fullName") == [
        ("MockDeviceWearerId", "MockDeviceWearerId", "Person Middle Mock")
    ]
    # The sample names no case.
    assert made.rows("Case", "key") == []


def test_device_wearers(samples: Path, tmp_path: Path) -> None:
    files = sorted((samples / "electronic-monitoring").glob("*-device-wearer.json"))
    made = told(tmp_path, *files)
    columns = ("givenName", "middleNames", "familyName", "birthDate", "sex", "telephoneNumber")
    assert made.rows("PersonRecord", *columns) == [
        ("Person", None, "Mock", "1991-02-18", "1", "004415325443756"),
        ("Person", "Middle", "Mock", None, "9", None),
    ]
    assert made.rows("AddressRecord", "addressLine", "postcode") == [
        ("1 the lane", "HA4 0AT"),
        ("21 | Test Road | London", "SW11 3TQ"),
    ]


def test_a_result_set_is_read_by_its_first_row(samples: Path, tmp_path: Path) -> None:
    made = told(tmp_path, samples / "electronic-monitoring" / "crime-matching-persons.json")
    columns = ("key", "deviceWearerId", "familyName", "birthDate", "pncId", "prisonerNumber")
    # The columns' own names stand where values should: kept, and warned of.
    assert made.rows("PersonRecord", *columns) == [
        ("1", "1", "last_name", "2000-05-29", "pnc_id", "nomis_id")
    ]
    codes = {finding["code"] for finding in made.releases.findings().collect().to_dicts()}
    assert codes == {"JG-ADR-003", "JG-PER-003", "JG-PER-005"}


@pytest.mark.parametrize("cell", [{}, {"VarCharValue": None}, {"VarCharValue": 1}, None])
def test_a_result_set_without_the_name_of_a_column_is_refused(
    cell: object, samples: Path, tmp_path: Path
) -> None:
    content = json.loads(
        (samples / "electronic-monitoring" / "crime-matching-persons.json").read_text()
    )
    content["ResultSet"]["Rows"][0]["Data"][-1] = cell
    file = tmp_path / "result.json"
    file.write_text(json.dumps(content))
    (report,) = Told(tmp_path / "data").load([file], {}).files
    assert (report.status, report.loaded) == ("unreadable", 0)
    assert "JG-LOD-011" in (report.reason or "")


def test_an_order_with_its_case_numbers_and_under_way(samples: Path, tmp_path: Path) -> None:
    text = (samples / "electronic-monitoring" / "bail-curfew-order.json").read_text()
    for old, new in (
        (
            '"magistrate_court_case_reference_number": ""',
            '"magistrate_court_case_reference_number": "28DI7224793"',
        ),
        ('"order_status": "Not Started"', '"order_status": "In Progress"'),
    ):
        assert old in text
        text = text.replace(old, new)
    order = tmp_path / "order.json"
    order.write_text(text)
    made = told(tmp_path / "data", order)
    assert made.rows("Case", "class", "urn") == [("CriminalCase", "28DI7224793")]
    assert ("TagStart", "happened") in made.rows("EventRecord", "class", "status")
