"""The Single Justice Procedure: cases begun by notice, and what a justice decided on the papers.

Whoever pleads not guilty is referred to a court, and the case ends here without a decision.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from world.errors import entered, holds, written
from world.extract import Part
from world.facts import FineAccount, History, Matter
from world.people import Person, uuid
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "sjp"
CASE = "sjp/case"
DECISIONS = "sjp/decisions"
GENDER = {"M": "Male", "F": "Female"}
AUTHORITIES = {"CA03010": "TVL", "RT88191": "DVLA"}  # who prosecutes the offence
Message = dict[str, Any]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """Files of JSON lines a year, of cases and of decisions, which all neighbourhoods add to."""
    accounts = {account.matter.urn: account for account in history.fines}
    files: dict[str, list[Message]] = {}
    for matter in history.matters:
        if matter.route != "sjp" or not holds(SYSTEM, matter.urn, matter.charged, history.seed):
            continue
        year = matter.charged.year
        files.setdefault(f"cases-{year}", []).append(_case(history, matter, truth))
        if matter.hearings[0].next is None:
            decision = _decision(history, matter, accounts.get(matter.urn), truth)
            files.setdefault(f"decisions-{year}", []).append(decision)
    for name, messages in sorted(files.items()):
        yield Part(f"{name}.jsonl", json_lines(messages), shared=b"")


def _case(history: History, matter: Matter, truth: Truth) -> Message:
    [defendant] = matter.defendants
    [charge] = defendant.charges
    person = defendant.party
    assert isinstance(person, Person)
    rng = Random(f"{history.seed}/{SYSTEM}/{matter.urn}")
    record = written(person, SYSTEM, history.seed, matter.urn, matter.charged)
    home = person.address_on(matter.charged)
    offence = {
        "id": charge.id,
        "offenceCode": charge.offence.code,
        "cjsCode": charge.offence.code,
        "offenceSequenceNumber": charge.sequence,
        "sequenceNumber": charge.sequence,
        "wording": f"On {charge.committed:%d/%m/%Y}: {charge.offence.title}",
        "startDate": charge.committed.isoformat(),
        "chargeDate": charge.laid.isoformat(),
        "pendingWithdrawal": False,
    }
    if charge.plea:
        offence |= {"plea": charge.plea, "pleaMethod": "ONLINE"}
    truth.record(person.key, CASE, (matter.case_id, defendant.id), {}, matter.urn)
    told = Telling(person.key, matter.urn, CASE, "ChargeLaid", charge.laid, "happened")
    truth.tell(told)
    return {
        "id": matter.case_id,
        "urn": matter.urn,
        "enterpriseId": f"{rng.getrandbits(48):012X}",
        "status": "REFERRED_FOR_COURT_HEARING" if matter.hearings[0].next else "COMPLETED",
        "completed": matter.hearings[0].next is None,
        "assigned": False,
        "prosecutingAuthority": AUTHORITIES[charge.offence.code],
        "dateTimeCreated": f"{entered(SYSTEM, rng, matter.charged)}T12:51:58.742Z",
        "postingDate": matter.charged.isoformat(),
        "defendant": {
            "id": defendant.id,
            "caseId": matter.case_id,
            "offences": [offence],
            "personalDetails": {
                "title": "Mr" if person.sex == "M" else "Ms",
                "firstName": record.given,
                "lastName": record.family,
                "dateOfBirth": record.born.isoformat(),
                "gender": GENDER[person.sex],
                "address": {
                    "address1": f"{home.number} {home.street}",
                    "address2": home.town,
                    "postcode": home.postcode,
                },
            },
        },
    }


def _decision(
    history: History, matter: Matter, account: FineAccount | None, truth: Truth
) -> Message:
    """What was decided of the offence, then surcharge and costs, which are of no offence."""
    [defendant] = matter.defendants
    [charge] = defendant.charges
    hearing = matter.hearings[0]
    rng = Random(f"{history.seed}/{SYSTEM}/decision/{matter.urn}")
    fines = [_result("FO", r.amount, f"Fined £{r.amount}.") for r in hearing.results[charge.id]]
    decision: Message = {
        "id": uuid(rng),
        "caseId": matter.case_id,
        "sjpSessionId": uuid(rng),
        "created": f"{hearing.day}T10:40:35.668Z",
        "offences": [{"id": charge.id, "results": fines}],
    }
    if account:
        surcharge = f"To pay victim surcharge of £{account.surcharge}."
        ancillary = [
            _result("FVS", account.surcharge, surcharge),
            _result("FCOST", account.costs, f"To pay costs of £{account.costs}."),
        ]
        decision["offences"].append({"results": ancillary})
    events = ["Sentence"]
    if charge.plea is None:
        decision["verdict"] = "PSJ"
        events.append("Verdict")
    for event in events:
        told = Telling(defendant.party.key, matter.urn, DECISIONS, event, hearing.day, "happened")
        truth.tell(told)
    return decision


def _result(code: str, pounds: int, text: str) -> Message:
    entries = [{"index": 1, "value": str(pounds)}]
    return {"code": code, "registerText": text, "terminalEntries": entries}
