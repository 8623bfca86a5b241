"""A reject names the inner shape of sh:or and its kin that failed."""

import polars as pl
import pytest

import shapes
from ontology.model import Model
from shapes import oracle
from shapes.rules import Shapes
from tests.shapes.test_traps import PERSON, graph

MODEL = Model.default()
INNER = (
    '[ rdfs:label "CRN as published" ; sh:path jg:crn ; sh:pattern "^X" ] '
    '[ sh:name "Prisoner number" ; sh:path jg:prisonerNumber ; sh:minCount 1 ]'
)
FRAMES = {
    "PersonRecord": pl.DataFrame(
        {
            "iri": [f"{PERSON}{key}" for key in "abc"],
            "class": ["PersonRecord"] * 3,
            "crn": ["Y320741", "X320741", "X320741"],
            "prisonerNumber": [None, None, ["A1234AA"]],
        }
    )
}


def message(constraint: str) -> dict[int, str]:
    """What is said of each row that fails a constraint."""
    rules = Shapes.of(
        graph(
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
            f"jgs:T a sh:NodeShape ; sh:targetClass jg:PersonRecord ; {constraint} ; "
            'jg:code "JG-TST-001" ; sh:message "Wrong." ; jg:fix "Right it." ; '
            "sh:severity sh:Warning ."
        )
    )
    found = shapes.check(FRAMES, MODEL, shapes=rules)
    assert found.equals(oracle.check(FRAMES, MODEL, rules))
    return dict(found.select("row", "message").rows())


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (f"sh:or ( {INNER} )", {0: "Wrong. (none of: CRN as published; Prisoner number)"}),
        (
            f"sh:xone ( {INNER} )",
            {
                0: "Wrong. (not exactly one of: CRN as published; Prisoner number)",
                2: "Wrong. (not exactly one of: CRN as published; Prisoner number)",
            },
        ),
        (
            f"sh:and ( {INNER} )",
            {
                0: "Wrong. (not all of: CRN as published; Prisoner number)",
                1: "Wrong. (not all of: CRN as published; Prisoner number)",
            },
        ),
        (
            'sh:not [ rdfs:label "A CRN" ; sh:path jg:crn ; sh:hasValue "Y320741" ]',
            {0: "Wrong. (must not hold: A CRN)"},
        ),
    ],
    ids=["or", "xone", "and", "not"],
)
def test_the_message_names_what_failed(constraint: str, said: dict[int, str]) -> None:
    assert message(constraint) == said


def test_an_inner_shape_without_a_name_is_told_in_words() -> None:
    [said] = set(message("sh:or ( [ sh:path jg:crn ; sh:maxLength 3 ] )").values())
    assert "crn" in said
    assert "3" in said
