"""A release as RDF: Turtle, or N-Quads with one named graph a document.

A record's statements are its class and superclasses (nothing need be inferred to check it), its
properties, and where it comes from: `prov:wasDerivedFrom` its document and `prov:wasGeneratedBy`
the release that brought this version. A document is part of a dataset; a release says when it
was made and by which load. A link's target that is not there (yet) gets the class its IRI says.

In N-Quads the graph of a record's statements is its document: the unit that a source replaces
as a whole. What is said about documents, releases and absent targets is in the default graph.

Written in passing: memory does not grow with the release.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TextIO

from graph.errors import UnknownFormatError
from graph.port import Node, Store, Value
from ontology import Model
from ontology.identifiers import BASE, IdentifierError, root_of_iri
from ontology.namespaces import JG
from releases import Release

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
PREFIXES = {"jg": JG, "prov": PROV, "dcterms": DCTERMS, "rdfs": RDFS, "xsd": XSD}

_PAGE = 1_000
_REMEMBERED = 10_000
_ESCAPED = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
_ESCAPED_IRI = {ord(char): f"\\u{ord(char):04X}" for char in '<>"{}|^`\\'} | {
    code: f"\\u{code:04X}" for code in range(0x21)
}

_ODD_TEXT = re.compile(r'[\x00-\x1f\x7f"\\]')
_ODD_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')

Statements = list[tuple[str, list[str]]]
"""Predicate IRI and objects, already written as in N-Triples."""


def export(
    store: Store,
    model: Model,
    format: str,  # noqa: A002  the option's name on the command line
    release: int,
    out: TextIO,
    *,
    base: str = BASE,
    history: Sequence[Release] = (),
) -> int:
    """Write a release to a text stream (UTF-8); returns how many records were written.

    format: `turtle` or `nquads`. base: where record IRIs begin, documents and releases get
    theirs from it too. history: releases to describe with their time and load. Raises
    UnknownFormatError, ReleaseNotHeldError.
    """
    if format not in FORMATS:
        raise UnknownFormatError(format, FORMATS)
    # ask before the first line is written
    store.nodes([], release)
    header, write = FORMATS[format]
    out.write(header)
    known = _Once()
    written = 0
    for nodes in _pages(store, model, release):
        for node in nodes:
            document = f"{base}document/{node.document}"
            made = f"{base}release/{node.since}"
            about = _statements(model, node, document, made)
            out.write(write(node.iri, about, document))
            if known.first(document):
                out.write(write(document, _document(model, node.dataset), None))
            if known.first(made):
                out.write(write(made, _release(node.since, history), None))
            written += 1
        for target, cls in _absent(store, nodes, release, base, known):
            out.write(write(target, [(RDF_TYPE, _classes(model, cls))], None))
    return written


class _Once:
    """Whether something is met for the first time, as far as bounded memory tells.

    Saying a triple twice is allowed; saying it for each of a million records is a waste.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def first(self, iri: str) -> bool:
        if iri in self._seen:
            self._seen.move_to_end(iri)
            return False
        self._seen[iri] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True


def _pages(store: Store, model: Model, release: int) -> Iterator[list[Node]]:
    for root in model.roots:
        after = None
        while True:
            page = store.find(root, [], release, _PAGE, after)
            yield page.nodes
            if not page.has_next:
                break
            after = page.end


def _absent(
    store: Store, nodes: list[Node], release: int, base: str, known: _Once
) -> Iterator[tuple[str, str]]:
    """Link targets without a live record, and the root class in their IRI."""
    targets = {target for node in nodes for links in node.links.values() for target in links}
    there = store.kinds(targets, release)
    for target in sorted(targets - there.keys()):
        try:
            root = root_of_iri(base, target)
        except IdentifierError:
            continue
        if known.first(target):
            yield target, root


def _statements(model: Model, node: Node, document: str, made: str) -> Statements:
    found: Statements = [(RDF_TYPE, _classes(model, node.cls))]
    for name, value in sorted(node.properties.items()):
        prop = model.properties[name]
        values = value if isinstance(value, list) else [value]
        if prop.kind == "code":
            found.append((prop.iri, [_iri(str(item)) for item in values]))
        else:
            datatype = prop.datatype or "string"
            found.append((prop.iri, [_literal(item, datatype) for item in values]))
    for name, targets in sorted(node.links.items()):
        found.append((model.properties[name].iri, [_iri(target) for target in targets]))
    found.append((f"{PROV}wasDerivedFrom", [_iri(document)]))
    found.append((f"{PROV}wasGeneratedBy", [_iri(made)]))
    return found


def _classes(model: Model, cls: str) -> list[str]:
    return [_iri(model.classes[name].iri) for name in model.superclasses(cls)]


def _document(model: Model, dataset: str) -> Statements:
    found: Statements = [(RDF_TYPE, [_iri(f"{PROV}Entity")])]
    if dataset in model.datasets:
        found.append((f"{DCTERMS}isPartOf", [_iri(model.datasets[dataset].iri)]))
    return found


def _release(number: int, history: Sequence[Release]) -> Statements:
    found: Statements = [(RDF_TYPE, [_iri(f"{PROV}Activity")])]
    for release in history:
        if release.number == number:
            label = f"release {number}, load {release.load}"
            found.append((f"{RDFS}label", [_literal(label, "string")]))
            found.append((f"{PROV}endedAtTime", [_literal(release.made, "dateTime")]))
    return found


def _literal(value: Value, datatype: str) -> str:
    lexical = _lexical(value)
    text = f'"{lexical.translate(_ESCAPED)}"' if _ODD_TEXT.search(lexical) else f'"{lexical}"'
    return text if datatype == "string" else f"{text}^^<{XSD}{datatype}>"


def _lexical(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _iri(iri: str) -> str:
    # Looking is eight times cheaper than translating, and most have nothing to escape.
    return f"<{iri.translate(_ESCAPED_IRI)}>" if _ODD_IRI.search(iri) else f"<{iri}>"


def _turtle(subject: str, statements: Statements, graph: str | None) -> str:
    lines = []
    for predicate, objects in statements:
        if predicate == RDF_TYPE:
            lines.append(f"    a {' , '.join(map(_short, objects))}")
        else:
            lines.append(f"    {_short(_iri(predicate))} {' , '.join(map(_object, objects))}")
    return f"{_iri(subject)}\n" + " ;\n".join(lines) + " .\n"


def _object(term: str) -> str:
    if not (term.startswith('"') and term.endswith(">")):
        return term
    literal, _, datatype = term.rpartition("^^")
    return f"{literal}^^{_short(datatype)}"


@lru_cache(maxsize=4096)
def _short(term: str) -> str:
    """An IRI of our vocabularies with its prefix; any other as it is."""
    for prefix, namespace in PREFIXES.items():
        local = term[1 + len(namespace) : -1]
        if term[1:].startswith(namespace) and local.isalnum() and local.isascii():
            return f"{prefix}:{local}"
    return term


def _nquads(subject: str, statements: Statements, graph: str | None) -> str:
    end = f" {_iri(graph)} .\n" if graph is not None else " .\n"
    return "".join(
        f"{_iri(subject)} {_iri(predicate)} {item}{end}"
        for predicate, objects in statements
        for item in objects
    )


FORMATS: dict[str, tuple[str, Callable[[str, Statements, str | None], str]]] = {
    "turtle": ("".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items()), _turtle),
    "nquads": ("", _nquads),
}
