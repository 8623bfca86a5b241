"""Probation: one set of Delius files a person, named by the case reference number (CRN)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import orjson

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import History, Supervision
from world.law import CUSTODIAL
from world.people import LAST_DAY, Address, Person
from world.truth import Telling, Truth

OFFENDER = "delius/offender"
CONVICTIONS = "delius/convictions"
REQUIREMENTS = "delius/requirements"
LICENCE = "delius/licence-conditions"
BREACH = "delius/breach"
DISPOSALS = dict.fromkeys(sorted(CUSTODIAL), ("302", "CJA - Std Determinate Custody")) | {
    "1115": ("328", "ORA Suspended Sentence Order"),
    "1116": ("329", "ORA Community Order"),
}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """The up to five files of each supervised person."""
    seed = history.seed
    by_person: dict[int, list[Supervision]] = {}
    for supervision in history.supervisions:
        if not holds("delius", str(supervision.id), supervision.result.day, seed):
            continue
        by_person.setdefault(supervision.person.number, []).append(supervision)
    for number in sorted(by_person):
        spells = by_person[number]
        person = spells[0].person
        crn = person.crn
        assert crn
        offender = _offender(person, history, truth)
        yield Part(f"offender-all-{crn}.json", orjson.dumps(offender))
        convictions = [_conviction(spell, index, truth) for index, spell in enumerate(spells, 1)]
        yield Part(f"convictions-{crn}.json", orjson.dumps(convictions))
        truth.record(person.key, CONVICTIONS, (crn,), {"crn": crn})
        requirements = [r for spell in spells if (r := _requirement(spell, truth))]
        if requirements:
            yield Part(f"requirements-{crn}.json", orjson.dumps({"requirements": requirements}))
            truth.record(person.key, REQUIREMENTS, (crn,), {"crn": crn})
        conditions = [_condition(spell) for spell in spells if spell.custodial]
        if conditions:
            yield Part(
                f"licence-conditions-{crn}.json", orjson.dumps({"licenceConditions": conditions})
            )
            truth.record(person.key, LICENCE, (crn,), {"crn": crn})
        breaches = [b for spell in spells if (b := _breach(spell, truth))]
        if breaches:
            yield Part(f"breach-{crn}.json", orjson.dumps({"nsis": breaches}))
            truth.record(person.key, BREACH, (crn,), {"crn": crn})


def _offender(person: Person, history: History, truth: Truth) -> dict[str, Any]:
    record = written(person, "delius", history.seed)
    homes = [home for home in person.homes if home[0] <= LAST_DAY]
    code, description = history.area.probation
    assert person.crn
    ids = {"crn": person.crn}
    if record.pnc:
        ids["pncNumber"] = record.pnc
    if record.cro:
        ids["croNumber"] = record.cro
    if person.prisoner_number:
        ids["nomsNumber"] = person.prisoner_number
    truth.record(
        person.key,
        OFFENDER,
        (person.crn,),
        {
            "crn": person.crn,
            "prisonerNumber": person.prisoner_number,
            "pnc": record.pnc if record.pnc_is_valid else None,
            "cro": record.cro,
        },
    )
    return {
        "offenderId": 2600000000 + person.number,
        "title": "Mr" if person.sex == "M" else "Ms",
        "firstName": record.given,
        "middleNames": [record.middle] if record.middle else [],
        "surname": record.family,
        "dateOfBirth": record.born.isoformat(),
        "gender": "Male" if person.sex == "M" else "Female",
        "otherIds": ids,
        "offenderAliases": [
            {"firstName": given, "surname": family}
            for given, family in also_known_as(person, LAST_DAY)
        ],
        "contactDetails": {
            "addresses": [
                _address(since, home, main=since == homes[-1][0]) for since, home in homes
            ]
        },
        "offenderManagers": [
            {
                "staff": {"forenames": "Neverstored", "surname": "Probationer"},
                "probationArea": {"code": code, "description": description},
                "active": True,
            }
        ],
    }


def _address(since: date, home: Address, *, main: bool) -> dict[str, Any]:
    status = ("M", "Main") if main else ("P", "Previous")
    return {
        "from": since.isoformat(),
        "noFixedAbode": False,
        "addressNumber": str(home.number),
        "streetName": home.street,
        "town": home.town,
        "postcode": home.postcode,
        "status": {"code": status[0], "description": status[1]},
    }


def _conviction(spell: Supervision, index: int, truth: Truth) -> dict[str, Any]:
    code, description = DISPOSALS[spell.result.code]
    ended = spell.end <= LAST_DAY
    sentence: dict[str, Any] = {
        "sentenceId": spell.id,
        "description": description,
        "startDate": spell.result.day.isoformat(),
        "originalLength": spell.result.months,
        "originalLengthUnits": "Months",
        "lengthInDays": 30 * spell.result.months,
    }
    if ended:
        sentence["terminationDate"] = spell.end.isoformat()
        sentence["terminationReason"] = "Expired (Normal)"
    _tell(truth, spell, CONVICTIONS, "SupervisionStart", spell.result.day)
    if ended:
        _tell(truth, spell, CONVICTIONS, "SupervisionEnd", spell.end)
    return {
        "convictionId": spell.id,
        "index": str(index),
        "active": not ended,
        "inBreach": spell.breached is not None and spell.breached <= LAST_DAY,
        "convictionDate": spell.result.day.isoformat(),
        "referralDate": spell.result.day.isoformat(),
        "offences": [
            {
                "offenceId": f"M{spell.id}",
                "mainOffence": True,
                "detail": {
                    "code": spell.charge.offence.home_office,
                    "description": spell.charge.offence.title,
                    "mainCategoryCode": spell.charge.offence.home_office[:3],
                    "subCategoryCode": spell.charge.offence.home_office[3:],
                },
                "offenceDate": f"{spell.charge.committed}T00:00:00",
                "offenceCount": 1,
            }
        ],
        "sentence": sentence,
        "latestCourtAppearanceOutcome": {"code": code, "description": description},
    }


def _requirement(spell: Supervision, truth: Truth) -> dict[str, Any] | None:
    if spell.requirement is None:
        return None
    code, description = spell.requirement
    ended = spell.end <= LAST_DAY
    requirement: dict[str, Any] = {
        "requirementId": spell.id,
        "startDate": spell.start.isoformat(),
        "commencementDate": (spell.start + timedelta(days=7)).isoformat(),
        "active": not ended,
        "requirementTypeMainCategory": {"code": code, "description": description},
        "length": 100,
        "lengthUnit": "Hours",
    }
    if ended:
        requirement["terminationDate"] = spell.end.isoformat()
        requirement["terminationReason"] = {"code": "74", "description": "Hours Completed"}
    if spell.start + timedelta(days=7) <= LAST_DAY:
        _tell(truth, spell, REQUIREMENTS, "RequirementStart", spell.start + timedelta(days=7))
    else:
        del requirement["commencementDate"]
    if ended:
        _tell(truth, spell, REQUIREMENTS, "RequirementEnd", spell.end)
    return requirement


def _condition(spell: Supervision) -> dict[str, Any]:
    return {
        "startDate": spell.start.isoformat(),
        "createdDateTime": f"{spell.start}T09:00:00",
        "active": spell.end > LAST_DAY,
        "licenceConditionTypeMainCat": {"code": "NLC7", "description": "Curfew Arrangement"},
    }


def _breach(spell: Supervision, truth: Truth) -> dict[str, Any] | None:
    if spell.breached is None or spell.breached > LAST_DAY:
        return None
    _tell(truth, spell, BREACH, "Breach", spell.breached)
    return {
        "nsiId": 11000000 + spell.id % 1000000,
        "actualStartDate": spell.breached.isoformat(),
        "expectedStartDate": (spell.breached - timedelta(days=2)).isoformat(),
        "referralDate": (spell.breached - timedelta(days=30)).isoformat(),
        "statusDateTime": f"{spell.breached}T09:09:09",
        "nsiType": {"code": "BRE", "description": "Breach Request"},
        "nsiSubType": {"code": "BRE01", "description": "Community Order"},
        "nsiStatus": {"code": "BRE01", "description": "Breach Initiated"},
    }


def _tell(truth: Truth, spell: Supervision, dataset: str, event: str, day: date) -> None:
    truth.tell(Telling(spell.person.key, spell.matter.urn, dataset, event, day, "happened"))
