"""Persons from published keys: joined, kept apart, with their evidence."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.linkage.conftest import World, iri, part, person, sets

PNC, OTHER_PNC = "2003/0062845E", "1981/0154257C"
JOHN, MARY = "John Smith", "Mary Baker"


def test_a_record_without_keys_is_a_person_alone(world: World) -> None:
    world.load(person("a", JOHN), person("b", JOHN))
    assert world.sets() == sets("a", "b")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"pncId": [PNC]}, {"pncId": ["03/62845E"]}),
        ({"croNumber": ["29906/12J"]}, {"croNumber": ["029906/12J"]}),
        ({"prisonerNumber": ["A1234AA"]}, {"prisonerNumber": ["A9999ZZ", "a1234aa"]}),
        ({"crn": "X320741"}, {"crn": "X320741 "}),
        (
            {"masterDefendantId": "9d106baa-407e-4737-ace4-b16fc494f9a5"},
            {"masterDefendantId": "9D106BAA-407E-4737-ACE4-B16FC494F9A5"},
        ),
    ],
)
def test_a_shared_key_joins(
    world: World, left: dict[str, object], right: dict[str, object]
) -> None:
    world.load(
        person("a", JOHN, "1980-01-02", **left), person("b", "Jon Smith", "1980-01-02", **right)
    )
    assert world.sets() == sets("a b")


def test_records_join_through_a_third(world: World) -> None:
    world.load(
        person("a", JOHN, pncId=[PNC]),
        person("b", JOHN, pncId=[PNC], crn="X320741"),
        person("c", JOHN, crn="X320741"),
    )
    assert world.sets() == sets("a b c")


@pytest.mark.parametrize("key", ["UNKNOWN PNC", "2004/0012345U", "%s", "PNC12345"])
def test_a_placeholder_never_joins(world: World, key: str) -> None:
    world.load(person("a", JOHN, pncId=[key]), person("b", JOHN, pncId=[key]))
    assert world.sets() == sets("a", "b")
    assert world.table("LinkAssertion").is_empty()


def test_an_arrest_number_joins_the_defendants_of_two_systems(world: World) -> None:
    asn = ["1101ZD0100000448754K"]
    world.load(
        person("a", JOHN, "1980-01-02"),
        part("pa", "ca", "a", asn=asn),
        person("b", JOHN, "1980-01-02"),
        part("pb", "cb", "b", asn=["11/01ZD/01/448754K"]),
    )
    assert world.sets() == sets("a b")


def test_conflicting_keys_are_flagged_and_not_joined(world: World) -> None:
    world.load(
        person("a", JOHN, "1980-01-02", pncId=[PNC]),
        person("b", MARY, "1990-05-06", pncId=[PNC]),
        person("c", JOHN, "1980-01-02", pncId=[PNC]),
    )
    assert world.sets() == sets("a c", "b")
    links = world.table("LinkAssertion").select("left", "right", "flag", "linked", "agreement")
    assert sorted(links.iter_rows(), key=str) == [
        (
            iri("PersonRecord", "a"),
            iri("PersonRecord", "b"),
            ["conflict"],
            False,
            ["birthDate=different", "name=different"],
        ),
        (
            iri("PersonRecord", "a"),
            iri("PersonRecord", "c"),
            None,
            True,
            ["birthDate=same", "name=same"],
        ),
    ]


def test_a_conflict_is_not_joined_through_a_third_either(world: World) -> None:
    world.load(
        person("a", JOHN, "1980-01-02", pncId=[PNC]),
        person("b", MARY, "1990-05-06", pncId=[PNC]),
        person("c", JOHN, "1990-05-06", pncId=[PNC]),
    )
    assert world.sets() == sets("a", "b", "c")
    flags = world.table("LinkAssertion")["flag"].list.join(",").to_list()
    assert sorted(flags) == ["bridge", "bridge", "conflict"]


@pytest.mark.parametrize(
    ("who", "born"),
    [
        (MARY, "1980-01-02"),
        ("Smith John", "1999-01-01"),
        (JOHN, "1980-02-01"),
        ("", "1999-01-01"),
        (JOHN, None),
        ("", None),
    ],
)
def test_a_name_or_a_birth_date_is_enough(world: World, who: str, born: str | None) -> None:
    world.load(person("a", JOHN, "1980-01-02", pncId=[PNC]), person("b", who, born, pncId=[PNC]))
    assert world.sets() == sets("a b")


def test_a_name_known_as_an_alias_agrees(world: World) -> None:
    alias = {
        "root": "Alias",
        "iri": iri("Alias", "x"),
        "aliasOf": iri("PersonRecord", "a"),
        "givenName": "Mary",
        "familyName": "Baker",
    }
    world.load(
        person("a", JOHN, "1980-01-02", pncId=[PNC]),
        alias,
        person("b", MARY, "1990-05-06", pncId=[PNC]),
    )
    assert world.sets() == sets("a b")


def test_the_birth_date_of_an_alias_is_no_evidence(world: World) -> None:
    alias = {
        "root": "Alias",
        "aliasOf": iri("PersonRecord", "a"),
        "iri": iri("Alias", "x"),
        "givenName": "Tony",
        "familyName": "Stark",
        "birthDate": date(1990, 5, 6),
    }
    world.load(
        person("a", JOHN, "1980-01-02", pncId=[PNC]),
        alias,
        person("b", MARY, "1990-05-06", pncId=[PNC]),
    )
    assert world.sets() == sets("a", "b")


@pytest.mark.parametrize(
    ("born", "groups"),
    [("1980-01-02", ["a b"]), ("1999-01-01", ["a", "b"]), (None, ["a", "b"])],
)
def test_a_cro_with_a_wrong_letter_needs_both_to_agree(
    world: World, born: str | None, groups: list[str]
) -> None:
    world.load(
        person("a", JOHN, "1980-01-02", croNumber=["29906/12P"]),
        person("b", "Jon Smith", born, croNumber=["29906/12P"]),
    )
    assert world.sets() == sets(*groups)
    flags = world.table("LinkAssertion")["flag"].to_list()
    assert flags == [None if len(groups) == 1 else ["checkLetter"]]


def test_twins_with_keys_of_their_own_stay_two(world: World) -> None:
    world.load(
        person("a", "John Smith", "1980-01-02", pncId=[PNC]),
        person("b", "James Smith", "1980-01-02", pncId=[OTHER_PNC]),
    )
    assert world.sets() == sets("a", "b")


def test_what_looks_like_twins_under_one_key_is_flagged(world: World) -> None:
    world.load(
        person("a", "John Smith", "1980-01-02", pncId=[PNC]),
        person("b", "Mary Smith", "1980-01-02", pncId=[PNC]),
    )
    assert world.table("LinkAssertion")["flag"].to_list() == [["twins"]]


def test_the_evidence_names_its_key(world: World) -> None:
    world.load(person("a", JOHN, pncId=["03/62845E"]), person("b", JOHN, pncId=[PNC]))
    row = world.table("LinkAssertion").row(0, named=True)
    assert row["keyScheme"] == "pnc"
    assert row["keyValue"] == PNC
    assert row["method"].endswith("/link-method/identifier")
    assert row["linkKind"].endswith("/thing-kind/person")
    assert row["agreement"] == ["birthDate=absent", "name=same"]


def test_all_three_thresholds_hold_the_same_sets(world: World) -> None:
    world.load(person("a", JOHN, pncId=[PNC]), person("b", JOHN, pncId=[PNC]))
    rows = world.table("Membership").select("member", "thing", "threshold")
    assert rows.height == 6
    assert rows["thing"].n_unique() == 1
    assert {each.rpartition("/")[2] for each in rows["threshold"]} == {"high", "medium", "low"}


def test_a_key_of_very_many_people_is_nobody_s(world: World) -> None:
    crowd = [
        person(f"p{number}", f"Name{number} Other{number}", f"19{number}-01-01", pncId=[PNC])
        for number in range(10, 60)
    ]
    world.load(*crowd)
    assert len(world.sets()) == 50
    assert world.table("LinkAssertion").is_empty()


def test_loading_again_writes_nothing(world: World) -> None:
    rows = [person("a", JOHN, pncId=[PNC]), person("b", JOHN, pncId=[PNC])]
    assert world.load(*rows).written > 0
    assert world.load().written == 0
    assert world.releases.current == 1


def test_a_load_of_other_records_keeps_the_things(world: World) -> None:
    first = world.load(person("a", JOHN, pncId=[PNC]), person("b", JOHN, pncId=[PNC]))
    crime = {"root": "RecordedCrime", "iri": iri("RecordedCrime", "x")}
    assert world.load(crime) == replace(first, written=0)
    assert world.sets() == sets("a b")


def test_only_differences_are_written(world: World) -> None:
    world.load(*(person(f"p{number}", JOHN) for number in range(20)))
    summary = world.load(person("q", MARY))
    assert summary.written == 4
    changed = world.releases.changes("Membership", 1, 2).collect()
    assert changed["member"].unique().to_list() == [iri("PersonRecord", "q")]


def test_a_forgotten_record_leaves_no_evidence(world: World) -> None:
    world.load(person("a", JOHN, pncId=[PNC]), person("b", JOHN, pncId=[PNC]))
    world.releases.forget([iri("PersonRecord", "a")])
    assert world.table("LinkAssertion").is_empty()
    assert world.sets() == sets("b")
    assert world.load().persons == 1
    assert world.load(person("c", MARY)).persons == 2
    assert (
        pl.Series([iri("PersonRecord", "a")]).is_in(world.table("Membership")["member"]).any()
        is False
    )
