"""From the constraints of SHACL shapes to Polars expressions.

A shape is compiled against a table with a row for each node that it is asked of: a root class's
frame (one row a record; `iri`, `class`, its properties), or the value nodes of a path that leaves
the record (`value`, and `class`, `known` and properties of the record there, where the batch has
it). What an own column cannot answer becomes a `Step`: such a table, whose answers are counted
back into columns of the rows they came from.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import and_, or_
from typing import TYPE_CHECKING

import polars as pl
import rdflib
from rdflib import RDF, SH, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from shapes.compiler import paths
from shapes.compiler.answers import (
    among,
    as_list,
    datatype,
    exactly_one,
    joined,
    ordered,
    same_terms,
)
from shapes.compiler.constraint import Nodes, NotCoveredError, Step, Test
from shapes.compiler.patterns import matches
from shapes.compiler.terms import FOCUS, bound, text, value_of
from shapes.kinds import Kinds
from shapes.reads import parameters

if TYPE_CHECKING:
    from ontology.model import Model
    from ontology.terms import Property

# Parameters that only say more of another one.
BESIDE = {
    SH.flags,
    SH.ignoredProperties,
    SH.qualifiedValueShape,
    SH.qualifiedValueShapesDisjoint,
}
PAIRS = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
RANGES = {SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive}
LOGIC = {SH["and"], SH["or"], SH.xone, SH["not"], SH.node, SH.property}


class NeedsRecordError(Exception):
    """An inner shape asks of the record that a link names, which the link's text does not hold."""


@dataclass(frozen=True)
class At:
    """Where an expression stands: the value node, and whether its record's columns are there."""

    nodes: Nodes
    x: pl.Expr
    row: bool
    guarded: bool = False

    def known(self, test: Test) -> Test:
        """An answer that needs the record's columns: unknown where the batch lacks the record."""
        if not self.guarded:
            return test
        return Test(pl.when(pl.col("known")).then(test.expr), sure=False)


def components(graph: rdflib.Graph, shape: Node) -> Iterator[tuple[URIRef, list[Node]]]:
    """(parameter that names a constraint component, its values) of a shape."""
    found: dict[URIRef, list[Node]] = {}
    custom = {graph.value(one, SH.path) for one in graph.objects(None, SH.parameter)}
    asked = [pair for pair in graph.predicate_objects(shape) if pair[0] in custom]
    for parameter, value in parameters(graph, shape) + asked:
        if parameter not in BESIDE and isinstance(parameter, URIRef):
            found.setdefault(parameter, []).append(value)
    yield from sorted(found.items())


def deactivated(graph: rdflib.Graph, shape: Node) -> bool:
    return graph.value(shape, SH.deactivated) == Literal(True)


def name_of(parameter: Node) -> str:
    return str(parameter).rpartition("#")[2]


