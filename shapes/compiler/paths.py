"""Property paths: which of the record's columns, or which way through the batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapes.compiler.constraint import Nodes, NotCoveredError

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

    from ontology.terms import Property


@dataclass(frozen=True)
class Hop:
    """One property, along it or against it."""

    column: "Property"
    inverse: bool = False

    def __str__(self) -> str:
        return f"^{self.column.name}" if self.inverse else self.column.name


@dataclass(frozen=True)
class Sequence:
    parts: "tuple[Path, ...]"

    def __str__(self) -> str:
        return "/".join(
            f"({part})" if isinstance(part, Choice) else f"{part}" for part in self.parts
        )


@dataclass(frozen=True)
class Choice:
    parts: "tuple[Path, ...]"

    def __str__(self) -> str:
        return "|".join(map(str, self.parts))


Path = Hop | Sequence | Choice


def own(path: Path) -> "Property | None":
    """The record's own column that a path is, if it is one."""
    return path.column if isinstance(path, Hop) and not path.inverse else None


def reach(path: Path) -> int:
    """How many records away a path ends, at most."""
    if isinstance(path, Hop):
        return 1
    lengths = [reach(part) for part in path.parts]
    return sum(lengths) if isinstance(path, Sequence) else max(lengths)


def parse(graph: "rdflib.Graph", node: "Node", columns: "Mapping[Node, Property]") -> Path:
    """The path that a value of sh:path describes; NotCoveredError for what goes beyond."""
    from rdflib import RDF, SH, BNode, URIRef
    from rdflib.collection import Collection

    if isinstance(node, URIRef):
        if node not in columns:
            raise NotCoveredError(f"the path <{node}> is no property of records")
        return Hop(columns[node])
    if (node, RDF.first, None) in graph:
        steps = tuple(parse(graph, part, columns) for part in Collection(graph, node))
        if any(nodes(step).kind != "link" for step in steps[:-1]):
            raise NotCoveredError("a path that goes on from a value that is no record")
        return Sequence(steps)
    for predicate, value in graph.predicate_objects(node):
        if predicate == SH.inversePath:
            inner = parse(graph, value, columns)
            if not isinstance(inner, Hop) or inner.inverse or inner.column.kind == "data":
                raise NotCoveredError("an inverse path of more than one link")
            return Hop(inner.column, inverse=True)
        if predicate == SH.alternativePath and isinstance(value, BNode):
            parts = tuple(parse(graph, part, columns) for part in Collection(graph, value))
            return Choice(parts)
        if predicate in (SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath):
            raise NotCoveredError(f"sh:{str(predicate).rpartition('#')[2]}")
    raise NotCoveredError("a path that is not SHACL's")


def nodes(path: Path) -> Nodes:
    """What a path leads to."""
    if isinstance(path, Hop):
        if path.inverse:
            return Nodes("link")
        return Nodes(path.column.kind, path.column.datatype)
    if isinstance(path, Sequence):
        return nodes(path.parts[-1])
    kinds = {nodes(part) for part in path.parts}
    return kinds.pop() if len(kinds) == 1 else Nodes("mixed")
