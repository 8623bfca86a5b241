"""Variables of `ask` reach the question as their declared types read them."""

import pytest

from cli.ask import typed

QUESTION = "query ($v: String!, $n: Int, $i: IdentifierInput, $s: [EventStatus!], $d: Date) { a }"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("v", "123", "123"),
        ("n", "123", 123),
        ("i", '{"scheme": "crn", "value": "X1"}', {"scheme": "crn", "value": "X1"}),
        ("s", '["HAPPENED"]', ["HAPPENED"]),
        ("d", "2024-01-31", "2024-01-31"),
        ("undeclared", "1", 1),
    ],
)
def test_a_variable_is_read_by_its_type(name: str, text: str, value: object) -> None:
    assert typed(QUESTION, {name: text}) == {name: value}


def test_a_broken_document_leaves_variables_alone() -> None:
    assert typed("query ($", {"v": "1"}) == {"v": "1"}
