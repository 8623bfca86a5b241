"""One person on probation, X320741, as read in the five files."""

from json import dumps
from pathlib import Path
from shutil import copy

import pytest

from tests.loaders.nomis.told import Tell

CRN = "X320741"
FILES = ("offender-all", "convictions", "requirements", "licence-conditions", "breach")


def delius(samples: Path, name: str) -> Path:
    return samples / f"delius/{name}-{CRN}.json"


def test_the_offender(samples: Path, tell: Tell) -> None:
    told = tell(delius(samples, "offender-all"))
    # mostRecentPrisonerNumber V74111 is the number of a booking, nomsNumber that of the prisoner.
    identity = ("key", "crn", "pncId", "croNumber", "prisonerNumber", "bookNumber")
    assert told.rows("PersonRecord", *identity) == [
        (CRN, CRN, "2004/0712343H", "123456/04A", "G9542VP", "V74111")
    ]
    name = ("title", "givenName", "middleNames", "familyName", "birthDate", "sex")
    assert told.rows("PersonRecord", *name) == [
        ("Mr.", "Aadland", "Felix Hope", "Bertrand", "2000-07-19", "Male")
    ]
    alias = ("key", "givenName", "middleNames", "familyName", "birthDate", "sex", "aliasOf")
    assert told.rows("Alias", *alias) == [
        (f"{CRN}/1", "Aliasone", "Midone Midtwo", "Bertrand", "2022-05-17", "Male", CRN),
        (f"{CRN}/2", "Aliastwo", "Midthree", "Bertrand", "2022-05-17", "Male", CRN),
    ]
    address = ("key", "addressLine", "postcode", "startDate", "addressStatus", "noFixedAbode")
    assert told.rows("AddressRecord", *address) == [
        (
            f"{CRN}/1",
            "22 | Montague Road | Leicester",
            "LE2 1TG",
            "2017-09-13",
            "Postal",
            "false",
        ),
        (
            f"{CRN}/2",
            "19 | Junction Road | Blackheath | Sheffield | South Yorkshire",
            "S10 2NA",
            "2019-09-13",
            "Main",
            "false",
        ),
    ]
    # Two managers, one area and one team.
    assert told.rows("OrganisationRecord", "key", "name", "organisationCode", "partOf") == [
        ("N02", "NPS North East", "N02", None),
        ("N02/OMIC OMU A", "OMIC OMU A", None, "N02"),
    ]
    assert told.rows("PersonRecord", "responsibleOrganisation") == [("N02/OMIC OMU A",)]


def test_an_area_without_a_team_is_responsible_itself(tell: Tell, tmp_path: Path) -> None:
    file = tmp_path / "offender.json"
    managers = [
        {"active": True, "probationArea": {"code": "N02", "description": "NPS North East"}},
        {"active": False, "probationArea": {"code": "N07", "description": "NPS London"}},
    ]
    ids = {"crn": "X000001"}
    file.write_text(dumps({"surname": "Roe", "otherIds": ids, "offenderManagers": managers}))
    told = tell(file)
    assert told.rows("OrganisationRecord", "key", "name", "partOf") == [
        ("N02", "NPS North East", None),
        ("N07", "NPS London", None),
    ]
    assert told.rows("PersonRecord", "responsibleOrganisation") == [("N02",)]


def test_convictions(samples: Path, tell: Tell) -> None:
    told = tell(delius(samples, "convictions"))
    one, two, three = "2500297061", "2500295345", "2500295343"
    case = ("key", "class", "caseReference", "receivedDate", "active", "caseOf")
    assert told.rows("Case", *case) == [
        (f"{CRN}/{three}", "ProbationEvent", three, "2017-06-01", "false", CRN),
        (f"{CRN}/{two}", "ProbationEvent", two, "2018-09-04", "true", CRN),
        (f"{CRN}/{one}", "ProbationEvent", one, "2019-09-16", "false", CRN),
    ]
    assert told.rows("Participation", "key", "inCase", "party", "role") == [
        (f"{CRN}/{three}", f"{CRN}/{three}", CRN, "offender"),
        (f"{CRN}/{two}", f"{CRN}/{two}", CRN, "offender"),
        (f"{CRN}/{one}", f"{CRN}/{one}", CRN, "offender"),
    ]
    offence = ("key", "homeOfficeCode", "mainOffence", "offenceStartDate", "offenceCount")
    assert told.rows("Issue", *offence, "convictionDate") == [
        (f"{CRN}/{three}/M2500295341", "05600", "true", "2017-05-01", "1", None),
        (f"{CRN}/{two}/A2500108084", "02801", "false", "2019-09-02", "3", "2019-09-03"),
        (f"{CRN}/{two}/M2500295343", "05600", "true", "2018-08-04", "1", "2019-09-03"),
        (f"{CRN}/{one}/M2500297061", "10400", "true", "2019-09-09", "1", "2019-09-16"),
    ]
    disposal = ("key", "resultCode", "lengthText", "lengthDays", "startDate", "endDate")
    assert told.rows("DecisionRecord", *disposal) == [
        (f"{CRN}/{three}", "201", None, None, None, None),
        (f"{CRN}/{two}", "303", "5 Years", "1826", "2014-01-01", "2019-01-01"),
        (f"{CRN}/{one}", "412", "0 Months", "0", None, "2020-01-01"),
    ]
    # Only one of the three sentences has a start: a discharge supervises nobody, and the third
    # conviction has an outcome but no sentence.
    assert told.rows("EventRecord", "key", "class", "status", "eventDate", "inCase") == [
        (
            f"{CRN}/{two}/supervision-end",
            "SupervisionEnd",
            "happened",
            "2019-01-01",
            f"{CRN}/{two}",
        ),
        (
            f"{CRN}/{two}/supervision-start",
            "SupervisionStart",
            "happened",
            "2014-01-01",
            f"{CRN}/{two}",
        ),
    ]
    period = ("key", "class", "startDate", "endDate", "terminationReason", "legalBasis")
    assert told.rows("PeriodRecord", *period) == [
        (
            f"{CRN}/{two}",
            "SupervisionPeriod",
            "2014-01-01",
            "2019-01-01",
            "ICMS Miscellaneous Event",
            "CJA - Indeterminate Public Prot.",
        )
    ]


