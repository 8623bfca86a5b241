"""A PNC enquiry read as a person with cases and arrests: what stands in the wrong place put right.

Convictions (CV), acquittals (NG) and other non-convictions (NC) have the same elements under other
names. Some enquiries hide the identifiers (XXXX/XX), and some have the attributes of the person
shifted: Trans-Filename then begins with the birth date and the sex (11111948M...), while DOB is 0
and SEX empty.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from loaders.content import fingerprint
from loaders.paths import Tree

Node = dict[str, Any]

SECTIONS = {"CVS": "CV", "NCS": "NC", "NGS": "NG"}
HIDDEN = re.compile(r"X+(/X+)+")
SHIFTED = re.compile(r"(\d{8})([MFU])")


def enquiry(tree: Tree) -> Iterator[Tree]:
    """{person, cases, arrests, remands, summaries} of a CPE02 answer; nothing for other trees.

    person: PI1 with `key`, the PNC identifier or, where that is hidden, a fingerprint of what the
    answer says, so that two people whose identifiers are hidden are never one. cases: CV3, NC3
    and NG3, each with `section`, `charges` (with `disposals`) and `appearances` (with `charges`).
    """
    body = _at(tree, "CPE02", "NMS")
    told = _at(body, "PIS", "PI1")
    if not isinstance(body, dict) or not isinstance(told, dict):
        return
    person = _shown(_unshifted(told))
    hidden = f"hidden-{fingerprint(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))}"
    yield {
        "person": {**person, "key": person.get("@PNCID") or hidden},
        "cases": [
            _case(case, prefix)
            for section, prefix in SECTIONS.items()
            for case in _each(_at(body, section, f"{prefix}3"))
        ],
        "arrests": [
            {
                **_shown(arrest, "IP4"),
                "charges": [_charge(c, "IP5") for c in _each(arrest.get("IP4"))],
            }
            for arrest in _each(_at(body, "IPS", "IP3"))
        ],
        "remands": _each(_at(body, "RBS", "RB2")),
        "summaries": [
            part
            for section, prefix in {**SECTIONS, "IPS": "IP", "RBS": "RB"}.items()
            for number in (1, 2)
            for part in _each(_at(body, section, f"{prefix}{number}"))
            if f"{prefix}{number}" != "RB2"
        ],
    }


def _unshifted(person: Node) -> Node:
    """The person with birth date and sex in their places, where they are shifted."""
    found = SHIFTED.match(str(person.get("@Trans-Filename", "")))
    if found is None or person.get("@SEX") or re.fullmatch(r"\d{8}", str(person.get("@DOB", ""))):
        return person
    return {**person, "@DOB": found[1], "@SEX": found[2]}


def _case(case: Node, prefix: str) -> Node:
    names = [f"{prefix}{number}" for number in (4, 6)]
    return {
        **_shown(case, *names),
        "section": prefix,
        "charges": [_charge(charge, f"{prefix}5") for charge in _each(case.get(names[0]))],
        "appearances": [
            {
                **_shown(told, f"{prefix}7"),
                "charges": [_charge(c, f"{prefix}8") for c in _each(told.get(f"{prefix}7"))],
            }
            for told in _each(case.get(names[1]))
        ],
    }


def _charge(charge: Node, below: str) -> Node:
    return {**_shown(charge, below), "disposals": [_shown(d) for d in _each(charge.get(below))]}


def _shown(node: Node, *without: str) -> Node:
    """An element without what is hidden, and without the elements named."""
    return {
        name: value
        for name, value in node.items()
        if name not in without and not (isinstance(value, str) and HIDDEN.fullmatch(value))
    }


def _at(tree: Tree, *names: str) -> Tree:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _each(value: Tree) -> list[Node]:
    """The elements of one name: none, one or several."""
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]
