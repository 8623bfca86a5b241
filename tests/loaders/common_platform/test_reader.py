"""What the Common Platform readers bring home, on the smallest messages that show it."""

from copy import deepcopy
from typing import Any

from loaders.common_platform.reader import hearing, prosecution_case


def one_hearing(**parts: Any) -> dict[str, Any]:
    """A hearing of one case with one defendant and one offence."""
    offence = {"id": "O", "plea": {"pleaValue": "GUILTY"}}
    defendant = {"id": "D", "masterDefendantId": "M", "offences": [offence]}
    return {
        "id": "H",
        "hearingDays": [{"sittingDay": "2024-09-24T09:00:00Z"}],
        "prosecutionCases": [{"id": "C", "defendants": [defendant]}],
    } | parts


def read(tree: Any) -> dict[str, Any]:
    """The one message read from a tree."""
    message: dict[str, Any]
    [message] = hearing(tree)
    return message


def test_bare_and_wrapped_hearings_read_alike() -> None:
    bare = read(one_hearing())
    wrapped = read({"hearing": one_hearing(), "sharedTime": "2024-09-24T12:00:00Z"})
    assert bare["hearing"] == wrapped["hearing"]
    assert wrapped["sharedTime"] == "2024-09-24T12:00:00Z"


def test_other_trees_are_not_hearings() -> None:
    assert not list(hearing({"prosecutionCase": {}}))
    assert not list(hearing(["hearing"]))
    assert not list(hearing({"hearing": {"id": "H"}}))
    assert not list(prosecution_case(one_hearing()))


def test_the_parsed_message_is_not_changed() -> None:
    tree = {
        "hearing": one_hearing(defendantAttendance=[{"defendantId": "D", "attendanceDays": []}])
    }
    before = deepcopy(tree)
    read(tree)
    assert tree == before


def test_misspelt_cases_are_cases() -> None:
    cases = one_hearing()["prosecutionCases"]
    message = read(one_hearing(prosecutionCases=[], prosectionCases=[cases]))
    assert [case["id"] for case in message["hearing"]["prosecutionCases"]] == ["C"]


def test_attendance_is_put_beside_the_defendant_by_id_or_master_id() -> None:
    for name in ("D", "M"):
        days = [{"day": "2024-09-24", "attendanceType": "IN_PERSON"}]
        attendance = [{"defendantId": name, "attendanceDays": days}]
        body = read(one_hearing(defendantAttendance=attendance))["hearing"]
        [defendant] = body["prosecutionCases"][0]["defendants"]
        assert defendant["attendance"] == [
            {"day": "2024-09-24", "attendanceType": "IN_PERSON", "hearingId": "H"}
        ]
        assert body["defendantAttendance"] == []


def test_attendance_of_somebody_else_stays_with_the_only_case_it_can_be_of() -> None:
    attendance = [{"defendantId": "X", "attendanceDays": [{"day": "2024-09-24"}]}]
    body = read(one_hearing(defendantAttendance=attendance))["hearing"]
    [day] = body["defendantAttendance"][0]["attendanceDays"]
    assert (day["caseId"], day["defendantId"]) == ("C", "X")


def test_a_result_given_to_a_defendant_is_put_beside_them() -> None:
    results = [{"masterDefendantId": "M", "judicialResult": {"judicialResultId": "R"}}]
    body = read(one_hearing(defendantJudicialResults=results))["hearing"]
    [defendant] = body["prosecutionCases"][0]["defendants"]
    assert [result["judicialResultId"] for result in defendant["judicialResults"]] == ["R"]
    assert body["defendantJudicialResults"] == []


def test_applications_list_their_cases_and_parties() -> None:
    named = {
        "id": "A",
        "applicant": {"id": "P"},
        "courtApplicationCases": [{"prosecutionCaseId": "K"}],
    }
    unnamed = {"id": "B", "respondents": [{"id": "Q"}, {"id": "R"}]}
    body = read(one_hearing(courtApplications=[named, unnamed]))["hearing"]
    first, second = body["courtApplications"]
    assert first["cases"] == [{"id": "K"}]
    assert [party["partyKey"] for party in first["parties"]] == ["applicant-1"]
    assert second["cases"] == [{"id": "C"}]
    assert [party["partyKey"] for party in second["parties"]] == ["respondent-1", "respondent-2"]


def test_an_application_that_stands_alone_is_a_case_of_its_own() -> None:
    alone = one_hearing(prosecutionCases=[], courtApplications=[{"id": "A"}])
    [application] = read(alone)["hearing"]["courtApplications"]
    assert application["standalone"] is True
    assert application["cases"] == [{"id": "A"}]


def test_what_a_glance_says_of_an_offence_joins_the_same_offence() -> None:
    told = {"id": "O", "judicialResults": [{"judicialResultId": "R"}], "pleas": [{"pleaDate": "x"}]}
    tree = {
        "prosecutionCase": {
            "id": "C",
            "defendants": [
                {
                    "id": "D",
                    "offences": [{"id": "O", "judicialResults": [{"judicialResultId": "R"}]}],
                }
            ],
        },
        "hearingsAtAGlance": {
            "hearings": [{"id": "H", "defendants": [{"id": "D", "offences": [told]}]}]
        },
    }
    [message] = prosecution_case(tree)
    [offence] = message["prosecutionCase"]["defendants"][0]["offences"]
    assert [result["judicialResultId"] for result in offence["judicialResults"]] == ["R", "R"]
    assert offence["pleas"] == [{"pleaDate": "x"}]
