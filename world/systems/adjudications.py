"""Adjudications in prison: one answer a prisoner, a list of the charges reported of them."""

from collections.abc import Iterator
from typing import Any

from world.errors import holds, written
from world.extract import Part
from world.facts import Adjudication, Booking, History
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "adjudications"
DATASET = "adjudications/reported"
GENDER = {"M": "MALE", "F": "FEMALE"}
PARAGRAPHS = {  # of rule 51 of the Prison Rules 1999
    "Disobeys any lawful order": "22",
    "Has in his possession an unauthorised article": "12",
    "Fights with any person": "4",
    "Uses threatening, abusive or insulting words or behaviour": "20",
    "Intentionally fails to work properly": "21",
}
STATUS = {
    "PROVED": ("CHARGE_PROVED", "Charge proved"),
    "NOT_PROCEED_WITH": ("NOT_PROCEED", "Not proceeded with"),
}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines, a line a prisoner, which all neighbourhoods add to."""
    people: dict[str, list[dict[str, Any]]] = {}
    for booking in history.bookings:
        for adjudication in booking.adjudications:
            if holds(SYSTEM, str(adjudication.id), adjudication.day, history.seed):
                charge = _charge(history, booking, adjudication, truth)
                people.setdefault(charge["prisonerNumber"], []).append(charge)
    if people:
        yield Part("reported.jsonl", json_lines(people.values()), shared=b"")


def _charge(
    history: History, booking: Booking, adjudication: Adjudication, truth: Truth
) -> dict[str, Any]:
    person, day, prison = booking.person, adjudication.day, adjudication.prison
    record = written(person, SYSTEM, history.seed)
    paragraph = PARAGRAPHS[adjudication.charge]
    status, description = STATUS[adjudication.finding]
    number = person.prisoner_number
    assert number
    truth.record(person.key, DATASET, (number,), {"prisonerNumber": number})
    urn = booking.matter.urn
    truth.tell(Telling(person.key, urn, DATASET, "DisciplinaryHearing", day, "happened"))
    return {
        "chargeNumber": f"{prison}-{adjudication.id}",
        "prisonerNumber": number,
        "prisonerName": f"{record.given} {record.family}",
        "gender": GENDER[person.sex],
        "incidentDetails": {"dateTimeOfIncident": f"{day}T08:00:00"},
        "isYouthOffender": False,
        "incidentRole": {},
        "offenceDetails": {
            "offenceCode": 51000 + int(paragraph),
            "offenceCodeDescription": adjudication.charge,
            "offenceRule": {
                "paragraphNumber": paragraph,
                "paragraphDescription": adjudication.charge,
                "nomisCode": f"51:{paragraph}",
            },
        },
        "createdDateTime": f"{day}T08:30:00",
        "dateTimeOfIssue": f"{day}T09:00:00",
        "status": status,
        "statusDescription": description,
        "hearings": [
            {
                "id": adjudication.id,
                "dateTimeOfHearing": f"{day}T14:00:00",
                "oicHearingType": "GOV_ADULT",
                "outcome": {"id": adjudication.id, "code": "COMPLETE"},
                "agencyId": prison,
            }
        ],
        "punishments": _punishments(adjudication),
        "originatingAgencyId": prison,
        "createdByUserId": "NEVERSTORED",
    }


def _punishments(adjudication: Adjudication) -> list[dict[str, Any]]:
    """Added days, or privileges lost for a week; none unless the charge was proved."""
    if adjudication.finding != "PROVED":
        return []
    kind, description, days = "PRIVILEGE", "Loss of privileges", 7
    if adjudication.days:
        kind, description, days = "ADDITIONAL_DAYS", "Additional days", adjudication.days
    schedule = {"days": days, "duration": days, "measurement": "DAYS"}
    told = {"type": kind, "typeDescription": description, "schedule": schedule}
    return [{"id": adjudication.id} | told]
