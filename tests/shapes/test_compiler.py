"""The compiler: what it covers, its three answers, and who writes the report."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import shapes
from ontology.model import Model
from shapes import checker, disagreement, judge, oracle
from shapes.checker import default_shapes
from shapes.compiler import COVERED, Compiled, Constraint
from shapes.compiler.constraint import NotCoveredError
from shapes.compiler.patterns import rust_pattern
from shapes.errors import ShapesError
from shapes.rules import Shapes
from tests.shapes.test_traps import BASE, LABELS, PERSON, graph, persons, shape

MODEL = Model.default()


def compiled(path: str, constraint: str, target: str = "PersonRecord") -> Compiled:
    return Shapes.of(shape(path, constraint, target)).compiled(MODEL)


def only(found: Compiled) -> Constraint:
    [constraint] = found.constraints
    return constraint


def answers(found: Compiled, frames: dict[str, pl.DataFrame]) -> list[str]:
    return found.screen(frames)["answer"].to_list()


def test_all_of_the_project_s_shapes_are_answered_by_columns() -> None:
    found = default_shapes().compiled(MODEL)
    assert {one.code for one in found.constraints} == set(default_shapes().rules)
    assert [one.id for one in found.constraints if one.where == "oracle"] == []
    assert len({one.id for one in found.constraints}) == len(found.constraints)
    assert all(one.expression and one.english and not one.reason for one in found.constraints)


@pytest.mark.parametrize(
    ("path", "constraint", "reason"),
    [
        ("familyName", 'sh:languageIn ( "en" )', "sh:languageIn"),
        ("familyName", "sh:uniqueLang true", "sh:uniqueLang"),
        ("familyName", "sh:minInclusive 1", "beside values of xsd:string"),
        ("birthDate", 'sh:minInclusive "2020-01-01Z"^^xsd:date', "time zone"),
        ("birthDate", "sh:equals jg:familyName", "different terms"),
        ("birthDate", "sh:lessThan jg:familyName", "no order"),
        ("familyName", 'sh:pattern "a{,3}b"', "stacks quantifiers"),
        ("sex", "sh:class jg:Case", "the class of a code"),
    ],
)
def test_what_columns_do_not_answer_says_why(path: str, constraint: str, reason: str) -> None:
    found = only(compiled(path, constraint))
    assert found.where == "oracle"
    assert reason in found.reason
    assert found.expression == ""
    assert answers(compiled(path, constraint), persons(familyName="x")) == ["unknown"]


def test_only_the_constraint_that_is_not_covered_goes_to_pyshacl() -> None:
    found = compiled("familyName", 'sh:languageIn ( "en" ) ; sh:maxLength 3 ; sh:minCount 1')
    where = {one.component: one.where for one in found.constraints}
    assert where == {"languageIn": "oracle", "maxLength": "columns", "minCount": "columns"}


def test_every_word_that_is_called_covered_is_one_of_the_list() -> None:
    """So that the list, which the documentation is held to, says nothing that does not exist."""
    core = {one.component for one in default_shapes().compiled(MODEL).constraints}
    assert core <= set(COVERED)
    assert {answer.partition(":")[0] for answer in COVERED.values()} == {"columns", "oracle"}


# Three answers


def link(target: str | None, cases: list[tuple[str, str]]) -> dict[str, pl.DataFrame]:
    """An event about `target`, and the records of root class EventRecord in the batch."""
    rows = [(f"{BASE}EventRecord/a/b/0", "Release", target), *((*c, None) for c in cases)]
    schema = {"iri": pl.String, "class": pl.String, "atHearing": pl.String}
    return {"EventRecord": pl.DataFrame(rows, schema=schema, orient="row")}


HEARING = f"{BASE}EventRecord/a/b/9"


@pytest.mark.parametrize(
    ("target", "there", "answer"),
    [
        (HEARING, [(HEARING, "FirstHearing")], []),
        (HEARING, [(HEARING, "Arrest")], ["fail"]),
        (HEARING, [], ["unknown"]),
        (f"{BASE}Case/a/b/1", [], ["fail"]),
        ("urn:somewhere", [], ["fail"]),
        (None, [], []),
    ],
)
def test_a_class_below_the_root_is_known_within_the_batch_only(
    target: str | None, there: list[tuple[str, str]], answer: list[str]
) -> None:
    found = compiled("atHearing", "sh:class jg:Hearing", "Release")
    assert answers(found, link(target, there)) == answer


def test_what_is_said_of_a_record_outside_the_batch_is_unknown() -> None:
    rules = shape("inCase", "sh:node [ sh:property [ sh:path jg:urn ; sh:minCount 1 ] ]", "Hearing")
    case = f"{BASE}Case/a/b/"
    events = pl.DataFrame(
        {
            "iri": [f"{BASE}EventRecord/a/b/{n}" for n in range(4)],
            "class": "Hearing",
            "inCase": [[f"{case}1"], [f"{case}2"], [f"{case}3"], [f"{case}1", f"{case}2"]],
        }
    )
    cases = pl.DataFrame(
        {"iri": [f"{case}1", f"{case}2"], "class": "CriminalCase", "urn": ["01ZD0303208", None]}
    )
    found = Shapes.of(rules).compiled(MODEL).screen({"EventRecord": events, "Case": cases})
    assert found.select("row", "answer").rows() == [(1, "fail"), (3, "fail"), (2, "unknown")]


# Value spaces, terms and lists


@pytest.mark.parametrize(
    ("path", "constraint", "passes", "fails"),
    [
        ("amount", "sh:minInclusive 0.1", Decimal("0.1"), Decimal("0.099999")),
        ("amount", "sh:minExclusive 0.0999999", Decimal("0.1"), Decimal("0.099999")),
        ("amount", "sh:maxInclusive 1.0000009", Decimal(1), Decimal("1.000001")),
        ("amount", 'sh:maxInclusive "1e0"^^xsd:double', Decimal(1), Decimal("1.000001")),
        ("lengthDays", "sh:maxExclusive 7.5", 7, 8),
        ("lengthDays", "sh:minExclusive 7.5", 8, 7),
        ("lengthDays", "sh:maxInclusive 99999999999999999999", 2**62, None),
        ("lengthDays", "sh:minInclusive 99999999999999999999", None, 2**62),
        ("lengthDays", "sh:in ( 7 )", 7, 8),
        ("lengthDays", 'sh:in ( "07"^^xsd:integer 7.0 "7" )', None, 7),
        ("lengthDays", 'sh:pattern "^1"', 10, -1),
        ("lengthDays", "sh:maxLength 2", 10, -10),
        ("resultLabel", "sh:maxLength 2", "😀😀", "abc"),
        ("resultLabel", "sh:minLength 1", "a", ""),
        ("resultLabel", 'sh:minInclusive "b"', "b", "B"),
        ("resultLabel", 'sh:in ( "a" <urn:b> )', "a", "urn:b"),
        ("resultCode", 'sh:in ( "urn:a" <urn:b> )', "urn:b", "urn:a"),
        ("resultCode", "sh:nodeKind sh:IRI", "urn:b", None),
        ("resultLabel", "sh:nodeKind sh:IRI", None, "urn:b"),
        ("resultLabel", "sh:datatype xsd:string", "x", None),
        ("resultLabel", "sh:datatype xsd:token", None, "x"),
        ("decisionDate", "sh:hasValue '2020-02-29'^^xsd:date", dt.date(2020, 2, 29), None),
        ("resultLabel", 'sh:not [ sh:hasValue "x" ]', "y", "x"),
        ("lengthDays", "sh:xone ( [ sh:minInclusive 5 ] [ sh:maxInclusive 7 ] )", 8, 6),
        ("lengthDays", "sh:and ( [ sh:minInclusive 5 ] [ sh:maxInclusive 7 ] )", 5, 8),
    ],
)
def test_a_constraint_on_one_value(path: str, constraint: str, passes: Any, fails: Any) -> None:
    """Against pyshacl too, which judges what the columns fail."""
    rules = Shapes.of(shape(path, constraint, "DecisionRecord"))
    assert only(rules.compiled(MODEL)).where == "columns"
    for value, wanted in ((passes, []), (fails, [0])):
        if value is None:
            continue
        rows = {"iri": [f"{BASE}DecisionRecord/a/b/1"], "class": ["Disposal"], path: [value]}
        schema = {name: MODEL.table_schema("DecisionRecord")[name] for name in rows}
        frames = {"DecisionRecord": pl.DataFrame(rows, schema=schema)}
        assert shapes.check(frames, MODEL, shapes=rules)["row"].to_list() == wanted
        assert shapes.check(frames, MODEL, shapes=rules).equals(oracle.check(frames, MODEL, rules))


@pytest.mark.parametrize(
    ("constraint", "lists", "fails"),
    [
        ("sh:maxCount 1", [["a", "a"], ["a", "b"], [], None], [1]),
        ("sh:minCount 2", [["a", "a"], ["a", "b"], [], None], [0, 2, 3]),
        ("sh:minCount 1", [["a"], [], None], [1, 2]),
        ('sh:hasValue "a"', [["b", "a"], ["b"], [], None], [1, 2, 3]),
        ('sh:in ( "a" )', [["a", "a"], ["a", "b"], [], None], [1]),
        ("sh:equals jg:croNumber", [["c", "c"], ["c", "d"], [], None], [1, 2, 3]),
        ("sh:disjoint jg:croNumber", [["c", "d"], ["d"], [], None], [0]),
        ("sh:lessThan jg:croNumber", [["a", "b"], ["b", "d"], [], None], [1]),
        (
            'sh:qualifiedMaxCount 1 ; sh:qualifiedValueShape [ sh:pattern "^a" ]',
            [["a", "a"], ["a", "ab"], ["a", "b"], None],
            [1],
        ),
    ],
)
def test_a_list_is_a_set_and_an_empty_one_is_absent(
    constraint: str, lists: list[list[str] | None], fails: list[int]
) -> None:
    rules = Shapes.of(shape("pncId", constraint))
    frame = pl.DataFrame(
        {
            "iri": [f"{BASE}PersonRecord/a/b/{n}" for n in range(len(lists))],
            "class": "PersonRecord",
            "pncId": pl.Series(lists, dtype=pl.List(pl.String)),
            "croNumber": [["c"]] * len(lists),
        }
    )
    found = shapes.check({"PersonRecord": frame}, MODEL, shapes=rules)
    assert found["row"].unique().sort().to_list() == fails
    assert found.equals(oracle.check({"PersonRecord": frame}, MODEL, rules))


@pytest.mark.parametrize("pattern", ["a{,3}", "a*+", "[--a]", "[]a]", "[~~]"])
def test_a_pattern_that_rust_reads_otherwise_is_not_run_on_columns(pattern: str) -> None:
    with pytest.raises(NotCoveredError):
        rust_pattern(pattern)


def test_case_beyond_ascii_is_for_pyshacl_to_tell() -> None:
    """Is the Kelvin sign a k? Python and Rust have tables of their own."""
    found = compiled("crn", 'sh:pattern "^k$" ; sh:flags "i"')
    frame = pl.DataFrame(
        {
            "iri": [f"{BASE}PersonRecord/a/b/{n}" for n in range(3)],
            "class": "PersonRecord",
            "crn": ["K", "x", "\u212a"],
        }
    )
    said = found.screen({"PersonRecord": frame}).select("row", "answer").rows()
    assert said == [(1, "fail"), (2, "unknown")]


# The report


def test_a_reject_names_the_inner_shapes() -> None:
    rules = Shapes.of(
        graph(
            "jgs:T a sh:NodeShape ; sh:targetClass jg:PersonRecord ; sh:or ( "
            '[ rdfs:label "Named" ; sh:path jg:familyName ; sh:minCount 1 ] '
            f"[ sh:path jg:crn ; sh:minCount 1 ] ) ; {LABELS} .".replace(
                "rdfs:label", "<http://www.w3.org/2000/01/rdf-schema#label>"
            )
        )
    )
    [message] = shapes.check(persons(), MODEL, shapes=rules)["message"]
    assert message == "Wrong. (none of: Named; crn has 1 value(s) or more)"


def many(number: int, **cells: Any) -> dict[str, pl.DataFrame]:
    rows = {"iri": [f"{BASE}PersonRecord/a/b/{n}" for n in range(number)], "class": "PersonRecord"}
    return {"PersonRecord": pl.DataFrame({**rows, **cells})}


def test_pyshacl_judges_one_of_each_kind_and_the_columns_fill_in_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[int] = []
    original = judge.Judge.of_rows

    def counting(self: Any, group: Any, root: str, rows: pl.Series) -> Any:
        judged.append(rows.len())
        return original(self, group, root, rows)

    monkeypatch.setattr(judge.Judge, "of_rows", counting)
    rules = Shapes.of(shape("crn", 'sh:pattern "^X" ; sh:minLength 3'))
    texts = ["X12", "Y12", "X", "Y"] * 500
    found = shapes.check(many(2000, crn=texts), MODEL, shapes=rules)
    assert found["row"].n_unique() == 1500
    kinds, sampled = 3, checker.FIRST
    assert sum(judged) <= kinds * 2 * (1 + checker.FEW) + sampled
    judged.clear()
    assert shapes.check(many(2000, crn=texts), MODEL, shapes=rules).equals(found)
    assert sum(judged) <= 2, "a kind is judged once, and then sampled"
    small = many(40, crn=texts[:40])
    assert shapes.check(small, MODEL, shapes=rules).equals(oracle.check(small, MODEL, rules))


def blinded(rules: Shapes) -> None:
    """The columns of these shapes pass every record."""
    found = rules.compiled(MODEL)
    for one in found.constraints:
        object.__setattr__(one, "test", type(one.test)(pl.lit(True)))


def test_columns_that_pass_what_pyshacl_fails_raise_the_alarm(tmp_path: Path) -> None:
    rules = Shapes.of(shape("crn", 'sh:pattern "^X"'))
    blinded(rules)
    with pytest.raises(ShapesError, match=r"JG-SHP-006.*pyshacl alone would report sh:pattern"):
        shapes.check(persons(crn="Y1"), MODEL, shapes=rules, cases=tmp_path / "kept")
    [case] = (tmp_path / "kept").iterdir()
    assert json.loads((case / "case.json").read_text())["root"] == "PersonRecord"
    again = disagreement.frames_of(case)
    assert again["PersonRecord"].select("iri", "crn").rows() == [(PERSON, "Y1")]
    assert oracle.check(again, MODEL, rules).height == 1
    disagreement.forget(tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_told_so_the_load_goes_on_with_pyshacl_s_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Shapes.of(shape("crn", 'sh:pattern "^X"'))
    blinded(rules)
    monkeypatch.setenv(disagreement.ON_DISAGREEMENT, "report")
    frames = many(30, crn=["X1", "Y1", "Y2"] * 10)
    found = shapes.check(frames, MODEL, shapes=rules)
    assert found.equals(oracle.check(frames, MODEL, rules))
    assert found.height == 20


def test_a_record_whose_iri_tells_another_class_is_judged_by_pyshacl() -> None:
    """Its root class is the frame's, whatever its IRI says."""
    rules = Shapes.of(shape("inCase", "sh:class jg:Case", "Hearing"))
    case = f"{BASE}PersonRecord/a/b/1"
    frames = {
        "Case": pl.DataFrame({"iri": [case], "class": ["CriminalCase"]}),
        "EventRecord": pl.DataFrame(
            {"iri": [f"{BASE}EventRecord/a/b/1"], "class": ["Hearing"], "inCase": [[case]]}
        ),
    }
    assert shapes.check(frames, MODEL, shapes=rules).is_empty()
    assert oracle.check(frames, MODEL, rules).is_empty()
