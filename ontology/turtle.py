"""Turtle in and out: typed errors for broken files, and one pinned serialisation."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontology.errors import JusticeGraphError
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


class TurtleError(JusticeGraphError):
    """A Turtle file cannot be read. JG-ONT-001."""


def turtle_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files named, and every .ttl below folders named, in one stable order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.ttl"))
        elif path.is_file():
            yield path
        else:
            raise TurtleError("JG-ONT-001", f"{path} does not exist", "Check the path.")


def read(path: Path, into: "Graph | None" = None) -> "Graph":
    """The triples of one Turtle file, literals kept exactly as written. Raises TurtleError."""
    import rdflib
    from rdflib.plugins.parsers.notation3 import BadSyntax

    # Otherwise rdflib rewrites ill-typed literals in silence ("maybe" becomes false).
    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph(bind_namespaces="none") if into is None else into
    try:
        graph.parse(data=path.read_bytes(), format="turtle", publicID=path.resolve().as_uri())
    except BadSyntax as error:
        reason = re.sub(r"\s+", " ", error._why).strip()
        raise TurtleError(
            "JG-ONT-001",
            f"{path} line {error.lines + 1} is not Turtle: {reason}",
            "Correct that line, or run a Turtle editor's check on the file.",
        ) from error
    except (UnicodeDecodeError, ValueError) as error:
        raise TurtleError(
            "JG-ONT-001", f"{path} cannot be read: {error}", "Save the file as UTF-8 Turtle."
        ) from error
    return graph


def triples(paths: Iterable[Path]) -> "list[tuple[Node, Node, Node]]":
    """All triples of these files and folders, in file order, as a list.

    A list and not a graph: nothing is indexed, which takes a third off the time of loading.
    """
    from rdflib import Graph
    from rdflib.store import Store

    class Listing(Store):
        def __init__(self) -> None:
            super().__init__()
            self.held: list[tuple[Node, Node, Node]] = []

        def add(self, triple: Any, context: Any = None, quoted: bool = False) -> None:
            self.held.append(triple)

        def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
            """Prefixes are not kept."""

        def namespace(self, prefix: str) -> None:
            return None

        def prefix(self, namespace: Any) -> None:
            return None

    listing = Listing()
    for path in paths:
        read(path, Graph(store=listing, bind_namespaces="none"))
    return listing.held


def canonical(graph: "Graph") -> str:
    """The one serialisation of a graph: rdflib's canonical long Turtle, our prefixes only.

    The same triples give the same text, whatever file, order or prefixes they came with.
    Comments are not triples and are lost: explanations belong in skos:scopeNote.
    """
    import rdflib

    used = {str(node) for triple in graph for node in triple if isinstance(node, rdflib.URIRef)}
    used |= {
        str(node.datatype)
        for node in graph.objects()
        if isinstance(node, rdflib.Literal) and node.datatype
    }
    copy = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        if any(iri.startswith(namespace) for iri in used):
            copy.bind(prefix, namespace, override=True)
    for triple in graph:
        copy.add(triple)
    text = copy.serialize(format="longturtle", encoding=None, canon=True).strip() + "\n"
    # rdflib leaves a space behind a predicate whose value begins on the next line; in a text of
    # several lines a space at an end may mean something.
    return text if '"""' in text else re.sub(r" +\n", "\n", text)


def write(graph: "Graph", path: Path) -> None:
    """Write a graph in the pinned serialisation."""
    path.write_text(canonical(graph), encoding="utf-8")
