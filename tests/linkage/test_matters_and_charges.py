"""Matters gather cases; charges gather tellings of one allegation within a matter."""

from typing import Any

import pytest

from tests.linkage.conftest import Row, World, case, charge, iri, part, person, sets

ASN, URN, PNC = "1101ZD0100000448754K", "01ZD0303208", "2003/0062845E"
JOHN = ("John Smith", "1980-01-02")


@pytest.mark.parametrize("other", [URN, "01zd0303208/2", "01 ZD 03032 08", "01/ZD/03032/08"])
def test_cases_of_one_urn_are_one_matter(world: World, other: str) -> None:
    world.load(case("a", urn=URN), case("b", urn=other), case("c", urn="01ZD0303308"))
    assert world.sets("matter") == sets("a b", "c")


def test_placeholder_urns_join_nothing(world: World) -> None:
    world.load(*(case(f"c{n}", urn=urn) for n, urn in enumerate(["TFL", "TFL", "CASE-URN"])))
    assert world.sets("matter") == sets("c0", "c1", "c2")


def test_a_court_s_case_number_joins_within_that_court(world: World) -> None:
    world.load(
        case("a", caseNumber="T20177010", courtCode="LEEDCC"),
        case("b", caseNumber="T20177010", courtCode="LEEDCC"),
        case("c", caseNumber="T20177010", courtCode="DERBCC"),
        case("d", caseNumber="T20177010"),
    )
    assert world.sets("matter") == sets("a b", "c", "d")


def test_a_urn_written_as_case_number_is_a_urn(world: World) -> None:
    world.load(case("a", urn=URN), case("b", caseNumber=URN))
    assert world.sets("matter") == sets("a b")


def test_family_and_core_case_data_numbers_are_unique_by_themselves(world: World) -> None:
    world.load(
        case("a", caseNumber="NE19C02909", caseReference="1661164783455399"),
        case("b", caseNumber="ne19c02909", courtCode="LEEDCC"),
        case("c", caseReference="1661-1647-8345-5399"),
        case("d", caseNumber="NE19C02910", caseReference="1661447479032162"),
        case("e", caseNumber="Famil1234"),
        case("f", caseNumber="Famil1234"),
    )
    assert world.sets("matter") == sets("a b c", "d", "e", "f")


def test_an_arrest_number_of_the_same_person_joins_cases(world: World) -> None:
    world.load(
        *(case(name) for name in "ab"),
        *(person(name, *JOHN) for name in "ab"),
        *(part(name, name, name, asn=[ASN]) for name in "ab"),
    )
    assert world.sets("matter") == sets("a b")


def test_an_arrest_number_of_two_people_joins_no_cases(world: World) -> None:
    world.load(
        *(case(name) for name in "ab"),
        person("a", *JOHN),
        person("b", "Mary Baker", "1990-05-06"),
        *(part(name, name, name, asn=[ASN]) for name in "ab"),
    )
    assert world.sets("matter") == sets("a", "b")
    flags = world.table("LinkAssertion").select("left", "flag", "linked").rows()
    assert (iri("Case", "a"), ["conflict"], False) in flags


def defendant(name: str, **values: Any) -> list[Row]:
    """A case, a person and their participation, all called `name`."""
    return [
        case(name, urn=values.pop("urn", URN)),
        person(name, *JOHN, pncId=[values.pop("pnc", PNC)]),
        part(name, name, name, **values),
    ]


def test_charges_of_one_sequence_and_code_are_one(world: World) -> None:
    other = "other/source"
    world.load(
        *defendant("a"),
        *defendant("b"),
        charge("a1", "a", "TH68001", offenceSequence=1),
        charge("a2", "a", "TH68001", offenceSequence=2),
        charge("b1", "b", "TH68001A", offenceSequence=1, dataset=other),
        charge("b2", "b", None, offenceSequence=2, dataset=other),
        charge("b3", "b", "CJ88001", offenceSequence=2, dataset="third/source"),
    )
    assert world.sets("charge") == sets("a1 b1", "a2", "b2", "b3")


def test_a_charge_without_code_joins_the_only_one_of_its_sequence(world: World) -> None:
    world.load(
        *defendant("a"),
        *defendant("b"),
        charge("a1", "a", "TH68001", offenceSequence=1),
        charge("b1", "b", None, offenceSequence=1, dataset="other/source"),
    )
    assert world.sets("charge") == sets("a1 b1")


def test_charges_never_join_across_matters_or_people(world: World) -> None:
    world.load(
        *defendant("a"),
        *defendant("b", urn="01ZD0303308"),
        *defendant("c", pnc="1981/0154257C"),
        *(charge(f"{of}1", of, "TH68001", offenceSequence=1, dataset=f"{of}/x") for of in "abc"),
    )
    assert world.sets("matter") == sets("a c", "b")
    assert world.sets("charge") == sets("a1", "b1", "c1")


def test_a_repeated_sequence_in_one_source_is_flagged_and_not_followed(world: World) -> None:
    world.load(
        *defendant("a"),
        *defendant("b"),
        charge("a1", "a", "TH68001", offenceSequence=1),
        charge("a2", "a", "TH68001", offenceSequence=1),
        charge("b1", "b", "TH68001", offenceSequence=1, dataset="other/source"),
        charge("a3", "a", "CJ88001", offenceSequence=1),
        charge("b3", "b", "CJ88001", offenceSequence=1, dataset="other/source"),
    )
    assert world.sets("charge") == sets("a1", "a2", "b1", "a3 b3")
    flags = {tuple(row) for row in world.table("LinkAssertion")["flag"].drop_nulls()}
    assert flags == {("several",)}


def test_one_offence_identifier_is_one_charge(world: World) -> None:
    reference = "9d106baa-407e-4737-ace4-b16fc494f9a5"
    world.load(
        *defendant("a"),
        *defendant("b"),
        charge("a1", "a", "TH68001", offenceSequence=1, offenceReference=reference),
        charge("b1", "b", "TH68099", offenceSequence=7, offenceReference=reference.upper()),
        charge("b2", "b", "TH68001", offenceSequence=2, offenceReference="1"),
        charge("a2", "a", "CJ88001", offenceSequence=3, offenceReference="1"),
    )
    assert world.sets("charge") == sets("a1 b1", "a2", "b2")


def test_a_company_s_charges_join_by_its_arrest_number(world: World) -> None:
    world.load(
        *(case(name, urn=URN) for name in "ab"),
        *(part(name, name, None, asn=[ASN]) for name in "ab"),
        charge("a1", "a", "TH68001", offenceSequence=1, inCase=[iri("Case", "a")]),
        charge("b1", "b", "TH68001", offenceSequence=1, dataset="other/source"),
    )
    assert world.sets("charge") == sets("a1 b1")


def test_applications_are_not_charges(world: World) -> None:
    row = {**charge("a1", "a"), "class": "Application"}
    world.load(*defendant("a"), row)
    assert world.sets("charge") == set()
