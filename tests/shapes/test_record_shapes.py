"""Each record shape: its documentation, its pass file and its fail file."""

import re
from pathlib import Path

import polars as pl
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, SKOS, URIRef
from rdflib.namespace import DCTERMS

import shapes
from ontology.model import Model
from shapes import oracle
from shapes.kinds import Kinds
from shapes.rules import JG, Shapes
from tests.shapes.records import RECORD, frames_of, parsed

SHAPES = Shapes.load()
MODEL = Model.default()
# Shapes that look one step beyond the record, at what is in the batch.
ONE_STEP = {"JG-ISS-013", "JG-EVT-019"}
# A frame holds one value of a single-valued property: only a graph can break these.
ONLY_IN_GRAPHS = {"JG-PAR-004"}

# Fail files of shapes that a value can break by more or by less.
NEAR = sorted(RECORD.glob("*_fail_near.ttl"))


def typed(graph: rdflib.Graph) -> rdflib.Graph:
    """The graph with every type that its records, and the records they name, have."""
    kinds = Kinds(MODEL)
    named = {str(term) for term in graph.objects() if isinstance(term, URIRef)}
    leaves = [(node, str(leaf).rpartition("#")[2]) for node, leaf in graph[: RDF.type]]
    for node, above in (kinds.of(named) | kinds.of_classes(leaves)).items():
        for one in above:
            graph.add((node, RDF.type, one))
    return graph


def said_by_pyshacl(code: str, which: str) -> set[str]:
    """Codes that plain pyshacl reports about the records of a file."""
    graph = parsed(RECORD / f"{code}_{which}.ttl")
    told = set(graph.subjects(RDF.type))
    return {
        SHAPES.by_iri[str(result.shape)].code
        for result in oracle.results(typed(graph), SHAPES.graph)
        if result.focus in told
    }


@pytest.mark.parametrize("code", SHAPES.rules)
def test_the_pass_file_passes_every_shape(code: str) -> None:
    assert said_by_pyshacl(code, "pass") == set()
    frames = frames_of(parsed(RECORD / f"{code}_pass.ttl"), MODEL)
    assert shapes.check(frames, MODEL, shapes=SHAPES).is_empty()


@pytest.mark.parametrize("code", SHAPES.rules)
def test_the_fail_file_fails_this_shape_and_no_other(code: str) -> None:
    assert said_by_pyshacl(code, "fail") == {code}


@pytest.mark.parametrize("code", [code for code in SHAPES.rules if code not in ONLY_IN_GRAPHS])
def test_the_checker_reports_the_fail_file_in_full(code: str) -> None:
    rule = SHAPES.rules[code]
    frames = frames_of(parsed(RECORD / f"{code}_fail.ttl"), MODEL)
    found = shapes.check(frames, MODEL, shapes=SHAPES)
    assert found.select("shape", "severity", "fix").unique().rows() == [
        (code, rule.severity, rule.fix)
    ]
    # What follows names the inner shapes of sh:or and sh:not.
    assert found["message"].str.starts_with(rule.message).all()
    tested = f"https://justicegraph.example/id/{found['root'][0]}/test/shapes/{code}"
    assert tested in found["iri"].to_list()
    assert found.equals(oracle.check(frames, MODEL, SHAPES))


@pytest.mark.parametrize("file", NEAR, ids=lambda file: file.stem)
def test_what_fails_by_little_fails(file: Path) -> None:
    """One record for each way in which a value only just breaks the shape."""
    code = file.stem.removesuffix("_fail_near")
    frames = frames_of(parsed(file), MODEL)
    found = shapes.check(frames, MODEL, shapes=SHAPES)
    assert set(found["shape"]) == {code}
    assert sorted(found["iri"]) == sorted(iri for frame in frames.values() for iri in frame["iri"])
    assert found.equals(oracle.check(frames, MODEL, SHAPES))


def test_every_file_belongs_to_a_shape() -> None:
    expected = {f"{code}_{which}.ttl" for code in SHAPES.rules for which in ("pass", "fail")}
    found = {file.name for file in RECORD.iterdir()}
    assert expected <= found
    assert {file.name for file in NEAR} == found - expected
    assert {file.stem.removesuffix("_fail_near") for file in NEAR} <= set(SHAPES.rules)


@pytest.mark.parametrize("code", SHAPES.rules)
def test_a_shape_says_what_it_is_in_plain_english(code: str) -> None:
    rule = SHAPES.rules[code]
    node = URIRef(rule.iri)
    assert re.fullmatch(r"JG-[A-Z]{3}-[0-9]{3}", code)
    assert rule.iri.endswith(f"/shape/{code}")
    assert rule.message.endswith(".")
    assert rule.fix.endswith(".")
    assert "sh:" not in rule.message + rule.fix
    for said in (RDFS.label, SKOS.definition, DCTERMS.source, JG.owner):
        assert SHAPES.graph.value(node, said) is not None, said


def test_violations_name_closed_lists_only_and_name_them_whole() -> None:
    """Rule 7: sh:in only for closed schemes of fewer than fifty; the ontology has the list."""
    lists = list(SHAPES.graph.subject_objects(SH["in"]))
    assert lists
    for shape, members in lists:
        path = SHAPES.graph.value(shape, SH.path)
        scheme = MODEL.schemes[MODEL.properties[str(path).rpartition("#")[2]].scheme or ""]
        assert scheme.closed
        assert len(scheme.concepts) < 50
        assert {str(member) for member in SHAPES.graph.items(members)} == {
            concept.iri for concept in scheme.concepts.values()
        }


def test_every_column_a_shape_reads_is_carried_by_the_class_it_targets() -> None:
    """Otherwise the shape could never find anything, or always would."""
    for check in SHAPES.plan(MODEL).checks:
        one_step = str(check.shape.node).rpartition("/")[2] in ONE_STEP
        assert (check.reads is None) is one_step, check.shape
        if check.reads is None:
            continue
        columns = {
            prop.name
            for name in check.classes
            for sub in MODEL.subclasses(name)
            for prop in MODEL.properties_of(sub)
        }
        assert set(check.reads) <= columns, check.shape


def test_findings_have_declared_columns_even_when_there_are_none() -> None:
    found = shapes.check({}, MODEL)
    assert found.is_empty()
    assert found.schema == pl.Schema(
        {
            "iri": pl.String,
            "root": pl.String,
            "row": pl.UInt32,
            "shape": pl.String,
            "path": pl.String,
            "value": pl.String,
            "severity": pl.String,
            "message": pl.String,
            "fix": pl.String,
        }
    )
