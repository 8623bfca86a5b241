"""Types made from the ontology, and the schema as text."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    validate_schema,
)

from api import Access, ApiSettings, Role, open_engine
from api.errors import NameTakenError
from api.schema import MARKS, RoleSchema
from api.sdl import FILE, changes, committed
from api.types import ENUMS
from api.view import DESIGNED
from graph import open_store, project
from ontology import Model
from tests.api.conftest import ADA, rows, written
from tests.conftest import ROOT

ADDED = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX jg: <https://w3id.org/justicegraph/ontology#>
PREFIX org: <https://w3id.org/justicegraph/catalogue/organisation/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

jg:%s
    a owl:DatatypeProperty , owl:FunctionalProperty ;
    rdfs:label "shoe size"@en ;
    dcterms:source "a test" ;
    rdfs:range xsd:integer ;
    skos:definition "Size of shoe, in Paris points."@en ;
    jg:appliesTo jg:PersonRecord ;
    jg:owner org:justicegraph ;
    jg:sensitivity jg:personal ;
    owl:deprecated true ;
.
"""


@pytest.fixture(scope="module")
def schema() -> RoleSchema:
    return RoleSchema(Model.default(), Role.OPERATOR)


def test_every_record_class_has_its_types_and_every_property_its_field(schema: RoleSchema) -> None:
    model = schema.view.model
    for name in schema.view.records:
        kind = schema.core.type_map[schema.view.object_name(name)]
        assert isinstance(kind, GraphQLObjectType)
        assert {p.name for p in model.properties_of(name) if p.sensitivity != "never"} <= set(
            kind.fields
        )
        above = {item.name for item in kind.interfaces}
        assert "Record" in above
        for up in model.superclasses(name)[1:]:
            assert schema.view.interface_name(up) in above
    assert validate_schema(schema.core) == []


def test_a_field_has_the_type_and_the_words_of_its_property(schema: RoleSchema) -> None:
    model = schema.view.model
    person = schema.core.type_map["PersonRecord"]
    assert isinstance(person, GraphQLObjectType)
    assert person.description == model.classes["PersonRecord"].definition
    assert person.fields["birthDate"].description == model.properties["birthDate"].definition
    shown = {name: str(person.fields[name].type) for name in ("birthDate", "pncId", "sex")}
    assert shown == {"birthDate": "Date", "pncId": "[String!]!", "sex": "Concept"}
    hearing = schema.core.type_map["Hearing"]
    assert isinstance(hearing, GraphQLInterfaceType)
    assert str(hearing.fields["ofParticipation"].type) == "[Participation!]!"
    assert str(hearing.fields["status"].type) == "EventStatus"
    assert str(schema.core.type_map["Participation"].fields["party"].type) == "Party"  # type: ignore[union-attr]  # graphql-core's types are wider than these
    assert str(schema.core.type_map["LinkAssertion"].fields["left"].type) == "Record"  # type: ignore[union-attr]  # graphql-core's types are wider than these


def test_designed_enums_have_the_codes_of_their_schemes() -> None:
    schemes = Model.default().schemes
    for notation, enum in ENUMS.items():
        assert {member.value for member in enum} == set(schemes[notation or ""].concepts)


def test_a_class_with_the_name_of_a_designed_type_gets_another(schema: RoleSchema) -> None:
    generated = set(schema.records.types)
    assert "ReleaseRecord" in generated
    assert not generated & DESIGNED
    designed = {
        name
        for name, kind in schema.core.type_map.items()
        if name not in generated and not name.startswith("__")
    }
    taken = designed & {
        *schema.view.model.classes,
    }
    assert taken <= DESIGNED
    assert set(MARKS) <= generated


