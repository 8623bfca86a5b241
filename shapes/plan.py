"""How a shapes graph is evaluated by pyshacl with its repeated work done once.

pyshacl builds every constraint of a property shape anew for each focus node (walks the sh:in
list, prepares the SPARQL text), because sh:property hands over one focus node at a time. By the
definition of sh:property (SHACL 4.7.2) the results of a node shape's property shape are those of
the property shape on the same focus nodes, so a *check* here is one property shape with all focus
nodes of the node shape at once. Nothing of pyshacl is replaced: its own Shape objects decide.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import rdflib
from pyshacl.pytypes import RDFNode, SHACLExecutor
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from shapes.errors import ShapesError

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
# How a check looks at a column: at its values, or only at how many there are of which kind of
# record.
Reads = Mapping[str, Literal["values", "kinds"]]


@dataclass(frozen=True)
class Result:
    """One validation result, as pyshacl made it."""

    focus: Node
    shape: Node
    component: Node
    severity: Node
    path: Node | None
    value: Node | None
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One shape to evaluate on the focus nodes of `targets` (itself, or its node shape).

    classes: local names of the record classes it targets; `elsewhere`: it has other targets.
    reads: the columns its outcome depends on; None when that cannot be told.
    """

    shape: Shape
    targets: Shape
    classes: frozenset[str]
    elsewhere: bool
    reads: Reads | None

    def results(self, graph: rdflib.Graph, focus: list[RDFNode]) -> Iterator[Result]:
        """pyshacl's results of this shape for these focus nodes of a data graph."""
        _, reports = self.shape.validate(SHACLExecutor(), graph, focus=focus)
        for _text, node, triples in reports:
            yield _result(node, triples)

    def found_by_target(self, graph: rdflib.Graph) -> list[RDFNode]:
        """The focus nodes that pyshacl finds for its targets in a data graph."""
        return list(self.targets.focus_nodes(graph))  # type: ignore[no-untyped-call] # pyshacl's


class Plan:
    """The checks of one shapes graph, over the classes and properties of a model.

    Without a model (the W3C tests) every check reads the whole graph.
    """

    def __init__(self, graph: rdflib.Graph, model: "Model | None" = None) -> None:
        self._graph = graph
        self._model = model
        whole = ShapesGraph(copied(graph))
        lifted = set(_lifted(graph))
        rest = copied(graph)
        for node, shape in lifted:
            rest.remove((node, SH.property, shape))
            rest.add((node, RDF.type, SH.NodeShape))
        remainder = ShapesGraph(rest)
        shapes = {shape.node: shape for shape in whole.shapes}
        remains = {shape.node: shape for shape in remainder.shapes}
        self.custom = bool(whole.custom_constraints)
        self.checks = tuple(
            [
                self._check(shapes[shape], shapes[node])
                for node, shape in sorted(lifted)
                if not shapes[shape].deactivated
            ]
            + [
                self._check(remains[shape.node], shape)
                for shape in sorted(shapes.values(), key=lambda shape: str(shape.node))
                if any(_targets(shape)) and self._constrains(rest, shape.node)
            ]
        )

    def results(self, graph: rdflib.Graph) -> list[Result]:
        """Every result on a data graph, its focus nodes found by pyshacl's own targets."""
        return [
            result
            for check in self.checks
            if (focus := check.found_by_target(graph))
            for result in check.results(graph, focus)
        ]

    def _constrains(self, graph: rdflib.Graph, node: Node) -> bool:
        return self.custom or any(
            str(p).startswith(str(SH)) and p not in _ABOUT for p in graph.predicates(node)
        )

    def _check(self, shape: Shape, targets: Shape) -> Check:
        nodes, classes, *others = _targets(targets)
        elsewhere = bool(nodes) or any(others)
        names = frozenset(str(found).rpartition("#")[2] for found in classes)
        if self._model is None:
            return Check(shape, targets, names, elsewhere, None)
        unknown = names - set(self._model.classes)
        if unknown:
            raise ShapesError(
                "JG-SHP-004",
                f"{targets.node} targets {', '.join(sorted(unknown))}, not a class of the model",
                "Name a class of the ontology.",
            )
        reads = None if self.custom else _Reader(self._graph, self._model).reads(shape.node)
        return Check(shape, targets, names, elsewhere, reads)


