"""Prisons: prisoner search pages, movements and scheduled releases, as NOMIS services give them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import Booking, History
from world.people import LAST_DAY, Person
from world.places import PRISONS
from world.settings import systems
from world.truth import Telling, Truth

PRISONERS = "nomis/prisoner-search"
MOVEMENTS = "nomis/movements"
RELEASES = "nomis/release-events"
NAMES = PRISONS | {"OUT": "OUTSIDE"}
REASONS = {
    "N": "Unconvicted Remand",
    "I": "Imprisonment Without Option",
    "W": "Detention in a YOI",
    "INT": "Transfer In from Other Establishment",
    "L": "Licence Revokee",
    "CR": "Conditional Release",
    "HR": "HDC Conditional Release",
    "PD": "Post Recall Release",
    "NCS": "Non Custodial Sentence",
    "NG": "Not Guilty",
    "DS": "Discontinuance/Charges Withdrawn",
    "DEC": "Died",
}
EVENTS = {
    "N": "Reception",
    "I": "Reception",
    "W": "Reception",
    "INT": "Transfer",
    "L": "Recall",
    "DEC": "Death",
} | dict.fromkeys(("CR", "HR", "PD", "NCS", "NG", "DS"), "Release")
ETHNICITY = {
    "W1": "White: Eng./Welsh/Scot./N.Irish/British",
    "W9": "White: Any other background",
    "A1": "Asian/Asian British: Indian",
    "A2": "Asian/Asian British: Pakistani",
    "B1": "Black/Black British: Caribbean",
    "B2": "Black/Black British: African",
    "M1": "Mixed: White and Black Caribbean",
    "O9": "Other: Any other background",
}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """A page of prisoners, their movements, and their releases still to come."""
    seed = history.seed
    start = systems()["nomis"].start
    by_person: dict[int, list[Booking]] = {}
    for booking in history.bookings:
        entry, leave = booking.movements[0].day, booking.movements[-1].day
        if entry <= LAST_DAY and leave >= start:
            day = max(entry, start)
            if holds("nomis", booking.book_number, day, seed):
                by_person.setdefault(booking.person.number, []).append(booking)
    if not by_person:
        return
    prisoners = [by_person[number] for number in sorted(by_person)]
    for bookings in prisoners:
        bookings.sort(key=lambda booking: booking.movements[0].day)
    yield Part("prisoner-search.json", _page([_prisoner(b, truth, seed) for b in prisoners]))
    movements = [m for bookings in prisoners for m in _movements(bookings, truth, seed)]
    yield Part("movements.json", orjson.dumps(movements))
    yield Part("release-events.json", orjson.dumps(_releases(prisoners, truth)))


def _page(content: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "content": content,
            "pageable": {"pageSize": len(content), "pageNumber": 0},
            "totalElements": len(content),
            "last": True,
            "number": 0,
            "size": len(content),
            "numberOfElements": len(content),
            "first": True,
            "empty": not content,
        }
    )


def _prisoner(bookings: list[Booking], truth: Truth, seed: int) -> dict[str, Any]:
    person = bookings[0].person
    latest = bookings[-1]
    record = written(person, "nomis", seed)
    last = [m for m in latest.movements if m.day <= LAST_DAY][-1]
    inside = last.type == "ADM"
    assert person.prisoner_number
    prisoner: dict[str, Any] = {
        "prisonerNumber": person.prisoner_number,
        "bookingId": str(latest.id),
        "bookNumber": latest.book_number,
        "firstName": record.given.upper(),
        "lastName": record.family.upper(),
        "dateOfBirth": record.born.isoformat(),
        "gender": "Male" if person.sex == "M" else "Female",
        "ethnicity": ETHNICITY[person.ethnicity],
        "youthOffender": person.age_on(latest.movements[0].day) < 21,
        "status": "ACTIVE IN" if inside else "INACTIVE OUT",
        "lastMovementTypeCode": last.type,
        "lastMovementReasonCode": last.reason,
        "inOutStatus": "IN" if inside else "OUT",
        "prisonId": last.to_agency,
        "prisonName": NAMES[last.to_agency],
        "aliases": [
            {
                "firstName": given.upper(),
                "lastName": family.upper(),
                "dateOfBirth": person.born.isoformat(),
                "gender": "Male" if person.sex == "M" else "Female",
            }
            for given, family in also_known_as(person, LAST_DAY)
        ],
        "alerts": [],
        "legalStatus": "SENTENCED" if latest.sentenced else "REMAND",
    }
    if record.middle:
        prisoner["middleNames"] = record.middle.upper()
    if record.pnc:
        prisoner["pncNumber"] = record.pnc
    if record.cro:
        prisoner["croNumber"] = record.cro
    if latest.sentenced and latest.release_due:
        prisoner["sentenceStartDate"] = latest.sentenced.isoformat()
        prisoner["conditionalReleaseDate"] = latest.release_due.isoformat()
        prisoner["releaseDate"] = latest.release_due.isoformat()
        _tell(truth, person, latest, PRISONERS, "Release", latest.release_due, "planned")
    truth.record(
        person.key,
        PRISONERS,
        (person.prisoner_number,),
        {
            "prisonerNumber": person.prisoner_number,
            "pnc": record.pnc if record.pnc_is_valid else None,
            "cro": record.cro,
        },
    )
    return prisoner


def _movements(bookings: list[Booking], truth: Truth, seed: int) -> Iterator[dict[str, Any]]:
    person = bookings[0].person
    record = written(person, "nomis", seed)
    assert person.prisoner_number
    for booking in bookings:
        for movement in booking.movements:
            if not systems()["nomis"].covers(movement.day):
                continue
            time = "17:30:00" if movement.type == "ADM" else "08:45:00"
            yield {
                "offenderNo": person.prisoner_number,
                "bookingId": booking.id,
                "dateOfBirth": record.born.isoformat(),
                "firstName": record.given.title(),
                "lastName": record.family.title(),
                "fromAgencyId": movement.from_agency,
                "fromAgencyDescription": NAMES[movement.from_agency],
                "toAgencyId": movement.to_agency,
                "toAgencyDescription": NAMES[movement.to_agency],
                "movementTime": time,
                "movementDateTime": f"{movement.day}T{time}",
                "movementType": movement.type,
                "movementReasonDescription": REASONS[movement.reason],
                "movementReasonCode": movement.reason,
            }
            _tell(truth, person, booking, MOVEMENTS, EVENTS[movement.reason], movement.day)
    truth.record(
        person.key,
        MOVEMENTS,
        (person.prisoner_number,),
        {"prisonerNumber": person.prisoner_number},
    )


def _releases(chunk: list[list[Booking]], truth: Truth) -> dict[str, Any]:
    """Releases scheduled after the last day: plans, not events that happened."""
    events = []
    for bookings in chunk:
        booking = bookings[-1]
        planned = next((m for m in booking.movements if m.day > LAST_DAY), None)
        if planned is None or planned.type != "REL":
            continue
        person = booking.person
        assert person.prisoner_number
        events.append(
            {
                "offenderNo": person.prisoner_number,
                "createDateTime": f"{LAST_DAY}T11:00:00",
                "eventId": booking.id,
                "fromAgency": planned.from_agency,
                "fromAgencyDescription": NAMES[planned.from_agency],
                "releaseDate": planned.day.isoformat(),
                "approvedReleaseDate": None,
                "eventClass": "EXT_MOV",
                "eventStatus": "SCH",
                "movementTypeCode": "REL",
                "movementTypeDescription": "Release",
                "movementReasonCode": planned.reason,
                "movementReasonDescription": REASONS[planned.reason],
                "bookingActiveFlag": True,
                "bookingInOutStatus": "IN",
            }
        )
        _tell(truth, person, booking, RELEASES, "Release", planned.day, "planned")
        truth.record(
            person.key,
            RELEASES,
            (person.prisoner_number,),
            {"prisonerNumber": person.prisoner_number},
        )
    return {"courtEvents": [], "transferEvents": [], "releaseEvents": events, "movements": []}


def _tell(
    truth: Truth,
    person: Person,
    booking: Booking,
    dataset: str,
    event: str,
    day: date,
    status: str = "happened",
) -> None:
    truth.tell(Telling(person.key, booking.matter.urn, dataset, event, day, status))
