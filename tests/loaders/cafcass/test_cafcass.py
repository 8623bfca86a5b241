"""Private and public law cases about children, as read in the files."""

from json import dumps
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.loaders.common_platform.loading import Folder
from tests.loaders.nomis.told import Tell

RESTRICTION = "Children Act 1989, section 97"
TEMPLATE = '"TO BE FILLED WITH VALID DATA"'
PUBLIC = "Famil1234"


@pytest.fixture
def filled(samples: Path, tmp_path: Path) -> Path:
    """The public law case with a date where the sample has a template's words."""
    text = (samples / "cafcass" / "public-law-cases.json").read_text("utf-8")
    file = tmp_path / "filled.json"
    file.write_text(text.replace(TEMPLATE, '"2024-08-26"'), "utf-8")
    return file


def short(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    """Rows whose keys keep the first letters of each identifier."""
    return [
        tuple(cell and "/".join(p[:8] for p in cell.split("/")) if "/" in (cell or "") else cell
              for cell in row)
        for row in rows
    ]  # fmt: skip


def test_every_file_is_loaded_or_no_message(samples: Path, tell: Tell) -> None:
    report = tell(samples / "cafcass").report
    assert {Path(file.path).name: (file.status, file.source) for file in report.files} == {
        "private-law-cases.json": ("loaded", "cafcass/private-law"),
        "public-law-cases.json": ("loaded", "cafcass/public-law-record"),
        "public-law-case.schema.json": ("skipped", None),
    }


def test_private_law(samples: Path, tell: Tell) -> None:
    told = tell(samples / "cafcass" / "private-law-cases.json")
    assert told.report.files[0].rejected == 0
    one, two = "1661164783455399", "1661447479032162"
    case = ("key", "caseType", "caseStatus", "courtName", "receivedDate")
    assert told.rows("Case", *case) == [
        (one, "C100", "DECISION_OUTCOME", "West London Family Court", "2022-08-22"),
        (two, "C100", "DECISION_OUTCOME", "East London Family Court", "2022-08-25"),
    ]
    assert told.count("Case", "class") == {"PrivateLawCase": 2}
    assert told.count("Case", "reportingRestriction") == {RESTRICTION: 2}
    person = ("key", "givenName", "familyName", "birthDate", "sex", "birthPlace")
    assert short(told.rows("PersonRecord", *person)) == [
        ("16611647/5581032c", "sad", "sdf", None, "male", None),
        ("16611647/e1866c81", "fgfdg", "gdgffd", "1990-11-12", "male", None),
        ("16611647/f03aff33", "sdfdsf", "sdf", "2007-12-12", "male", "Harrow"),
        ("16614474/347da4a9", "Yogi", "UPasani", "1999-10-10", "male", "Test"),
        ("16614474/d21d5017", "testres", "testres", None, "female", None),
        ("16614474/e42f62eb", "test", "test", "1999-10-10", "male", None),
    ]
    assert short(told.rows("Participation", "key", "role", "represented")) == [
        ("16611647/5581032c", "respondent", "false"),
        ("16611647/e1866c81", "child", None),
        ("16611647/f03aff33", "applicant", "true"),
        ("16614474/347da4a9", "applicant", "true"),
        ("16614474/d21d5017", "respondent", "false"),
        ("16614474/e42f62eb", "child", None),
    ]
    assert told.rows("Alias", "fullName", "aliasType") == [("sdf", "previous name")]
    asked = ("class", "applicationType", "receivedDate", "ofParticipation")
    assert short(told.rows("Issue", *asked)) == [
        ("Application", "childArrangementsOrder", "2022-08-22", "16611647/e1866c81"),
        ("Application", "childArrangementsOrder", "2022-08-25", "16614474/e42f62eb"),
    ]
    # Three days of one hearing, told from the last to the first; ten in London is nine UTC.
    event = ("class", "status", "eventDate", "eventDateTime", "hearingType")
    assert told.rows("EventRecord", *event) == [
        ("ApplicationMade", "happened", "2022-08-22", None, None),
        ("ApplicationMade", "happened", "2022-08-25", None, None),
        ("Hearing", "planned", "2023-04-11", "2023-04-11 08:00", "First Hearing"),
        ("Hearing", "planned", "2023-04-12", "2023-04-12 08:00", "First Hearing"),
        ("Hearing", "planned", "2023-04-13", "2023-04-13 08:00", "First Hearing"),
    ]


def test_public_law(filled: Path, tell: Tell) -> None:
    told = tell(filled)
    assert told.report.files[0].rejected == 0
    case = ("class", "caseNumber", "caseStatus", "courtName", "receivedDate", "startDate")
    assert told.rows("Case", *case) == [
        (
            "PublicLawCase",
            PUBLIC,
            "PREPARE_FOR_HEARING",
            "Family Court sitting at Barnet",
            "2024-08-26",
            "2024-08-27",
        )
    ]
    assert told.count("Case", "reportingRestriction") == {RESTRICTION: 1}
    assert told.rows("OrganisationRecord", "name", "organisationCode") == [
        ("Swansea City Council", "W9V61CP")
    ]
    assert told.count("Participation", "role") == {
        "applicant": 1, "respondent": 2, "child": 2, "thirdParty": 3,
    }  # fmt: skip
    person = ("givenName", "familyName", "fullName", "birthDate", "sex")
    assert told.rows("PersonRecord", *person) == [
        (None, None, "Other person3", "2001-05-05", "Female"),
        (None, None, "ohter person1", "1980-05-04", "Female"),
        (None, None, "other person2", "2000-05-05", "They identify in another way"),
        ("Child", "One", None, "2020-02-12", "Boy"),
        ("Child 2", "Second", None, "2008-04-03", "They identify in another way"),
        ("Respondent", "One", None, "1998-05-04", "Male"),
        ("respodent", "two", None, "2000-04-03", "Female"),
    ]
    # A supervision order is sought for both children; a later application names nobody.
    children = "Famil123/a2ef436b", "Famil123/de9076cd"
    parties = told.rows("Issue", "applicationType", "receivedDate", "ofParticipation")
    assert [(kind, day) for kind, day, _ in parties] == [
        ("C1_WITH_SUPPLEMENT", "2024-08-27"),
        ("SUPERVISION_ORDER", "2024-08-26"),
    ]
    assert [who and len(who.split(" | ")) for _, _, who in parties] == [None, len(children)]
    assert told.rows("DecisionRecord", "class", "orderType", "decisionDate") == [
        ("Order", "standard directions", "2024-08-27")
    ]
    event = ("class", "status", "eventDate")
    assert [row for row in told.rows("EventRecord", *event) if row[0] != "Hearing"] == [
        ("ApplicationMade", "happened", "2024-08-26"),
        ("ApplicationMade", "happened", "2024-08-27"),
        ("OrderMade", "happened", "2024-08-27"),
    ]


def test_hearings_that_were_put_off(filled: Path, tell: Tell) -> None:
    told = tell(filled)
    hearing = ("status", "eventDate", "hearingOutcome", "cancelledReason")
    hearings = [row for row in told.rows("EventRecord", "class", *hearing) if row[0] == "Hearing"]
    # Of twelve hearings a reason for cancelling is told, though none was put off.
    planned = [row for row in hearings if row[1] == "planned"]
    assert (len(planned), {row[4] for row in planned}) == (12, {None})
    assert [row[1:] for row in hearings if row[1] != "planned"] == [
        ("cancelled", "2024-10-05", "vacated", "Immigration and international difficulties"),
        ("cancelled", "2024-10-12", "vacated", "Case transferred"),
        ("cancelled", "2024-10-19", "vacated", "Other non compliance with directions"),
        ("happened", "2024-02-02", "adjourned", None),
        ("happened", "2024-02-18", "adjourned", None),
    ]
    reasons = told.count("EventRecord", "trialOutcomeReason")
    assert set(reasons) == {
        None, "Consolidation with other family proceedings", "CAFCASS not allocated/present",
    }  # fmt: skip


def test_the_words_of_a_template_are_no_date(samples: Path, tell: Tell) -> None:
    told = tell(samples / "cafcass" / "public-law-cases.json")
    refused = told.findings.filter(pl.col("severity") == "violation")
    # The case, the order sought and the application; what hangs on the case stays.
    assert refused["code"].to_list() == ["JG-LOD-023"] * 3
    assert told.rows("Case", "key") == []
    assert len(told.rows("PersonRecord", "key")) == 7


def answer(**more: Any) -> dict[str, Any]:
    """An answer as the JSON Schema describes it."""
    child = {
        "firstName": "Ben",
        "lastName": "Roe",
        "dateOfBirth": "2019-03-01",
        "gender": "MALE",
        "address": {"addressLine1": "1 Hidden Street", "postcode": "AB1 2CD"},
        "detailsHidden": True,
        "socialWorkerName": "Zebedee",
        "solicitor": {"lastName": "Zebedee", "organisationName": "Firm"},
    }
    vacated = {"cancellationReason": "Severe weather", "status": "VACATED_TO_BE_RE_LISTED"}
    adjourned = {"cancellationReason": "No courtroom available", "status": "ADJOURNED"}
    data = {
        "familyManCaseNumber": "SA23C50001",
        "dateSubmitted": "2024-05-01T23:30:00Z",
        "applicationType": "C110A",
        "ordersSought": ["CARE_ORDER", "INTERIM_CARE_ORDER"],
        "applicants": [
            {
                "id": "la",
                "name": "Swansea City Council",
                "colleagues": [{"fullName": "Zebedee", "role": "SOCIAL_WORKER"}],
            }
        ],
        "respondents": [{"firstName": "Ann", "lastName": "Roe", "gender": "FEMALE"}],
        "children": [child],
        "others": [{"name": "Gran Roe", "dateOfBirth": "1950-01-01", "gender": "OTHER"}],
        "hearingDetails": [
            {"id": "h1", "type": "CASE_MANAGEMENT", "startDate": "2024-06-01T10:00:00"},
            {"id": "h2", "type": "FINAL", "startDate": "2024-09-01T10:00:00", **vacated},
            {"id": "h3", "type": "FINAL", "startDate": "2024-10-01T10:00:00", **adjourned},
        ],
        "factorsParenting": {"alcoholDrugAbuseReason": "Zebedee"},
        **more,
    }
    return {
        "cases": [
            {"id": 1724000000000001, "state": "Submitted", "lastModified": "2024-10-02T00:00:00",
             "caseData": data}
        ]
    }  # fmt: skip


def test_public_law_as_cafcass_is_told_of_it(tell: Tell, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(dumps(answer()))
    told = tell(file)
    [report] = told.report.files
    assert (report.source, report.rejected) == ("cafcass/public-law", 0)
    case = ("key", "caseNumber", "caseType", "receivedDate", "reportingRestriction")
    # Half past eleven UTC on the first of May is the second of May in London.
    assert told.rows("Case", *case) == [
        ("1724000000000001", "SA23C50001", "C110A", "2024-05-02", RESTRICTION)
    ]
    assert told.rows("PersonRecord", "givenName", "familyName", "fullName", "birthDate", "sex") == [
        (None, None, "Gran Roe", "1950-01-01", "OTHER"),
        ("Ann", "Roe", None, None, "FEMALE"),
        ("Ben", "Roe", None, "2019-03-01", "MALE"),
    ]
    assert told.rows("Participation", "role", "represented") == [
        ("applicant", None),
        ("child", "true"),
        ("respondent", None),
        ("thirdParty", None),
    ]
    assert told.rows("Issue", "applicationType", "ofParticipation") == [
        ("CARE_ORDER", "1724000000000001/child/1"),
        ("INTERIM_CARE_ORDER", "1724000000000001/child/1"),
    ]
    event = ("class", "status", "eventDate", "hearingOutcome", "cancelledReason")
    assert told.rows("EventRecord", *event, "trialOutcomeReason") == [
        ("ApplicationMade", "happened", "2024-05-02", None, None, None),
        ("Hearing", "cancelled", "2024-09-01", "vacated", "Severe weather", None),
        ("Hearing", "happened", "2024-10-01", "adjourned", None, "No courtroom available"),
        ("Hearing", "planned", "2024-06-01", None, None, None),
    ]


def test_a_newer_answer_replaces_the_older(tell: Tell, tmp_path: Path) -> None:
    older, newer = answer(), answer(children=[])
    newer["cases"][0]["lastModified"] = "2024-10-03T00:00:00"
    (tmp_path / "newer.json").write_text(dumps(newer))
    (tmp_path / "older.json").write_text(dumps(older))
    told = tell(tmp_path / "newer.json")
    tell(tmp_path / "older.json")
    assert told.documents == 1
    assert "child" not in told.count("Participation", "role")


def test_nobodys_whereabouts_nor_the_professionals_are_stored(
    samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "answer.json").write_text(dumps(answer()))
    folder = Folder(tmp_path / "data")
    folder.load(samples / "cafcass", tmp_path / "answer.json")
    texts = " ".join(folder.texts())
    assert "Swansea City Council" in texts
    kept = [
        word
        for word in (
            *("Zebedee", "Hidden Street", "AB1 2CD"),
            *("Calderon", "Radnor Road", "HA1 1SA", "HA11SA", "Gabrielle House", "IG2 6FG"),
            *("TW3 1EW", "TW3 1XZ", "Livingstone", "Prince Regent", "Ayansh", "respondentSol"),
            *("E2E Test Solicitor", "mailinator", "01534756978", "07442772347"),
        )
        if word in texts
    ]
    assert kept == []
