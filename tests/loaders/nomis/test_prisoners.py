"""Prisoners, their other names and their calculated dates, as read in the files."""

from json import dumps
from pathlib import Path

import loaders
from loaders.mapping import Value
from loaders.mapping_yaml import read_mapping
from ontology.model import Model
from tests.loaders.nomis.told import Tell

SEARCHED = ("key", "pncId", "croNumber", "familyName", "birthDate", "sex")
DATED = ("key", "class", "releaseDateType", "eventDate", "status")


def test_eight_prisoners_of_whom_six_share_a_pnc_number(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/prisoner-search-aliases.json")
    assert told.rows("PersonRecord", *SEARCHED) == [
        ("A7090AB", "12/394773I", "29906/12P", "JONES", "1980-02-28", "Male"),
        ("A7090AC", "12/394773I", "29906/12P", "JONES", "1985-05-15", "FEMALE"),
        ("A7090AD", "12/394773I", "29906/12P", "JONES", "1975-05-15", "Not Known / Not Recorded"),
        (
            "A7090AE",
            "12/394773I",
            "29906/12P",
            "JONES",
            "1980-02-28",
            "Not Specified (Indeterminate)",
        ),
        ("A7090AF", "12/394773I", "29906/12P", "JACKS", "1990-08-15", "Male"),
        ("A7090BA", "08/359381C", "400862/08W", "JONES", "1945-10-10", "Male"),
        ("A7090BB", "12/394773W", "29906/12L", "JONES", "1962-11-01", "Male"),
        ("A7090BC", "12/394773I", "29906/12P", "JONES", "1938-03-11", "FEMALE"),
    ]
    assert told.rows(
        "Alias", "key", "aliasOf", "givenName", "middleNames", "familyName", "birthDate", "sex"
    ) == [
        ("A7090AF/1", "A7090AF", "DANNY", None, "COLIN", "1990-08-15", "Male"),
        ("A7090AF/2", "A7090AF", "SAM", None, "ORANGE", "1991-07-05", "Female"),
        ("A7090AF/3", "A7090AF", "SAM", "JAMES", "JONES", "1983-06-17", "Male"),
        ("A7090BA/1", "A7090BA", "PHIL", None, "BLACK", "1990-08-15", "Male"),
        ("A7090BA/2", "A7090BA", "BOB", "J117", "BLACK", "1983-06-17", "Male"),
        ("A7090BA/3", "A7090BA", "PHIL", "J117", "WHITE", "1983-06-17", "Male"),
        ("A7090BA/4", "A7090BA", "CEDRIC", "STEELMAN", "STRONGMAN", "1970-05-29", "Male"),
    ]
    # The one prisoner with a release date has it only as "the date that counts", of type CRD.
    assert told.rows("EventRecord", *DATED) == [
        ("1902837/CRD", "Release", "CRD", "2020-04-28", "planned")
    ]


def test_a_search_by_release_date(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/prisoner-search-release-dates.json")
    assert told.rows("EventRecord", *DATED) == [
        ("1900836/CONFIRMED", "Release", "CONFIRMED", "2023-04-01", "planned"),
        ("1900836/CRD", "Release", "CRD", "2023-05-16", "planned"),
        ("1900836/HDCAD", "Release", "HDCAD", "2019-06-22", "planned"),
        ("1900836/HDCED", "SentenceKeyDate", "HDCED", "2020-12-20", "planned"),
        ("1900836/HDCEND", "SentenceKeyDate", "HDCEND", "2019-06-22", "planned"),
        ("1900836/LED", "SentenceKeyDate", "LED", "2026-04-15", "planned"),
        ("1900836/PED", "SentenceKeyDate", "PED", "2020-12-30", "planned"),
        ("1900836/SED", "SentenceKeyDate", "SED", "2026-04-05", "planned"),
        ("1900837/CRD", "Release", "CRD", "2020-04-28", "planned"),
        ("1902837/CRD", "Release", "CRD", "2020-04-28", "planned"),
    ]
    assert told.rows(
        "Case", "key", "class", "bookNumber", "caseOf", "legalStatus", "imprisonmentStatus"
    ) == [
        ("1900836", "PrisonBooking", "V61585", "A7089EY", "SENTENCED", "LASPO_DR"),
        ("1900837", "PrisonBooking", "38339C", "A7089EZ", "SENTENCED", "LR_HDC"),
        ("1902837", "PrisonBooking", "38239C", "A7090BA", "SENTENCED", "LR_HDC"),
    ]
    assert told.rows("PeriodRecord", "key", "class", "startDate", "plannedEndDate") == [
        ("1900836/envelope", "SentenceEnvelope", "2016-09-09", "2026-04-05")
    ]
    assert told.rows("Alias", "key", "givenName", "familyName") == [
        ("A7089EZ/1", "MASTER", "CORDIAN"),
        ("A7089EZ/2", "MASTER", "CHIEF"),
        ("A7089EZ/3", "MASTER", "CHEIF"),
        ("A7089EZ/4", "TONY", "STARK"),
        ("A7090BA/1", "PHIL", "BLACK"),
        ("A7090BA/2", "BOB", "BLACK"),
        ("A7090BA/3", "PHIL", "WHITE"),
        ("A7090BA/4", "CEDRIC", "STRONGMAN"),
    ]


def test_a_prisoner_in_two_pages_of_search_is_one(samples: Path, tell: Tell) -> None:
    """A7090BA stands in both files, in the second with more fields; neither has a version."""
    told = tell(
        samples / "nomis/prisoner-search-aliases.json",
        samples / "nomis/prisoner-search-release-dates.json",
    )
    assert len(told.rows("PersonRecord", "key")) == 10
    assert len(told.rows("Alias", "key")) == 11
    assert len(told.rows("Case", "key")) == 10
    (conflict,) = {
        row["document"]
        for row in told.findings.iter_rows(named=True)
        if row["code"] == "JG-LOD-041"
    }
    assert conflict == "nomis/prisoner-search/A7090BA"


def test_an_extract_date_says_which_of_two_is_the_newer(samples: Path, tell: Tell) -> None:
    tell(samples / "nomis/prisoner-search-release-dates.json", extracted="2024-02-01")
    told = tell(samples / "nomis/prisoner-search-aliases.json", extracted="2024-01-01")
    held = told.by("Case", "key", "imprisonmentStatus")
    assert held["1902837"] == "LR_HDC"
    assert told.report.duplicates.superseded == 8
    assert "JG-LOD-041" not in set(told.findings["code"])


def test_offender_detail(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/offender-detail.json")
    assert told.rows(
        "PersonRecord",
        "key",
        "givenName",
        "middleNames",
        "familyName",
        "birthDate",
        "sex",
        "selfDefinedEthnicity",
        "nationality",
    ) == [("A1234AB", "GILLIAN", "EVE", "ANDERSON", "1998-08-28", "F", "W2", "Israeli")]
    assert told.rows("Case", "key", "class", "bookNumber", "currentEstablishment") == [
        ("-2", "PrisonBooking", "A00112", "LEI"),
        ("court-case/-2", "CriminalCase", None, None),
    ]
    # The automatic release date was overridden from 21 May to 21 April.
    assert told.rows("EventRecord", *DATED, "overridden") == [
        ("-2/ARD", "Release", "ARD", "2018-04-21", "planned", "true"),
        ("-2/CONFIRMED", "Release", "CONFIRMED", "2018-04-19", "planned", None),
        ("-2/ROTL", "SentenceKeyDate", "ROTL", "2018-02-25", "planned", None),
        ("-2/SED", "SentenceKeyDate", "SED", "2019-05-21", "planned", None),
    ]
    assert told.rows("DecisionRecord", "key", "class", "decisionType", "amount") == [
        ("-2/2", "Disposal", "FTR_ORA", "120")
    ]
    terms = ("key", "class", "startDate", "termYears", "termWeeks", "termDays", "lifeSentence")
    assert told.rows("PeriodRecord", *terms) == [
        ("-2/2/1", "SentenceTerm", "2017-05-22", "2", None, None, "false"),
        ("-2/2/2", "SentenceTerm", "2017-06-22", None, "2", "3", "false"),
        ("-2/2/3", "SentenceTerm", "2017-07-22", "25", None, None, "true"),
        ("-2/envelope", "SentenceEnvelope", "2017-05-22", None, None, None, None),
    ]


def test_other_names_and_police_numbers_of_an_offender(tell: Tell, tmp_path: Path) -> None:
    """Both lists are empty in the samples."""
    file = tmp_path / "offender.json"
    offender = {
        "offenderNo": "A0001AA",
        "rootOffenderId": 1,
        "bookingId": 1,
        "bookingNo": "B1",
        "aliases": [{"firstName": "ANN", "lastName": "OTHER", "dob": "1990-01-02"}],
        "identifiers": [
            {"type": "CRO", "value": "400862/08W"},
            {"type": "PNC", "value": "2003/0062845E"},
            {"type": "DL", "value": "OTHER901020A99AA"},
        ],
    }
    file.write_text(dumps(offender))
    told = tell(file)
    assert told.rows("PersonRecord", "key", "pncId", "croNumber", "nationality") == [
        ("A0001AA", "2003/0062845E", "400862/08W", None)
    ]
    assert told.rows("Alias", "key", "familyName", "birthDate") == [
        ("A0001AA/1", "OTHER", "1990-01-02")
    ]


def test_released_and_transferred_in_are_offender_details(samples: Path, tell: Tell) -> None:
    told = tell(
        samples / "nomis/released-prisoner.json", samples / "nomis/transferred-in-prisoner.json"
    )
    assert told.rows("PersonRecord", "key", "familyName", "selfDefinedEthnicity") == [
        ("A1180HI", "DIGGLE", "M2"),
        ("A1181MV", "O'VAUGHAN", "W1"),
    ]
    assert told.rows("Case", "key", "bookNumber", "currentEstablishment", "caseOf") == [
        ("-37", "Z00037", "OUT", "A1181MV"),
        ("-52", "Z00048", "MDI", "A1180HI"),
    ]
    # The last movement has a type and a reason but no date: nothing is told of it here.
    assert told.rows("EventRecord", "key") == []


def test_sentence_dates_of_27_prisoners(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/offender-sentences.json")
    assert told.documents == 27
    assert len(told.rows("PersonRecord", "key")) == 27
    assert len(told.rows("PeriodRecord", "key")) == 20
    by_type = {
        "APD": 6, "ARD": 5, "CONFIRMED": 7, "CRD": 5, "ERSED": 1, "ETD": 7, "HDCAD": 3,
        "HDCED": 2, "HDCEND": 2, "LED": 2, "LTD": 7, "MTD": 7, "NPD": 5, "PED": 2, "PRRD": 5,
        "ROTL": 1, "SED": 14, "TED": 2, "TUSED": 2, "TUSSD": 1,
    }  # fmt: skip
    events = told.rows("EventRecord", *DATED, "overridden")
    assert told.count("EventRecord", "releaseDateType") == by_type
    assert {status for *_, status, _ in events} == {"planned"}
    assert [row for row in events if row[-1]] == [
        ("-2/ARD", "Release", "ARD", "2018-04-21", "planned", "true"),
        ("-4/PRRD", "Release", "PRRD", "2021-08-31", "planned", "true"),
        ("-5/NPD", "Release", "NPD", "2022-02-02", "planned", "true"),
    ]
    assert [row[:4] for row in events if str(row[0]).startswith("-8/")] == [
        ("-8/APD", "Release", "APD", "2017-12-23"),
        ("-8/ARD", "Release", "ARD", "2018-02-28"),
        ("-8/ETD", "SentenceKeyDate", "ETD", "2017-11-30"),
        ("-8/LTD", "SentenceKeyDate", "LTD", "2018-01-31"),
        ("-8/MTD", "Release", "MTD", "2017-12-31"),
        ("-8/PRRD", "Release", "PRRD", "2018-03-31"),
        ("-8/SED", "SentenceKeyDate", "SED", "2018-05-31"),
    ]


def test_each_date_has_the_class_that_the_ontology_gives_its_type() -> None:
    folder = Path(loaders.__file__).parent / "nomis"
    types = Model.default().schemes["release-date-type"].concepts
    mapped = {
        column.rule.const: block.cls.default
        for block in read_mapping(folder / "offender-sentences.yaml").walk()
        for column in block.columns
        if column.name == "releaseDateType"
        and isinstance(column.rule, Value)
        and column.rule.how == "const"
    }
    assert mapped == {name: types[name].denotes_class for name in mapped}
    # Not dates of a sentence in force, or chosen from the others.
    assert types.keys() - mapped == {"EDS", "RELEASE", "SLED"}
