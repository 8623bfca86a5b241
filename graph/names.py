"""The three spellings of a property: local name, IRI, relationship type in a property graph.

`heardAt` is HEARD_AT between nodes of a labelled property graph; the way back is a look-up, never
a guess, so that names with capitals or digits in a row come back as they were.
"""

import re
from functools import lru_cache

from graph.errors import NeedsRebuildError
from ontology import Model

_START_OF_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def relationship_type(name: str) -> str:
    """The relationship type of a property's local name."""
    return _START_OF_WORD.sub("_", name).upper()


@lru_cache(maxsize=8)
def property_names(names: frozenset[str]) -> dict[str, str]:
    """Local names by relationship type. Raises NeedsRebuildError where two have the same type."""
    found: dict[str, str] = {}
    for name in sorted(names):
        other = found.setdefault(relationship_type(name), name)
        if other != name:
            raise NeedsRebuildError(f"{name} and {other} are both {relationship_type(name)}")
    return found


def link_names(model: Model) -> dict[str, str]:
    """Local names of all links and codes of the ontology, by relationship type."""
    return property_names(frozenset(p.name for p in model.properties.values() if p.kind != "data"))
