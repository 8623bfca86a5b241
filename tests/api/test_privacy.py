"""What each role and key may see: in the schema, in the rows, in ids, errors and the audit log."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from api import Access, Role
from tests.api.conftest import (
    ADA,
    ADA_NOMIS,
    ANALYST,
    CASE,
    CP,
    LINKAGE,
    NOMIS,
    PERSON,
    PRACTITIONER,
    SECRETS,
    Place,
    iri,
)

ONLY_NOMIS = Access(Role.PRACTITIONER, "p2", frozenset({NOMIS}))
JOURNEY = "query ($record: ID!) { journey(record: $record) { %s } }"


def selection(kind: GraphQLOutputType, depth: int) -> str:
    """Every field of a type that needs no argument, to a depth."""
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    parts = ["__typename"]
    for name, field in named.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(get_named_type(field.type)):
            parts.append(name)
        elif depth > 0:
            parts.append(f"{name} {selection(field.type, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


def everything(place: Place, access: Access) -> Iterator[str]:
    """Answers to all that a role can ask: each class's records, two levels of links deep."""
    schema = place.engine.schema(access.role)
    roots = [cls for cls in place.model.roots if cls in schema.view.records]
    for cls in roots:
        for low in sorted(place.model.subclasses(cls)):
            if low not in schema.view.records:
                continue
            name = schema.view.object_name(low)
            fields = selection(schema.records.types[name], 1)  # type: ignore[arg-type]  # graphql-core's types are wider than these
            got = place.ask(
                f'{{ records(class: "{low}") {{ nodes {{ ... on {name} {fields} }}'
                " edges { cursor } pageInfo { endCursor } } }",
                access,
            )
            assert "errors" not in got.body, got.body["errors"]
            yield str(got.body)
    tokens = place.data('{ records(class: "PersonRecord") { nodes { id } } }', access)
    for node in tokens["records"]["nodes"]:
        for root in ("Journey", "Person", "Linkage"):
            fields = selection(schema.core.type_map[root], 2)  # type: ignore[arg-type]  # graphql-core's types are wider than these
            document = f"query ($record: ID!) {{ {root.lower()}(record: $record) {fields} }}"
            got = place.ask(document, access, record=node["id"])
            assert "errors" not in got.body, got.body["errors"]
            yield str(got.body)


def test_no_answer_to_an_analyst_holds_an_identifying_value(place: Place) -> None:
    answers = list(everything(place, ANALYST))
    assert any("Lavender Hill" in text for text in answers)
    found = [secret for secret in SECRETS for text in answers if secret in text]
    assert found == []
    assert not [text for text in answers if "justicegraph.example" in text]


def test_the_same_search_finds_each_of_them_for_an_operator(place: Place) -> None:
    answers = "".join(everything(place, Access.operator()))
    assert [secret for secret in SECRETS if secret not in answers] == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "document",
    [
        '{{ journey(identifier: {{scheme: "pnc", value: "{0}"}}) {{ events {{ id }} }} }}',
        '{{ person(identifier: {{scheme: "familyName", value: "{0}"}}) {{ id }} }}',
        '{{ records(class: "PersonRecord", where: [{{field: "familyName", eq: "{0}"}}])'
        " {{ nodes {{ id }} }} }}",
        '{{ records(class: "Case", where: [{{field: "document", eq: "{0}"}}])'
        " {{ nodes {{ id }} }} }}",
        '{{ record(iri: "{0}") {{ id }} }}',
    ],
)
def test_an_analyst_cannot_ask_by_an_identifying_value(
    place: Place, document: str, secret: str
) -> None:
    got = place.ask(document.format(secret), ANALYST)
    assert not any((got.body.get("data") or {}).values())
    code = got.body["errors"][0]["extensions"]["code"]
    assert code in {"JG-API-002", "JG-API-006", "JG-API-009"}


def names_of(place: Place, role: Role) -> set[str]:
    """Every type and field name that introspection gives a role."""
    got = place.data("{ __schema { types { name fields { name } } } }", Access(role))
    types = got["__schema"]["types"]
    return {t["name"] for t in types} | {f["name"] for t in types for f in t["fields"] or ()}


def test_hidden_fields_and_classes_are_not_in_introspection_nor_suggested(place: Place) -> None:
    model = place.model
    for role in Role:
        names = names_of(place, role)
        hidden = {p.name for p in model.properties.values() if not Access(role).sees(p.sensitivity)}
        shown = {p.name for p in model.properties.values()} - hidden
        designed = {"label", "name", "record", "thing", "score"}
        assert (hidden & names) - shown - designed == set(), role
    assert "AddressRecord" not in names_of(place, Role.ANALYST)
    identifying = {"document", "caseReference", "keyValue", "urn"}
    assert identifying & names_of(place, Role.ANALYST) == set()
    assert identifying <= names_of(place, Role.PRACTITIONER)
    record = place.engine.schema(Role.ANALYST).core.type_map["Record"]
    assert "iri" not in record.fields  # type: ignore[union-attr]  # graphql-core's types are wider than these
    assert "selfDefinedEthnicity" not in names_of(place, Role.PRACTITIONER)
    got = place.ask(
        '{ records(class: "PersonRecord") { nodes { ... on PersonRecord { familyNam } } } }',
        ANALYST,
    )
    assert "familyName" not in str(got.body)
    got = place.ask(
        '{ records(class: "PersonRecord", where: [{field: "familyNam", eq: "x"}])'
        " { nodes { id } } }",
        ANALYST,
    )
    assert "familyName" not in str(got.body)