def test_a_property_added_in_turtle_is_answered_with_no_python_edited(tmp_path: Path) -> None:
    added = tmp_path / "added.ttl"
    added.write_text(ADDED % "shoeSize", encoding="utf-8")
    model = Model.load(added)
    people = rows(model)["PersonRecord"]
    people[0]["shoeSize"] = 41
    releases = written(tmp_path, model, [{"PersonRecord": people}])
    store = open_store("sqlite", tmp_path, model)
    project(releases, store, model)
    engine = open_engine(releases, store, model, ApiSettings(tmp_path))
    document = """{ records(class: "PersonRecord", where: [{field: "shoeSize", from: "40"}]) {
        nodes { id ... on PersonRecord { shoeSize } } } }"""
    got = engine.answer(document, None, Access.operator())
    assert got.body["data"]["records"]["nodes"] == [{"id": ADA, "shoeSize": 41}]
    field = engine.schema(Role.OPERATOR).core.type_map["PersonRecord"].fields["shoeSize"]  # type: ignore[union-attr]  # graphql-core's types are wider than these
    assert field.description == "Size of shoe, in Paris points."
    assert field.deprecation_reason
    engine.audit.close()
    store.close()


def test_a_property_that_takes_a_common_name_is_refused(tmp_path: Path) -> None:
    added = tmp_path / "added.ttl"
    added.write_text(ADDED % "dataset", encoding="utf-8")
    with pytest.raises((NameTakenError, TypeError)) as wrong:
        RoleSchema(Model.load(added), Role.OPERATOR)
    assert "JG-API-018" in str(wrong.value) + str(wrong.value.__cause__)


def test_roots_have_the_names_and_arguments_of_the_contract(schema: RoleSchema) -> None:
    query = schema.core.query_type
    assert query is not None
    shown = {
        name: f"({', '.join(f'{a}: {arg.type}' for a, arg in field.args.items())}): {field.type}"
        for name, field in query.fields.items()
    }
    assert shown == {
        "record": "(iri: ID!, release: Int): Record",
        "records": "(class: String!, where: [FilterInput!], first: Int!, after: String,"
        " release: Int): RecordConnection!",
        "person": "(identifier: IdentifierInput, record: ID, threshold: Threshold!,"
        " release: Int): Person",
        "journey": "(identifier: IdentifierInput, record: ID, kind: ThingKind!,"
        " threshold: Threshold!, from: Date, to: Date, status: [EventStatus!]!,"
        " release: Int): Journey",
        "linkage": "(record: ID, run: ID, release: Int): Linkage!",
        "catalogue": "(search: String): Catalogue!",
        "releases": "(first: Int!): [Release!]!",
        "load": "(number: Int): LoadEntry!",
    }


def test_the_committed_schema_is_what_the_ontology_and_the_questions_make() -> None:
    path = ROOT / FILE
    if not path.is_file():
        pytest.skip(f"{FILE} is not committed yet: python -m api sdl --write")
    before, after = path.read_text(encoding="utf-8"), committed(Model.default())
    if before != after:
        breaking, other = changes(before, after)
        pytest.fail(
            "schema.graphql differs: review, then python -m api sdl --write\n"
            + "\n".join([*(f"breaks clients: {c}" for c in breaking), *other])
        )


def test_changes_are_told_apart_by_what_they_do_to_clients() -> None:
    before = "type Query { a: Int b(c: Int): Int }"
    breaking, other = changes(before, "type Query { a: String b(c: Int): Int d: Int }")
    assert len(breaking) == 1
    assert "Query.a" in breaking[0]
    assert any("Query.d" in change for change in other)


def test_the_text_is_a_schema_that_says_the_same(schema: RoleSchema) -> None:
    again = build_schema(committed(schema.view.model))
    assert set(again.type_map) == set(schema.core.type_map)
    for name, kind in schema.core.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            fields = again.type_map[name].fields  # type: ignore[union-attr]  # graphql-core's types are wider than these
            assert {f: str(v.type) for f, v in kind.fields.items()} == {
                f: str(v.type) for f, v in fields.items()
            }
        if isinstance(kind, GraphQLEnumType):
            assert set(kind.values) == set(again.type_map[name].values)  # type: ignore[union-attr]  # graphql-core's types are wider than these
    assert isinstance(
        schema.core.type_map["Query"].fields["journey"].args["kind"].type, GraphQLNonNull
    )  # type: ignore[union-attr]  # graphql-core's types are wider than these
    assert get_named_type(schema.core.type_map["Journey"].fields["cases"].type).name == "Case"  # type: ignore[union-attr]  # graphql-core's types are wider than these
