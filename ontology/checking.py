"""Is every term of the ontology complete, and every term in use defined?"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ontology.errors import nearest
from ontology.model import FOLDER, Model
from ontology.namespaces import CATALOGUE, CODE, JG, PREFIXES, code_iri

if TYPE_CHECKING:
    from rdflib import Graph

LINT = FOLDER / "lint"
DEFINING = {
    PREFIXES["owl"] + name
    for name in ("Class", "DatatypeProperty", "ObjectProperty", "AnnotationProperty", "Ontology")
} | {
    PREFIXES["skos"] + "Concept",
    PREFIXES["skos"] + "ConceptScheme",
    *(
        JG + name
        for name in (
            "Organisation",
            "System",
            "Dataset",
            "Sensitivity",
            "CoverageHole",
            "Crosswalk",
            "DataGap",
        )
    ),
}
PREFIXED = re.compile(r"(?<![\w:])jg:([A-Za-z]\w*)")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong: where, with which term, and what to do."""

    code: str
    term: str
    file: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.code}: {self.term}: {self.message} {self.fix}"


@dataclass(frozen=True)
class Use:
    """A name that something outside Turtle uses, such as a mapping; file says where."""

    kind: Literal["class", "property", "scheme", "dataset"]
    name: str
    file: str


def check(extra: Sequence[Path] = (), uses: Iterable[Use] = ()) -> list[Finding]:
    """Everything wrong with the ontology, sorted; empty when there is nothing.

    extra: further Turtle files and folders (shapes/) whose terms must be defined, and which may
    define terms of their own. uses: names in mappings. Where terms contradict each other so far
    that there is no model, that is one finding, and what needs a model is not looked at.
    Raises TurtleError for a file that is not Turtle.
    """
    from ontology.reading import ModelError
    from ontology.turtle import read, turtle_files

    graphs = {path: read(path) for path in turtle_files([FOLDER, *extra])}
    terms = {path: graph for path, graph in graphs.items() if not path.is_relative_to(LINT)}
    findings = {
        *_incomplete(terms),
        *_undefined(graphs),
        *_misspelt(graphs),
        *_defined_twice(terms),
    }
    try:
        model = Model.load(*extra)
    except ModelError as error:
        findings.add(Finding(error.code, error.term, "ontology", error.cause, error.fix))
    else:
        findings |= {*_misnamed(model, terms), *_homeless(model, terms), *_unknown(model, uses)}
    return sorted(findings)


def short(iri: str) -> str:
    """An IRI as people write it: with its prefix where it has one."""
    prefixes = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
    for prefix, namespace in prefixes:
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _near(name: str, known: Iterable[str]) -> str:
    # Without the prefix, which many have, or every name would be close.
    prefix = name[: name.rfind(":") + 1]
    local = [each.removeprefix(prefix) for each in map(short, known) if each.startswith(prefix)]
    close = nearest(name.removeprefix(prefix), local, 1)
    return f"Did you mean {prefix}{close[0]}?" if close else "Define it, or correct the name."


def _defined(graph: "Graph") -> set[str]:
    from rdflib import RDF

    return {
        str(term)
        for term, _, kind in graph.triples((None, RDF.type, None))
        if str(kind) in DEFINING
    }


def _home(graphs: Mapping[Path, "Graph"]) -> dict[str, Path]:
    return {term: path for path, graph in graphs.items() for term in _defined(graph)}


def _incomplete(terms: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    """What the SHACL shapes of ontology/lint say about the terms."""
    from pyshacl import validate
    from rdflib import SH, Graph, URIRef

    from ontology.turtle import read, turtle_files

    data, shapes = Graph(), Graph()
    for graph in terms.values():
        for triple in graph:
            data.add(triple)
    for path in turtle_files([LINT]):
        read(path, shapes)
    home = _home(terms)
    _, report, _ = validate(data, shacl_graph=shapes)
    for result in report.subjects(SH.resultSeverity):
        shape, term = report.value(result, SH.sourceShape), report.value(result, SH.focusNode)
        yield Finding(
            str(shapes.value(shape, URIRef(JG + "code"))),
            short(str(term)),
            _name(home.get(str(term))),
            str(shapes.value(shape, SH.message)),
            str(shapes.value(shape, URIRef(JG + "fix"))),
        )


def _name(path: Path | None) -> str:
    if path is None:
        return "?"
    parts = path.resolve().parts
    for top in ("ontology", "shapes"):
        if top in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(top) :])
    return path.name


