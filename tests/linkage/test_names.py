"""Names and birth dates: what agrees and what does not."""

from datetime import date

import polars as pl
import pytest

from linkage.names import Identity, compare, folded, looks_like_twins

BORN = date(1985, 3, 4)


def identity(*names: str, born: date | None = BORN) -> Identity:
    parted = [name.rpartition(" ") for name in names]
    return Identity(
        tuple((tuple(given.split()), family) for given, _, family in parted),
        (born,) if born else (),
    )


@pytest.mark.parametrize(
    ("left", "right", "agreement"),
    [
        ("john smith", "john smith", "same"),
        ("john paul smith", "john smith", "same"),
        ("jon smith", "john smith", "similar"),
        ("john smith", "john smiht", "similar"),
        ("smith john", "john smith", "similar"),
        ("j smith", "john smith", "similar"),
        ("paul smith", "john paul smith", "similar"),
        ("mohammed khan", "muhammad khan", "similar"),
        ("smith", "john smith", "similar"),
        ("john smith", "mary smith", "different"),
        ("john smith", "john baker", "different"),
        ("jo ng", "jo li", "different"),
    ],
)
def test_names(left: str, right: str, agreement: str) -> None:
    assert compare(identity(left), identity(right)).name == agreement
    assert compare(identity(right), identity(left)).name == agreement


def test_birth_dates() -> None:
    births = {
        born: compare(identity("a b"), identity("a b", born=born)).birth
        for born in (BORN, date(1985, 4, 3), date(1985, 3, 5), None)
    }
    assert births == {
        BORN: "same",
        date(1985, 4, 3): "similar",
        date(1985, 3, 5): "different",
        None: "absent",
    }


def test_only_two_disagreements_are_a_conflict() -> None:
    john = identity("john smith")
    assert compare(john, identity("mary baker", born=date(1990, 1, 1))).conflicts
    assert not compare(john, identity("mary baker")).conflicts
    assert not compare(john, identity("mary baker", born=None)).conflicts
    assert not compare(john, Identity((), (date(1990, 1, 1),))).conflicts


def test_an_alias_agrees() -> None:
    known = identity("mary baker", "john smith")
    assert compare(known, identity("john smith")).name == "same"


def test_twins_are_seen() -> None:
    assert looks_like_twins(identity("john smith"), identity("mary smith"))
    assert not looks_like_twins(identity("john smith"), identity("jon smith"))


def test_folding() -> None:
    frame = pl.DataFrame({"name": ["O'Connor", "Siân", "SMITH-JONES ", "Zoë  Ann", None]})
    result = frame.select(folded(pl.col("name")))["name"].to_list()
    assert result == ["oconnor", "sian", "smith jones", "zoe ann", None]
