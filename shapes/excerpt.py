"""Some shapes of a graph by themselves, so that they can be compiled, timed and compared alone."""

import rdflib
from rdflib import RDF, SH
from rdflib.term import Node

from shapes.rules import Shapes

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")


def only(shapes: Shapes, iris: list[str]) -> Shapes:
    """These shapes by themselves, with what they refer to and the targets they are judged on."""
    graph = rdflib.Graph(bind_namespaces="none")
    for iri in iris:
        for triple in alone(shapes.graph, rdflib.URIRef(iri)):
            graph.add(triple)
    return Shapes(graph)


def alone(graph: rdflib.Graph, shape: Node) -> rdflib.Graph:
    """One reporting shape of a graph: all below it, and the targets of the shapes it is in."""
    found = rdflib.Graph(bind_namespaces="none")
    seen, queue = {shape}, [shape]
    while queue:
        node = queue.pop()
        for predicate, value in graph.predicate_objects(node):
            if predicate == SH.property and node == shape:
                continue
            found.add((node, predicate, value))
            below = isinstance(value, rdflib.BNode) or predicate in (SH.node, SH["not"], RDF.first)
            if below and value not in seen:
                seen.add(value)
                queue.append(value)
    for parent in graph.subjects(SH.property, shape):
        found.add((parent, RDF.type, SH.NodeShape))
        found.add((parent, SH.property, shape))
        for target in TARGETS:
            for value in graph.objects(parent, SH[target]):
                found.add((parent, SH[target], value))
    return found
