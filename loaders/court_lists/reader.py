"""Published lists with one list of entries under each hearing, whatever they are entries of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from loaders.formats import london_date
from loaders.paths import Tree

Node = dict[str, Any]


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
    if len(lists) < 2:
        return lists
    told = [_house_and_start(each) for each in lists]
    starts = pl.Series([start for _, start in told], dtype=pl.String)
    # The day is part of the key by the same rule, in the mappings.
    days = pl.select(london_date(pl.lit(starts))).to_series()
    firsts: dict[tuple[str, date], Node] = {}
    kept = []
    for each, (name, _), day in zip(lists, told, days, strict=True):
        if name is None or day is None:
            kept.append(each)
        elif (name, day) in firsts:
            firsts[name, day]["courtRoom"] += each["courtHouse"]["courtRoom"]
        else:
            firsts[name, day] = each["courtHouse"]
            kept.append(each)
    return kept


def _house_and_start(told: Any) -> tuple[str, str] | tuple[None, None]:
    """What a list is known by; Nones where it does not tell it, which its mapping reports."""
    try:
        house = told["courtHouse"]
        start = house["courtRoom"][0]["session"][0]["sittings"][0]["sittingStart"]
        name = house.get("courtHouseName") or told["courtListName"]
    except (KeyError, IndexError, TypeError):
        return None, None
    return (name, start) if isinstance(name, str) and isinstance(start, str) else (None, None)