class Builder:
    """Compiles shapes of one graph over one model. `steps` and `reads` gather what is needed."""

    def __init__(self, graph: rdflib.Graph, model: "Model", kinds: Kinds) -> None:
        self.graph, self.model = graph, model
        self.columns, self.classes, self.kinds = kinds.columns, kinds.classes, kinds.pattern
        self.steps: list[Step] = []
        self.reads: set[str] = set()
        self.by_kind = False
        self._made = 0

    def constraint(self, shape: Node, parameter: URIRef, values: list[Node]) -> Test:
        """Whether a record, on its root's frame, passes one constraint component of a shape."""
        return self._component(shape, parameter, values, At(FOCUS, pl.col("iri"), row=True), ())

    def path(self, shape: Node) -> paths.Path | None:
        """The path of a property shape."""
        node = self.graph.value(shape, SH.path)
        return None if node is None else paths.parse(self.graph, node, self.columns)

    def on_values(self, shape: Node, parameter: URIRef, values: list[Node], x: pl.Expr) -> pl.Expr:
        """What decides about one value of an own column; x stands for the value."""
        path = self.path(shape)
        if path is None:
            raise ValueError(f"{shape} has no path")
        at = At(paths.nodes(path), x, row=False)
        return self._on_value(shape, parameter, values, at, ()).expr

    def _conforms(self, shape: Node, at: At, above: tuple[Node, ...]) -> Test:
        if shape in above:
            raise NotCoveredError("recursion")
        if deactivated(self.graph, shape):
            return Test.always(True)
        return joined(
            [
                self._component(shape, parameter, values, at, (*above, shape))
                for parameter, values in components(self.graph, shape)
            ],
            and_,
            True,
        )

    def _component(
        self, shape: Node, parameter: URIRef, values: list[Node], at: At, above: tuple[Node, ...]
    ) -> Test:
        if (shape, SH.path, None) not in self.graph:
            return self._on_value(shape, parameter, values, at, above)
        if not at.nodes.is_iri:
            raise NotCoveredError("a property shape that is asked of literals")
        if not at.row:
            raise NeedsRecordError
        path = self.path(shape)
        if path is None:
            raise ValueError(f"{shape} has no path")
        return at.known(self._on_path(shape, path, parameter, values, above))

    def _on_path(
        self,
        shape: Node,
        path: paths.Path,
        parameter: URIRef,
        values: list[Node],
        above: tuple[Node, ...],
    ) -> Test:
        if parameter in (SH.minCount, SH.maxCount):
            [number] = (int(str(value)) for value in values)
            return self._counted(path, parameter == SH.minCount, number)
        if parameter == SH.hasValue:
            every = [self._has(path, value) for value in values]
            return joined(every, and_, True)
        if parameter in PAIRS:
            return joined([self._pair(path, parameter, value) for value in values], and_, True)
        if parameter in (SH.qualifiedMinCount, SH.qualifiedMaxCount):
            return self._qualified(shape, path, parameter, values, above)

        def asked(at: At) -> Test:
            return self._on_value(shape, parameter, values, at, above)

        return self._every(path, asked)

    # Value nodes of a path

    def _column(self, column: "Property") -> pl.Expr:
        self.reads.add(column.name)
        return pl.col(column.name)

    def _every(self, path: paths.Path, asked: Callable[[At], Test]) -> Test:
        column = paths.own(path)
        if column is not None:
            x = self._column(column)
            nodes = paths.nodes(path)
            try:
                if not column.many:
                    test = asked(At(nodes, x, row=False))
                    return Test(x.is_null() | test.expr, test.sure)
                test = asked(At(nodes, pl.element(), row=False))
                answers = x.list.eval(test.expr)
                passes = ~answers.list.contains(False).fill_null(False)
                if test.sure:
                    return Test(passes)
                unknown = answers.list.contains(None, nulls_equal=True).fill_null(False)
                return Test(pl.when(passes & unknown).then(None).otherwise(passes), sure=False)
            except NeedsRecordError:
                pass
        step = self._step(path, asked)
        failed, unsure = pl.col(f"{step.name} fail"), pl.col(f"{step.name} unknown")
        return Test(
            pl.when(failed > 0)
            .then(pl.lit(False))
            .when(unsure > 0)
            .then(None)
            .otherwise(pl.lit(True)),
            sure=False,
        )

    def _tally(self, path: paths.Path, asked: Callable[[At], Test]) -> tuple[pl.Expr, pl.Expr]:
        """(number of distinct value nodes that pass, number of those not known)."""
        column = paths.own(path)
        if column is not None:
            x = self._column(column)
            try:
                if not column.many:
                    test = asked(At(paths.nodes(path), x, row=False)).expr
                    return (
                        (x.is_not_null() & test).fill_null(False).cast(pl.Int64),
                        (x.is_not_null() & test.is_null()).cast(pl.Int64),
                    )
                test = asked(At(paths.nodes(path), pl.element(), row=False)).expr
                answers = x.list.unique().list.eval(test)
                return (
                    answers.list.count_matches(True).fill_null(0),
                    answers.list.eval(pl.element().is_null()).list.count_matches(True).fill_null(0),
                )
            except NeedsRecordError:
                pass
        step = self._step(path, asked)
        return pl.col(f"{step.name} pass"), pl.col(f"{step.name} unknown")

    def _step(self, path: paths.Path, asked: Callable[[At], Test]) -> Step:
        if isinstance(path, paths.Hop) and paths.nodes(path).kind == "code":
            raise NotCoveredError("what is said of a code, which is no record")
        steps, reads = self.steps, self.reads
        self.steps, self.reads = [], set()
        nodes = paths.nodes(path)
        test = asked(At(nodes, pl.col("value"), row=nodes.kind == "link", guarded=True))
        self._made += 1
        made = Step(f"step {self._made}", path, test.expr, tuple(self.steps), frozenset(self.reads))
        self.steps, self.reads = [*steps, made], reads
        return made

    def _counted(self, path: paths.Path, least: bool, number: int) -> Test:
        column = paths.own(path)
        if column is None:
            count = pl.col(f"{self._step(path, lambda at: Test.always(True)).name} pass")
        elif not column.many:
            count = self._column(column).is_not_null().cast(pl.Int64)
        elif number <= (1 if least else 0):  # the same of a list as of the set it stands for
            count = self._column(column).list.len().fill_null(0)
        else:
            count = self._column(column).list.n_unique().fill_null(0)
        return Test(count >= number if least else count <= number)

    def _has(self, path: paths.Path, term: Node) -> Test:
        column, nodes = paths.own(path), paths.nodes(path)
        if nodes.kind == "mixed":
            raise NotCoveredError("alternative paths to different kinds of values")
        value = value_of(term, nodes)
        if column is not None:
            x = self._column(column)
            if value is None:
                return Test.always(False)
            wanted = pl.lit(value, dtype=nodes.dtype)
            return Test((x.list.contains(wanted) if column.many else x == wanted).fill_null(False))
        found, _ = self._tally(path, lambda at: among(at.x, [term], nodes))
        return Test(found > 0)

    def _pair(self, path: paths.Path, parameter: URIRef, value: Node) -> Test:
        first, second = paths.own(path), self.columns.get(value)
        if first is None or second is None:
            raise NotCoveredError(f"sh:{name_of(parameter)} between more than two own columns")
        x, y = self._column(first), self._column(second)
        if parameter in (SH.equals, SH.disjoint):
            if not same_terms(first, second):
                raise NotCoveredError(f"{first.name} and {second.name} hold different terms")
            if not (first.many or second.many):
                if parameter == SH.disjoint:
                    return Test((x != y).fill_null(True))
                return Test(x.eq_missing(y))
            left, right = as_list(first), as_list(second)
            if parameter == SH.disjoint:
                return Test(left.list.set_intersection(right).list.len() == 0)
            return Test(left.list.set_symmetric_difference(right).list.len() == 0)
        if not ordered(first, second):
            raise NotCoveredError(f"{first.name} and {second.name} have no order between them")
        top = x.list.max() if first.many else x
        low = y.list.min() if second.many else y
        if first.datatype != second.datatype:
            top, low = (side.cast(pl.Decimal(38, 6)) for side in (top, low))
        return Test((top < low if parameter == SH.lessThan else top <= low).fill_null(True))

    def _qualified(
        self,
        shape: Node,
        path: paths.Path,
        parameter: URIRef,
        values: list[Node],
        above: tuple[Node, ...],
    ) -> Test:
        inner = list(self.graph.objects(shape, SH.qualifiedValueShape))
        if len(inner) != 1 or len(values) != 1:
            raise NotCoveredError("several qualified value shapes in one shape")
        siblings: set[Node] = set()
        if self.graph.value(shape, SH.qualifiedValueShapesDisjoint) == Literal(True):
            for parent in self.graph.subjects(SH.property, shape):
                for sibling in self.graph.objects(parent, SH.property):
                    siblings |= set(self.graph.objects(sibling, SH.qualifiedValueShape))
            siblings -= set(inner)

        def asked(at: At) -> Test:
            test = self._conforms(inner[0], at, above)
            for sibling in sorted(siblings, key=str):
                other = self._conforms(sibling, at, above)
                test = Test(test.expr & ~other.expr, test.sure and other.sure)
            return test

        number = int(str(values[0]))
        found, unsure = self._tally(path, asked)
        if parameter == SH.qualifiedMinCount:
            passes, fails = found >= number, found + unsure < number
        else:
            passes, fails = found + unsure <= number, found > number
        sure = pl.when(fails).then(pl.lit(False)).when(passes).then(pl.lit(True))
        return Test(sure, sure=False)

    # Constraints on a value node

    def _on_value(
        self, shape: Node, parameter: URIRef, values: list[Node], at: At, above: tuple[Node, ...]
    ) -> Test:
        nodes, x = at.nodes, at.x
        if nodes.kind == "mixed":
            raise NotCoveredError("alternative paths to different kinds of values")
        if parameter in LOGIC:
            return self._logic(parameter, values, at, above)
        if parameter in RANGES:
            name = name_of(parameter)
            found = [Test(bound(x, nodes, name, value)) for value in values]
            return joined(found, and_, True)
        match name_of(parameter):
            case "class":
                return joined([self._class(value, at) for value in values], and_, True)
            case "datatype":
                return joined([datatype(value, nodes) for value in values], and_, True)
            case "nodeKind":
                right = {SH.IRIOrLiteral} | (
                    {SH.IRI, SH.BlankNodeOrIRI}
                    if nodes.is_iri
                    else {SH.Literal, SH.BlankNodeOrLiteral}
                )
                return Test.always(right.issuperset(values))
            case "in":
                return among(x, list(Collection(self.graph, values[0])), nodes)
            case "hasValue":
                return joined([among(x, [value], nodes) for value in values], and_, True)
            case "minLength":
                return Test(text(x, nodes).str.len_chars() >= int(str(values[0])))
            case "maxLength":
                return Test(text(x, nodes).str.len_chars() <= int(str(values[0])))
            case "pattern":
                flags = str(self.graph.value(shape, SH.flags) or "")
                shown = text(x, nodes)
                return joined(
                    [Test(*matches(shown, str(value), flags)) for value in values], and_, True
                )
            case "closed":
                return self._closed(shape, values, at)
            case other:
                raise NotCoveredError(f"sh:{other}")

    def _logic(
        self, parameter: URIRef, values: list[Node], at: At, above: tuple[Node, ...]
    ) -> Test:
        found: list[Test] = []
        for value in values:
            if parameter in (SH.node, SH.property):
                found.append(self._conforms(value, at, above))
            elif parameter == SH["not"]:
                inner = self._conforms(value, at, above)
                found.append(Test(~inner.expr, inner.sure))
            else:
                inside = [
                    self._conforms(member, at, above) for member in Collection(self.graph, value)
                ]
                if parameter == SH.xone:
                    found.append(exactly_one(inside))
                else:
                    every = parameter == SH["and"]
                    found.append(joined(inside, and_ if every else or_, every))
        return joined(found, and_, True)

    def _class(self, value: Node, at: At) -> Test:
        if not at.nodes.is_iri:
            return Test.always(False)
        if value not in self.classes:
            raise NotCoveredError(f"the class <{value}> is none of the model's")
        if at.nodes.kind == "code":
            raise NotCoveredError("the class of a code, which is no record")
        name = self.classes[value]
        below = self.model.subclasses(name)
        if at.nodes.kind == "focus":
            return Test(pl.col("class").is_in(sorted(below)))
        sure = [root for root in self.model.roots if name in self.model.superclasses(root)]
        maybe = [
            root
            for root in self.model.roots
            if root not in sure and self.model.subclasses(root) & below
        ]
        self.by_kind = True
        root = at.x.str.extract(self.kinds, 1)
        by_name = root.is_in(sure).fill_null(False)
        if maybe and not at.row:
            raise NeedsRecordError
        if not at.row:
            return Test(by_name)
        deeper = root.is_in(maybe).fill_null(False)
        return Test(
            pl.when(pl.col("known"))
            .then(pl.col("class").is_in(sorted(below)))
            .when(~deeper)
            .then(by_name),
            sure=not maybe,
        )

    def _closed(self, shape: Node, values: list[Node], at: At) -> Test:
        if values[0] != Literal(True):
            return Test.always(True)
        if at.nodes.kind != "focus":
            raise NotCoveredError("sh:closed of what a link leads to")
        empty = []
        for column in self.not_allowed(shape):
            x = self._column(column)
            empty.append(Test(x.list.len().fill_null(0) == 0 if column.many else x.is_null()))
        return joined(empty, and_, True)

    def not_allowed(self, shape: Node) -> "list[Property]":
        """Columns that a closed shape allows no value of."""
        allowed: set[Node] = set()
        for ignored in self.graph.objects(shape, SH.ignoredProperties):
            allowed |= set(Collection(self.graph, ignored))
        if RDF.type not in allowed:
            raise NotCoveredError("sh:closed that does not leave rdf:type out")
        for prop in self.graph.objects(shape, SH.property):
            allowed |= set(self.graph.objects(prop, SH.path))
        return [column for iri, column in self.columns.items() if iri not in allowed]
