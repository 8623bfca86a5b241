"""Ways to weaken a shape: each of its constraints dropped, or let through a little more."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import rdflib
from rdflib import SH, XSD, BNode, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology.namespaces import JG
from shapes.reads import parameters

COUNTED = (SH.qualifiedMinCount, SH.qualifiedMaxCount)
QUALIFIED = (SH.qualifiedValueShape, *COUNTED)
Mutant = tuple[str, rdflib.Graph]
"""What was done, and the shape with it done."""


def weakened(graph: rdflib.Graph, shape: URIRef) -> Iterator[Mutant]:
    """Every weakening of a shape that stands alone in a graph."""
    yield "deactivated", _with(graph, (shape, SH.deactivated, Literal(True)))
    yield from _below(graph, shape, negated=False)


def _below(graph: rdflib.Graph, shape: Node, *, negated: bool) -> Iterator[Mutant]:
    """negated: what is let through here is refused by the shape as a whole."""
    for parameter, value in sorted(parameters(graph, shape)):
        said = (shape, parameter, value)
        name = f"{str(parameter).removeprefix(str(SH))} {_short(value)}"
        if not negated and parameter not in (SH.flags, *QUALIFIED):
            yield f"{name} dropped", _without(graph, said)
        if not negated and parameter in COUNTED and (shape, SH.qualifiedValueShape, None) in graph:
            whole = graph
            for part in (parameter, SH.qualifiedValueShape):
                whole = _without(whole, (shape, part, None))
            yield f"{name} dropped", whole
        yield from _loosened(graph, said, name, negated=negated)
        turned = negated != (parameter == SH["not"])
        if parameter == SH.qualifiedValueShape:
            turned = negated != ((shape, SH.qualifiedMaxCount, None) in graph)
        for inner in _inner(graph, parameter, value):
            yield from _below(graph, inner, negated=turned)


def _inner(graph: rdflib.Graph, parameter: Node, value: Node) -> list[Node]:
    if parameter in (SH["or"], SH["and"], SH.xone):
        return list(Collection(graph, value))
    if parameter in (SH["not"], SH.node, SH.property, SH.qualifiedValueShape):
        return [value]
    return []


def _loosened(
    graph: rdflib.Graph, said: tuple[Node, Node, Node], name: str, *, negated: bool
) -> Iterator[Mutant]:
    """The next wider value; within sh:not the next narrower one."""
    shape, parameter, value = said
    step = -1 if negated else 1

    def changed(to: Node) -> Mutant:
        return f"{name} → {_short(to)}", _with(_without(graph, said), (shape, parameter, to))

    if parameter in (SH.minCount, SH.minLength, SH.qualifiedMinCount, SH.minInclusive):
        if isinstance(value, Literal) and not (str(value) == "0" and parameter != SH.minInclusive):
            yield changed(_moved(value, -step))
    elif parameter in (SH.maxCount, SH.maxLength, SH.qualifiedMaxCount, SH.maxInclusive):
        if isinstance(value, Literal) and not (negated and str(value) == "0"):
            yield changed(_moved(value, step))
    elif parameter == SH["class"] and not negated:
        yield changed(URIRef(f"{JG}Record"))
    elif parameter == SH.pattern and not negated:
        for wider in sorted(set(wider_patterns(str(value)))):
            yield changed(Literal(wider))
        if (shape, SH.flags, None) not in graph:
            yield f"{name}, flags i", _with(graph, (shape, SH.flags, Literal("i")))


def _moved(value: Literal, by: int) -> Literal:
    """The neighbouring value of its datatype."""
    held = value.toPython()
    if isinstance(held, dt.datetime):
        return Literal(held + dt.timedelta(microseconds=by), datatype=value.datatype)
    if isinstance(held, dt.date):
        return Literal(held + dt.timedelta(days=by), datatype=value.datatype)
    if isinstance(held, Decimal):
        return Literal(held + Decimal(by) / 1_000_000, datatype=XSD.decimal)
    return Literal(int(held) + by, datatype=value.datatype)


_PART = re.compile(r"\\.|\[[^\]]*\]|\{[0-9]+(?:,[0-9]+)?\}|[\^$?]|.")


def wider_patterns(pattern: str) -> Iterator[str]:
    """The pattern with an anchor gone, a character class opened, or a number let grow."""
    parts = _PART.findall(pattern)
    for place, part in enumerate(parts):
        wider = None
        if part in "^$":
            wider = [""]
        elif part == "?":
            wider = ["*"]
        elif part.startswith("["):
            wider = ["."]
        elif part.startswith("{"):
            least = int(part[1:-1].partition(",")[0])
            most = part[1:-1].rpartition(",")[2]
            wider = [f"{{{least},}}", f"{{{least - 1},{most}}}"]
        for instead in wider or ():
            yield "".join([*parts[:place], instead, *parts[place + 1 :]])


def _short(term: Node) -> str:
    return "[…]" if isinstance(term, BNode) else str(term).rpartition("#")[2]


def _copy(graph: rdflib.Graph) -> rdflib.Graph:
    copy = rdflib.Graph(bind_namespaces="none")
    for triple in graph:
        copy.add(triple)
    return copy


def _with(graph: rdflib.Graph, triple: tuple[Node, Node, Node]) -> rdflib.Graph:
    return _copy(graph).add(triple)


def _without(graph: rdflib.Graph, triple: tuple[Node, Node, Node | None]) -> rdflib.Graph:
    return _copy(graph).remove(triple)
