"""The checker and plain pyshacl report the same, on made-up records and on every kind of shape."""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shapes
from ontology.model import Model
from ontology.terms import Property
from shapes import oracle
from shapes.checker import default_shapes
from shapes.rules import Shapes
from tests.shapes.test_traps import BASE, PREFIXES, graph

MODEL = Model.default()
DATASET = "test/made-up"
TEXTS = {
    "pncId": ["2003/0062845E", "PNC-ID1"],
    "croNumber": ["29906/12P", "12345"],
    "prisonerNumber": ["A1234AA", "A1234AA\n"],
    "crn": ["X320741", "x320741"],
    "postcode": ["SW11 1JU", "sw1a1aa", "SW11"],
    "urn": ["01ZD0303208", "CASE-URN"],
    "asn": ["1101ZD0100000448754K", "TFL1"],
    "lsoaCode": ["E01016199", "Bracknell"],
}
VALUES: dict[str, list[Any]] = {
    "string": ["", "Ngozi", "O'Connor-Ŵyn"],
    "integer": [-1, 0, 1, 121],
    "decimal": [Decimal("-0.780518"), Decimal("51.341241"), Decimal(99)],
    "boolean": [True, False],
    "date": [dt.date(1700, 1, 1), dt.date(2020, 2, 29), dt.date(2020, 3, 1), dt.date(2101, 1, 1)],
    "dateTime": [dt.datetime(2020, 6, 1, 9, tzinfo=dt.UTC)],
}
RECORDS = [f"{BASE}{root}/{DATASET}/{key}" for root in MODEL.roots for key in ("1", "2")]


def values(prop: Property) -> list[Any]:
    """A few values a column may hold: right, wrong, and only odd."""
    if prop.kind == "link":
        right = [iri for iri in RECORDS if iri.split("/")[-4] in prop.targets]
        return [*right, f"{BASE}Programme/{DATASET}/1", "urn:not-a-record"]
    if prop.kind == "code":
        known = list(MODEL.schemes[prop.scheme or ""].concepts.values())
        return [concept.iri for concept in known[:3]] + [
            MODEL.concept_iri(prop.scheme or "", "not a code")
        ]
    return TEXTS.get(prop.name, VALUES[prop.datatype or "string"])


def record(root: str, key: int) -> st.SearchStrategy[dict[str, Any]]:
    """A record of a root class, any of its columns filled with any of its values."""

    def filled(leaf: str) -> st.SearchStrategy[dict[str, Any]]:
        cells = {
            prop.name: st.lists(st.sampled_from(values(prop)), min_size=1, max_size=3)
            if prop.many
            else st.sampled_from(values(prop))
            for prop in MODEL.properties_of(leaf)
        }
        always = {"iri": st.just(f"{BASE}{root}/{DATASET}/{key}"), "class": st.just(leaf)}
        return st.fixed_dictionaries(always, optional=cells)

    return st.sampled_from(sorted(MODEL.subclasses(root))).flatmap(filled)


@st.composite
def batches(draw: st.DrawFn) -> dict[str, pl.DataFrame]:
    """Frames of up to three root classes, a few records each."""
    roots = draw(st.lists(st.sampled_from(MODEL.roots), min_size=1, max_size=3, unique=True))
    return {
        root: pl.DataFrame(
            [draw(record(root, key)) for key in range(draw(st.integers(1, 4)))],
            schema=MODEL.table_schema(root),
        )
        for root in roots
    }


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(frames=batches())
def test_the_project_s_shapes_report_what_plain_pyshacl_reports(
    frames: dict[str, pl.DataFrame],
) -> None:
    rules = default_shapes()
    assert shapes.check(frames, MODEL).equals(oracle.check(frames, MODEL, rules))


def rule(number: int, body: str) -> str:
    return (
        f'jgs:R{number} {body} ; jg:code "JG-TST-{number:03}" ; sh:message "Wrong {number}." ; '
        'jg:fix "Right it." ; sh:severity sh:Warning .\n'
    )


