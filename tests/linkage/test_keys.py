"""Identifiers: one normal form however they are written, none for what is not one."""

import polars as pl
import pytest

from linkage.errors import UnknownSchemeError
from linkage.keys import normalise, normalised


@pytest.mark.parametrize(
    ("scheme", "written", "normal"),
    [
        ("pnc", "2003/0062845E", "2003/0062845E"),
        ("pnc", "1981/0154257C", "1981/0154257C"),
        ("pnc", "20030062845E", "2003/0062845E"),
        ("pnc", "03/62845E", "2003/0062845E"),
        ("pnc", " 81/154257c ", "1981/0154257C"),
        ("pnc", "12/394773H", "2012/0394773H"),
        ("pnc", "2004/0012345U", None),
        ("pnc", "12/394773W", None),
        ("pnc", "0362845E", None),
        ("pnc", "2000/0000000Z", None),
        ("pnc", "UNKNOWN PNC", None),
        ("pnc", "PNC12345", None),
        ("pnc", "%s", None),
        ("pnc", "", None),
        ("cro", "400862/08W", "400862/08W"),
        ("cro", "29906/12j", "029906/12J"),
        ("cro", "SF05/482703J", "SF05/482703J"),
        ("cro", "000000/08A", None),
        ("cro", "12345ABCDEF", None),
        ("cro", "12345", None),
        ("asn", "26/0000/00/00000001566Y", "2600000000000001566Y"),
        ("asn", "26/0000/00/100002906G", "2600000000100002906G"),
        ("asn", "1101ZD0100000448754K", "1101ZD0100000448754K"),
        ("asn", "1101ZD01448754K", "1101ZD0100000448754K"),
        ("asn", "TFL1", None),
        ("asn", "arrest123", None),
        ("asn", "SummonsNumber001", None),
        ("asn", "0000000000000000000A", None),
        ("urn", "01ZD0303208", "01ZD0303208"),
        ("urn", "01zd0303208/2", "01ZD0303208"),
        ("urn", "01/ZD/03032/08", "01ZD0303208"),
        ("urn", "01/ZD/03032/08/2", "01ZD0303208"),
        ("urn", "TFL9475962494", "TFL9475962494"),
        ("urn", "TFL", None),
        ("urn", "CASE-URN", None),
        ("urn", "CASEURN", None),
        ("urn", "MAIN_CASE_URN", None),
        ("urn", "01ZD0000000", None),
        ("urn", "45684548", None),
        ("urn", "${PROSECUTING_AUTHORITY_REFERENCE}", None),
        ("familyCase", "ne19z02909", "NE19Z02909"),
        ("familyCase", "NE19Z00000", None),
        ("familyCase", "Famil1234", None),
        ("coreCase", "1661164783455399", "1661164783455399"),
        ("coreCase", "1661-1647-8345-5399", "1661164783455399"),
        ("coreCase", "1661164783455398", None),
        ("coreCase", "0000000000000000", None),
        ("coreCase", "166116478345539", None),
        ("prisonerNumber", "a1234aa", "A1234AA"),
        ("prisonerNumber", "SAR1234", None),
        ("prisonerNumber", "A0000AA", None),
        ("crn", "x320741", "X320741"),
        ("crn", "X0000000", None),
        ("crn", "X000000", None),
        ("masterDefendantId", "9D106BAA-407E-4737-ACE4-B16FC494F9A5",
         "9d106baa-407e-4737-ace4-b16fc494f9a5"),
        ("masterDefendantId", "DEFENDANT_ID", None),
        ("masterDefendantId", "00000000-0000-0000-0000-000000000000", None),
    ],
)  # fmt: skip
def test_normal_forms(scheme: str, written: str, normal: str | None) -> None:
    assert normalise(scheme, written) == normal


def test_a_column_with_nulls() -> None:
    frame = pl.DataFrame({"pnc": ["03/62845E", None, "nonsense"]})
    forms = frame.select(normalised("pnc", pl.col("pnc")).alias("pnc"))["pnc"]
    assert forms.to_list() == ["2003/0062845E", None, None]


def test_an_unknown_scheme_says_what_there_is() -> None:
    with pytest.raises(UnknownSchemeError, match="masterDefendantId"):
        normalise("passport", "1")
