"""The short way for plain fields gives what graphql-core's own executor gives, errors too."""

from typing import Any

import pytest
from graphql import execute_sync, parse

from api import Access, Role
from api.executor import PlainExecutor
from api.reader import Question
from api.roots import Asked
from tests.api.conftest import HEARING, Place
from tests.api.test_privacy import selection
from tests.api.test_roots import JOURNEY, PNC


def both(place: Place, document: str, **variables: Any) -> list[Any]:
    """Data and errors by our executor and by graphql-core's."""
    schema = place.engine.schema(Role.OPERATOR)
    found = []
    for executor in (PlainExecutor, None):
        question = Question(place.engine.sources, Access.operator())
        result = execute_sync(
            schema.core,
            parse(document),
            context_value=Asked(question, schema.view, schema.records.concepts),
            variable_values=variables,
            executor_class=executor,
        )
        errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
        found.append((result.data, errors, question.unresolved, question.disclosed))
    return found


def test_journeys_are_the_same(place: Place) -> None:
    ours, theirs = both(place, JOURNEY, identifier=PNC, status=["HAPPENED", "PLANNED"])
    assert ours == theirs
    assert len(ours[0]["journey"]["events"]) == 7
    assert list(ours[0]["journey"]["events"][0]) == list(theirs[0]["journey"]["events"][0])


def test_every_field_of_every_class_is_the_same(place: Place) -> None:
    schema = place.engine.schema(Role.OPERATOR)
    for cls in place.model.roots:
        if cls not in schema.view.records:
            continue
        name = schema.view.interface_name(cls)
        fields = selection(schema.records.types[name], 1)  # type: ignore[arg-type]  # graphql-core's types are wider than these
        document = f'{{ records(class: "{cls}") {{ nodes {{ ... on {name} {fields} }} }} }}'
        ours, theirs = both(place, document)
        assert ours == theirs
        assert ours[1] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("eventDate", "no date"), ("status", 3), ("sequence", 2**70), ("courtName", ["a"])],
)
def test_values_that_do_not_fit_give_the_same_errors(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    nodes = type(place.store).nodes

    def spoilt(*given: Any) -> Any:
        found = nodes(*given)
        for node in found.values():
            monkeypatch.setitem(node.properties, name, value)  # type: ignore[arg-type]  # graphql-core's types are wider than these
        return found

    monkeypatch.setattr(type(place.store), "nodes", spoilt)
    document = f"""{{ record(iri: "{HEARING}") {{ id ... on EventRecord {{
        a: {name} b: eventDate label }} }} }}"""
    ours, theirs = both(place, document)
    assert ours == theirs
