"""How an answer of the PNC is set out before it is mapped."""

from typing import Any

import pytest

from loaders.pnc.reader import enquiry
from loaders.trees import xml_tree


def told(person: str, more: str = "") -> dict[str, Any]:
    """The answer about somebody, from the attributes of PI1."""
    [found] = enquiry(xml_tree(f"<CPE02><NMS><PIS><PI1 {person}/></PIS>{more}</NMS></CPE02>"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    "attributes",
    [
        'Trans-Filename="11111948MU0" DOB="0" SEX=""',
        'Trans-Filename="11111948M" DOB="" SEX=""',
        'Trans-Filename="OFFENCES/DISMISSED" DOB="11111948" SEX="M"',
    ],
)
def test_birth_date_and_sex_are_found_where_they_are_shifted(attributes: str) -> None:
    person = told(f'PNCID="2003/0062845E" {attributes}')["person"]
    assert (person["@DOB"], person["@SEX"]) == ("11111948", "M")


def test_a_birth_date_in_its_place_is_not_replaced() -> None:
    person = told('PNCID="A" Trans-Filename="11111948MU0" DOB="02031960" SEX=""')["person"]
    assert (person["@DOB"], person["@SEX"]) == ("02031960", "")


def test_hidden_identifiers_name_nobody() -> None:
    one = told('PNCID="XXXX/XX" Filename="A/B"')
    other = told('PNCID="XXXX/XX" Filename="A/C"')
    assert "@PNCID" not in one["person"]
    assert one["person"]["key"] != other["person"]["key"]
    assert one["person"]["key"] == told('PNCID="XXXX/XX" Filename="A/B"')["person"]["key"]
    assert told('PNCID="2003/0062845E"')["person"]["key"] == "2003/0062845E"


def test_cases_of_three_sections_have_one_form() -> None:
    sections = "".join(
        f'<{name}S><{name}3 CASE-NUMBER="1" COURT-CASE-REF="XX/XXXX/XX"><{name}4 PLEA="2">'
        f'<{name}5 DISPL-CODE="2006"/></{name}4></{name}3></{name}S>'
        for name in ("CV", "NC", "NG")
    )
    cases = told('PNCID="A"', sections)["cases"]
    disposals = [{"@DISPL-CODE": "2006"}]
    assert cases == [
        {
            "@CASE-NUMBER": "1",
            "section": name,
            "charges": [{"@PLEA": "2", "disposals": disposals}],
            "appearances": [],
        }
        for name in ("CV", "NC", "NG")
    ]


def test_other_trees_are_no_answers() -> None:
    assert not list(enquiry(xml_tree("<a/>")))
    assert not list(enquiry(xml_tree("<CPE02><NMS/></CPE02>")))
