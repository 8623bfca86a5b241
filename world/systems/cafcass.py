"""Cafcass: what family courts' services tell it of cases about children, private and public law.

Nobody in these cases has an identifier of another system: they are known by name and birth date.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from world.errors import holds, written
from world.extract import Part
from world.facts import FamilyCase, History
from world.people import Person, uuid
from world.systems.rows import json_lines
from world.truth import Truth

SYSTEM = "cafcass"
PRIVATE = "cafcass/private-law"
PUBLIC = "cafcass/public-law"
LOWER = {"M": "male", "F": "female"}
UPPER = {"M": "MALE", "F": "FEMALE"}
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """Files of JSON lines, an answer of one case each, which all neighbourhoods add to."""
    files: dict[str, list[Message]] = {}
    for index, case in enumerate(history.family_cases):
        if case.kind == "divorce" or not holds(SYSTEM, case.number, case.applied, history.seed):
            continue
        ident = core_case_reference(history.cell, index)
        kind, made = ("public", _public) if case.kind == "care" else ("private", _private)
        answer = {"total": 1, "cases": [made(history, case, ident, truth)]}
        files.setdefault(f"{kind}-law-{case.applied.year}", []).append(answer)
    for name, answers in sorted(files.items()):
        yield Part(f"{name}.jsonl", json_lines(answers), shared=b"")


def core_case_reference(cell: int, index: int) -> int:
    """A case reference of sixteen digits, the last by the rule of Luhn."""
    digits = f"16{cell:07d}{index:06d}"
    total = 0
    for place, digit in enumerate(digits):
        twice = int(digit) * (2 if place % 2 == 0 else 1)
        total += twice - 9 if twice > 9 else twice
    return int(f"{digits}{-total % 10}")


def _private(history: History, case: FamilyCase, ident: int, truth: Truth) -> Message:
    rng = Random(f"{history.seed}/{SYSTEM}/{case.number}")
    seed, day = history.seed, case.applied

    def party(person: Person, **more: Any) -> Message:
        record = written(person, SYSTEM, seed, case.number, day)
        number = uuid(rng)
        truth.record(person.key, PRIVATE, (str(ident), number), {}, case.number)
        value = {
            "firstName": record.given,
            "lastName": record.family,
            "dateOfBirth": record.born.isoformat(),
            "gender": LOWER[person.sex],
        }
        return {"id": number, "value": value | more}

    orders = ["childArrangementsOrder"]
    return {
        "id": ident,
        "jurisdiction": "PRIVATELAW",
        "state": "DECISION_OUTCOME" if case.ended else "PREPARE_FOR_HEARING_CONDUCT_HEARING",
        "caseTypeOfApplication": "C100",
        "case_type_id": "PRLAPPS",
        "created_date": f"{day}T10:39:43.49",
        "last_modified": f"{case.ended or day}T17:23:10.405",
        "case_data": {
            "familymanCaseNumber": case.number,
            "dateSubmitted": day.isoformat(),
            "caseTypeOfApplication": "C100",
            "ordersApplyingFor": orders,
            "courtName": f"{case.court[1]} Family Court",
            "children": [party(child, orderAppliedFor=orders) for child in case.children],
            "applicants": [party(history.person(key)) for key in case.applicants],
            "respondents": [
                party(person, doTheyHaveLegalRepresentation=rng.choice(("yes", "no")))
                for person in case.respondents
            ],
            "hearingData": {
                "hmctsServiceCode": "ABA5",
                "caseRef": str(ident),
                "caseHearings": [
                    {
                        "hearingID": ident % 10**9 * 10 + number,
                        "hearingType": "ABA5-FHR",
                        "hearingTypeValue": "First Hearing" if number == 0 else "Further Hearing",
                        "hearingDaySchedule": [
                            {
                                "hearingVenueName": case.court[1],
                                "hearingStartDateTime": f"{held}T09:00:00",
                                "hearingEndDateTime": f"{held}T15:00:00",
                            }
                        ],
                    }
                    for number, held in enumerate(case.hearings)
                ],
            },
        },
    }


def _public(history: History, case: FamilyCase, ident: int, truth: Truth) -> Message:
    seed, day = history.seed, case.applied

    def parties(role: str, people: list[Person]) -> Iterator[Message]:
        for index, person in enumerate(people, start=1):
            record = written(person, SYSTEM, seed, case.number, day)
            truth.record(person.key, PUBLIC, (str(ident), role, str(index)), {}, case.number)
            yield {
                "firstName": record.given,
                "lastName": record.family,
                "dateOfBirth": record.born.isoformat(),
                "gender": UPPER[person.sex],
            }

    return {
        "id": ident,
        "jurisdiction": "PUBLICLAW",
        "state": "Closed" if case.ended else "PREPARE_FOR_HEARING",
        "caseTypeId": "CARE_SUPERVISION_EPO",
        "createdDate": f"{day}T10:39:43.49",
        "lastModified": f"{case.ended or day}T17:23:10.405",
        "caseData": {
            "familyManCaseNumber": case.number,
            "dateSubmitted": day.isoformat(),
            "dateOfCourtIssue": day.isoformat(),
            "applicationType": "C110A",
            "ordersSought": ["INTERIM_CARE_ORDER", "CARE_ORDER"],
            "citizenIsApplicant": False,
            "applicants": [
                {"id": f"{ident}-{number}", "name": name, "designated": number == 1}
                for number, name in enumerate(case.applicants, start=1)
            ],
            "respondents": list(parties("respondent", case.respondents)),
            "children": list(parties("child", case.children)),
            "hearingDetails": [
                {
                    "id": f"{ident}-{number}",
                    "type": "CASE_MANAGEMENT" if held != case.ended else "FINAL",
                    "startDate": f"{held}T09:00:00",
                    "endDate": f"{held}T15:00:00",
                }
                for number, held in enumerate(case.hearings, start=1)
            ],
        },
    }
