"""Record frames as an RDF graph, holding only what a check looks at."""

import datetime as dt
from collections.abc import Generator, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
import rdflib
from rdflib import XSD, Literal, URIRef
from rdflib.namespace import NamespaceManager
from rdflib.paths import Path
from rdflib.term import IdentifiedNode, Node

if TYPE_CHECKING:
    from ontology.terms import Property

# A term that may be a value; what pyshacl calls so too.
RDFNode = IdentifiedNode | Literal


class FullNames(NamespaceManager):
    """Writes every IRI in full: finding a prefix for each takes pyshacl longer than checking,
    and only its free text, which is not kept, would show it."""

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph, bind_namespaces="none")

    def normalizeUri(self, rdfTerm: str) -> str:  # noqa: N802, N803 - rdflib's names
        """The IRI between angle brackets."""
        return f"<{rdfTerm}>"

    def bind(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: no prefix is used."""


class FrameGraph(rdflib.Graph):
    """A graph laid out by predicate, filled column by column; nothing can be taken out.

    The asked-for order of pyshacl is (subject, predicate) → objects; rdflib's own store indexes
    three ways and takes some ten times as long to fill. SPARQL texts are prepared once.
    """

    def __init__(self, identifier: IdentifiedNode | None = None) -> None:
        super().__init__(bind_namespaces="none", identifier=identifier)
        self.namespace_manager = FullNames(self)
        self._columns: dict[Node, dict[Node, Sequence[Node]]] = {}
        self._prepared: dict[str, Any] = {}
        self._backward: dict[Node, dict[Node, list[Node]]] = {}
        self._size: int | None = None

    @classmethod
    def of(cls, graph: rdflib.Graph) -> "FrameGraph":
        """The same triples and blank nodes under the same name, with that graph's prefixes."""
        made = cls(graph.identifier)
        made.namespace_manager = graph.namespace_manager
        for triple in graph:
            made.add(triple)
        return made

    def add(self, triple: Any) -> "FrameGraph":
        """As rdflib.Graph.add."""
        subject, predicate, obj = triple
        there = self._columns.get(predicate, {}).get(subject, ())
        if obj not in there:
            self.put(predicate, {subject: (*there, obj)})
        return self

    def put(self, predicate: Node, values: Mapping[Node, Sequence[Node]]) -> None:
        """Set the objects of a predicate for these subjects."""
        self._columns.setdefault(predicate, {}).update(values)
        self._backward.pop(predicate, None)
        self._size = None

    def triples(self, triple: Any) -> Generator[Any, None, None]:
        """As rdflib.Graph.triples."""
        subject, predicate, obj = triple
        if isinstance(predicate, Path):
            for start, end in predicate.eval(self, subject, obj):
                yield start, predicate, end
            return
        columns = (
            self._columns.items()
            if predicate is None
            else [(predicate, self._columns.get(predicate, {}))]
        )
        for name, column in columns:
            rows: Iterable[tuple[Node, Sequence[Node]]] = (
                column.items() if subject is None else [(subject, column.get(subject, ()))]
            )
            for start, ends in rows:
                for end in ends:
                    if obj is None or obj == end:
                        yield start, name, end

    def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Any:
        """As rdflib.Graph.objects; the question pyshacl asks most, answered without a scan."""
        if subject is None or predicate is None or isinstance(predicate, Path):
            return super().objects(subject, predicate, unique)
        column = self._columns.get(predicate)
        return iter(()) if column is None else iter(column.get(subject, ()))

    def subjects(
        self,
        predicate: Any = None,
        object: Any = None,  # noqa: A002 - the name that callers of rdflib may write
        unique: bool = False,
    ) -> Generator[Any, None, None]:
        """As rdflib.Graph.subjects; inverse paths ask this once for each focus node."""
        if predicate is None or object is None or isinstance(predicate, Path):
            yield from super().subjects(predicate, object, unique)
            return
        if predicate not in self._backward:
            backward: dict[Node, list[Node]] = {}
            for start, ends in self._columns.get(predicate, {}).items():
                for end in ends:
                    backward.setdefault(end, []).append(start)
            self._backward[predicate] = backward
        yield from self._backward[predicate].get(object, ())

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        """As rdflib.Graph.query; a text seen before is not parsed again."""
        if isinstance(query_object, str):
            from rdflib.plugins.sparql import prepareQuery

            text = query_object
            query_object = self._prepared.get(text)
            if query_object is None:
                query_object = self._prepared[text] = prepareQuery(text)
        return super().query(query_object, *args, **kwargs)

    def __len__(self) -> int:
        # pyshacl asks whether the graph is empty once for each result.
        if self._size is None:
            self._size = sum(len(ends) for col in self._columns.values() for ends in col.values())
        return self._size


def terms(values: Iterable[Any], column: "Property") -> dict[Any, Node]:
    """Values of a property's column → RDF terms: IRIs for links and codes, else literals."""
    distinct = set(values)
    if column.kind != "data":
        return {value: URIRef(value) for value in distinct}
    datatype = URIRef(f"{XSD}{column.datatype or 'string'}")
    if datatype == XSD.string:
        return {value: Literal(value) for value in distinct}
    return {value: literal(value, datatype) for value in distinct}


@lru_cache(maxsize=1 << 16)
def literal(value: Any, datatype: URIRef) -> Literal:
    """A typed literal; kept, since dates and small numbers come again and parsing is slow."""
    return Literal(_lexical(value), datatype=datatype)


def _lexical(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def put_column(
    graph: FrameGraph, column: "Property", focus: Sequence[Node], cells: pl.Series
) -> dict[Any, Node]:
    """Put one column's non-null cells into the graph; returns its terms by value."""
    pairs = [
        (subject, value if isinstance(value, list) else [value])
        for subject, value in zip(focus, cells.to_list(), strict=True)
        if value is not None
    ]
    by_value = terms((value for _, values in pairs for value in values), column)
    graph.put(
        URIRef(column.iri),
        {subject: tuple(by_value[value] for value in values) for subject, values in pairs},
    )
    return by_value
