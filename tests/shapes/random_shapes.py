"""Random shapes, and random records for them: what the checker is held against pyshacl on.

A shape is drawn as a tree (`Blank`) and put into a graph; its values come from the pools its
records are drawn from, so that equal, ordered and missing values all occur. Records are raw text
read by the lexical gate, as the loaders read it; some of it is ill-typed and becomes an absence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, Union

import polars as pl
import rdflib
from hypothesis import strategies as st
from rdflib import RDF, SH, XSD, BNode, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology.model import Model
from ontology.terms import Property
from shapes import lexical
from shapes.rules import JG, Shapes
from shapes.triples import terms
from tests.shapes import made

SHAPE = "https://w3id.org/justicegraph/shape/"
BASE = "https://justicegraph.example/id/"
DATASET = "test/random"
# Shapes drawn for one batch of records: plain pyshacl judges them all in one call.
TOGETHER = 10

Value = Union[Node, "Blank", "tuple[Value, ...]"]
"""A term, an anonymous shape, or an RDF list."""
T = TypeVar("T")


@dataclass(frozen=True)
class Blank:
    """A node of a shapes graph by what is said of it; anonymous where it has no name."""

    said: tuple[tuple[URIRef, Value], ...]
    name: URIRef | None = None

    def put(self, graph: rdflib.Graph) -> Node:
        """Put it and all below it into a graph."""
        node = self.name or BNode()
        for predicate, value in self.said:
            graph.add((node, predicate, _put(graph, value)))
        return node


def _put(graph: rdflib.Graph, value: Value) -> Node:
    if isinstance(value, Blank):
        return value.put(graph)
    if isinstance(value, tuple):
        members = [_put(graph, member) for member in value]
        return Collection(graph, BNode(), members).uri if members else RDF.nil
    return value


TEXTS: Mapping[str, tuple[str, ...]] = {
    "string": ("", "a", "B", "ab", "A1", "A1\n", "X320741", "Ŵyn", "😀", "a b", "1", "Robbery"),
    "integer": ("0", "1", "+1", "-1", "007", "2", "9223372036854775807", "1.0", "x"),
    "decimal": ("0", "1", "1.000000", "-0.5", ".5", "1.5", "999999999999.999999", "1e3", "12,5"),
    "boolean": ("true", "1", "false", "0", "maybe"),
    "date": ("2020-02-29", "2020-02-30", "2020-03-01", "1700-01-01", "9999-12-31", "2020-03-01Z"),
    "dateTime": (
        "2020-06-01T09:00:00",
        "2020-06-01T08:00:00Z",
        "2020-06-01T09:00:00.000001Z",
        "2020-06-01T24:00:00+01:00",
        "0001-01-02T00:00:00Z",
        "2020-06-01 09:00",
    ),
}
"""Raw cells by datatype: the same value written twice, neighbours, ends of the range, ill-typed."""
PATTERNS = (
    ("^[A-Z]", None),
    ("^[A-Z][0-9]+$", None),
    ("[0-9]$", None),
    ("^$", None),
    ("b", "i"),
    ("1/random/|Sample", None),
    ("^.{2}$", None),
    ("^a|B$", None),
    ("^2020-0[26]", None),
    ("\\.", None),
)
_DATATYPES = tuple(TEXTS)
_ROOTS = ("Sample", "Other")
_CLASSES = ("Sample", "Lower", "Lowest", "Other")


def _model() -> Model:
    """Two root classes, one with two below it; every datatype once single, once many."""
    both = [(name, many) for name in _DATATYPES for many in (False, True)]
    properties = [
        made.prop(f"{JG}{name}{'s' * many}", "data", _ROOTS, datatype=name, many=many)
        for name, many in both
    ]
    properties += [
        # A second one of each ordered kind, to compare with.
        made.prop(f"{JG}until", "data", _ROOTS, datatype="date"),
        made.prop(f"{JG}most", "data", _ROOTS, datatype="integer"),
        made.prop(f"{JG}name", "data", ("Lower",), datatype="string"),
        made.prop(f"{JG}link", "link", _ROOTS, targets=_ROOTS),
        made.prop(f"{JG}links", "link", _ROOTS, targets=_ROOTS, many=True),
        made.prop(f"{JG}code", "code", _ROOTS, scheme="sex"),
        made.prop(f"{JG}codes", "code", _ROOTS, scheme="sex", many=True),
    ]
    classes: dict[str, tuple[str, tuple[str, ...]]] = {
        "Record": (f"{JG}Record", ()),
        "Sample": (f"{JG}Sample", ("Record",)),
        "Lower": (f"{JG}Lower", ("Sample",)),
        "Lowest": (f"{JG}Lowest", ("Lower",)),
        "Other": (f"{JG}Other", ("Record",)),
    }
    return made.model(classes, properties, _ROOTS)


MODEL = _model()
_COLUMNS = tuple(MODEL.properties.values())
_RECORDS = tuple(f"{BASE}{root}/{DATASET}/{key}" for root in _ROOTS for key in range(5))
_LINKS = (*_RECORDS, f"{BASE}Lower/{DATASET}/1", "urn:not-a-record")
_CODES = tuple(MODEL.concept_iri("sex", notation) for notation in ("M", "F", "no code"))


def _texts(column: Property) -> tuple[str, ...]:
    """Raw cells that a column is drawn from."""
    if column.kind == "link":
        return _LINKS
    return _CODES if column.kind == "code" else TEXTS[column.datatype or "string"]


@cache
def _terms(name: str) -> tuple[Node, ...]:
    """The RDF terms of a column's well-typed cells, and two that it never holds."""
    column = MODEL.properties[name]
    cells = pl.Series(_texts(column))
    if column.kind == "data":
        cells, _ = lexical.cast(cells, column.datatype or "string")
    held = terms(cells.drop_nulls().unique(maintain_order=True).to_list(), column)
    return (*held.values(), Literal("b"), URIRef("urn:other"))


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


