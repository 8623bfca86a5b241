"""Electronic monitoring: the orders that the contractor holds, one JSON object each.

An order names its wearer by the contractor's own number and a full name: nothing of another
system's that could be linked on, but the reference of the court's case.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from world.errors import holds, written
from world.extract import Part
from world.facts import History, Tag
from world.people import LAST_DAY
from world.settings import systems
from world.systems.rows import json_lines
from world.truth import Telling, Truth

SYSTEM = "electronic-monitoring"
DATASET = "electronic-monitoring/orders"
CURFEW = "Curfew with EM"
COMMUNITY = "Requirement of Community Order"
LICENCE = "Licence Condition of a Custodial Order"
KINDS = {  # condition, condition type, order type
    "bail curfew": (CURFEW, "Bail Order", "Pre-Trial"),
    "home detention curfew": (CURFEW, LICENCE, "Post Release"),
    "community curfew": (CURFEW, COMMUNITY, "Community"),
    "location": ("Location Monitoring (Fitted Device)", COMMUNITY, "Community"),
    "alcohol": ("AAMR", COMMUNITY, "Community"),
}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """One file of JSON lines a year of orders, which all neighbourhoods add to."""
    years: dict[int, list[dict[str, Any]]] = {}
    for tag in history.tags:
        if holds(SYSTEM, str(tag.id), tag.start, history.seed):
            years.setdefault(tag.start.year, []).append(_order(history, tag, truth))
    for year, orders in sorted(years.items()):
        yield Part(f"orders-{year}.jsonl", json_lines(orders), shared=b"")


def _order(history: History, tag: Tag, truth: Truth) -> dict[str, Any]:
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
