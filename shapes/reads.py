"""What a shape looks at: the columns that its outcome for a record depends on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import rdflib
from rdflib import SH, BNode, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from shapes.compiler.constraint import Reads
from shapes.kinds import Kinds

if TYPE_CHECKING:
    from ontology.model import Model

# Parameters whose outcome depends on how many value nodes there are, or on them alone.
_OF_NUMBER = frozenset({SH.minCount, SH.maxCount})
_OF_VALUES = frozenset(
    {
        SH.datatype,
        SH.nodeKind,
        SH["in"],
        SH.hasValue,
        SH.pattern,
        SH.flags,
        SH.minLength,
        SH.maxLength,
        SH.minInclusive,
        SH.maxInclusive,
        SH.minExclusive,
        SH.maxExclusive,
        SH.languageIn,
        SH.uniqueLang,
    }
)
_OF_PAIRS = frozenset({SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint})
_LISTS_OF_SHAPES = frozenset({SH["and"], SH["or"], SH.xone})
_ABOUT = frozenset(
    {
        SH.path,
        SH.targetClass,
        SH.targetNode,
        SH.targetSubjectsOf,
        SH.targetObjectsOf,
        SH.name,
        SH.description,
        SH.message,
        SH.severity,
        SH.order,
        SH.group,
        SH.defaultValue,
        SH.deactivated,
    }
)


def parameters(graph: rdflib.Graph, shape: Node) -> list[tuple[Node, Node]]:
    """The (parameter, value) pairs by which a shape constrains; not what describes it."""
    return [
        (parameter, value)
        for parameter, value in graph.predicate_objects(shape)
        if str(parameter).startswith(str(SH)) and parameter not in _ABOUT
    ]


class Reader:
    """Finds the columns that a shape's outcome depends on."""

    def __init__(self, graph: rdflib.Graph, model: "Model", kinds: Kinds) -> None:
        self._graph, self._columns = graph, kinds.columns
        self._kinds = {
            model.classes[name].iri for root in model.roots for name in model.superclasses(root)
        }
        self._found: dict[str, Literal["values", "kinds"]] = {}

    def reads(self, shape: Node) -> Reads | None:
        self._found = {}
        return self._found if self._at_focus(shape, frozenset()) else None

    def mentions(self, *shapes: Node) -> frozenset[str] | None:
        """Columns that are named anywhere in shapes, or in what they refer to; None for all.

        For shapes without a bound of their own: longer paths, links both ways. SPARQL and
        sh:closed may look at any column.
        """
        found: set[str] = set()
        seen: set[Node] = set()
        queue = list(shapes)
        while queue:
            node = queue.pop()
            for parameter, value in self._graph.predicate_objects(node):
                if parameter in (SH.sparql, SH.closed):
                    return None
                if isinstance(value, URIRef) and value in self._columns:
                    found.add(self._columns[value].name)
                elif isinstance(value, BNode | URIRef) and value not in seen:
                    seen.add(value)
                    queue.append(value)
        return frozenset(found)

    def _at_focus(self, shape: Node, above: frozenset[Node]) -> bool:
        """Collects what a shape reads of the focus node; false when that has no bound."""
        if shape in above:
            return False
        path = self._graph.value(shape, SH.path)
        if path is not None:
            return self._along(shape, path, above | {shape})
        for parameter, value in parameters(self._graph, shape):
            if parameter in _LISTS_OF_SHAPES:
                inner: Iterable[Node] = Collection(self._graph, value)
            elif parameter in (SH.node, SH["not"], SH.property):
                inner = (value,)
            else:
                return False
            if not all(self._at_focus(node, above | {shape}) for node in inner):
                return False
        return True

    def _along(self, shape: Node, path: Node, above: frozenset[Node]) -> bool:
        column = self._columns.get(path) if isinstance(path, URIRef) else None
        if column is None:
            return False
        for parameter, value in parameters(self._graph, shape):
            if parameter in _OF_PAIRS:
                other = self._columns.get(value) if isinstance(value, URIRef) else None
                if other is None:
                    return False
                self._found[column.name] = self._found[other.name] = "values"
            elif not self._of_value(column.name, parameter, value, above):
                return False
        self._found.setdefault(column.name, "kinds")
        return True

    def _of_value(self, column: str, parameter: Node, value: Node, above: frozenset[Node]) -> bool:
        """Collects what a constraint on a column's values reads: them, or only their kind."""
        if parameter in _OF_NUMBER:
            return True
        if parameter in _OF_VALUES:
            self._found[column] = "values"
            return True
        if parameter == SH["class"]:
            # What a link points to is known by the root class in its IRI, not deeper.
            return str(value) in self._kinds
        if parameter in _LISTS_OF_SHAPES:
            inner: Iterable[Node] = Collection(self._graph, value)
        elif parameter in (SH.node, SH["not"]):
            inner = (value,)
        else:
            return False
        return all(
            node not in above
            and self._graph.value(node, SH.path) is None
            and all(
                self._of_value(column, nested, argument, above | {node})
                for nested, argument in parameters(self._graph, node)
            )
            for node in inner
        )
