"""The path language."""

import pytest

from loaders.paths import Misfit, Tree, below, parse, places, walker

TREE: Tree = {
    "a": {"b": 1, "c.d": 2},
    "list": [{"x": 1, "y": [1, 2]}, {"x": 2, "y": 3}, {}],
    "one": {"x": 5},
    "ids": [{"type": "PNC", "value": "p"}, {"type": "CRO", "value": "c"}],
    "xml": {"@lang": "en", "#text": "word"},
    "leaf": "word",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", 1),
        ("a.`c.d`", 2),
        ("a.z", None),
        ("a.b.c", None),
        (".", TREE),
        ("list[1].x", 2),
        ("list[7].x", None),
        ("one[0].x", 5),
        ("list[].x", [1, 2]),
        ("list[].y[]", [1, 2, 3]),
        ("one[].x", [5]),
        ("absent[].x", []),
        ("ids[type=PNC].value", ["p"]),
        ("ids[type=NINO].value", []),
        ("xml.@lang", "en"),
        ("xml.#text", "word"),
        ("leaf.#text", "word"),
        ("list.x", Misfit("a list of 3 values")),
    ],
)
def test_what_stands_at_a_path(path: str, found: Tree) -> None:
    assert walker(parse(path).steps)(TREE) == found


@pytest.mark.parametrize(
    ("path", "origin", "up", "name"),
    [
        ("a", "self", 0, ""),
        ("^.a", "up", 1, ""),
        ("^.^.a", "up", 2, ""),
        ("^", "up", 1, ""),
        ("$.a", "document", 0, ""),
        ("$[]", "document", 0, ""),
        ("$$.a", "message", 0, ""),
        ("@index", "index", 0, ""),
        ("@file.month", "file", 0, "month"),
        ("@with.crn", "with", 0, "crn"),
        ("@lang", "self", 0, ""),
    ],
)
def test_where_a_path_begins(path: str, origin: str, up: int, name: str) -> None:
    parsed = parse(path)
    assert (parsed.origin, parsed.up, parsed.name) == (origin, up, name)


@pytest.mark.parametrize("path", ["", "a..b", "a.", ".a", "a[", "a[x]", "@file", "@with.", "a`b`"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError):
        parse(path)


def test_places_are_written_with_positions_and_counted_from_one() -> None:
    found = places(parse("list[].y[]").steps)(TREE, "m")
    assert list(found) == [
        (1, "m.list[0].y[0]", 1),
        (2, "m.list[0].y[1]", 2),
        (3, "m.list[1].y[0]", 1),
    ]


def test_a_path_can_be_read_from_where_another_leads() -> None:
    joined = below(parse("^.list[]"), parse("x"))
    assert (joined.origin, joined.up, joined.steps) == ("up", 1, ("list", None, "x"))
