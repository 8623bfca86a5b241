"""The W3C SHACL tests: read, and put into record frames as far as frames can hold them.

A frame holds records with a name and one class, and columns of one kind and datatype. What it
cannot hold is left out together with the results that the test expects about it: blank nodes and
literals as focus nodes, values of another kind in a column, text with a language.
"""

import os
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import rdflib
from rdflib import OWL, RDF, RDFS, SH, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from ontology.model import Model
from ontology.terms import Property
from shapes import lexical
from shapes.plan import Result
from shapes.rules import JG, SEVERITIES, Shapes
from shapes.triples import terms
from tests.conftest import ROOT
from tests.shapes import made

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
BESIDE = Path(os.environ.get("JUSTICEGRAPH_SAMPLES", ROOT.parent / "shared" / "data"))
SUITE = Path(os.environ.get("SHACL_TESTS", BESIDE / "shacl-tests"))
FILES = sorted(SUITE.rglob("*.ttl")) if SUITE.is_dir() else []
UNTYPED = "Untyped"
Finding = tuple[str, str, str, str, str]
"""IRI, path, value, severity, code of the shape."""


FAR = {
    SH.inversePath,
    SH.alternativePath,
    SH.zeroOrMorePath,
    SH.oneOrMorePath,
    SH.targetObjectsOf,
    SH.sparql,
}
"""By these a shape reaches other records than those that a record names itself."""
MARKS = (
    SH.path,
    SH.inversePath,
    SH.alternativePath,
    SH.zeroOrMorePath,
    SH.oneOrMorePath,
    SH.zeroOrOnePath,
    SH.equals,
    SH.disjoint,
    SH.lessThan,
    SH.lessThanOrEquals,
    SH.targetSubjectsOf,
    SH.targetObjectsOf,
    RDF.first,
)
"""Where a shapes graph may name a property."""


class NotInFramesError(Exception):
    """The whole test cannot be put into frames; the text says why."""


def read(source: str) -> rdflib.Graph:
    """A file's graph, its literals as they are written."""
    graph = rdflib.Graph(bind_namespaces="none")
    with lexical.unnormalised():
        graph.parse(source, format="turtle", publicID=source)
    return graph


@dataclass(frozen=True)
class Test:
    """One test of a file: two graphs and the results that the suite expects of them."""

    __test__ = False

    data: rdflib.Graph
    shapes: rdflib.Graph
    expected: Counter[Result] | None
    """None where the test expects a failure: the shapes graph is not one."""

    @cached_property
    def records(self) -> "Records":
        return Records(self)


def entries_of(file: Path) -> list[Test]:
    """The tests of a file: one or none."""
    manifest = read(file.as_uri())
    found = []
    for entry in sorted(manifest.subjects(RDF.type, URIRef(SHT + "Validate"))):
        action = manifest.value(entry, URIRef(MF + "action"))
        data, shapes = (
            read(str(manifest.value(action, URIRef(SHT + role))))
            for role in ("dataGraph", "shapesGraph")
        )
        report = manifest.value(entry, URIRef(MF + "result"))
        expected = None
        if report != URIRef(SHT + "Failure"):
            expected = Counter(
                _result(manifest, node) for node in manifest.objects(report, SH.result)
            )
        for graph in (data, shapes):  # expected results also name shapes
            for node in list(graph.subjects(RDF.type, SH.ValidationResult)):
                graph.remove((node, None, None))
        found.append(Test(data, shapes, expected))
    return found


def _result(report: rdflib.Graph, node: Node) -> Result:
    said = dict(report.predicate_objects(node))
    return Result(
        said[SH.focusNode],
        said[SH.sourceShape],
        said[SH.sourceConstraintComponent],
        said[SH.resultSeverity],
        said.get(SH.resultPath),
        said.get(SH.value),
        (),
    )


def named(results: Counter[Result]) -> Counter[tuple[str, ...]]:
    """Results without their messages, in a form that two readings of one file share.

    Blank nodes have no names; a path that is one is left out.
    """

    def name(term: object) -> str:
        return "_:" if term is None or isinstance(term, BNode) else repr(term)

    found: Counter[tuple[str, ...]] = Counter()
    for one, times in results.items():
        terms_ = (one.focus, one.shape, one.component, one.severity, one.path, one.value)
        found[tuple(name(term) for term in terms_)] += times
    return found


