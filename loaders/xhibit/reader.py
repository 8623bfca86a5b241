"""Lists of the Crown Court in one shape: XHIBIT's XML and the JSON that is published of it.

The JSON is the XML with lists where the XML has a container of elements (`Hearings` of `Hearing`)
and with fields where it has attributes. Both become the JSON's shape, so that one set of blocks
reads them.
"""

from collections.abc import Iterator
from typing import Any

from loaders.paths import Tree

Node = dict[str, Any]

ROOTS = ("FirmList", "DailyList", "WarnedList")
_ITEMS = {
    "CourtLists": "CourtList",
    "Sittings": "Sitting",
    "Hearings": "Hearing",
    "Cases": "Case",
    "Defendants": "Defendant",
    "Charges": "Charge",
}
_FIXTURES = {"WithFixedDate": "true", "WithoutFixedDate": "false"}


def court_list(tree: Tree) -> Iterator[Tree]:
    """A firm, daily or warned list; nothing for any other tree.

    A warned list's court houses have `Fixtures[]`, of those with a fixed date and those without,
    each with `Fixed` (true, false) and the `HearingType` it stands under.
    """
    if not isinstance(tree, dict):
        return
    for root in ROOTS:
        if isinstance(tree.get(root), dict):
            made = _plain(tree[root])
            for court in made.get("CourtLists", []):
                _gather(court)
            yield {root: made}


def _plain(value: Tree) -> Any:
    """Attributes as fields, containers as lists; the parsed message itself is not changed."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: Node = {}
    for name, item in value.items():
        plain = _plain(item)
        if name in _ITEMS:
            plain = list(_items(plain, _ITEMS[name]))
        made[name.removeprefix("@")] = plain
    return made


def _items(value: Tree, inner: str) -> Iterator[Tree]:
    """The items of a list, of a container, or of several containers."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        if inner not in item:
            yield item
        elif isinstance(item[inner], list):
            yield from item[inner]
        else:
            yield item[inner]


def _gather(court: Node) -> None:
    fixtures = []
    for name, fixed in _FIXTURES.items():
        groups = court.pop(name, None)
        for group in groups if isinstance(groups, list) else [groups]:
            found = group.get("Fixture") if isinstance(group, dict) else None
            for fixture in found if isinstance(found, list) else [found]:
                if isinstance(fixture, dict):
                    kind = {"HearingType": group.get("HearingType")}
                    fixtures.append({**fixture, **kind, "Fixed": fixed})
    if fixtures:
        court["Fixtures"] = fixtures
