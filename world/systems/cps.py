"""The index of cases of the Crown Prosecution Service: those charged, and those decided against.

A suspect not charged has no arrest summons number, and an offence that is not yet one (NYC).
Victims are parties, and are known by name and birth date alone.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import Crime, Defendant, Hearing, History, Matter
from world.people import Company, Person, uuid
from world.systems.rows import json_lines
from world.truth import Truth

SYSTEM = "cps"
DATASET = "cps/case-index"
# Numbers of a neighbourhood's cases in a unit's year; those never charged count from the last but
# one, for the last is a prosecution's whose own would read as a placeholder.
NUMBERS = 2000
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a year, which all neighbourhoods add to."""
    years: dict[int, list[Message]] = {}
    crimes = {crime.matter: crime for crime in history.crimes if crime.matter}
    for matter in history.matters:
        if matter.route == "charge" and holds(SYSTEM, matter.urn, matter.charged, history.seed):
            message = _charged(history, matter, crimes.get(matter.urn), truth)
            years.setdefault(matter.charged.year, []).append(message)
    dropped = [c for c in history.crimes if c.decisions and c.decisions[0].decision != "charge"]
    for index, crime in enumerate(dropped):
        day = crime.decisions[0].day
        if holds(SYSTEM, crime.reference, day, history.seed):
            message = _not_charged(history, crime, _urn(history, index, day), truth)
            years.setdefault(day.year, []).append(message)
    for year, messages in sorted(years.items()):
        yield Part(f"case-index-{year}.jsonl", json_lines(messages), shared=b"")


def _urn(history: History, index: int, day: date) -> str | None:
    """A number that no prosecution of the neighbourhood has; None once there is none left."""
    if not history.matters or len(history.matters) + index >= NUMBERS - 1:
        return None
    begun = history.matters[0].urn
    first = int(begun[4:9]) // NUMBERS * NUMBERS
    return f"{begun[:4]}{first + NUMBERS - 2 - index:05d}{day.year % 100:02d}"


def _charged(history: History, matter: Matter, crime: Crime | None, truth: Truth) -> Message:
    rng = Random(f"{history.seed}/{SYSTEM}/{matter.urn}")
    case = _case(history, rng, matter.urn, "CHARGED")
    day = matter.charged
    for defendant in matter.defendants:
        case["parties"].append(_defendant(history, rng, case, defendant, day, truth))
    case["parties"] += _victims(history, rng, case, crime, day, truth)
    case["hearings"] = [_hearing(hearing) for hearing in matter.hearings]
    return case


def _not_charged(history: History, crime: Crime, urn: str | None, truth: Truth) -> Message:
    """A case that ended with the decision: what is suspected is told in words."""
    rng = Random(f"{history.seed}/{SYSTEM}/{crime.reference}")
    case = _case(history, rng, urn, "NFA")
    day = crime.decisions[0].day
    for decision in crime.decisions:
        offence = {
            "offenceId": uuid(rng),
            "offenceCode": "NYC",
            "description": crime.offence.title,
            "startDate": crime.committed.isoformat(),
        }
        suspect = _person(history, rng, case, decision.suspect, "SUSPECT", day, truth)
        case["parties"].append(suspect | {"offences": [offence]})
    case["parties"] += _victims(history, rng, case, crime, day, truth)
    return case


def _case(history: History, rng: Random, urn: str | None, status: str) -> Message:
    case: Message = {"caseId": uuid(rng), "cpsUnitCode": history.area.cps, "caseStatusCode": status}
    if urn:
        case["urn"] = urn
    return case | {"linked": False, "parties": []}


def _defendant(
    history: History, rng: Random, case: Message, defendant: Defendant, day: date, truth: Truth
) -> Message:
    party = defendant.party
    if isinstance(party, Company):
        told: Message = {
            "partyId": uuid(rng),
            "_party_type": ["DEFENDANT"],
            "organisationName": party.name,
        }
    else:
        told = _person(history, rng, case, party, "DEFENDANT", day, truth, defendant.asn)
    told["asn"] = defendant.asn
    told["offences"] = [
        {
            "offenceId": charge.id,
            "offenceCode": charge.offence.code,
            "description": charge.offence.title,
            "startDate": charge.committed.isoformat(),
        }
        for charge in defendant.charges
    ]
    return told


def _victims(
    history: History, rng: Random, case: Message, crime: Crime | None, day: date, truth: Truth
) -> Iterator[Message]:
    for key in crime.victims if crime else ():
        if key.startswith("P"):
            yield _person(history, rng, case, history.person(key), "VICTIM", day, truth)


def _person(
    history: History,
    rng: Random,
    case: Message,
    person: Person,
    role: str,
    day: date,
    truth: Truth,
    asn: str | None = None,
) -> Message:
    """A party as the index names them; the PNC identifier only of somebody accused who has one."""
    record = written(person, SYSTEM, history.seed, case["caseId"], day)
    party: Message = {
        "partyId": uuid(rng),
        "_party_type": [role],
        "firstName": record.given,
        "lastName": record.family,
        "dateOfBirth": record.born.isoformat(),
    }
    keys: dict[str, str | None] = {"asn": asn}
    if role != "VICTIM":
        party["aliases"] = [
            {"firstName": given, "lastName": family} for given, family in also_known_as(person, day)
        ]
        if record.pnc and int(record.pnc[:4]) <= day.year:
            party["pncId"] = record.pnc
            keys["pnc"] = record.pnc if record.pnc_is_valid else None
    matter = case.get("urn")
    truth.record(person.key, DATASET, (case["caseId"], party["partyId"]), keys, matter)
    return party


def _hearing(hearing: Hearing) -> Message:
    return {
        "hearingId": hearing.id,
        "hearingDateTime": f"{hearing.day}T09:30:00.000Z",
        "courtHouse": hearing.court.name,
        "hearingType": hearing.type,
        "jurisdiction": hearing.court.jurisdiction,
    }
