"""Libra, the magistrates' courts' older system: its lists, as HMPPS matches cases by them.

A message is one defendant in one case as listed for one session: what is to be heard, not what was
done. Libra numbers cases and defendants itself; it writes family names in capitals.
"""

from collections.abc import Iterator
from typing import Any

from world.errors import holds, written
from world.extract import Part
from world.facts import Defendant, Hearing, History, Matter
from world.people import Company, Person
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "libra"
DATASET = "libra/case"
NUMBERS = 2000  # of a neighbourhood's cases
DEFENDANTS = 10  # numbers kept for a case's
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a year of sessions, which all neighbourhoods add to."""
    years: dict[int, list[Message]] = {}
    for matter in history.matters:
        for hearing in matter.hearings if matter.route == "charge" else ():
            if hearing.court.jurisdiction == "MAGISTRATES" and holds(
                SYSTEM, f"{matter.urn}/{hearing.id}", hearing.day, history.seed
            ):
                messages = years.setdefault(hearing.day.year, [])
                for number, defendant in enumerate(matter.defendants, start=1):
                    message = _listed(history, matter, number, defendant, hearing, truth)
                    messages.append(message)
    for year, messages in sorted(years.items()):
        yield Part(f"cases-{year}.jsonl", json_lines(messages), shared=b"")


def _listed(
    history: History,
    matter: Matter,
    number: int,
    defendant: Defendant,
    hearing: Hearing,
    truth: Truth,
) -> Message:
    serial = history.cell * NUMBERS + matter.number
    case, defendant_number = (
        f"{matter.charged.year % 100:02d}{serial:08d}",
        str(serial * DEFENDANTS + number),
    )
    party = defendant.party
    home = party.address if isinstance(party, Company) else party.address_on(matter.charged)
    message: Message = {
        "caseId": 1_000_000 + serial,
        "caseNo": case,
        "urn": matter.urn,
        "defendantAddress": {
            "line1": f"{home.number} {home.street}",
            "line2": home.town,
            "pcode": home.postcode,
        },
        "listNo": "1st" if hearing is matter.hearings[0] else "2nd",
        "offences": [
            {"seq": charge.sequence, "code": charge.offence.code, "title": charge.offence.title}
            for charge in defendant.charges
        ],
        "sessionStartTime": f"{hearing.day}T10:00:00",
        "courtCode": hearing.court.ou[:5],
        "courtRoom": f"{1 + matter.number % 6:02d}",
        "seq": number,
        "cId": defendant_number,
    }
    if isinstance(party, Company):
        return message | {"defendantName": party.name, "defendantType": "O"}
    told = Telling(party.key, matter.urn, DATASET, "Hearing", hearing.day, "planned")
    truth.tell(told)
    return message | _person(history, matter, party, (case, defendant_number), truth)


def _person(
    history: History, matter: Matter, person: Person, key: tuple[str, str], truth: Truth
) -> Message:
    record = written(person, SYSTEM, history.seed, matter.urn, matter.charged)
    keys = {"pnc": record.pnc if record.pnc_is_valid else None, "cro": record.cro}
    truth.record(person.key, DATASET, key, keys, matter.urn)
    title, surname = "Mr" if person.sex == "M" else "Ms", record.family.upper()
    return {
        "name": {"title": title, "forename1": record.given, "surname": surname}
        | ({"forename2": record.middle} if record.middle else {}),
        "defendantName": f"{title} {record.given} {surname}",
        "defendantType": "P",
        "defendantSex": person.sex,
        "defendantDob": f"{record.born:%d/%m/%Y}",
    } | {name: value for name, value in (("pnc", record.pnc), ("cro", record.cro)) if value}
