"""Property names between the ontology and a property graph."""

import pytest

from graph.errors import NeedsRebuildError
from graph.names import link_names, property_names, relationship_type
from tests.graph.frames import MODEL


@pytest.mark.parametrize(
    ("name", "expected"),
    [("heardAt", "HEARD_AT"), ("party", "PARTY"), ("onCPSList", "ON_CPS_LIST")],
)
def test_a_local_name_as_a_relationship_type(name: str, expected: str) -> None:
    assert relationship_type(name) == expected
    assert property_names(frozenset([name, "other"]))[expected] == name


def test_every_link_of_the_ontology_comes_back() -> None:
    links = [p.name for p in MODEL.properties.values() if p.kind != "data"]
    names = link_names(MODEL)
    assert [names[relationship_type(name)] for name in links] == links


def test_two_names_with_one_type_are_refused() -> None:
    with pytest.raises(NeedsRebuildError):
        property_names(frozenset(["heardAt", "heardAT"]))
