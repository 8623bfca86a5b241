"""How a shapes graph is evaluated by pyshacl with its repeated work done once.

pyshacl builds every constraint of a property shape anew for each focus node (walks the sh:in
list, prepares the SPARQL text), because sh:property hands over one focus node at a time. By the
definition of sh:property (SHACL 4.7.2) the results of a node shape's property shape are those of
the property shape on the same focus nodes, so a *check* here is one property shape with all focus
nodes of the node shape at once. Nothing of pyshacl is replaced: its own Shape objects decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import rdflib
from pyshacl.pytypes import RDFNode, SHACLExecutor
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH
from rdflib.term import Node

from shapes.compiler.constraint import Reads
from shapes.errors import ShapesError
from shapes.kinds import Kinds
from shapes.reads import Reader, parameters
from shapes.triples import FrameGraph, FullNames

if TYPE_CHECKING:
    from ontology.model import Model


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

    classes: local names of the record classes it targets. subjects: properties whose subjects it
    targets. elsewhere: it has other targets.
    reads: the columns of the record itself that its outcome depends on; None where it also
    depends on other records, and then `mentions` names the columns it may look at (None: all).
    """

    shape: Shape
    targets: Shape
    classes: frozenset[str]
    subjects: frozenset[str]
    elsewhere: bool
    reads: Reads | None
    mentions: frozenset[str] | None

    def results(self, graph: rdflib.Graph, focus: list[RDFNode]) -> Iterator[Result]:
        """pyshacl's results of this shape for focus nodes of a data graph."""
        return _results(self.shape, graph, focus)

    def found_by_target(self, graph: rdflib.Graph) -> list[RDFNode]:
        """The focus nodes that pyshacl finds for its targets in a data graph."""
        return list(self.targets.focus_nodes(graph))  # type: ignore[no-untyped-call] # pyshacl's


class Plan:
    """The checks of one shapes graph, over the classes and properties of a model.

    Without a model (the W3C tests) every check reads the whole graph.
    """

    def __init__(self, graph: rdflib.Graph, model: "Model | None" = None) -> None:
        self._kinds = Kinds(model) if model else None
        self._reader = Reader(graph, model, self._kinds) if model and self._kinds else None
        self.lifted = frozenset(_lifted(graph))
        rest = copied(graph)
        for node, shape in self.lifted:
            rest.remove((node, SH.property, shape))
            rest.add((node, RDF.type, SH.NodeShape))
        graphs = FrameGraph.of(graph), FrameGraph.of(rest)
        if model is not None:
            # Each rule has a message of its own, so no prefixed name reaches a report.
            for one in graphs:
                one.namespace_manager = FullNames(one)
        whole, remainder = (ShapesGraph(one) for one in graphs)
        self._shapes: dict[Node, Shape] = {shape.node: shape for shape in whole.shapes}
        self._remains: dict[Node, Shape] = {shape.node: shape for shape in remainder.shapes}
        self._rest = rest
        self.custom = bool(whole.custom_constraints)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """ShapesError JG-SHP-004 where one targets what is no class of the model."""
        return tuple(
            [
                self._check(self._shapes[shape], self._shapes[node])
                for node, shape in sorted(self.lifted)
                if not self._shapes[shape].deactivated
            ]
            + [
                self._check(self._remains[shape.node], shape)
                for shape in sorted(self._shapes.values(), key=lambda shape: str(shape.node))
                if any(_targets(shape)) and self._constrains(shape.node)
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

    def _constrains(self, node: Node) -> bool:
        return self.custom or bool(parameters(self._rest, node))

    def _check(self, shape: Shape, targets: Shape) -> Check:
        nodes, classes, implicit, objects_of, subjects_of = _targets(targets)
        if self._kinds is None or self._reader is None:
            return Check(shape, targets, frozenset(), frozenset(), True, None, None)
        known, columns = self._kinds.classes, self._kinds.columns
        unknown = sorted({str(found) for found in (*classes, *implicit)} - {*map(str, known)})
        if unknown:
            raise ShapesError(
                "JG-SHP-004",
                f"{targets.node} targets {', '.join(unknown)}, not a class of the model",
                "Name a class of the ontology.",
            )
        names = frozenset(known[found] for found in (*classes, *implicit))
        subjects = frozenset(columns[found].name for found in subjects_of if found in columns)
        elsewhere = bool(nodes or objects_of) or len(subjects) < len(subjects_of)
        if self.custom:
            return Check(shape, targets, names, subjects, elsewhere, None, None)
        reads = None if elsewhere or subjects else self._reader.reads(shape.node)
        mentions = self._reader.mentions(shape.node, targets.node)
        return Check(shape, targets, names, subjects, elsewhere, reads, mentions)

    def of_shape(self, iri: str, graph: rdflib.Graph, focus: list[RDFNode]) -> Iterator[Result]:
        """pyshacl's results of one shape for focus nodes of a data graph (beside, where they
        could not be lifted out, those of its property shapes)."""
        return _results(self._shape(iri), graph, focus)

    def _shape(self, iri: str) -> Shape:
        node = next(node for node in self._shapes if str(node) == iri)
        lifted = any(node == shape for _, shape in self.lifted)
        if lifted or node not in self._remains:
            return self._shapes[node]
        return self._remains[node]


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
            or any(
                (sibling, SH.qualifiedValueShapesDisjoint, None) in graph
                for sibling in graph.objects(node, SH.property)
            )
        ):
            continue
        yield node, shape


def _results(shape: Shape, graph: rdflib.Graph, focus: list[RDFNode]) -> Iterator[Result]:
    _, reports = shape.validate(SHACLExecutor(), graph, focus=focus)
    for _text, node, triples in reports:
        yield _result(node, triples)


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
