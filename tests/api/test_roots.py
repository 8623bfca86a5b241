"""The questions: what they answer on data whose answer is known."""

from typing import Any

import pytest

from api import Access, Role
from tests.api.conftest import (
    ADA,
    ADA_NOMIS,
    ANALYST,
    BO,
    CASE,
    CP,
    HEARING,
    MATTER,
    NOMIS,
    PERSON,
    PRACTITIONER,
    Place,
    iri,
)

JOURNEY = """query ($identifier: IdentifierInput, $record: ID, $kind: ThingKind! = PERSON,
  $status: [EventStatus!]! = [HAPPENED], $from: Date, $to: Date, $release: Int,
  $threshold: Threshold! = MEDIUM) {
  journey(identifier: $identifier, record: $record, kind: $kind, status: $status, from: $from,
          to: $to, release: $release, threshold: $threshold) {
    subject { id }
    events { id class stage date precision status seq simultaneousWith label system court
      caseReference charge decision orderedBy tellers systemOfRecord silent maxDisagreementDays
      reportedBy { id inCase { id } } }
    cases { id }
    periods { id class startDate endsWith { id } }
    context { headline caveats release { number newest } unit
      datasets { dataset records }
      linkage { threshold band { high medium low } bandReason intervalReason } }
  }
}"""
PNC = {"scheme": "pnc", "value": "20040012345D"}


def told(events: list[Any]) -> list[tuple[Any, ...]]:
    return [(e["seq"], e["class"], e["date"], e["orderedBy"]) for e in events]


def test_a_person_s_journey_runs_through_their_records_in_all_systems(place: Place) -> None:
    journey = place.data(JOURNEY, identifier=PNC)["journey"]
    assert journey["subject"]["id"] == PERSON
    assert told(journey["events"]) == [
        (1, "Arrest", "2024-02-01", "DATE"),
        (2, "Hearing", "2024-03-01", "CLASS"),
        (3, "Plea", "2024-03-01", "CLASS"),
        (4, "Sentence", "2024-03-01", "CLASS"),
        (5, "Reception", "2024-03-01", "CLASS"),
        (6, "Release", "2024-06-01", "DATE"),
    ]
    plea = journey["events"][2]
    assert plea["label"] == "Plea: Guilty"
    assert plea["court"] == "Lavender Hill Magistrates' Court"
    assert plea["charge"] == "Theft from a shop"
    assert plea["caseReference"] == "01QF0123456"
    assert plea["tellers"] == [plea["system"]]
    assert plea["reportedBy"] == [{"id": plea["id"], "inCase": []}]
    assert [event["decision"] for event in journey["events"]] == [
        *(None, "Imprisonment", None, "Imprisonment", None, None)
    ]
    assert journey["events"][0]["precision"] == "MONTH"
    assert journey["events"][1]["simultaneousWith"] == []
    assert [case["id"] for case in journey["cases"]] == [CASE]
    assert journey["periods"] == [
        {
            "id": iri("PeriodRecord", NOMIS, "A1234BC", "1"),
            "class": "CustodySpell",
            "startDate": "2024-03-01",
            "endsWith": None,
        }
    ]
    context = journey["context"]
    assert context["headline"] == "6 events in 2 systems, February 2024 to June 2024"
    assert context["release"] == {"number": 2, "newest": True}
    assert context["datasets"] == [
        {"dataset": CP, "records": 4},
        {"dataset": NOMIS, "records": 2},
    ]
    assert context["linkage"]["band"] == {"high": 4, "medium": 6, "low": 6}
    assert context["linkage"]["threshold"] == "MEDIUM"
    assert context["unit"] == "EVENT"


def test_at_a_higher_threshold_the_other_system_is_not_joined(place: Place) -> None:
    journey = place.data(JOURNEY, identifier=PNC, threshold="HIGH")["journey"]
    assert [event["class"] for event in journey["events"]] == [
        "Arrest",
        "Hearing",
        "Plea",
        "Sentence",
    ]


@pytest.mark.parametrize("record", [PERSON, ADA, ADA_NOMIS])
def test_a_journey_may_be_asked_for_by_the_person_or_any_of_their_records(
    place: Place, record: str
) -> None:
    journey = place.data(JOURNEY, record=record)["journey"]
    assert journey["subject"]["id"] == PERSON
    assert len(journey["events"]) == 6