def _undefined(graphs: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    """Terms of our namespaces used anywhere in Turtle, SPARQL text included, and not defined."""
    from rdflib import Literal as Text
    from rdflib import URIRef

    defined = set(_home(graphs))
    for path, graph in graphs.items():
        used: set[str] = set()
        for triple in graph:
            used |= {str(node) for node in triple if isinstance(node, URIRef)}
            value = triple[2]
            if isinstance(value, Text) and str(triple[1]).startswith(PREFIXES["sh"]):
                used |= {JG + name for name in PREFIXED.findall(str(value))}
        for iri in sorted(used - defined):
            if iri.startswith((JG, CODE, CATALOGUE)) and iri != JG:
                message = "The term is used and defined nowhere."
                yield Finding(
                    "JG-LINT-020", short(iri), _name(path), message, _near(short(iri), defined)
                )


def _misspelt(graphs: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    """Terms of the W3C vocabularies that those vocabularies do not have."""
    from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, XSD, URIRef

    vocabularies = (DCTERMS, OWL, RDF, RDFS, SH, SKOS, XSD)
    for path, graph in graphs.items():
        for iri in sorted(
            {node for triple in graph for node in triple if isinstance(node, URIRef)}
        ):
            for vocabulary in vocabularies:
                if iri.startswith(str(vocabulary)) and iri not in vocabulary:
                    known = [str(term) for term in dir(vocabulary)]
                    message = f"The vocabulary {vocabulary} has no such term."
                    yield Finding(
                        "JG-LINT-021",
                        short(str(iri)),
                        _name(path),
                        message,
                        _near(short(str(iri)), known),
                    )


def _defined_twice(terms: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    homes: dict[str, list[Path]] = defaultdict(list)
    for path, graph in terms.items():
        for term in _defined(graph):
            homes[term].append(path)
    for term, paths in homes.items():
        if len(paths) > 1:
            names = " and ".join(sorted(_name(path) for path in paths))
            yield Finding(
                "JG-LINT-022",
                short(term),
                _name(paths[-1]),
                f"The term is defined in {names}.",
                "Keep one definition.",
            )


def _misnamed(model: Model, terms: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    """Codes whose IRI is not the one their scheme and notation give."""
    home = _home(terms)
    for iri, concept in model.concepts.items():
        right = code_iri(concept.scheme, concept.notation)
        if iri != right:
            yield Finding(
                "JG-LINT-023",
                short(iri),
                _name(home.get(iri)),
                "The IRI of the code is not made of its scheme and notation.",
                f"Name it {right}.",
            )


def _homeless(model: Model, terms: Mapping[Path, "Graph"]) -> Iterator[Finding]:
    """Event classes without stage, system of record or tolerance."""
    home = _home(terms)
    events = (
        model.subclasses("EventRecord") - {"EventRecord"}
        if "EventRecord" in model.classes
        else frozenset()
    )
    for name in sorted(events):
        cls = model.classes[name]
        missing = [
            word
            for word, value in (
                ("jg:stage", cls.stage),
                ("jg:systemOfRecord", cls.system_of_record),
                ("jg:toleranceDays", cls.tolerance_days),
            )
            if value is None
        ]
        if missing:
            yield Finding(
                "JG-LINT-024",
                short(cls.iri),
                _name(home.get(cls.iri)),
                f"The event class has no {' and no '.join(missing)}.",
                "Say where it belongs, whose telling counts and how far tellings may differ.",
            )


def _unknown(model: Model, uses: Iterable[Use]) -> Iterator[Finding]:
    known: dict[str, Mapping[str, object]] = {
        "class": model.classes,
        "property": model.properties,
        "scheme": model.schemes,
        "dataset": model.datasets,
    }
    for use in uses:
        if use.name not in known[use.kind]:
            message = f"The ontology has no {use.kind} of this name."
            yield Finding(
                "JG-LINT-025", use.name, use.file, message, _near(use.name, known[use.kind])
            )
