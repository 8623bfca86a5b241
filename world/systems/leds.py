"""The Law Enforcement Data Service, which holds what the PNC held: what came of each arrest.

An answer is about one arrest or summons: the person by PNC identifier and no name, the charges and
how each ended at the last hearing. A case has the service's own number; no URN is told.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from world.errors import holds
from world.extract import Part
from world.facts import Charge, Defendant, Hearing, History, Matter, Result
from world.law import CHECK_LETTERS, SENTENCES
from world.people import LAST_DAY, Person, uuid
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "leds"
DATASET = "leds/asn-query"
WORDS = {"GUILTY": "Guilty", "NOT_GUILTY": "Not Guilty"}
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a year, which all neighbourhoods add to: arrests whose case ended."""
    years: dict[int, list[Message]] = {}
    for matter in history.matters:
        last = matter.hearings[-1]
        if matter.route != "charge" or last.day > LAST_DAY:
            continue
        for defendant in matter.defendants:
            if isinstance(defendant.party, Person) and holds(
                SYSTEM, defendant.asn, last.day, history.seed
            ):
                answer = _answer(history, matter, defendant, defendant.party, last, truth)
                years.setdefault(last.day.year, []).append(answer)
    for year, answers in sorted(years.items()):
        yield Part(f"asn-{year}.jsonl", json_lines(answers), shared=b"")


def _answer(
    history: History,
    matter: Matter,
    defendant: Defendant,
    person: Person,
    last: Hearing,
    truth: Truth,
) -> Message:
    assert person.pnc
    rng = Random(f"{history.seed}/{SYSTEM}/{defendant.asn}")
    ident = uuid(Random(f"{history.seed}/{SYSTEM}/{person.number}"))
    year, serial = person.pnc.split("/")
    truth.record(person.key, DATASET, (ident,), {"pnc": person.pnc, "asn": defendant.asn})
    return {
        "personId": ident,
        "longPersonUrn": f"{year}/{serial.lstrip('0')}",
        "reportId": uuid(rng),
        "asn": _slashed(defendant.asn),
        "ownerCode": f"{history.area.force}{history.area.unit}",
        "disposals": [
            {
                "courtCaseId": uuid(rng),
                "courtCaseReference": _reference(matter, last),
                "caseStatusMarker": "court-case",
                "court": {"courtIdentityType": "code", "courtCode": last.court.lja},
                "convictionDate": last.day.isoformat(),
                "offences": [
                    _offence(rng, charge, person, matter, last, truth)
                    for charge in defendant.charges
                ],
            }
        ],
    }


def _slashed(asn: str) -> str:
    return f"{asn[:2]}/{asn[2:6]}/{asn[6:8]}/{asn[8:]}"


def _reference(matter: Matter, last: Hearing) -> str:
    """Year, court and number with a check letter: the service's own, which no court knows."""
    letter = CHECK_LETTERS[matter.number % len(CHECK_LETTERS)]
    return f"{last.day.year % 100:02d}/{last.court.lja}/{matter.number + 1:06d}{letter}"


def _offence(
    rng: Random, charge: Charge, person: Person, matter: Matter, last: Hearing, truth: Truth
) -> Message:
    results = last.results.get(charge.id, [])
    found = charge.verdict or ("GUILTY" if charge.plea == "GUILTY" else None)

    def tell(event: str) -> None:
        told = Telling(
            person.key, matter.urn, DATASET, event, last.day, "happened", charge.sequence
        )
        truth.tell(told)

    tell("Verdict")
    if any(result.code in SENTENCES for result in results):
        tell("Sentence")
    return {
        "offenceId": uuid(rng),
        "arrestOffenceSequenceNumber": charge.sequence,
        "courtOffenceSequenceNumber": charge.sequence,
        "cjsOffenceCode": charge.offence.code,
        "qualifiedCjsCode": charge.offence.code,
        "title": charge.offence.title,
        "offenceStartDate": charge.committed.isoformat(),
        "offenceTic": 0,
        "plea": WORDS.get(charge.plea or "", "No Plea Taken"),
        "adjudications": [
            {
                "adjudicationId": uuid(rng),
                "appearanceNumber": 0,
                "disposalDate": last.day.isoformat(),
                "adjudication": WORDS.get(found or "", "Non-Conviction"),
            }
        ],
        "disposalResults": [_disposal(rng, result) for result in results],
    }


def _disposal(rng: Random, result: Result) -> Message:
    told: Message = {
        "disposalId": uuid(rng),
        "chargeAppearanceNumber": 0,
        "disposalCode": int(result.code),
        "disposalFine": {"amount": result.amount} if result.amount else {},
        "disposalQualifiers": [],
    }
    if result.months:
        told["disposalDuration"] = {"count": result.months, "units": "months"}
    return told
