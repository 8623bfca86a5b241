"""Movements and planned releases, as read in the files."""

from json import dumps
from pathlib import Path

import pytest

from tests.loaders.nomis.told import Tell

EVENT = (
    "key",
    "class",
    "status",
    "eventDate",
    "eventDateTime",
    "movementReason",
    "fromLocation",
    "toLocation",
    "inCase",
    "aboutPerson",
)


def test_each_movement_by_type_and_reason_on_its_local_day(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/movements-since-all.json")
    # 17:30 in October is summer time; the clock of the last two stands at midnight.
    # fmt: off
    assert told.rows("EventRecord", *EVENT) == [
        ("A1234AA/-1/2019-10-02T17:00:00/ADM", "Reception", "happened", "2019-10-02",
         "2019-10-02 16:00", "ADM-N", "OUT", "LEI", "-1", "A1234AA"),
        ("A1234AA/-1/2019-10-17T17:30:00/ADM", "Reception", "happened", "2019-10-17",
         "2019-10-17 16:30", "ADM-N", "OUT", "LEI", "-1", "A1234AA"),
        ("Z0025ZZ/-25/2021-01-01T00:00:00/ADM", "Reception", "happened", "2021-01-01",
         "2021-01-01 00:00", "ADM-N", "OUT", "LEI", "-25", "Z0025ZZ"),
        ("Z0025ZZ/-25/2021-11-01T00:00:00/TAP", "Return", "happened", "2021-11-01",
         "2021-11-01 00:00", "TAP-C3", "Birmingham", "LEI", "-25", "Z0025ZZ"),
    ]
    # fmt: on
    assert told.rows(
        "PersonRecord", "key", "givenName", "middleNames", "familyName", "birthDate"
    ) == [
        ("A1234AA", "Arthur", "Boris", "Anderson", "1969-12-30"),
        ("Z0025ZZ", "Matthew", "David", "Smith", "1974-01-01"),
    ]
    assert told.rows("Case", "key", "class", "bookingId", "caseOf") == [
        ("-1", "PrisonBooking", "-1", "A1234AA"),
        ("-25", "PrisonBooking", "-25", "Z0025ZZ"),
    ]
    assert told.rows("Participation", "key", "inCase", "party", "role") == [
        ("-1", "-1", "A1234AA", "offender"),
        ("-25", "-25", "Z0025ZZ", "offender"),
    ]
    assert told.documents == 4


def test_movements_out_need_the_day_that_was_asked_for(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/movements-out-on-given-day.json")
    assert told.release is None
    assert "--with date=" in told.fix()


def test_movements_out_name_the_reason_in_words(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/movements-out-on-given-day.json", date="2012-07-16")
    columns = ("key", "class", "status", "eventDate", "eventDateTime", "sequence", "toLocation")
    # fmt: off
    assert told.rows("EventRecord", *columns) == [
        ("Z0021ZZ/2012-07-16/2", "TemporaryRelease", "happened", "2012-07-16",
         "2012-07-15 23:00", "2", "The Court House, Peyton Place"),
        ("Z0023ZZ/2012-07-16/2", "Escape", "happened", "2012-07-16", "2012-07-15 23:00", "2", None),
        ("Z0024ZZ/2012-07-16/2", "Escape", "happened", "2012-07-16", "2012-07-15 23:00", "2", None),
    ]
    # fmt: on
    assert told.rows("PersonRecord", "key", "givenName", "familyName", "birthDate") == [
        ("Z0021ZZ", "David", "Dickenson", "1964-01-01"),
        ("Z0023ZZ", "Richard", "Grayson", "1960-01-01"),
        ("Z0024ZZ", "Lucius", "Fox", "1958-01-01"),
    ]


def test_a_scheduled_release_is_a_plan(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/release-events.json")
    assert told.rows(
        "EventRecord",
        "key",
        "class",
        "status",
        "eventDate",
        "eventDateTime",
        "movementReason",
        "fromLocation",
        "aboutPerson",
    ) == [("A1234AA/1", "Release", "planned", "2018-04-23", None, "REL-DD", "LEI", "A1234AA")]


CLASSES = {
    "ADM-N": "Reception",
    "ADM-V": "Reception",
    "ADM-INT": "Transfer",
    "ADM-L": "Recall",
    "ADM-B": "Recall",
    "ADM-RECA": "Return",
    "TRN-NOTR": "Transfer",
    "REL-CR": "Release",
    "REL-BL": "BailRelease",
    "REL-HP": "HospitalTransfer",
    "REL-ESCP": "Escape",
    "REL-UAL": "Escape",
    "REL-DEC": "Death",
    "REL-MRG": "RecordMerge",
    "CRT-CRT": "CourtOut",
    "TAP-C5": "TemporaryRelease",
    "REL-NEVERSEEN": "EventRecord",
}


def test_type_and_reason_together_say_what_happened(tell: Tell, tmp_path: Path) -> None:
    """An unknown reason is kept as an event of no particular class."""
    file = tmp_path / "moved.json"
    file.write_text(dumps([_movement(pair, number) for number, pair in enumerate(CLASSES)]))
    told = tell(file)
    assert told.by("EventRecord", "movementReason", "class") == CLASSES
    assert [(code.scheme, code.count) for code in told.report.unknown] == [("nomis-movement", 1)]


def test_who_has_a_place_in_the_prison_has_come_back(tell: Tell, tmp_path: Path) -> None:
    file = tmp_path / "moved.json"
    came = [_movement("CRT-CRT", 1), _movement("TAP-C5", 2)]
    file.write_text(dumps([movement | {"location": "LEI-A-1-1"} for movement in came]))
    assert tell(file).rows("EventRecord", "class") == [("Return",), ("Return",)]


def test_a_corrected_reason_is_a_new_version_of_the_same_record(tell: Tell, tmp_path: Path) -> None:
    file = tmp_path / "moved.json"
    for day, pair in (("2024-02-02", "REL-ESCP"), ("2024-02-01", "REL-CR")):
        file.write_text(dumps([_movement(pair, 1)]))
        told = tell(file, extracted=day)
    assert told.rows("EventRecord", "class", "movementReason") == [("Escape", "REL-ESCP")]


@pytest.mark.parametrize(
    ("status", "expected"), [("SCH", "planned"), ("COMP", "planned"), ("CANC", "cancelled")]
)
def test_a_scheduled_release_never_happened(
    tell: Tell, tmp_path: Path, status: str, expected: str
) -> None:
    release = {
        "offenderNo": "A0001AA",
        "eventId": 7,
        "releaseDate": "2024-05-01",
        "approvedReleaseDate": "2024-04-30",
        "eventStatus": status,
        "movementTypeCode": "REL",
        "movementReasonCode": "CR",
    }
    file = tmp_path / "releases.json"
    file.write_text(dumps({"releaseEvents": [release]}))
    told = tell(file)
    assert told.rows("EventRecord", "class", "status", "eventDate") == [
        ("Release", expected, "2024-04-30")
    ]


def _movement(pair: str, booking: int) -> dict[str, object]:
    kind, reason = pair.split("-")
    return {
        "offenderNo": "A0001AA",
        "bookingId": booking,
        "movementDateTime": "2024-01-02T09:00:00",
        "movementType": kind,
        "movementReasonCode": reason,
    }