def test_a_matter_s_journey_holds_what_happened_to_all_of_its_parties(place: Place) -> None:
    identifier = {"scheme": "urn", "value": "01QF0123456"}
    journey = place.data(JOURNEY, identifier=identifier, kind="MATTER")["journey"]
    assert journey["subject"]["id"] == MATTER
    pleas = [event for event in journey["events"] if event["class"] == "Plea"]
    assert [plea["seq"] for plea in pleas] == [3, 3]
    assert [plea["orderedBy"] for plea in pleas] == ["NONE", "NONE"]
    assert pleas[0]["simultaneousWith"] == [pleas[1]["id"]]
    assert [case["id"] for case in journey["cases"]] == [CASE]
    assert journey["context"]["linkage"]["band"] is None
    assert "Reception" not in {event["class"] for event in journey["events"]}


def test_a_co_defendant_s_plea_is_not_in_a_person_s_journey(place: Place) -> None:
    events = place.data(JOURNEY, record=BO)["journey"]["events"]
    assert [(event["class"], event["charge"]) for event in events] == [
        ("Hearing", None),
        ("Plea", None),
    ]


def test_plans_are_shown_only_when_asked_for(place: Place) -> None:
    planned = place.data(JOURNEY, identifier=PNC, status=["PLANNED"])["journey"]["events"]
    assert [(event["date"], event["status"]) for event in planned] == [("2024-09-01", "PLANNED")]


def test_from_and_to_are_included_and_an_imprecise_date_may_lie_on_either_side(
    place: Place,
) -> None:
    got = place.data(JOURNEY, identifier=PNC, **{"from": "2024-02-20", "to": "2024-03-01"})
    assert [event["class"] for event in got["journey"]["events"]] == [
        "Arrest",
        "Hearing",
        "Plea",
        "Sentence",
        "Reception",
    ]


def test_an_older_release_answers_as_it_was_and_says_so(place: Place) -> None:
    document = (
        "query ($release: Int) { record(iri: "
        f'"{CASE}", release: $release) {{ ... on Case {{ caseStatus }} context {{ caveats'
        " release { number newest } } } }"
    )
    assert place.data(document)["record"]["caseStatus"] == "closed"
    older = place.data(document, release=1)["record"]
    assert older["caseStatus"] is None
    assert older["context"]["release"] == {"number": 1, "newest": False}
    assert older["context"]["caveats"][0] == "Release 1. Newest is 2."


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"identifier": {"scheme": "pnc", "value": "nobody's"}}, "JG-API-009"),
        ({"identifier": {"scheme": "pmc", "value": "1"}}, "JG-API-002"),
        ({"identifier": {"scheme": "urn", "value": "01QF0123456"}}, "JG-API-009"),
        ({"record": "nothing"}, "JG-API-009"),
        ({"record": CASE}, "JG-API-009"),
        ({}, "JG-API-003"),
        ({"identifier": PNC, "record": ADA}, "JG-API-003"),
        ({"identifier": PNC, "kind": "CHARGE"}, "JG-API-011"),
        ({"identifier": PNC, "kind": "EVENT"}, "JG-API-011"),
        ({"identifier": PNC, "from": "2024-13-01"}, "JG-API-003"),
        ({"identifier": PNC, "from": "2024-03-02", "to": "2024-03-01"}, "JG-API-003"),
        ({"identifier": PNC, "release": 99}, "JG-GRA-001"),
        ({"identifier": PNC, "release": 10**12}, "JG-API-003"),
    ],
)
def test_a_journey_that_cannot_be_told_says_why(
    place: Place, variables: dict[str, Any], code: str
) -> None:
    got = place.ask(JOURNEY, **variables)
    assert [error["extensions"]["code"] for error in got.body["errors"]] == [code]
    assert (got.body.get("data") or {"journey": None})["journey"] is None


def test_a_misspelt_scheme_gets_the_nearest(place: Place) -> None:
    got = place.ask(JOURNEY, identifier={"scheme": "pmc", "value": "1"})
    assert "pnc" in got.body["errors"][0]["extensions"]["nearest"]


@pytest.mark.parametrize("value", ["20040012345d", " 2004/0012345D", "2004/12345D", "04/12345D"])
def test_an_identifier_is_found_however_it_is_spelt(place: Place, value: str) -> None:
    got = place.data(JOURNEY, identifier={"scheme": "pncId", "value": value})
    assert got["journey"]["subject"]["id"] == PERSON