class Records:
    """A test's data as record frames, with the model, shapes and findings to go with them."""

    def __init__(self, test: Test) -> None:
        if test.expected is None:
            raise NotInFramesError("the test is of a shapes graph that is refused")
        self._data, self._test = test.data, test
        self.left_out: Counter[str] = Counter()
        self._shapes = test.shapes
        self._classes = self._read_classes()
        nodes = self._nodes()
        if (None, OWL.imports, None) in self._shapes:
            raise NotInFramesError("its prefixes are imported")
        if {str(one.severity) for one in test.expected} - {str(one) for one in SEVERITIES}:
            raise NotInFramesError("a severity is none of the three")
        self._properties = self._read_properties(nodes)
        kept = {node for node in nodes if self._holds(node)}
        while lost := {n for n in kept if any(o in nodes - kept for o in self._data.objects(n))}:
            kept -= lost
            self.left_out["names a record that is left out"] += len(lost)
        self.left_out = +self.left_out
        if not kept:
            reasons = ", ".join(sorted(self.left_out)) or "no node of the data is a record"
            raise NotInFramesError(reasons)
        if self.left_out and FAR & set(self._shapes.predicates()):
            reasons = ", ".join(sorted(self.left_out))
            raise NotInFramesError(f"others would miss what is left out: {reasons}")
        # A record is known as one of its class by its IRI; otherwise it keeps its own.
        by_iri = SH["class"] in set(self._shapes.predicates())
        self._iri = {
            node: str(node)
            if not by_iri
            else f"https://justicegraph.example/id/{self._root(node)}/w3c/test/{number}"
            for number, node in enumerate(sorted(kept))
        }
        self.model = self._model()
        self.frames = self._frames(kept)
        self.shapes, code_of = self._coded()
        self.unnamed = {rule.code for rule in self.shapes.rules.values()} - set(code_of.values())
        """Codes of shapes without a name, whose results say only that."""
        self.expected: set[Finding] = {
            (
                self._iri[one.focus],
                str(one.path).rpartition("#")[2] if isinstance(one.path, URIRef) else "",
                "" if one.value is None else str(self._iri.get(one.value, one.value)),
                SEVERITIES[one.severity],
                code_of.get(one.shape, "_:"),
            )
            for one in test.expected
            if one.focus in self._iri
        }

    def _read_classes(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Classes by local name: what has a type, is targeted, or stands in the hierarchy."""
        both = (self._data, self._shapes)
        iris = {cls for graph in both for cls in graph.objects(None, RDF.type)}
        iris |= {cls for graph in both for cls in graph.objects(None, SH.targetClass)}
        iris |= {cls for graph in both for cls in graph.objects(None, SH["class"])}
        above = [
            pair
            for pair in self._data.subject_objects(RDFS.subClassOf)
            if not str(pair[1]).startswith(str(SH))
        ]
        iris |= {end for pair in above for end in pair}
        found = {
            self._local(iri): (
                str(iri),
                tuple(sorted(self._local(up) for down, up in above if down == iri)),
            )
            for iri in iris
            if isinstance(iri, URIRef) and not str(iri).startswith((str(SH), MF, SHT))
        }
        return {UNTYPED: (f"urn:{UNTYPED}", ()), **found}

    @staticmethod
    def _local(iri: Node) -> str:
        return str(iri).rpartition("#")[2]

    def _nodes(self) -> set[Node]:
        """What the data tell of, and what the shapes target, that is a record."""
        apart = (MF, SHT, str(SH))
        told = {
            node
            for node, predicate, value in self._data
            if predicate not in (RDF.first, RDF.rest, RDFS.subClassOf)
            and not str(predicate).startswith(apart)
            and not (predicate == RDF.type and str(value).startswith(apart))
        }
        meta = set(self._data.predicates())
        for kind in (RDF.Property, RDFS.Class):
            meta |= set(self._data.subjects(RDF.type, kind))
        for node, predicate, value in self._shapes:
            if str(predicate).startswith(apart):
                meta.add(node)
                meta |= {value} if isinstance(value, BNode) else set()
        focus = {one.focus for one in self._test.expected or ()}
        if focus & meta:
            raise NotInFramesError("the data are shapes")
        told |= focus | set(self._shapes.objects(None, SH.targetNode))
        self.left_out["a focus node is a literal"] += sum(isinstance(n, Literal) for n in told)
        self.left_out["a record is a blank node"] += sum(isinstance(n, BNode) for n in told - meta)
        return {node for node in told - meta if isinstance(node, URIRef)}

    def _read_properties(self, nodes: set[Node]) -> dict[str, Property]:
        """A property a predicate, of the kind and datatype that most of its values have."""
        met: dict[Node, Counter[str]] = {
            path: Counter()
            for predicate in MARKS
            for path in self._shapes.objects(None, predicate)
            if isinstance(path, URIRef)
        }
        for node in nodes:
            for predicate, value in self._data.predicate_objects(node):
                if predicate != RDF.type:
                    met.setdefault(predicate, Counter())[self._kind(value)] += 1
        found = {}
        for predicate, kinds in met.items():
            name = self._local(predicate)
            kind = min(
                (kind for kind in kinds if kind),
                key=lambda k: (-met[predicate][k], k),
                default="link",
            )
            iri = str(predicate)
            roots = tuple(sorted({self._top(cls) for cls in self._classes}))
            prop = made.prop(iri, "link", roots, targets=roots, many=True)
            if kind != "link":
                prop = made.prop(iri, "data", roots, datatype=kind, many=True)
            found[name] = Property(**{**vars(prop), "name": name})
        return found

    @staticmethod
    def _kind(value: Node) -> str:
        """ "link", a datatype a column has, or "" for what no column holds."""
        if isinstance(value, URIRef):
            return "link"
        if not isinstance(value, Literal) or value.language:
            return ""
        datatype = str(value.datatype or XSD.string).removeprefix(str(XSD))
        return datatype if datatype in lexical.DATATYPES else ""

    def _holds(self, node: Node) -> bool:
        """Whether a frame can hold a record and every value of it."""
        typed = set(self._data.objects(node, RDF.type))
        if len(typed) > 1:
            self.left_out["a record has two classes"] += 1
            return False
        if not typed and SH.closed in set(self._shapes.predicates()):
            self.left_out[
                "a record has no class, and a closed shape would see the one it gets"
            ] += 1
            return False
        for predicate, value in self._data.predicate_objects(node):
            if predicate == RDF.type:
                continue
            column = self._properties[self._local(predicate)]
            kind = self._kind(value)
            if isinstance(value, BNode):
                self.left_out["a value is a blank node"] += 1
            elif isinstance(value, Literal) and value.language:
                self.left_out["a value is text with a language"] += 1
            elif kind != (column.datatype or "link"):
                self.left_out["a value is not of its column's kind or datatype"] += 1
            elif kind != "link" and not self._as_written(value, column):
                self.left_out[
                    "a value is ill-typed, or written in a way a column does not keep"
                ] += 1
            else:
                continue
            return False
        return True

    @staticmethod
    def _as_written(value: Node, column: Property) -> bool:
        values, ill_typed = lexical.cast(pl.Series([str(value)]), column.datatype or "string")
        if ill_typed.item():
            return False
        [term] = terms(values.to_list(), column).values()
        return isinstance(term, Literal) and str(term) == str(value)

    def _class(self, node: Node) -> str:
        typed = self._data.value(node, RDF.type)
        return UNTYPED if typed is None else self._local(typed)

    def _top(self, cls: str) -> str:
        parents = self._classes[cls][1]
        return self._top(parents[0]) if parents else cls

    def _root(self, node: Node) -> str:
        return self._top(self._class(node))

    def _model(self) -> Model:
        roots = {self._top(cls) for cls in self._classes}
        return made.model(self._classes, self._properties.values(), roots)

    def _frames(self, kept: set[Node]) -> dict[str, pl.DataFrame]:
        rows: dict[str, list[dict[str, object]]] = {}
        for node in sorted(kept):
            row: dict[str, object] = {"iri": self._iri[node], "class": self._class(node)}
            for name, column in self._properties.items():
                values = sorted(self._data.objects(node, URIRef(column.iri)))
                if values:
                    row[name] = [str(self._iri.get(value, value)) for value in values]
            rows.setdefault(self._root(node), []).append(row)
        text: dict[str, pl.DataType] = {"iri": pl.String(), "class": pl.String()}
        text |= {name: pl.List(pl.String()) for name in self._properties}
        return {
            root: pl.DataFrame(found, schema=text).with_columns(
                pl.col(name).list.eval(lexical.cast(pl.element(), column.datatype)[0])
                for name, column in self._properties.items()
                if column.datatype
            )
            for root, found in rows.items()
        }

    def _coded(self) -> tuple[Shapes, dict[Node, str]]:
        """The shapes with records renamed, and a code and all else that a reporting shape has."""
        names = {
            shape: shape if isinstance(shape, URIRef) else URIRef(f"urn:shape:{number}")
            for number, shape in enumerate(sorted(self._reporting()))
        }
        graph = rdflib.Graph(bind_namespaces="none")
        renamed = {**names, **{node: URIRef(iri) for node, iri in self._iri.items()}}
        for subject, predicate, value in self._shapes:
            if subject in self._iri or predicate in (SH.message, RDFS.label):
                continue
            graph.add((renamed.get(subject, subject), predicate, renamed.get(value, value)))
        for number, shape in enumerate(sorted(names)):
            name = names[shape]
            graph.add((name, JG.code, Literal(f"W3C-{number}")))
            graph.add((name, SH.message, Literal("Wrong.")))
            graph.add((name, JG.fix, Literal("Right it.")))
            if (name, SH.severity, None) not in graph:
                graph.add((name, SH.severity, SH.Violation))
        codes = {
            shape: f"W3C-{n}" for n, shape in enumerate(sorted(names)) if isinstance(shape, URIRef)
        }
        return Shapes.of(graph), codes

    def _reporting(self) -> set[Node]:
        """Every shape of the graph that may come to report under its own name."""
        targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
        found = {shape for target in targets for shape in self._shapes.subjects(target)}
        found |= {
            shape
            for shape in self._shapes.subjects(RDF.type, SH.NodeShape)
            if (shape, RDF.type, RDFS.Class) in self._shapes
        }
        found |= set(self._shapes.objects(None, SH.property))
        return {shape for shape in found if shape not in self._iri} or set()