class _Reader:
    """Finds the columns that a shape's outcome depends on."""

    def __init__(self, graph: rdflib.Graph, model: "Model") -> None:
        self._graph = graph
        self._columns = {URIRef(found.iri): found for found in model.properties.values()}
        self._kinds = {
            model.classes[name].iri for root in model.roots for name in model.superclasses(root)
        }
        self._found: dict[str, Literal["values", "kinds"]] = {}

    def reads(self, shape: Node) -> Reads | None:
        return self._found if self._at_focus(shape, frozenset()) else None

    def _at_focus(self, shape: Node, above: frozenset[Node]) -> bool:
        """Collects what a shape reads of the focus node; false when that has no bound."""
        if shape in above:
            return False
        path = self._graph.value(shape, SH.path)
        if path is not None:
            return self._along(shape, path, above | {shape})
        for parameter, value in self._parameters(shape):
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
        for parameter, value in self._parameters(shape):
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
            if str(value) not in self._kinds:
                raise ShapesError(
                    "JG-SHP-004",
                    f"sh:class {value} on {column} lies below a root class: what a link points "
                    "to is known by the root class in its IRI only",
                    "Name the root class.",
                )
            return True
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
                for nested, argument in self._parameters(node)
            )
            for node in inner
        )

    def _parameters(self, shape: Node) -> list[tuple[Node, Node]]:
        return [
            (parameter, value)
            for parameter, value in self._graph.predicate_objects(shape)
            if str(parameter).startswith(str(SH)) and parameter not in _ABOUT
        ]


def copied(graph: rdflib.Graph) -> rdflib.Graph:
    """The same triples, blank nodes and prefixes in a graph of its own (pyshacl adds to it)."""
    copy = rdflib.Graph(bind_namespaces="none", identifier=graph.identifier)
    for prefix, namespace in graph.namespaces():
        copy.bind(prefix, namespace)
    for triple in graph:
        copy.add(triple)
    return copy


def _lifted(graph: rdflib.Graph) -> Iterator[tuple[Node, Node]]:
    """(node shape, its property shape) pairs that may be evaluated apart.

    Not where something else refers to the node shape (its conformance matters as a whole, and a
    recursion may pass through it), where sh:closed needs the list of its properties, or where
    disjoint qualified shapes look at their siblings.
    """
    for node, shape in graph.subject_objects(SH.property):
        if (
            (None, None, node) in graph
            or (node, SH.path, None) in graph
            or (node, SH.closed, None) in graph
            or (node, SH.deactivated, None) in graph
            or (shape, SH.qualifiedValueShapesDisjoint, None) in graph
        ):
            continue
        yield node, shape


def _targets(shape: Shape) -> list[list[Node]]:
    """Target nodes, classes, implicit classes, objects and subjects of, as pyshacl reads them."""
    return [list(found) for found in shape.target()]  # type: ignore[no-untyped-call] # pyshacl's


def _result(node: Node, triples: list[tuple[Node, Node, object]]) -> Result:
    said: dict[Node, Node] = {}
    messages: list[str] = []
    for subject, predicate, value in triples:
        if subject != node:
            continue
        # pyshacl keeps a term of another graph as (graph, term) until it writes its report.
        term = value[1] if isinstance(value, tuple) else value
        if predicate == SH.resultMessage:
            messages.append(str(term))
        elif isinstance(term, Node):
            said[predicate] = term
    return Result(
        said[SH.focusNode],
        said[SH.sourceShape],
        said[SH.sourceConstraintComponent],
        said[SH.resultSeverity],
        said.get(SH.resultPath),
        said.get(SH.value),
        tuple(sorted(messages)),
    )
