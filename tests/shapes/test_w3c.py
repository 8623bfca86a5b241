"""The W3C SHACL test suite, through pyshacl and, put into record frames, through the checker.

The suite is found by SHACL_TESTS or beside the sample messages; where it is not, its tests skip
with the reason, unless JUSTICEGRAPH_SAMPLES_REQUIRED is 1 (as in CI). `w3c.csv` is our list of
what becomes of each file, and why.
"""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from pyshacl.errors import ReportableRuntimeError, ValidationFailure

import shapes
from shapes import oracle
from shapes.plan import Plan, Result
from tests.shapes.w3c import FILES, SUITE, NotInFramesError, Test, entries_of, named

TABLE = Path(__file__).parent / "w3c.csv"
COLUMNS = ("file", "pyshacl", "frames", "reason")
with TABLE.open(encoding="utf-8", newline="") as opened:
    LISTED = {row["file"]: row for row in csv.DictReader(opened)}
FAILURES = (ValidationFailure, ReportableRuntimeError, TypeError, NotImplementedError)


def results(test: Test, planned: bool = False) -> Counter[Result] | str:
    """What pyshacl finds, plain or through the plan; "failure" where it refuses."""
    try:
        if planned:
            return Counter(Plan(test.shapes).results(test.data))
        return Counter(oracle.results(test.data, test.shapes))
    except FAILURES:
        return "failure"


def by_pyshacl(test: Test) -> str:
    """right, wrong or refused, by what the suite expects."""
    found = results(test)
    if isinstance(found, str) or test.expected is None:
        return "right" if found == "failure" and test.expected is None else "refused"
    return "right" if named(found) == named(test.expected) else "wrong"


def in_frames(test: Test) -> tuple[str, str]:
    """whole, part or not, and why; after the checker has found what the suite expects."""
    try:
        records = test.records
    except NotInFramesError as error:
        return "not", str(error)
    try:
        found = shapes.check(records.frames, records.model, shapes=records.shapes)
    except NotImplementedError as error:
        return "not", str(error)
    said = {
        (*row[:4], "_:" if row[4] in records.unnamed else row[4])
        for row in found.select("iri", "path", "value", "severity", "shape").rows()
    }
    assert said == records.expected
    assert found.equals(oracle.check(records.frames, records.model, records.shapes))
    reasons = ", ".join(f"{reason} ({n})" for reason, n in sorted(records.left_out.items()))
    return ("part", f"left out: {reasons}") if reasons else ("whole", "")


def status(file: Path) -> dict[str, str]:
    """A row of the table."""
    row = {"file": str(file.relative_to(SUITE)), "pyshacl": "", "frames": "", "reason": ""}
    found = entries_of(file)
    if not found:
        return row | {"reason": "no test: a manifest, or what other tests read"}
    [test] = found
    frames, why = in_frames(test)
    return row | {"pyshacl": by_pyshacl(test), "frames": frames, "reason": why}


@pytest.fixture
def suite() -> None:
    if not FILES:
        reason = f"no W3C SHACL tests at {SUITE}: set SHACL_TESTS to their folder"
        if os.environ.get("JUSTICEGRAPH_SAMPLES_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.mark.usefixtures("suite")
@pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
@pytest.mark.parametrize("name", LISTED)
def test_each_file_does_what_the_table_says(name: str) -> None:
    """Through the checker: what the suite expects. Through pyshacl: right, but for known faults."""
    listed, found = LISTED[name], status(SUITE / name)
    if found["pyshacl"] in ("wrong", "refused"):
        assert listed["reason"], "what pyshacl gets wrong has a reason"
        found["reason"] = listed["reason"]
    assert found == listed


@pytest.mark.usefixtures("suite")
@pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
@pytest.mark.parametrize("name", [name for name, row in LISTED.items() if row["pyshacl"]])
def test_the_plan_gives_plain_pyshacls_results(name: str) -> None:
    for test in entries_of(SUITE / name):
        plain, planned = results(test), results(test, planned=True)
        assert outcome(planned) == outcome(plain)


def outcome(found: Counter[Result] | str) -> Counter[tuple[object, ...]] | str:
    """With messages, since both are of one reading; blank nodes have no names all the same."""
    if isinstance(found, str):
        return found

    def name(term: object) -> object:
        return "_:" if isinstance(term, rdflib.BNode) else term

    return Counter(tuple(map(name, vars(one).values())) for one in found.elements())


@pytest.mark.usefixtures("suite")
def test_every_file_of_the_suite_is_listed() -> None:
    assert [str(file.relative_to(SUITE)) for file in FILES] == list(LISTED)
    assert len(LISTED) == 149


def test_the_table_says_no_more_of_pyshacl_than_it_gets_wrong() -> None:
    """So that a pyshacl that mends or breaks one is noticed, and what stands open is short."""
    wrong = {name for name, row in LISTED.items() if row["pyshacl"] in ("wrong", "refused")}
    assert wrong == {
        "core/property/uniqueLang-002.ttl",
        "sparql/pre-binding/shapesGraph-001.ttl",
    }
