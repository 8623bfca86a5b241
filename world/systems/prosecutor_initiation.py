"""Cases put to Common Platform by prosecutors themselves: one submission a charged case.

Only some police forces' cases go this way beside the standard interface; both tell of them.
"""

from collections.abc import Iterator
from typing import Any

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import Defendant, History, Matter
from world.people import Company, Person
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "prosecutor-initiation"
DATASET = "prosecutor-initiation/submission"
GENDER = {"M": 1, "F": 2}
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a year, which all neighbourhoods add to."""
    years: dict[int, list[Message]] = {}
    for matter in history.matters:
        if matter.route == "charge" and holds(SYSTEM, matter.urn, matter.charged, history.seed):
            message = _submission(history, matter, truth)
            years.setdefault(matter.charged.year, []).append(message)
    for year, messages in sorted(years.items()):
        yield Part(f"submissions-{year}.jsonl", json_lines(messages), shared=b"")


def _submission(history: History, matter: Matter, truth: Truth) -> Message:
    first = matter.hearings[0]
    return {
        "prosecutionSubmissionDetails": {
            "urn": matter.urn,
            "prosecutingAuthority": f"{matter.force[1]}PF",
            "informant": "Neverstored",
            "hearingDetails": {
                "courtHearingLocation": first.court.location,
                "dateOfHearing": first.day.isoformat(),
                "timeOfHearing": "10:00:00.000",
            },
        },
        "defendants": [
            _defendant(history, matter, number, defendant, truth)
            for number, defendant in enumerate(matter.defendants, start=1)
        ],
    }


def _defendant(
    history: History, matter: Matter, number: int, defendant: Defendant, truth: Truth
) -> Message:
    party, ident = defendant.party, f"{matter.urn}-{number}"
    home = party.address if isinstance(party, Company) else party.address_on(matter.charged)
    details: Message = {
        "prosecutorDefendantId": ident,
        "asn": defendant.asn,
        "documentationLanguage": "E",
        "hearingLanguage": "E",
        "address": {
            "address1": f"{home.number} {home.street}",
            "address2": home.town,
            "postcode": home.postcode,
        },
    }
    told: Message = {
        "defendantDetails": details,
        "offences": [
            {
                "offenceDetails": {
                    "cjsOffenceCode": charge.offence.code,
                    "offenceSequenceNo": charge.sequence,
                    "offenceCommittedDate": charge.committed.isoformat(),
                    "offenceDateCode": 1,
                    "offenceWording": f"On {charge.committed:%d/%m/%Y}: {charge.offence.title}",
                },
                "arrestDate": defendant.arrested.isoformat(),
                "chargeDate": charge.laid.isoformat(),
            }
            for charge in defendant.charges
        ],
    }
    if isinstance(party, Company):
        return told | {"organisation": {"organisationName": party.name}}
    record = written(party, SYSTEM, history.seed, matter.urn, matter.charged)
    if record.pnc:
        details["pncIdentifier"] = record.pnc
    if record.cro:
        details["croNumber"] = record.cro
    names = {"title": "Mr" if party.sex == "M" else "Ms", "forename": record.given}
    if record.middle:
        names["forename2"] = record.middle
    told["individual"] = {
        "custodyStatus": "C" if defendant.remanded else "U",
        "nameDetails": names | {"surname": record.family},
        "gender": GENDER[party.sex],
        "dateOfBirth": record.born.isoformat(),
        "ethnicity": party.ethnicity,
        "aliases": [
            {"forename": given, "surname": family}
            for given, family in also_known_as(party, matter.charged)
        ],
    }
    keys = {
        "pnc": record.pnc if record.pnc_is_valid else None,
        "asn": defendant.asn,
        "cro": record.cro,
    }
    truth.record(party.key, DATASET, (matter.urn, ident), keys, matter.urn)
    _tell(matter, defendant, party, truth)
    return told


def _tell(matter: Matter, defendant: Defendant, person: Person, truth: Truth) -> None:
    key, urn = person.key, matter.urn
    for charge in defendant.charges:
        for event, day in (("Arrest", defendant.arrested), ("ChargeLaid", charge.laid)):
            truth.tell(Telling(key, urn, DATASET, event, day, "happened", charge.sequence))
    truth.tell(Telling(key, urn, DATASET, "FirstHearing", matter.hearings[0].day, "planned"))
