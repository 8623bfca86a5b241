"""How a shapes graph is evaluated by pyshacl with its repeated work done once.

pyshacl builds every constraint of a property shape anew for each focus node (walks the sh:in
list, prepares the SPARQL text), because sh:property hands over one focus node at a time. By the
definition of sh:property (SHACL 4.7.2) the results of a node shape's property shape are those of
the property shape on the same focus nodes, so a *check* here is one property shape with all focus
nodes of the node shape at once. Nothing of pyshacl is replaced: its own Shape objects decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rdflib
from pyshacl.pytypes import RDFNode, SHACLExecutor
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH
from rdflib.term import Node

from shapes.errors import ShapesError
from shapes.reads import Reader, Reads, parameters
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

    classes: local names of the record classes it targets; `elsewhere`: it has other targets.
    reads: the columns of the record itself that its outcome depends on; None where it also
    depends on other records, and then `mentions` names the columns it may look at (None: all).
    """

    shape: Shape
    targets: Shape
    classes: frozenset[str]
    elsewhere: bool
    reads: Reads | None
    mentions: frozenset[str] | None

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
        lifted = set(_lifted(graph))
        rest = copied(graph)
        for node, shape in lifted:
            rest.remove((node, SH.property, shape))
            rest.add((node, RDF.type, SH.NodeShape))
        graphs = FrameGraph.of(graph), FrameGraph.of(rest)
        if model is not None:
            # Each rule has a message of its own, so no prefixed name reaches a report.
            for one in graphs:
                one.namespace_manager = FullNames(one)
        whole, remainder = (ShapesGraph(one) for one in graphs)
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
        return self.custom or bool(parameters(graph, node))

    def _check(self, shape: Shape, targets: Shape) -> Check:
        nodes, classes, *others = _targets(targets)
        elsewhere = bool(nodes) or any(others)
        names = frozenset(str(found).rpartition("#")[2] for found in classes)
        if self._model is None:
            return Check(shape, targets, names, elsewhere, None, None)
        unknown = names - set(self._model.classes)
        if unknown:
            raise ShapesError(
                "JG-SHP-004",
                f"{targets.node} targets {', '.join(sorted(unknown))}, not a class of the model",
                "Name a class of the ontology.",
            )
        if self.custom:
            return Check(shape, targets, names, elsewhere, None, None)
        reader = Reader(self._graph, self._model)
        reads = None if elsewhere else reader.reads(shape.node)
        mentions = reader.mentions(shape.node, targets.node)
        return Check(shape, targets, names, elsewhere, reads, mentions)


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