EVENT = "a sh:NodeShape ; sh:targetClass jg:EventRecord"
CASE = "a sh:NodeShape ; sh:targetClass jg:Case"
# Shapes that look beyond one record's own columns, or in ways a column cannot be told from.
BEYOND: dict[str, list[str]] = {
    "longer path": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path ( jg:inCase jg:urn ) ; sh:minCount 1",
    ],
    "class of a target": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path ( jg:inCase rdf:type ) ; sh:hasValue jg:CriminalCase",
    ],
    "inverse path": [
        f"{CASE} ; sh:property jgs:R2",
        "sh:path [ sh:inversePath jg:inCase ] ; sh:maxCount 1",
    ],
    "alternative path": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path [ sh:alternativePath ( jg:courtCode jg:courtName ) ] ; sh:minCount 2",
    ],
    "qualified": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path jg:inCase ; sh:qualifiedMinCount 1 ; "
        "sh:qualifiedValueShape [ sh:class jg:CriminalCase ]",
    ],
    "node of a target": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path jg:inCase ; sh:node [ sh:property [ sh:path jg:urn ; sh:minCount 1 ] ]",
    ],
    "property of a property": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path jg:inCase ; sh:property jgs:R3",
        "sh:path jg:urn ; sh:minCount 1",
    ],
    "closed": [
        f"{EVENT} ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property jgs:R2",
        "sh:path jg:inCase ; sh:maxCount 9",
    ],
    "class of the record": [f"{EVENT} ; sh:class jg:Hearing"],
    "its own name": [f'{EVENT} ; sh:pattern "1$"'],
    "subjects of": [
        "a sh:NodeShape ; sh:targetSubjectsOf jg:courtCode ; sh:property jgs:R2",
        "sh:path jg:courtName ; sh:minCount 1",
    ],
    "objects of": [
        "a sh:NodeShape ; sh:targetObjectsOf jg:inCase ; sh:property jgs:R2",
        "sh:path jg:urn ; sh:minCount 1",
    ],
    "target node": [
        f"a sh:NodeShape ; sh:targetNode <{BASE}Case/{DATASET}/2> , <urn:other> ; "
        "sh:property jgs:R2",
        "sh:path jg:urn ; sh:minCount 1",
    ],
    "SPARQL": [
        f"{EVENT} ; sh:sparql [ sh:select '''SELECT $this ?value WHERE {{ $this "
        f"<{MODEL.properties['inCase'].iri}> ?value . FILTER NOT EXISTS {{ ?value "
        f"<{MODEL.properties['urn'].iri}> ?urn }} }}''' ]"
    ],
    "referred to": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path jg:courtCode ; sh:minCount 1",
        "a sh:NodeShape ; sh:targetClass jg:DecisionRecord ; sh:property jgs:R4",
        "sh:path jg:decidedAt ; sh:node jgs:R1",
    ],
    "same twice": [
        f"{EVENT} ; sh:property jgs:R2 , jgs:R3",
        "sh:path jg:courtCode ; sh:equals jg:courtName",
        "sh:path jg:courtCode ; sh:disjoint jg:location",
    ],
    "deactivated": [
        f"{EVENT} ; sh:property jgs:R2",
        "sh:path jg:plea ; sh:minCount 1 ; sh:deactivated true",
    ],
}


def linked() -> dict[str, pl.DataFrame]:
    """Cases with and without URN, and events in them, in a case outside, and in none."""
    case, event, decided = (f"{BASE}{r}/{DATASET}/" for r in ("Case", "EventRecord", "Decision"))
    rows: dict[str, list[dict[str, Any]]] = {
        "Case": [
            {"iri": case + "1", "class": "CriminalCase", "urn": "01ZD0303208"},
            {"iri": case + "2", "class": "FamilyCase"},
            {"iri": case + "3", "class": "CriminalCase"},
        ],
        "EventRecord": [
            {"class": "Hearing", "inCase": [case + "1"], "courtCode": "B01", "courtName": "B01"},
            {"class": "Hearing", "inCase": [case + "2"], "courtCode": "B01", "courtName": "Leeds"},
            {"class": "Release", "inCase": [case + "1", case + "3"], "courtCode": "B01"},
            {"class": "Hearing", "inCase": [case + "9"], "courtName": "Hull"},
            {"class": "Hearing", "courtCode": "B01", "location": "B01"},
        ],
        "DecisionRecord": [
            {"iri": decided + key, "class": "Disposal", "decidedAt": event + key} for key in "149"
        ],
    }
    for number, row in enumerate(rows["EventRecord"], 1):
        row["iri"] = f"{event}{number}"
    return {
        root: pl.DataFrame(made, schema=MODEL.table_schema(root)) for root, made in rows.items()
    }


@pytest.mark.parametrize("name", BEYOND)
def test_a_shape_that_looks_beyond_the_record_reports_the_same(name: str) -> None:
    rules = Shapes.of(graph("".join(rule(n, body) for n, body in enumerate(BEYOND[name], 1))))
    frames = linked()
    found = shapes.check(frames, MODEL, shapes=rules)
    assert found.equals(oracle.check(frames, MODEL, rules))
    assert found.is_empty() is (name == "deactivated")


def test_a_custom_constraint_component_reports_the_same() -> None:
    component = rdflib.Graph().parse(
        data=PREFIXES
        + """
        jgs:Shouted a sh:ConstraintComponent ;
            sh:parameter [ sh:path jgs:shouted ] ;
            sh:validator [ a sh:SPARQLAskValidator ;
                sh:ask "ASK { FILTER (UCASE(STR($value)) = STR($value)) }" ] .
        """
    )
    bodies = [f"{EVENT} ; sh:property jgs:R2", "sh:path jg:courtName ; jgs:shouted true"]
    rules = Shapes.of(graph("".join(rule(n, body) for n, body in enumerate(bodies, 1))) + component)
    found = shapes.check(linked(), MODEL, shapes=rules)
    assert found["row"].to_list() == [1, 3]
    assert found.equals(oracle.check(linked(), MODEL, rules))
