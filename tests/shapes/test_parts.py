"""The parts of the shapes graph that pyshacl is given tell it what the whole graph does."""

import pickle
from collections import Counter

import rdflib
from rdflib import RDF, SH, BNode, URIRef

from benchmarks.shapes import batch
from ontology.model import Model
from shapes import oracle
from shapes.checker import default_shapes
from shapes.parts import Part, parts

WHOLE = default_shapes()
# As they come back from where they are kept.
PARTS: tuple[Part, ...] = pickle.loads(pickle.dumps(tuple(parts(WHOLE.graph))))


def part_of(iri: str) -> Part:
    [part] = [part for part in PARTS if iri in part.iris]
    return part


def test_parts_hold_every_triple_once_and_none_refers_to_another() -> None:
    assert len(PARTS) > 1
    graphs = [part.shapes.graph for part in PARTS]
    assert Counter(triple for graph in graphs for triple in graph) == Counter(WHOLE.graph)
    place = {subject: number for number, graph in enumerate(graphs) for subject in graph.subjects()}
    for subject, _, value in WHOLE.graph:
        assert place.get(value, place[subject]) == place[subject]


def test_a_part_finds_what_the_whole_finds() -> None:
    model = Model.default()
    frames = batch(model, 0, 60)
    data = oracle.graph_of(frames, model)
    focus = [URIRef(iri) for frame in frames.values() for iri in frame["iri"]]
    found = 0
    for rule in WHOLE.rules.values():
        by_whole = set(WHOLE.plan(model).of_shape(rule.iri, data, list(focus)))
        by_part = set(part_of(rule.iri).shapes.plan(model).of_shape(rule.iri, data, list(focus)))
        assert by_part == by_whole, rule.code
        assert part_of(rule.iri).shapes.by_iri[rule.iri] == rule
        found += len(by_whole)
    assert found > len(WHOLE.rules)


def test_shapes_with_constraint_components_of_their_own_stay_whole() -> None:
    graph = rdflib.Graph()
    component, parameter = URIRef("https://x.example/component"), BNode()
    graph.add((component, RDF.type, SH.ConstraintComponent))
    graph.add((component, SH.parameter, parameter))
    graph.add((parameter, SH.path, URIRef("https://x.example/only")))
    graph.add((URIRef("https://x.example/shape"), URIRef("https://x.example/only"), RDF.type))
    assert not [*parts(graph)]
