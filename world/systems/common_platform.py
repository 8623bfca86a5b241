"""Results shared by Common Platform: one JSON message a hearing day, in lines.

Some messages are shared late; some are shared twice: the first share holds a result that the
second, amended one no longer does, and the two may stand in either order.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import orjson

from world.errors import entered, holds, written
from world.extract import Part
from world.facts import Charge, Defendant, Hearing, History, Matter, Result
from world.law import EVENT_OF_RESULT, SENTENCES
from world.people import Company, uuid
from world.settings import systems
from world.truth import Telling, Truth

DATASET = "common-platform/hearing-resulted"
GENDER = {"M": "MALE", "F": "FEMALE"}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a month of hearings, shared by all neighbourhoods."""
    seed = history.seed
    reshared = systems()["common-platform"].other["reshared"]
    months: dict[str, list[bytes]] = {}
    for matter in history.matters:
        if matter.route != "charge":
            continue
        held = [h for h in matter.hearings if holds("common-platform", h.id, h.day, seed)]
        for hearing in held:
            rng = Random(f"{seed}/common-platform/{hearing.id}")
            lines = months.setdefault(f"{hearing.day:%Y-%m}", [])
            messages = [_message(matter, hearing, seed, _shared(rng, hearing.day))]
            if rng.random() < reshared:
                messages.insert(0, _first_share(messages[0], rng, hearing.day))
                if rng.random() < 0.5:
                    messages.reverse()
            lines.extend(orjson.dumps(message) for message in messages)
        _tell(matter, held, truth)
        if held:
            _record_people(matter, truth, seed)
    for month in sorted(months):
        content = b"\n".join(months[month]) + b"\n"
        yield Part(f"hearing-resulted-{month}.jsonl", content, shared=b"")


def _shared(rng: Random, day: date) -> str:
    told = entered("common-platform", rng, day)
    return f"{told}T{rng.randint(15, 19):02d}:{rng.randint(0, 59):02d}:07.697Z"


def _first_share(message: dict[str, Any], rng: Random, day: date) -> dict[str, Any]:
    """The earlier share of the same hearing: one result too many, and no amendment marks."""
    earlier: dict[str, Any] = orjson.loads(orjson.dumps(message))
    earlier["sharedTime"] = f"{day}T12:00:00.001Z"
    earlier["isReshare"] = False
    message["isReshare"] = True
    offence = earlier["hearing"]["prosecutionCases"][0]["defendants"][0]["offences"][0]
    withdrawn = Result(uuid(rng), "2051", "Withdrawn", "FINAL", day)
    offence["judicialResults"] = [_result(withdrawn, earlier["hearing"]["id"])]
    for later in message["hearing"]["prosecutionCases"][0]["defendants"][0]["offences"][0][
        "judicialResults"
    ]:
        later["amendmentDate"] = day.isoformat()
        later["amendmentReason"] = "Admin error on shared result (a result recorded incorrectly)"
    return earlier


def _message(matter: Matter, hearing: Hearing, seed: int, shared: str) -> dict[str, Any]:
    return {
        "hearing": {
            "id": hearing.id,
            "jurisdictionType": hearing.court.jurisdiction,
            "courtCentre": {
                "id": hearing.court.id,
                "code": hearing.court.ou,
                "name": hearing.court.name,
                "roomName": "Courtroom 01",
            },
            "type": {"description": hearing.type},
            "hearingLanguage": "ENGLISH",
            "hearingDays": [
                {
                    "sittingDay": f"{hearing.day}T09:30:00.000Z",
                    "listingSequence": 0,
                    "listedDurationMinutes": 20,
                    "isCancelled": False,
                }
            ],
            "judiciary": [{"title": "Ms", "firstName": "Neverstored", "lastName": "Judgeworth"}],
            "defendantAttendance": [
                {
                    "defendantId": defendant.id,
                    "attendanceDays": [
                        {
                            "day": hearing.day.isoformat(),
                            "attendanceType": "IN_PERSON"
                            if _attends(defendant, hearing)
                            else "NOT_PRESENT",
                        }
                    ],
                }
                for defendant in matter.defendants
            ],
            "prosecutionCases": [
                {
                    "id": matter.case_id,
                    "caseStatus": "ACTIVE" if hearing.next else "INACTIVE",
                    "initiationCode": "C",
                    "originatingOrganisation": f"{matter.force[0]}00000",
                    "prosecutionCaseIdentifier": {
                        "caseURN": matter.urn,
                        "prosecutionAuthorityCode": f"{matter.force[1]}PF",
                        "prosecutionAuthorityName": matter.force[2],
                    },
                    "defendants": [
                        _defendant(matter, defendant, hearing, seed)
                        for defendant in matter.defendants
                    ],
                }
            ],
        },
        "hearingDay": hearing.day.isoformat(),
        "isReshare": False,
        "sharedTime": shared,
    }


