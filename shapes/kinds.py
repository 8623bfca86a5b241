"""What kind of record a node is, by the root class in its IRI, and as RDF types."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from rdflib.term import Node

    from ontology.model import Model
    from ontology.terms import Property

_NAME = "[a-z0-9][a-z0-9-]*"


class Kinds:
    """What kind of record a node is, said as rdf:type, so that nothing need be inferred."""

    def __init__(self, model: "Model") -> None:
        # The first group is the root class in a record's IRI, whatever its base.
        self.pattern = rf"[/#]({'|'.join(sorted(model.roots))})/{_NAME}/{_NAME}/"
        self._model = model

    @cached_property
    def _types(self) -> "dict[str, Sequence[Node]]":
        from rdflib import URIRef

        return {
            leaf: tuple(
                URIRef(self._model.classes[above].iri) for above in self._model.superclasses(leaf)
            )
            for leaf in self._model.classes
        }

    @cached_property
    def columns(self) -> "dict[Node, Property]":
        """The properties by the nodes that name them."""
        from rdflib import URIRef

        return {URIRef(found.iri): found for found in self._model.properties.values()}

    @cached_property
    def classes(self) -> "dict[Node, str]":
        """The classes by the nodes that name them."""
        from rdflib import URIRef

        return {URIRef(found.iri): name for name, found in self._model.classes.items()}

    def pattern_of(self, root: str) -> str:
        """The same for one root class."""
        return rf"[/#]{root}/{_NAME}/{_NAME}/"

    def of(self, iris: Iterable[str]) -> "dict[Node, Sequence[Node]]":
        """Types of IRIs by the root class they carry; one that carries none has no types."""
        from rdflib import URIRef

        table = pl.DataFrame({"iri": list(iris)}, schema={"iri": pl.String})
        table = table.with_columns(root=pl.col("iri").str.extract(self.pattern, 1))
        return self.of_classes((URIRef(iri), root) for iri, root in table.drop_nulls().rows())

    def of_classes(self, nodes: "Iterable[tuple[Node, str]]") -> "dict[Node, Sequence[Node]]":
        """Types of nodes whose class is known: the class and everything above it."""
        return {node: self._types[leaf] for node, leaf in nodes}
