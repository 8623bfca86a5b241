"""Electronic monitoring: the orders that the contractor holds, and who is to wear the devices.

An order names its wearer by the contractor's own number and a full name: nothing of another
system's that could be linked on, but the reference of the court's case. Who the wearer is travels
in a message of its own, with the numbers of other systems that whoever wrote it knew, and without
the contractor's: the two are never joined.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from random import Random
from typing import Any

import orjson

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import History, Tag
from world.people import LAST_DAY, Person
from world.settings import systems
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "electronic-monitoring"
DATASET = "electronic-monitoring/orders"
WEARERS = "electronic-monitoring/device-wearers"
CURFEW = "Curfew with EM"
COMMUNITY = "Requirement of Community Order"
LICENCE = "Licence Condition of a Custodial Order"
Message = dict[str, Any]
KINDS = {  # condition, condition type, order type
    "bail curfew": (CURFEW, "Bail Order", "Pre-Trial"),
    "home detention curfew": (CURFEW, LICENCE, "Post Release"),
    "community curfew": (CURFEW, COMMUNITY, "Community"),
    "location": ("Location Monitoring (Fitted Device)", COMMUNITY, "Community"),
    "alcohol": ("AAMR", COMMUNITY, "Community"),
}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """Files of JSON lines a year, which all neighbourhoods add to: orders, and who is new."""
    files: dict[str, list[Message]] = {}
    known: set[int] = set()
    for tag in sorted(history.tags, key=lambda tag: (tag.start, tag.id)):
        if holds(SYSTEM, str(tag.id), tag.start, history.seed):
            year = tag.start.year
            files.setdefault(f"orders-{year}", []).append(_order(history, tag, truth))
            if tag.person.number not in known:
                known.add(tag.person.number)
                files.setdefault(f"wearers-{year}", []).append(_wearer(history, tag, truth))
    for name, messages in sorted(files.items()):
        yield Part(f"{name}.jsonl", json_lines(messages), shared=b"")


def _wearer(history: History, tag: Tag, truth: Truth) -> Message:
    """Who wears a device, when they first do. The message has no number: its content is its key."""
    person = tag.person
    record, home = written(person, SYSTEM, history.seed), person.address_on(tag.start)
    numbers = _numbers(history, person, record.pnc)
    message: Message = {
        "title": "Mr" if person.sex == "M" else "Ms",
        "first_name": record.given,
        "middle_name": record.middle,
        "last_name": record.family,
        "alias": next((" ".join(name) for name in also_known_as(person, tag.start)), None),
        "date_of_birth": record.born.isoformat(),
        "adult_child": "adult",
        "sex": "male" if person.sex == "M" else "female",
        "gender_identity": "",
        "disability": [],
        "address_1": f"{home.number} {home.street}",
        "address_2": home.town,
        "address_post_code": home.postcode,
        "responsible_adult_required": "false",
        **numbers,
    }
    content = orjson.dumps(message, option=orjson.OPT_SORT_KEYS)
    key = blake2b(content, digest_size=16).hexdigest()
    carried = {
        "pnc": record.pnc if record.pnc_is_valid else None,
        "prisonerNumber": numbers["nomis_id"],
        "crn": numbers["delius_id"],
    }
    truth.record(person.key, WEARERS, (key,), carried)
    return message


def _numbers(history: History, person: Person, pnc: str | None) -> dict[str, str | None]:
    """Numbers of other systems, of those the person has by the end and the message tells."""
    rng, other = Random(f"{history.seed}/{SYSTEM}/wearer/{person.number}"), systems()[SYSTEM].other
    prison, probation = rng.random() >= other["no_prison_number"], rng.random() >= other["no_crn"]
    return {
        "pnc_id": pnc,
        "nomis_id": person.prisoner_number if prison else None,
        "delius_id": person.crn if probation else None,
    }


def _order(history: History, tag: Tag, truth: Truth) -> Message:
    person, matter = tag.person, tag.matter
    record = written(person, SYSTEM, history.seed)
    wearer = f"DW{person.number:07d}"
    condition, type_, order_type = KINDS[tag.kind]
    start, end = _time(tag.start), _time(tag.end)
    unnamed = systems()[SYSTEM].other["no_case_reference"]
    named = Random(f"{history.seed}/{SYSTEM}/{tag.id}").random() >= unnamed
    truth.record(person.key, DATASET, (wearer,), {})
    truth.tell(Telling(person.key, matter.urn, DATASET, "TagStart", tag.start, "happened"))
    truth.tell(Telling(person.key, matter.urn, DATASET, "TagEnd", tag.end, "planned"))
    return {
        "case_id": wearer,
        "order_id": f"EMO{tag.id}",
        "order_request_type": "New Order",
        "order_type": order_type,
        "order_status": "In Progress" if tag.end > LAST_DAY else "Ended",
        "device_wearer": f"{record.given} {record.family}",
        "condition_type": type_,
        "enforceable_condition": [{"condition": condition, "start_date": start, "end_date": end}],
        "order_start": start,
        "order_end": end,
        "service_end_date": tag.end.isoformat(),
        "curfew_description": "Between:19:00\nAnd:07:00\nFrequency:Every day"
        if condition == CURFEW
        else "",
        "hdc": "Yes" if tag.kind == "home detention curfew" else "No",
        "issp": "No",
        "notifying_organization": "Prison" if type_ == LICENCE else "Magistrates Court",
        "responsible_organization": "Police" if type_ == "Bail Order" else "Probation",
        "magistrate_court_case_reference_number": matter.urn if named else "",
        "crown_court_case_reference_number": "",
    }


def _time(day: date) -> str:
    return f"{day} 00:00:00"
