"""A record shape that somebody weakens is caught by its fail files."""

from functools import cache

import pytest
import rdflib
from rdflib import URIRef
from rdflib.term import Node

from shapes import oracle, rules
from shapes.excerpt import alone
from shapes.rules import Shapes
from tests.shapes.mutations import weakened
from tests.shapes.records import RECORD, parsed
from tests.shapes.test_record_shapes import SHAPES, typed

# No line end is in an IRI, so what stands behind `.+` is the end with `$` and without.
SAME = {"JG-EVT-017": "/nomis-movement-text/[A-Z]{3,4}-.+"}


@cache
def written() -> rdflib.Graph:
    """The record shapes as their files have them."""
    graph = rdflib.Graph(bind_namespaces="none")
    for file in sorted(rules.RECORD.glob("*.ttl")):
        for triple in parsed(file):
            graph.add(triple)
    return graph


def failing(shape: rdflib.Graph, files: list[rdflib.Graph]) -> set[tuple[int, Node]]:
    """The records that plain pyshacl refuses by a shape, file by file."""
    shacl = Shapes.of(shape).graph
    return {
        (number, result.focus)
        for number, data in enumerate(files)
        for result in oracle.results(data, shacl)
    }


@pytest.mark.parametrize("code", SHAPES.rules)
def test_each_weakening_lets_a_record_of_the_fail_files_through(code: str) -> None:
    shape = URIRef(SHAPES.rules[code].iri)
    graph = alone(written(), shape)
    files = [typed(parsed(file)) for file in sorted(RECORD.glob(f"{code}_fail*.ttl"))]
    refused = failing(graph, files)
    mutants = list(weakened(graph, shape))
    assert len(mutants) > 1
    for name, mutant in mutants:
        let_through = refused - failing(mutant, files)
        same = code in SAME and name.endswith(SAME[code])
        assert bool(let_through) is not same, f"{name}: no fail file shows it"
