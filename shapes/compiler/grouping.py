"""From a shapes graph to groups of constraints: what each reporting shape asks, and of whom."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
from rdflib import SH, URIRef
from rdflib.term import Node

from shapes.compiler import english, paths
from shapes.compiler.build import Builder, NeedsRecordError, components, deactivated, name_of
from shapes.compiler.constraint import Constraint, Group, NotCoveredError
from shapes.kinds import Kinds

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.plan import Check
    from shapes.rules import Shapes


class Grouping:
    """Compiles the shapes of one graph over one model."""

    def __init__(self, shapes: "Shapes", model: "Model") -> None:
        self._shapes, self._model = shapes, model
        self._plan, self._kinds = shapes.plan(model), Kinds(model)

    def groups(self) -> Iterator[Group]:
        """The constraints of each shape that reports."""
        for node, told in self._told.items():
            alone = self._alone(node)
            elsewhere = any(nested or one.elsewhere for one, nested in told)
            yield Group(
                str(node),
                self._code(node),
                alone.reads,
                alone.mentions,
                frozenset().union(*(one.classes for one, _ in told)),
                frozenset().union(*(one.subjects for one, _ in told)),
                elsewhere,
                tuple(self._constraints(node, elsewhere)),
                self._reach(node, ()),
            )

    def checks(self) -> dict[str, "Check"]:
        """How pyshacl evaluates each of these shapes, by IRI: for a property shape that could not
        be taken out of its node shape, the node shape."""
        return {str(node): self._alone(node) for node in self._told}

    @cached_property
    def _told(self) -> dict[Node, list[tuple["Check", bool]]]:
        found: dict[Node, list[tuple[Check, bool]]] = {}
        for check in self._plan.checks:
            for node, nested in self._reporting(check.shape.node):
                found.setdefault(node, []).append((check, nested))
        return found

    def _alone(self, node: Node) -> "Check":
        checks = [check for check, _ in self._told[node]]
        return next((one for one in checks if one.shape.node == node), checks[0])

    def _reporting(self, node: Node, nested: bool = False) -> Iterator[tuple[Node, bool]]:
        """The shapes that report when one is evaluated; nested: about the nodes of a path."""
        graph = self._shapes.graph
        if deactivated(graph, node):
            return
        yield node, nested
        beneath = nested or (node, SH.path, None) in graph
        for inner in graph.objects(node, SH.property):
            if (node, inner) not in self._plan.lifted:
                yield from self._reporting(inner, beneath)

    def _code(self, node: Node) -> str:
        rule = self._shapes.by_iri.get(str(node))
        return rule.code if rule else str(node)

    def _constraints(self, node: Node, elsewhere: bool) -> Iterator[Constraint]:
        graph = self._shapes.graph
        for parameter, values in components(graph, node):
            if parameter == SH.property:
                continue
            builder = Builder(graph, self._model, self._kinds)
            reason, test = "", None
            value, value_test = "none", None
            columns: tuple[str, ...] = ()
            try:
                if self._plan.custom:
                    raise NotCoveredError("custom constraint components are in use")
                if elsewhere:
                    raise NotCoveredError("what is reported is about other nodes than targets")
                test = builder.constraint(node, parameter, values)
                value, value_test, columns = self._value(builder, node, parameter, values)
            except NotCoveredError as error:
                reason, test = str(error), None
            yield Constraint(
                self._code(node),
                str(node),
                english.path(graph, graph.value(node, SH.path)),
                name_of(parameter),
                "oracle" if test is None else "columns",
                reason,
                english.constraint(graph, node, parameter, values),
                test,
                tuple(builder.steps) if test else (),
                frozenset(builder.reads) if test else frozenset(),
                builder.by_kind,
                value,
                value_test,
                columns,
            )

    def _value(
        self, builder: Builder, node: Node, parameter: URIRef, values: list[Node]
    ) -> tuple[str, pl.Expr | None, tuple[str, ...]]:
        """How a result's value is found: (kind, test of one value, columns it stands in)."""
        name = name_of(parameter)
        path = builder.path(node)
        if name in ("minCount", "maxCount", "hasValue", "qualifiedMinCount", "qualifiedMaxCount"):
            return "none", None, ()
        if name == "closed":
            return "closed", None, tuple(column.name for column in builder.not_allowed(node))
        if path is None:
            return "focus", None, ()
        column = paths.own(path)
        if column is None:
            return "step", None, ()
        if name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            others = sorted(builder.columns[value].name for value in values)
            return name, None, (column.name, *others)
        try:
            test = builder.on_values(node, parameter, values, pl.col("value"))
        except NeedsRecordError:
            return "step", None, ()
        return "values", test, (column.name,)

    def _reach(self, node: Node, above: tuple[Node, ...]) -> int:
        graph = self._shapes.graph
        if node in above:
            return len(above)
        far = 0
        for predicate, value in graph.predicate_objects(node):
            inner = [value]
            if predicate in (SH["and"], SH["or"], SH.xone):
                inner = list(graph.items(value))
            elif predicate not in (SH["not"], SH.node, SH.property, SH.qualifiedValueShape):
                continue
            far = max([far, *(self._reach(one, (*above, node)) for one in inner)])
        try:
            path = Builder(graph, self._model, self._kinds).path(node)
        except NotCoveredError:  # left to pyshacl on the whole batch
            return far
        return far + (paths.reach(path) if path else 0)