class Draw:
    """Choices, drawn one number each: quick to draw, and smaller numbers are plainer shapes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def of(self, options: Sequence[T]) -> T:
        """One of these."""
        return options[self._draw(_below(len(options)))]

    def some(self, options: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Some of these, perhaps one more than once."""
        return tuple(self.of(options) for _ in range(least + self._draw(_below(most - least + 1))))

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self._draw(_below(100)) >= 100 - percent

    def frame(self, root: str) -> pl.DataFrame:
        """Records of a root class, their cells read from raw text."""
        columns = {column.name: column for column in self.some(_COLUMNS, 1, 8)}
        classes = sorted(MODEL.subclasses(root))
        raw: dict[str, list[Any]] = {"iri": [], "class": []} | {name: [] for name in columns}
        for key in range(1 + self._draw(_below(5))):
            raw["iri"].append(f"{BASE}{root}/{DATASET}/{key}")
            raw["class"].append(self.of(classes))
            for name, column in columns.items():
                texts = _texts(column)
                if self.chance(20):
                    raw[name].append(None)
                elif column.many:
                    raw[name].append(list(self.some(texts, 1, 3)))
                else:
                    raw[name].append(self.of(texts))
        schema = {"iri": pl.String(), "class": pl.String()} | {
            name: pl.List(pl.String()) if column.many else pl.String()
            for name, column in columns.items()
        }
        return pl.DataFrame(raw, schema=schema).with_columns(
            _read(column) for column in columns.values() if column.kind == "data"
        )

    def shape(self, number: int) -> Blank:
        """A node shape with targets, of its own constraints and property shapes."""
        said: list[tuple[URIRef, Value]] = [*_described(number * 10)]
        said.append((RDF.type, SH.NodeShape))
        said += self._targets()
        if self.chance(40):
            said += self._on_nodes(2)
        for place in range(1, 1 + self._draw(_below(3))):
            said.append((SH.property, self.property(number * 10 + place)))
        if number and self.chance(5):
            said.append((SH.node, URIRef(f"{SHAPE}JG-TST-{(number - 1) * 10:03}")))
        return Blank(tuple(said), URIRef(f"{SHAPE}JG-TST-{number * 10:03}"))

    def _targets(self) -> list[tuple[URIRef, Value]]:
        found: list[tuple[URIRef, Value]] = []
        for _ in range(1 + self.chance(10)):
            if self.chance(90):
                found.append((SH.targetClass, JG[self.of((*_CLASSES, "Record"))]))
            else:
                found.append(
                    self.of(
                        (
                            (SH.targetSubjectsOf, JG[self.of(_COLUMNS).name]),
                            (SH.targetObjectsOf, JG[self.of(("link", "links"))]),
                            (SH.targetNode, URIRef(self.of(_RECORDS))),
                        )
                    )
                )
        return found

    def property(self, number: int) -> Blank:
        """A property shape with a code."""
        said = [*_described(number), (RDF.type, SH.PropertyShape), *self._along(2)]
        if self.chance(3):
            said.append((SH.deactivated, Literal(True)))
        return Blank(tuple(said), URIRef(f"{SHAPE}JG-TST-{number:03}"))

    def _along(self, depth: int) -> list[tuple[URIRef, Value]]:
        """A path and constraints on its values."""
        column = self.of(_COLUMNS)
        path: Value = JG[column.name]
        if self.chance(15):
            path = self._path(column)
        found: list[tuple[URIRef, Value]] = [(SH.path, path)]
        for _ in range(1 + self._draw(_below(3))):
            found += self._constraint(column, depth)
        return _once(found)

    def _path(self, column: Property) -> Value:
        link, other = JG[self.of(("link", "links"))], JG[self.of(_COLUMNS).name]
        mine = JG[column.name]
        return self.of(
            (
                Blank(((SH.inversePath, link),)),
                (link, mine),
                Blank(((SH.alternativePath, (mine, other)),)),
                (link, RDF.type),
                (link, link, mine),
                Blank(((SH.zeroOrOnePath, link),)),
                Blank(((SH.zeroOrMorePath, link),)),
                Blank(((SH.oneOrMorePath, link),)),
                (Blank(((SH.inversePath, link),)), mine),
            )
        )

    def _constraint(self, column: Property, depth: int) -> list[tuple[URIRef, Value]]:
        """One constraint on a column's values."""
        held = _terms(column.name)
        ways: list[Callable[[], list[tuple[URIRef, Value]]]] = [
            lambda: [(self.of((SH.minCount, SH.maxCount)), self._number())],
            lambda: [
                (
                    self.of((SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive)),
                    self.of([one for one in (*held, Literal("b")) if isinstance(one, Literal)]),
                )
            ],
            lambda: [
                (
                    self.of((SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint)),
                    JG[self._comparable(column)],
                )
            ],
            lambda: self._of_values(held),
            lambda: self._nested(lambda: self._on_values(column, depth - 1), depth),
            lambda: self._qualified(column, depth),
        ]
        return self.of(ways)()

    def _comparable(self, column: Property) -> str:
        """Usually a column of the same kind and datatype."""
        like = [
            other.name
            for other in _COLUMNS
            if (other.kind, other.datatype) == (column.kind, column.datatype) and other != column
        ]
        return self.of(_COLUMNS).name if not like or self.chance(10) else self.of(like)

    def _number(self) -> Literal:
        return Literal(self._draw(_below(4)))

    def _of_values(self, held: Sequence[Node]) -> list[tuple[URIRef, Value]]:
        """A constraint that looks at each value for itself."""
        ways: list[Callable[[], list[tuple[URIRef, Value]]]] = [
            lambda: [(SH.datatype, XSD[self.of(_DATATYPES)])],
            lambda: [
                (
                    SH.nodeKind,
                    self.of(
                        (
                            SH.IRI,
                            SH.Literal,
                            SH.BlankNode,
                            SH.IRIOrLiteral,
                            SH.BlankNodeOrIRI,
                            SH.BlankNodeOrLiteral,
                        )
                    ),
                )
            ],
            lambda: [(SH["class"], JG[self.of((*_ROOTS, "Record"))])],
            lambda: [(SH["in"], self.some(held, 0, 4))],
            lambda: [(SH.hasValue, self.of(held))],
            lambda: self._pattern(),
            lambda: [(self.of((SH.minLength, SH.maxLength)), self._number())],
            lambda: [(SH.languageIn, (Literal("en"),))],
            lambda: [(SH.uniqueLang, Literal(True))],
        ]
        return self.of(ways)()

    def _pattern(self) -> list[tuple[URIRef, Value]]:
        pattern, flags = self.of(PATTERNS)
        said: list[tuple[URIRef, Value]] = [(SH.pattern, Literal(pattern))]
        return [*said, (SH.flags, Literal(flags))] if flags else said

    def _nested(self, inner: Callable[[], Blank], depth: int) -> list[tuple[URIRef, Value]]:
        if depth < 1:
            return []
        if self.chance(20):
            within = inner()
            path = any(predicate == SH.path for predicate, _ in within.said)
            return [(SH.node, Blank(((SH.property, within),)) if path else within)]
        if self.chance(25):
            return [(SH["not"], inner())]
        members = tuple(inner() for _ in range(1 + self._draw(_below(3))))
        return [(self.of((SH["or"], SH["and"], SH.xone)), members)]

    def _on_values(self, column: Property, depth: int) -> Blank:
        """An anonymous shape for a column's values; for links, sometimes of what they name."""
        if column.kind == "link" and self.chance(30):
            return Blank(((SH.property, Blank(tuple(self._along(depth)))),))
        found: list[tuple[URIRef, Value]] = []
        for _ in range(1 + self.chance(40)):
            if self.chance(20):
                found += self._nested(lambda: self._on_values(column, depth - 1), depth)
            else:
                found += self._of_values(_terms(column.name))
        found = [one for one in found if one[0] != SH.uniqueLang]
        return Blank(tuple(_once(found)))

    def _qualified(self, column: Property, depth: int) -> list[tuple[URIRef, Value]]:
        if depth < 1:
            return []
        said: list[tuple[URIRef, Value]] = [
            (SH.qualifiedValueShape, self._on_values(column, depth - 1)),
            (self.of((SH.qualifiedMinCount, SH.qualifiedMaxCount)), self._number()),
        ]
        if self.chance(20):
            said.append((SH.qualifiedValueShapesDisjoint, Literal(True)))
        return said

    def _on_nodes(self, depth: int) -> list[tuple[URIRef, Value]]:
        """Constraints on the record itself."""
        some_records = (*(URIRef(iri) for iri in _RECORDS), Literal("x"))
        ways: list[Callable[[], list[tuple[URIRef, Value]]]] = [
            lambda: self._nested(lambda: self._inside(depth - 1), depth),
            lambda: self._nested(lambda: self._inside(depth - 1), depth),
            lambda: self._nested(lambda: self._inside(depth - 1), depth),
            lambda: self._of_nodes(some_records),
            lambda: [
                (SH.closed, Literal(True)),
                (SH.ignoredProperties, (RDF.type, *(JG[c.name] for c in _COLUMNS[3:]))),
            ],
            lambda: [(self.of((SH.equals, SH.disjoint)), JG[self.of(("link", "links"))])],
        ]
        return _once(self.of(ways)())

    def _of_nodes(self, held: Sequence[Node]) -> list[tuple[URIRef, Value]]:
        found = self._of_values(held)
        return [one for one in found if one[0] != SH.uniqueLang]

    def _inside(self, depth: int) -> Blank:
        """A shape within sh:or and its kin on a record: a property shape, or a node shape."""
        if self.chance(75):
            return Blank(tuple(self._along(depth)))
        properties = tuple(
            (SH.property, Blank(tuple(self._along(depth))))
            for _ in range(1 + self._draw(_below(2)))
        )
        more = self._nested(lambda: self._inside(depth - 1), depth) if self.chance(30) else []
        return Blank((*properties, *more))


