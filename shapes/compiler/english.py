"""Constraints and shapes in a sentence, for people who do not read SHACL."""

import rdflib
from rdflib import RDF, RDFS, SH, BNode, Literal, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from shapes.reads import parameters

JG = Namespace("https://w3id.org/justicegraph/ontology#")
_SAYS = {
    "minCount": "has {} value(s) or more",
    "maxCount": "has {} value(s) or fewer",
    "class": "is of class {}",
    "datatype": "is of datatype {}",
    "nodeKind": "is of kind {}",
    "minInclusive": "is {} or more",
    "maxInclusive": "is {} or less",
    "minExclusive": "is more than {}",
    "maxExclusive": "is less than {}",
    "minLength": "has {} characters or more",
    "maxLength": "has {} characters or fewer",
    "pattern": "matches {}",
    "languageIn": "is in a language of the list",
    "uniqueLang": "is the only one in its language",
    "equals": "has the values of {}",
    "disjoint": "shares no value with {}",
    "lessThan": "is less than {}",
    "lessThanOrEquals": "is not more than {}",
    "hasValue": "has the value {}",
    "qualifiedMinCount": "at least {} of them: {inner}",
    "qualifiedMaxCount": "at most {} of them: {inner}",
    "closed": "has no property beside those of the shape",
    "sparql": "passes the SPARQL query of the shape",
}
_LISTS = {
    "or": "one of: {}",
    "and": "all of: {}",
    "xone": "exactly one of: {}",
}
_FAILED = {
    "or": "none of: {}",
    "and": "not all of: {}",
    "xone": "not exactly one of: {}",
    "not": "must not hold: {}",
}
_SHOWN = 12


def _name(term: Node) -> str:
    if isinstance(term, Literal):
        return str(term)
    return str(term).rpartition("#")[2].rpartition("/")[2] or str(term)


def path(graph: rdflib.Graph, node: Node | None) -> str:
    """A SHACL path in SPARQL's way of writing, with local names."""
    if node is None:
        return ""
    if (node, RDF.first, None) in graph:
        return "/".join(path(graph, part) for part in Collection(graph, node))
    for predicate, value in graph.predicate_objects(node):
        match str(predicate).rpartition("#")[2]:
            case "inversePath":
                return f"^{path(graph, value)}"
            case "alternativePath":
                return f"({'|'.join(path(graph, part) for part in Collection(graph, value))})"
            case "zeroOrMorePath":
                return f"{path(graph, value)}*"
            case "oneOrMorePath":
                return f"{path(graph, value)}+"
            case "zeroOrOnePath":
                return f"{path(graph, value)}?"
    return _name(node)


def constraint(graph: rdflib.Graph, shape: Node, parameter: Node, values: list[Node]) -> str:
    """One constraint component of a shape: `birthDate is 1850-01-01 or more`."""
    subject = path(graph, graph.value(shape, SH.path))
    return f"{subject} {_said(graph, shape, parameter, values)}".strip()


def described(graph: rdflib.Graph, shape: Node) -> str:
    """A shape by its label, name or code, else by what it says."""
    for predicate in (RDFS.label, SH.name, JG.code):
        if (label := graph.value(shape, predicate)) is not None:
            return str(label)
    if not isinstance(shape, BNode):
        return _name(shape)
    # By what they say: blank nodes have another order in each reading.
    said = sorted(
        _said(graph, shape, parameter, [value]) for parameter, value in parameters(graph, shape)
    )
    subject = path(graph, graph.value(shape, SH.path))
    return f"{subject} {' and '.join(filter(None, said))}".strip() or "anything"


def failed(graph: rdflib.Graph, shape: Node, parameter: str) -> str:
    """Which inner shapes sh:or, sh:and, sh:xone or sh:not of a shape asks for; else ""."""
    if parameter not in _FAILED:
        return ""
    said = []
    for value in graph.objects(shape, SH[parameter]):
        inner = [value] if parameter == "not" else list(Collection(graph, value))
        said.append(_FAILED[parameter].format("; ".join(described(graph, one) for one in inner)))
    return " and ".join(sorted(said))


def _said(graph: rdflib.Graph, shape: Node, parameter: Node, values: list[Node]) -> str:
    name = str(parameter).rpartition("#")[2]
    if name in _LISTS:
        lists = [
            "; ".join(described(graph, one) for one in Collection(graph, value)) for value in values
        ]
        return " and ".join(sorted(_LISTS[name].format(one) for one in lists))
    if name == "in":
        members = [_name(member) for member in Collection(graph, values[0])]
        more = f" or {len(members) - _SHOWN} more" if len(members) > _SHOWN else ""
        return f"is one of {', '.join(members[:_SHOWN])}{more}"
    if name == "not":
        return " and ".join(sorted(f"not: {described(graph, value)}" for value in values))
    if name in ("node", "property"):
        return " and ".join(sorted(f"meets: {described(graph, value)}" for value in values))
    shown = ", ".join(sorted(map(_name, values)))
    inner = "; ".join(
        sorted(described(graph, one) for one in graph.objects(shape, SH.qualifiedValueShape))
    )
    return _SAYS.get(name, "").format(shown, inner=inner)
