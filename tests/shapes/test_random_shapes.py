"""The checker and plain pyshacl report the same, on random shapes and random records.

A case is one random shape judging one batch of random records. `make test` draws 2,000, CI
20,000 and `make soak` a million.
"""

import os
from collections import Counter

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from rdflib import SH, XSD, Graph, Literal

import shapes
from shapes import compiler, oracle
from shapes.errors import ShapesError
from shapes.rules import Shapes
from tests.shapes.random_shapes import MODEL, TOGETHER, Case, cases

CASES = 20_000 if os.environ.get("CI") else 2_000
SOAKED = 1_000_000
PARTS = 100
DRAWN = frozenset(
    """
    minCount maxCount minInclusive maxInclusive minExclusive maxExclusive lessThan
    lessThanOrEquals equals disjoint datatype nodeKind class in hasValue pattern minLength maxLength
    languageIn uniqueLang not or and xone node qualifiedValueShape closed property
    targetClass targetNode targetSubjectsOf targetObjectsOf
    inversePath alternativePath zeroOrOnePath zeroOrMorePath oneOrMorePath
    """.split()
)
"""Every core construct of SHACL: one that is never drawn proves nothing."""


def difference(case: Case, rules: Shapes, plain: pl.DataFrame) -> str:
    """How the checker's answers differ from plain pyshacl's; "" where they do not.

    The checker is asked twice: the second time it knows every kind of failing content, and
    pyshacl judges none.
    """
    expected = set(plain.rows())
    for time in ("first", "second"):
        try:
            found = set(shapes.check(case.frames, MODEL, shapes=rules).rows())
        except ShapesError as error:
            return f"the {time} time {error}"
        if found != expected:
            return f"the {time} time too much: {found - expected}; missed: {expected - found}"
    compiled = compiler.compile(rules, MODEL)
    codes = {one.id: one.code for one in compiled.constraints}
    answers: dict[str, set[tuple[str, int, str]]] = {"fail": set(), "unknown": set()}
    for root, row, constraint, answer in compiled.screen(case.frames).rows():
        answers[answer].add((root, row, codes[constraint]))
    reported = set(plain.select("root", "row", "shape").rows())
    if passed := reported - answers["fail"] - answers["unknown"]:
        return f"the columns pass what pyshacl fails: {passed}"
    if failed := answers["fail"] - reported:
        return f"the columns fail what pyshacl passes: {failed}"
    return ""


def agree(case: Case) -> pl.DataFrame:
    """What plain pyshacl reports; fails where the checker does not, with the one shape to blame."""
    rules = case.rules()
    plain = oracle.check(case.frames, MODEL, rules)
    if said := difference(case, rules, plain):
        for shape in case.shapes:
            alone = Case((shape,), case.frames)
            rules = alone.rules()
            told = difference(alone, rules, oracle.check(case.frames, MODEL, rules))
            if told:
                pytest.fail(f"{told}\n{alone!r}")
        pytest.fail(f"{said}\n{case!r}")
    return plain


def run(number: int) -> Counter[str]:
    """Draw so many cases; how often each construct was drawn, and how many shapes reported."""
    met: Counter[str] = Counter()

    @settings(max_examples=number // TOGETHER, suppress_health_check=list(HealthCheck))
    @given(case=cases())
    def draw(case: Case) -> None:
        met["reported"] += agree(case)["shape"].n_unique()
        met["drawn"] += TOGETHER
        for predicate in case.graph.predicates(unique=True):
            met[str(predicate).removeprefix(str(SH))] += 1

    draw()
    return met


def test_random_shapes_report_on_random_records_what_plain_pyshacl_reports() -> None:
    met = run(CASES)
    assert met["drawn"] >= CASES
    assert met["reported"] > CASES // 10
    assert set(met) >= DRAWN


def _orders_booleans(graph: Graph) -> bool:
    """false is less than true (SPARQL 1.1, 17.3): pyrudof calls them not comparable."""
    bounds = (SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive)
    told = (value for bound in bounds for value in graph.objects(None, bound))
    return any(isinstance(value, Literal) and value.datatype == XSD.boolean for value in told)


def test_pyrudof_fails_the_same_records() -> None:
    """A third opinion, of other authors, on fewer cases: it takes long to begin anew."""
    pyrudof = pytest.importorskip("pyrudof", reason="no wheel of pyrudof for this machine")
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())

    @settings(
        max_examples=CASES // 20 // TOGETHER,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases())
    def draw(case: Case) -> None:
        assume(not _orders_booleans(case.graph))
        rudof.reset_all()
        data = oracle.graph_of(case.frames, MODEL).serialize(format="nt")
        rudof.read_data(data, pyrudof.RDFFormat.NTriples)
        rudof.read_shacl(case.graph.serialize(format="nt"), pyrudof.ShaclFormat.NTriples)
        here = {iri for frame in case.frames.values() for iri in frame["iri"]}
        told = {(one.focus_node, one.source_shape) for one in rudof.validate_shacl()}
        rules = case.rules()
        found = shapes.check(case.frames, MODEL, shapes=rules).select("iri", "shape").rows()
        expected = {(iri, rules.rules[code].iri) for iri, code in found}
        assert {(iri, shape) for iri, shape in told if iri in here} == expected

    draw()


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_random_shapes(part: int) -> None:
    """In parts, so that what hypothesis remembers of its cases stays small."""
    assert run(SOAKED // PARTS)["drawn"] >= SOAKED // PARTS
