"""Work done once changes no result: pyshacl through the plan, against pyshacl as it comes.

On the W3C SHACL test suite, found by SHACL_TESTS or beside the sample messages. Whether pyshacl
itself is right about SHACL is its own suite's matter.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib import RDF, SH, URIRef

from shapes import oracle
from shapes.lexical import unnormalised
from shapes.plan import Plan, Result
from tests.conftest import ROOT

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
BESIDE = Path(os.environ.get("JUSTICEGRAPH_SAMPLES", ROOT.parent / "shared" / "data"))
SUITE = Path(os.environ.get("SHACL_TESTS", BESIDE / "shacl-tests"))
FILES = sorted(SUITE.rglob("*.ttl")) if SUITE.is_dir() else []


def read(source: str) -> rdflib.Graph:
    """A test's graph, without the expected results, which also name shapes."""
    graph = rdflib.Graph()
    with unnormalised():
        graph.parse(source, format="turtle", publicID=source)
    for node in list(graph.subjects(RDF.type, SH.ValidationResult)):
        graph.remove((node, None, None))
    return graph


def outcome(results: Counter[Result] | str) -> Counter[tuple[object, ...]] | str:
    """Results in a form that two readings of one file share (blank nodes have no names)."""
    if isinstance(results, str):
        return results

    def name(term: object) -> object:
        return "_:" if isinstance(term, rdflib.BNode) else term

    return Counter(
        (
            name(one.focus),
            name(one.shape),
            one.component,
            one.severity,
            name(one.path),
            name(one.value),
            one.messages,
        )
        for one in results.elements()
    )


@pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SUITE)))
def test_the_plan_gives_plain_pyshacls_results(file: Path) -> None:
    manifest = read(file.as_uri())
    entries = list(manifest.subjects(RDF.type, URIRef(SHT + "Validate")))
    if not entries:
        pytest.skip("a manifest or data that other tests read: no test in it")
    for entry in entries:
        action = manifest.value(entry, URIRef(MF + "action"))
        data, shapes = (
            read(str(manifest.value(action, URIRef(SHT + role))))
            for role in ("dataGraph", "shapesGraph")
        )
        found: list[Counter[Result] | str] = []
        for run in (oracle.results, lambda data, shapes: Plan(shapes).results(data)):
            try:
                found.append(Counter(run(data, shapes)))
            except (ValidationFailure, ReportableRuntimeError, TypeError, NotImplementedError):
                found.append("failure")
        plain, planned = found
        assert outcome(planned) == outcome(plain)


def test_the_suite_is_here() -> None:
    """So that a run without the suite says so instead of passing on nothing."""
    if not FILES:
        pytest.skip(f"no W3C SHACL tests at {SUITE}: set SHACL_TESTS to their folder")
    assert len(FILES) == 149
