"""The typed, frozen view of the ontology through which all other code reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ontology.errors import JusticeGraphError, nearest
from ontology.namespaces import code_iri
from ontology.terms import (
    Class,
    Concept,
    Crosswalk,
    DataGap,
    Dataset,
    Organisation,
    Property,
    Scheme,
    Stage,
    System,
)

if TYPE_CHECKING:
    import polars as pl

FOLDER = Path(__file__).resolve().parent
SYSTEM_COLUMNS = ("iri", "class", "dataset", "document", "version", "hash")


class UnknownTermError(JusticeGraphError):
    """A class or scheme was asked for that the ontology does not define. JG-ONT-002."""


@dataclass(frozen=True)
class Model:
    """Classes, properties, codes and catalogue of the ontology, each by name or notation.

    digest identifies the Turtle it was read from.
    """

    classes: Mapping[str, Class]
    properties: Mapping[str, Property]
    schemes: Mapping[str, Scheme]
    concepts: Mapping[str, Concept]
    datasets: Mapping[str, Dataset]
    systems: Mapping[str, System]
    organisations: Mapping[str, Organisation]
    stages: Mapping[str, Stage]
    gaps: Mapping[str, DataGap]
    crosswalks: Mapping[str, Crosswalk]
    digest: str
    _above: Mapping[str, tuple[str, ...]]
    _below: Mapping[str, frozenset[str]]
    _after: Mapping[str, frozenset[str]]

    @staticmethod
    def load(*extra: Path) -> "Model":
        """The ontology's own Turtle together with extra files and folders of it.

        Raises TurtleError for a file that is not Turtle, ModelError for terms that contradict
        each other.
        """
        from ontology.reading import build

        return build([FOLDER, *extra])

    @staticmethod
    def default() -> "Model":
        """The ontology alone, read once a process."""
        return _default()

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Root record classes, sorted: one table each."""
        return tuple(sorted(name for name, cls in self.classes.items() if cls.is_root))

    def root_of(self, cls: str) -> str | None:
        """The root record class of a class, None for abstract and catalogue classes."""
        return self._class(cls).root

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether cls is ancestor or one of its subclasses."""
        return ancestor in self.superclasses(cls)

    def subclasses(self, cls: str) -> frozenset[str]:
        """The class and everything below it."""
        return self._below[self._class(cls).name]

    def superclasses(self, cls: str) -> tuple[str, ...]:
        """The class first, then everything above it, nearest first."""
        return self._above[self._class(cls).name]

    def properties_of(self, cls: str) -> tuple[Property, ...]:
        """Properties that records of exactly this class may carry, its own and inherited."""
        return self._carried_by(frozenset(self.superclasses(cls)))

    def table_properties(self, root: str) -> tuple[Property, ...]:
        """Properties of a root class and of all classes below it: the columns of its table."""
        lineage = {up for name in self.subclasses(root) for up in self.superclasses(name)}
        return self._carried_by(frozenset(lineage))

    def table_schema(self, root: str) -> "dict[str, pl.DataType]":
        """Columns of a root class's frames: system columns first, then properties by name."""
        import polars as pl

        from ontology.columns import TYPES

        schema: dict[str, pl.DataType] = {name: pl.String() for name in SYSTEM_COLUMNS}
        for prop in self.table_properties(root):
            single = TYPES[prop.datatype or ""] if prop.kind == "data" else pl.String()
            schema[prop.name] = pl.List(single) if prop.many else single
        return schema

    def before(self, first: str, second: str) -> bool:
        """Whether, on one day, events of the first class stand before those of the second.

        A partial order: inherited by subclasses, transitive; both ways False where the ontology
        does not decide.
        """
        return self._class(second).name in self._after[self._class(first).name]

    def concept_iri(self, scheme: str, notation: str) -> str:
        """The IRI of a code, also of one the scheme does not hold."""
        if scheme not in self.schemes:
            raise self._unknown("code scheme", scheme, self.schemes)
        return code_iri(scheme, notation)

    def shared(self, iri: str, scheme: str) -> str | None:
        """The concept of `scheme` that a concept is, or is a kind of, by the crosswalk.

        Follows exactMatch before broadMatch, nearest first; None for an unknown concept and
        where no path leads there.
        """
        waiting, seen = [iri], {iri}
        while waiting:
            concept = self.concepts.get(waiting.pop(0))
            if concept is None:
                continue
            if concept.scheme == scheme:
                return concept.iri
            fresh = [iri for iri in (*concept.exact, *concept.broad) if iri not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return None

    def mappings(self, source: str, target: str) -> list[tuple[Concept, str, Concept | Class]]:
        """What the crosswalk from one scheme to another says: code, relation, code.

        Where the target is a class, the relation is `denotes` and leads to a class below it.
        """
        found: list[tuple[Concept, str, Concept | Class]] = []
        codes = self.schemes[source].concepts.values() if source in self.schemes else ()
        for concept in codes:
            cls = concept.denotes_class
            if cls and target in self.classes and self.is_a(cls, target):
                found.append((concept, "denotes", self.classes[cls]))
            told = {
                "exact": concept.exact,
                "broad": concept.broad,
                "close": concept.close,
                "narrow": concept.narrow,
            }
            for relation, iris in told.items():
                ends = (self.concepts.get(iri) for iri in iris)
                found += [(concept, relation, end) for end in ends if end and end.scheme == target]
        return found

    def _carried_by(self, classes: frozenset[str]) -> tuple[Property, ...]:
        found = [p for p in self.properties.values() if not classes.isdisjoint(p.applies_to)]
        return tuple(sorted(found, key=lambda prop: prop.name))

    def _class(self, name: str) -> Class:
        if name not in self.classes:
            raise self._unknown("class", name, self.classes)
        return self.classes[name]

    @staticmethod
    def _unknown(kind: str, name: str, known: Iterable[str]) -> UnknownTermError:
        near = nearest(name, known, 1)
        fix = f"Did you mean {near[0]}?" if near else "Define it in ontology/*.ttl."
        return UnknownTermError("JG-ONT-002", f"the ontology has no {kind} {name!r}", fix)


@lru_cache(maxsize=1)
def _default() -> Model:
    return Model.load()