def test_an_identifier_of_two_persons_is_not_guessed(place: Place) -> None:
    got = place.ask(JOURNEY, identifier={"scheme": "familyName", "value": "Harrowgate"})
    first = got.body["errors"][0]["extensions"]
    assert first["code"] == "JG-API-010"
    assert set(first["nearest"]) == {PERSON, iri("Thing", "justicegraph/linkage", "person-2")}


def test_person_gives_the_records_about_them(place: Place) -> None:
    document = """query ($threshold: Threshold!) {
      person(identifier: {scheme: "prisonerNumber", value: "A1234BC"}, threshold: $threshold) {
        id records(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } } }"""
    person = place.data(document, threshold="MEDIUM")["person"]
    assert person["id"] == PERSON
    assert [node["id"] for node in person["records"]["nodes"]] == [ADA]
    assert person["records"]["pageInfo"]["hasNextPage"]
    after = person["records"]["pageInfo"]["endCursor"]
    rest = document.replace("first: 1", f'first: 1, after: "{after}"')
    found = place.data(rest, threshold="MEDIUM")["person"]["records"]
    assert [node["id"] for node in found["nodes"]] == [ADA_NOMIS]
    assert not found["pageInfo"]["hasNextPage"]
    assert place.code(document, threshold="HIGH") == "JG-API-009"


