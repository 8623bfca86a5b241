"""Published lists with one list of entries under each hearing, whatever they are entries of."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from loaders.paths import Tree

Node = dict[str, Any]

LONDON = ZoneInfo("Europe/London")


def entries(tree: Tree) -> Iterator[Tree]:
    """A published list whose hearings have `entry[]`, their cases and then their applications, and
    whose `courtLists[]` has one list a court house and day; nothing for any other tree.

    A publication may hold several lists of one house and day (an adult and a youth panel, civil and
    family): they are known by the same name, so the later ones' rooms follow the first one's. The
    parsed message itself is not changed.
    """
    if isinstance(tree, dict) and {"document", "courtLists"} <= tree.keys():
        made = _entered(tree)
        if isinstance(made["courtLists"], list):
            made["courtLists"] = _by_house_and_day(made["courtLists"])
        yield made


def _entered(value: Tree) -> Any:
    if isinstance(value, list):
        return [_entered(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _entered(item) for name, item in value.items()}
    found = [made.pop(name) for name in ("case", "application") if isinstance(made.get(name), list)]
    if found:
        made["entry"] = [item for entered in found for item in entered]
    return made


def _by_house_and_day(lists: list[Any]) -> list[Any]:
    """The lists, with the rooms of those of one house and day in the first of them."""
    firsts: dict[tuple[str, date], Node] = {}
    kept = []
    for told in lists:
        known = _house_and_day(told)
        if known is None or known not in firsts:
            kept.append(told)
            if known:
                firsts[known] = told["courtHouse"]
        else:
            firsts[known]["courtRoom"] += told["courtHouse"]["courtRoom"]
    return kept


def _house_and_day(told: Any) -> tuple[str, date] | None:
    """What a list is known by; None where it does not tell it, which its mapping reports."""
    try:
        house = told["courtHouse"]
        start = house["courtRoom"][0]["session"][0]["sittings"][0]["sittingStart"]
        day = datetime.fromisoformat(start).astimezone(LONDON).date()
        name = house.get("courtHouseName") or told["courtListName"]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return (name, day) if isinstance(name, str) else None