def _defendant(matter: Matter, defendant: Defendant, hearing: Hearing, seed: int) -> dict[str, Any]:
    party = defendant.party
    home = party.address if isinstance(party, Company) else party.address_on(matter.charged)
    message: dict[str, Any] = {
        "id": defendant.id,
        "prosecutionCaseId": matter.case_id,
        "offences": [_offence(charge, defendant, hearing) for charge in defendant.charges],
        "proceedingsConcluded": hearing.next is None,
    }
    if defendant.represented:
        message["defenceOrganisation"] = {"name": "Pryce & Farrow Solicitors"}
    address = {
        "address1": f"{home.number} {home.street}",
        "address2": home.town,
        "postcode": home.postcode,
    }
    if isinstance(party, Company):
        message["masterDefendantId"] = defendant.id
        message["legalEntityDefendant"] = {"organisation": {"name": party.name, "address": address}}
        return message
    record = written(party, "common-platform", seed, "", matter.charged)
    message["masterDefendantId"] = party.master_defendant_id
    message["isYouth"] = party.age_on(hearing.day) < 18
    if record.pnc:
        message["pncId"] = record.pnc
    if record.cro:
        message["croNumber"] = record.cro
    details = {
        "title": "MR" if party.sex == "M" else "MS",
        "firstName": record.given,
        "lastName": record.family,
        "dateOfBirth": record.born.isoformat(),
        "gender": GENDER[party.sex],
        "ethnicity": {"selfDefinedEthnicityCode": party.ethnicity},
        "address": address,
    }
    if record.middle:
        details["middleName"] = record.middle
    message["personDefendant"] = {
        "arrestSummonsNumber": defendant.asn,
        "bailStatus": {"code": "C", "description": "Custody"}
        if defendant.remanded
        else {"code": "U", "description": "Unconditional bail"},
        "personDetails": details,
    }
    return message


def _offence(charge: Charge, defendant: Defendant, hearing: Hearing) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": charge.id,
        "offenceCode": charge.offence.code,
        "offenceTitle": charge.offence.title,
        "modeOfTrial": charge.offence.mode,
        "orderIndex": charge.sequence,
        "count": 0,
        "startDate": charge.committed.isoformat(),
        "arrestDate": defendant.arrested.isoformat(),
        "chargeDate": charge.laid.isoformat(),
        "wording": f"On {charge.committed:%d/%m/%Y}: {charge.offence.title}",
    }
    if charge.plea and charge.plea_day and charge.plea_day <= hearing.day:
        message["plea"] = {
            "offenceId": charge.id,
            "pleaDate": charge.plea_day.isoformat(),
            "pleaValue": charge.plea,
        }
    if charge.verdict and charge.verdict_day and charge.verdict_day <= hearing.day:
        message["verdict"] = {
            "offenceId": charge.id,
            "verdictDate": charge.verdict_day.isoformat(),
            "verdictType": {
                "category": "Guilty" if charge.verdict == "GUILTY" else "Not Guilty",
                "categoryType": charge.verdict,
                "description": "Guilty" if charge.verdict == "GUILTY" else "Not guilty",
            },
        }
    results = [_result(result, hearing.id) for result in hearing.results.get(charge.id, [])]
    if hearing.next and results:
        results[0]["nextHearing"] = {
            "courtCentre": {"code": hearing.next.court.ou, "name": hearing.next.court.name},
            "existingHearingId": hearing.next.id,
            "jurisdictionType": hearing.next.court.jurisdiction,
            "listedStartDateTime": f"{hearing.next.day}T09:30:00.000Z",
            "type": {"description": hearing.next.type},
        }
    if results:
        message["judicialResults"] = results
    return message


def _result(result: Result, hearing: str) -> dict[str, Any]:
    return {
        "judicialResultId": result.id,
        "cjsCode": result.code,
        "label": result.label,
        "category": result.category,
        "orderedDate": result.day.isoformat(),
        "orderedHearingId": hearing,
        "isConvictedResult": result.code in SENTENCES,
        "isDeleted": False,
        "isNewAmendment": True,
        "resultText": f"{result.label}"
        + (f" {result.months} months" if result.months else "")
        + (f" £{result.amount}.00" if result.amount else ""),
        "courtClerk": {"firstName": "Neverstored", "lastName": "Clerkson", "userId": "x"},
    }


def _record_people(matter: Matter, truth: Truth, seed: int) -> None:
    for defendant in matter.defendants:
        party = defendant.party
        if isinstance(party, Company):
            continue
        record = written(party, "common-platform", seed, "", matter.charged)
        assert party.master_defendant_id
        truth.record(
            party.key,
            DATASET,
            (matter.case_id, defendant.id),
            {
                "pnc": record.pnc if record.pnc_is_valid else None,
                "asn": defendant.asn,
                "cro": record.cro,
                "masterDefendantId": party.master_defendant_id,
            },
            matter.urn,
        )


def _attends(defendant: Defendant, hearing: Hearing) -> bool:
    party = defendant.party
    return isinstance(party, Company) or party.alive_on(hearing.day)


def _tell(matter: Matter, held: list[Hearing], truth: Truth) -> None:
    """What the hearings held tell; each message repeats what happened on the charge before it."""
    for defendant in matter.defendants:
        if isinstance(defendant.party, Company):
            continue
        person = defendant.party.key

        def tell(
            event: str,
            day: date,
            charge: Charge | None = None,
            status: str = "happened",
            person: str = person,
        ) -> None:
            number = charge.sequence if charge else None
            truth.tell(Telling(person, matter.urn, DATASET, event, day, status, number))

        for hearing in held:
            tell("FirstHearing" if hearing.type == "First hearing" else "Hearing", hearing.day)
            tell("Appearance", hearing.day)
            if hearing.next:
                tell("Hearing", hearing.next.day, status="planned")
            for charge in defendant.charges:
                for result in hearing.results.get(charge.id, []):
                    if result.code in EVENT_OF_RESULT:
                        tell(EVENT_OF_RESULT[result.code], result.day, charge)
        if not held:
            continue
        for charge in defendant.charges:
            tell("Arrest", defendant.arrested, charge)
            tell("ChargeLaid", charge.laid, charge)
            if charge.plea_day and charge.plea_day <= held[-1].day:
                tell("Plea", charge.plea_day, charge)
            if charge.verdict_day and charge.verdict_day <= held[-1].day:
                tell("Verdict", charge.verdict_day, charge)