def test_records_are_paged_filtered_and_of_subclasses(place: Place) -> None:
    document = """query ($where: [FilterInput!], $after: String, $class: String!) {
      records(class: $class, where: $where, first: 2, after: $after) {
        nodes { class } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""
    found: list[str] = []
    after = None
    for _ in range(9):
        page = place.data(document, **{"class": "EventRecord", "after": after})["records"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == len(set(found)) == 8
    where = [{"field": "eventDate", "from": "2024-03-01", "to": "2024-03-01"}]
    day = place.data(document, **{"class": "Plea", "where": where})["records"]
    assert [node["class"] for node in day["nodes"]] == ["Plea", "Plea"]
    linked = [{"field": "atHearing", "eq": HEARING}]
    assert len(place.data(document, **{"class": "Plea", "where": linked})["records"]["nodes"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('class: "Hearin"', "JG-API-002"),
        ('class: "Dataset"', "JG-API-002"),
        ('class: "Hearing", where: [{field: "courtNam", eq: "x"}]', "JG-API-002"),
        ('class: "Hearing", where: [{field: "courtName"}]', "JG-API-003"),
        ('class: "Hearing", where: [{field: "courtName", eq: "x", in: ["y"]}]', "JG-API-003"),
        ('class: "Hearing", where: [{field: "eventDate", eq: "soon"}]', "JG-GRA-004"),
        ('class: "Hearing", first: 0', "JG-API-003"),
        ('class: "Hearing", first: 100000', "JG-API-004"),
        ('class: "Hearing", after: "nonsense"', "JG-GRA-005"),
    ],
)
def test_a_wrong_argument_gets_a_typed_error(place: Place, arguments: str, code: str) -> None:
    assert place.code(f"{{ records({arguments}) {{ nodes {{ id }} }} }}") == code


def test_links_lead_to_records_and_unresolved_ones_are_null_and_counted(place: Place) -> None:
    document = '{ records(class: "PeriodRecord") { nodes { ... on PeriodRecord {'
    document += " endsWith { id } aboutPerson { familyName } } } } }"
    got = place.ask(document)
    assert got.body["data"]["records"]["nodes"] == [
        {"endsWith": None, "aboutPerson": {"familyName": "Quillfeather"}}
    ]
    assert got.body["extensions"]["justicegraph"]["unresolved"] == 1


def test_links_are_followed_backwards(place: Place) -> None:
    document = f"""{{ record(iri: "{CASE}") {{
      incoming(type: ["inCase"], first: 2) {{
        nodes {{ property record {{ class }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    page = place.data(document)["record"]["incoming"]
    assert page["pageInfo"]["hasNextPage"]
    assert len(page["nodes"]) == 2
    after = page["pageInfo"]["endCursor"]
    rest = place.data(document.replace("first: 2", f'first: 9, after: "{after}"'))
    classes = [n["record"]["class"] for n in page["nodes"] + rest["record"]["incoming"]["nodes"]]
    assert sorted(classes) == ["ChargeRecord", "Hearing", "Participation", "Participation"]
    assert place.code(document.replace("inCase", "inCas")) == "JG-API-002"


def test_codes_say_what_they_mean_in_the_shared_list_and_unknown_ones_stay(place: Place) -> None:
    document = f"""query {{
      known: record(iri: "{ADA}") {{ ...sex }} unknown: record(iri: "{BO}") {{ ...sex }} }}
      fragment sex on PersonRecord {{
        sex {{ notation label scheme shared {{ notation scheme }} }} }}"""
    got = place.data(document)
    assert got["known"]["sex"]["notation"] == "FEMALE"
    assert got["known"]["sex"]["shared"]["scheme"] == "sex"
    unknown = {"notation": "XX", "label": None, "scheme": "cp-gender", "shared": None}
    assert got["unknown"]["sex"] == unknown


def test_linkage_shows_the_evidence_behind_a_record(place: Place) -> None:
    document = """query ($record: ID) { linkage(record: $record) {
      kind flags keys { scheme value links } things { threshold thing { id } records }
      assertions { left { id } right { id } keyScheme flag } context { caveats } } }"""
    got = place.data(document, record=ADA)["linkage"]
    assert got["kind"] == "PERSON"
    assert got["flags"] == ["looks like twins"]
    assert got["keys"] == [{"scheme": "pnc", "value": "2004/0012345D", "links": 1}]
    assert got["assertions"][0]["right"] == {"id": ADA_NOMIS}
    assert [(t["threshold"], t["records"]) for t in got["things"]] == [
        ("HIGH", 1),
        ("MEDIUM", 2),
        ("LOW", 2),
    ]
    alone = place.data(document, record=CASE)["linkage"]
    assert alone["context"]["caveats"] == ["No link of this record was asserted: it stands alone."]
    assert place.code(document, record=HEARING) == "JG-API-003"
    assert place.code(document, record="nothing") == "JG-API-009"
    assert place.code(document) == "JG-API-011"


def test_releases_are_listed_newest_first(place: Place) -> None:
    got = place.data("{ releases(first: 5) { number newest counts { class put } } }")["releases"]
    assert [(item["number"], item["newest"]) for item in got] == [(2, True), (1, False)]
    assert got[0]["counts"] == [{"class": "Case", "put": 1}]


def test_the_catalogue_says_what_is_loaded_and_is_searched_by_all_words(place: Place) -> None:
    document = """query ($search: String) { catalogue(search: $search) {
      datasets { id loaded owner { label } roles howToAsk eventClasses { name } }
      context { release { number } } } }"""
    everything = place.data(document, Access.public())["catalogue"]
    assert {item["id"] for item in everything["datasets"]} == set(place.model.datasets)
    assert everything["context"]["release"]["number"] == 2
    found = place.data(document, Access.public(), search="plea RESULTED platform")["catalogue"]
    assert [item["id"] for item in found["datasets"]] == [CP]
    assert place.data(document, search="no such thing")["catalogue"]["datasets"] == []


@pytest.mark.parametrize("role", list(Role))
def test_without_a_key_nothing_but_the_catalogue_is_there(place: Place, role: Role) -> None:
    names = place.data("{ __schema { queryType { fields { name } } } }", Access(role))
    found = {item["name"] for item in names["__schema"]["queryType"]["fields"]}
    if role is Role.PUBLIC:
        assert found == {"catalogue"}
    else:
        asked = {"record", "records", "person", "journey", "linkage", "catalogue", "releases"}
        assert found == asked | ({"load"} if role is Role.OPERATOR else set())


def test_a_practitioner_sees_names_and_an_analyst_asks_by_token(place: Place) -> None:
    document = '{ records(class: "PersonRecord", first: 1) { nodes { id } } }'
    assert place.data(document, PRACTITIONER)["records"]["nodes"] == [{"id": ADA}]
    token = place.data(document, ANALYST)["records"]["nodes"][0]["id"]
    short = "query ($record: ID!) { journey(record: $record) { events { class } } }"
    assert len(place.data(short, ANALYST, record=token)["journey"]["events"]) == 6
    assert place.code(short, ANALYST, record=ADA) == "JG-API-009"
    assert place.code(short, Access(Role.ANALYST, project="p2"), record=token) == "JG-API-009"