def test_requirements(samples: Path, tell: Tell) -> None:
    told = tell(delius(samples, "requirements"))
    one, two = f"{CRN}/2500083652", f"{CRN}/2500007925"
    period = ("key", "requirementType", "requirementSubtype", "startDate", "commencementDate")
    assert told.rows("PeriodRecord", *period) == [
        (two, "Court - Accredited Programme", "ASRO", "2015-07-01", "2015-06-29"),
        (one, "Unpaid Work", "Regular", "2017-06-01", None),
    ]
    ending = ("endDate", "plannedStartDate", "plannedEndDate", "active", "lengthText")
    assert told.rows("PeriodRecord", "key", *ending) == [
        (two, None, None, None, "true", None),
        (one, "2017-12-01", "2017-06-01", "2017-12-01", "false", "60 Hours"),
    ]
    # The unpaid work ended and yet no one wrote down that it began.
    assert told.rows("EventRecord", "key", "class", "status", "eventDate") == [
        (f"{two}/start", "RequirementStart", "happened", "2015-06-29"),
        (f"{one}/end", "RequirementEnd", "happened", "2017-12-01"),
        (f"{one}/start", "RequirementStart", "planned", "2017-06-01"),
    ]


def test_licence_conditions(samples: Path, tell: Tell) -> None:
    told = tell(delius(samples, "licence-conditions"))
    columns = ("key", "class", "requirementType", "startDate", "commencementDate", "endDate")
    assert told.rows("PeriodRecord", *columns, "active") == [
        (
            f"{CRN}/1",
            "LicenceCondition",
            "Alcohol",
            "2020-02-01",
            "2020-05-14",
            "2020-05-21",
            "false",
        ),
        (
            f"{CRN}/2",
            "LicenceCondition",
            "Curfew Arrangement",
            "2020-02-01",
            None,
            None,
            "true",
        ),
        (
            f"{CRN}/3",
            "LicenceCondition",
            "Participate or co-op with Programme or Activities",
            "2020-02-01",
            None,
            None,
            "true",
        ),
    ]
    assert told.rows("EventRecord", "key") == []


def test_breaches_on_the_day_they_began_not_the_day_expected(samples: Path, tell: Tell) -> None:
    told = tell(delius(samples, "breach"))
    assert told.rows("EventRecord", "key", "class", "status", "eventDate", "breachType") == [
        (f"{CRN}/11131321", "Breach", "happened", "2019-10-20", "Community Order"),
        (f"{CRN}/11131322", "Breach", "happened", "2020-10-20", "Community Order"),
    ]


@pytest.mark.parametrize("name", FILES[1:])
def test_without_a_crn_in_name_or_command_the_file_is_refused(
    samples: Path, tell: Tell, tmp_path: Path, name: str
) -> None:
    bare = tmp_path / f"{name}.json"
    copy(delius(samples, name), bare)
    told = tell(bare)
    assert told.release is None
    assert "--with crn=" in told.fix()


@pytest.mark.parametrize("name", FILES)
def test_the_crn_may_be_given(samples: Path, tell: Tell, tmp_path: Path, name: str) -> None:
    bare = tmp_path / f"{name}.json"
    copy(delius(samples, name), bare)
    told = tell(bare, crn=CRN)
    assert told.rows("PersonRecord", "key", "crn") == [(CRN, CRN)]