def test_never_is_shown_to_nobody() -> None:
    assert [role for role in Role if Access(role).sees("never")] == []


def test_records_of_other_datasets_neither_appear_nor_count(place: Place) -> None:
    document = (
        '{ records(class: "PersonRecord") { nodes { id dataset } pageInfo { hasNextPage } } }'
    )
    got = place.ask(document, ONLY_NOMIS)
    assert got.body["data"]["records"]["nodes"] == [{"id": ADA_NOMIS, "dataset": NOMIS}]
    assert got.body["extensions"]["justicegraph"]["records"] == 1
    one = place.data("query ($i: ID!) { record(iri: $i) { id } }", ONLY_NOMIS, i=ADA)
    assert one["record"] is None
    assert (
        place.data("query ($i: ID!) { record(iri: $i) { id } }", ONLY_NOMIS, i=CASE)["record"]
        is None
    )
    first = place.data(document.replace('")', '", first: 1)'), ONLY_NOMIS)
    assert first["records"]["pageInfo"]["hasNextPage"] is False


def test_a_journey_holds_only_what_the_project_s_datasets_tell(place: Place) -> None:
    fields = """subject { id ... on Person { records { nodes { id } } } } events { class }
        cases { id }
        context { caveats datasets { dataset } linkage { band { high medium low } } }"""
    journey = place.data(JOURNEY % fields, ONLY_NOMIS, record=ADA_NOMIS)["journey"]
    assert [event["class"] for event in journey["events"]] == ["Reception", "Release"]
    assert journey["cases"] == []
    assert journey["subject"]["records"]["nodes"] == [{"id": ADA_NOMIS}]
    assert [item["dataset"] for item in journey["context"]["datasets"]] == [NOMIS]
    assert "Only datasets of your project are in this answer." in journey["context"]["caveats"]
    assert place.code(JOURNEY % fields, ONLY_NOMIS, record=ADA) == "JG-API-009"
    by_name = "{ journey(identifier: {scheme: %s, value: %s}) { events { class } } }"
    assert place.code(by_name % ('"pnc"', '"20040012345D"'), ONLY_NOMIS) == "JG-API-009"


def test_linkage_hides_links_to_records_of_other_datasets(place: Place) -> None:
    document = """query ($i: ID!) { linkage(record: $i) {
        assertions { id } things { records } keys { value } } }"""
    got = place.data(document, ONLY_NOMIS, i=ADA_NOMIS)["linkage"]
    assert got["assertions"] == []
    assert got["keys"] == []
    assert max(item["records"] for item in got["things"]) == 1
    both = Access(Role.PRACTITIONER, "p2", frozenset({NOMIS, LINKAGE}))
    assert place.data(document, both, i=ADA_NOMIS)["linkage"]["assertions"] == []
    all_of_it = Access(Role.PRACTITIONER, "p2", frozenset({NOMIS, CP}))
    assert len(place.data(document, all_of_it, i=ADA_NOMIS)["linkage"]["assertions"]) == 1


def test_a_thing_is_seen_by_those_who_see_a_record_about_it(place: Place) -> None:
    document = "query ($i: ID!) { record(iri: $i) { id } }"
    other = iri("Thing", LINKAGE, "person-2")
    assert place.data(document, ONLY_NOMIS, i=PERSON)["record"] == {"id": PERSON}
    assert place.data(document, ONLY_NOMIS, i=other)["record"] is None
    assert place.data(document, PRACTITIONER, i=other)["record"] == {"id": other}
    browsing = Access(Role.PRACTITIONER, "p2", frozenset({NOMIS, LINKAGE}))
    for access, ids in ((ONLY_NOMIS, []), (browsing, [PERSON])):
        got = place.data('{ records(class: "Person") { nodes { id } } }', access)
        assert [node["id"] for node in got["records"]["nodes"]] == ids


def test_incoming_links_of_hidden_kinds_do_not_show(place: Place) -> None:
    document = "query ($i: ID!) { record(iri: $i) { incoming { nodes { property } } } }"
    everyone = place.data(document, PRACTITIONER, i=ADA_NOMIS)["record"]["incoming"]["nodes"]
    assert "addressOf" in {node["property"] for node in everyone}
    token = next(
        node["id"]
        for node in place.data(
            '{ records(class: "PersonRecord") { nodes { id dataset } } }', ANALYST
        )["records"]["nodes"]
        if node["dataset"] == NOMIS
    )
    shown = place.data(document, ANALYST, i=token)["record"]["incoming"]["nodes"]
    assert {"addressOf", "aliasOf"} & {node["property"] for node in shown} == set()


def test_tokens_stay_the_same_within_a_project_and_differ_between_projects(place: Place) -> None:
    document = '{ records(class: "CriminalCase") { nodes { id } } }'
    tokens = [
        place.data(document, Access(Role.ANALYST, project))["records"]["nodes"][0]["id"]
        for project in ("p1", "p1", "p2", None)
    ]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3


def test_a_thing_is_found_by_its_token(place: Place) -> None:
    document = '{ records(class: "Person") { nodes { id } } }'
    tokens = [node["id"] for node in place.data(document, ANALYST)["records"]["nodes"]]
    found = [
        place.data("query ($r: ID!) { person(record: $r) { id } }", ANALYST, r=token)["person"]
        for token in tokens
    ]
    assert [item["id"] for item in found] == tokens
    assert iri("Thing", LINKAGE, "person-1") == PERSON
