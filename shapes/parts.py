"""A shapes graph in parts: which shapes hang together, and need no others to be judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ontology.kept import Later
from shapes.lexical import unnormalised

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

    from shapes.rules import Shapes


@dataclass(frozen=True)
class Part:
    """Shapes of which no other refers to one, and which refer to no other.

    iris: those that have a name. triples: all about them; read when they are first looked at.
    """

    iris: frozenset[str]
    triples: "Later[tuple[Node, Node, Node]]"

    @cached_property
    def shapes(self) -> "Shapes":
        """The part as shapes of its own."""
        import rdflib

        from shapes.rules import Shapes

        graph = rdflib.Graph(bind_namespaces="none")
        with unnormalised():
            for triple in self.triples:
                graph.add(triple)
        return Shapes(graph)


def parts(graph: "rdflib.Graph") -> Iterator[Part]:
    """The parts of a graph as `Shapes` holds it; none where it declares constraint components,
    which any shape may use without a reference to them."""
    from rdflib import SH, URIRef

    if (None, SH.parameter, None) in graph:
        return
    beside: dict[Node, set[Node]] = {node: set() for node in graph.subjects(unique=True)}
    for subject, _, value in graph:
        if value in beside:
            beside[subject].add(value)
            beside[value].add(subject)
    while beside:
        together: set[Node] = set()
        queue = [next(iter(beside))]
        while queue:
            node = queue.pop()
            if node not in together:
                together.add(node)
                queue += beside.pop(node)
        names = frozenset(str(node) for node in together if isinstance(node, URIRef))
        about = [triple for node in together for triple in graph.triples((node, None, None))]
        yield Part(names, Later(about))