def _read(column: Property) -> pl.Expr:
    """A column of raw text, read by the lexical gate; what is ill-typed is absent."""
    raw = pl.col(column.name)
    datatype = column.datatype or "string"
    if column.many:
        return raw.list.eval(lexical.cast(pl.element(), datatype)[0]).list.drop_nulls()
    return lexical.cast(raw, datatype)[0].alias(column.name)


SEVERAL = {
    SH["class"],
    SH.hasValue,
    SH.node,
    SH["not"],
    SH["or"],
    SH["and"],
    SH.xone,
    SH.property,
    SH.lessThan,
    SH.lessThanOrEquals,
    SH.equals,
    SH.disjoint,
}
"""Parameters that a shape may carry more than once; of the others the first one counts."""


def _once(said: list[tuple[URIRef, Value]]) -> list[tuple[URIRef, Value]]:
    seen: set[URIRef] = set()
    kept = []
    for predicate, value in said:
        if predicate in SEVERAL or predicate not in seen:
            kept.append((predicate, value))
        seen.add(predicate)
    if SH.pattern not in seen:
        kept = [one for one in kept if one[0] != SH.flags]
    return kept


def _described(number: int) -> tuple[tuple[URIRef, Value], ...]:
    return (
        (JG.code, Literal(f"JG-TST-{number:03}")),
        (SH.message, Literal(f"Wrong {number}.")),
        (JG.fix, Literal("Right it.")),
        (SH.severity, (SH.Violation, SH.Warning, SH.Info)[number % 3]),
    )


@dataclass(frozen=True)
class Case:
    """Shapes and the records they are to judge. Several shapes, each of them a case."""

    shapes: tuple[Blank, ...]
    frames: Mapping[str, pl.DataFrame]

    def __repr__(self) -> str:
        records = [str(row) for frame in self.frames.values() for row in frame.to_dicts()]
        return "\n".join([self.graph.serialize(), *records])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As hypothesis shows a failing case."""
        printer.text(repr(self))

    @property
    def graph(self) -> rdflib.Graph:
        """The shapes as a graph."""
        graph = rdflib.Graph(bind_namespaces="none")
        for shape in self.shapes:
            shape.put(graph)
        return graph

    def rules(self) -> Shapes:
        """The shapes as the checker reads them."""
        return Shapes.of(self.graph)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Ten shapes and one batch of records."""
    choose = Draw(draw)
    roots = _ROOTS if choose.chance(60) else _ROOTS[:1]
    frames = {root: choose.frame(root) for root in roots}
    return Case(tuple(choose.shape(number) for number in range(TOGETHER)), frames)
