"""What a misspelt name may stand for."""

import pytest

from ontology.errors import nearest

KNOWN = ("Hearing", "hearing", "HearingDay", "Offence", "pnc")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Hearng", ["Hearing", "hearing", "HearingDay"]),
        ("hearng", ["hearing", "Hearing", "HearingDay"]),
        ("OFFENCES", ["Offence"]),
        ("pmc", ["pnc"]),
        ("tribunal", []),
    ],
)
def test_the_nearest_name_in_whatever_case(name: str, meant: list[str]) -> None:
    assert nearest(name, KNOWN) == meant
    assert nearest(name, iter(KNOWN), 1) == meant[:1]
