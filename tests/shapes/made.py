"""Models made for a test: a few classes and properties, with whatever IRIs the test has."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ontology.model import Model
from ontology.terms import Class, Kind, Property

_TOLD = {"label": "", "definition": "", "source": "", "owner": "", "sensitivity": "open"}


def model(
    classes: Mapping[str, tuple[str, tuple[str, ...]]],
    properties: Iterable[Property],
    roots: Iterable[str],
) -> Model:
    """classes: name → (IRI, names of direct parents); roots: the names that have a table."""
    roots = set(roots)
    above = {name: tuple(_above(classes, name)) for name in classes}
    made = {
        name: Class(
            **_TOLD,
            iri=iri,
            name=name,
            parents=parents,
            root=next((up for up in above[name] if up in roots), None),
            is_root=name in roots,
            stage=None,
            system_of_record=None,
            tolerance_days=None,
            deprecated=False,
        )
        for name, (iri, parents) in classes.items()
    }
    return replace(
        Model.default(),
        classes=made,
        properties={prop.name: prop for prop in properties},
        _above=above,
        _below={
            name: frozenset(down for down in classes if name in above[down]) for name in classes
        },
    )


def _above(classes: Mapping[str, tuple[str, tuple[str, ...]]], name: str) -> dict[str, None]:
    found = {name: None}
    for parent in classes[name][1]:
        found |= _above(classes, parent)
    return found


def prop(
    iri: str,
    kind: Kind,
    applies_to: Iterable[str],
    *,
    datatype: str | None = None,
    targets: tuple[str, ...] = (),
    scheme: str | None = None,
    many: bool = False,
) -> Property:
    """A property; its name is what stands behind the last # of its IRI."""
    return Property(
        **_TOLD,
        iri=iri,
        name=iri.rpartition("#")[2],
        kind=kind,
        datatype=datatype,
        targets=targets,
        scheme=scheme,
        many=many,
        applies_to=tuple(applies_to),
        leads_to=frozenset(),
        indexed=False,
        deprecated=False,
    )
