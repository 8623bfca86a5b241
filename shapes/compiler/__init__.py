"""The compiler of SHACL shapes: for each constraint a Polars expression, or the reason why not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING

import polars as pl
from rdflib import SH, URIRef
from rdflib.term import Node

from shapes.compiler import english, paths
from shapes.compiler.build import Builder, NeedsRecordError, components, deactivated, name_of
from shapes.compiler.constraint import Constraint, Group
from shapes.compiler.covered import COVERED
from shapes.compiler.terms import NotCoveredError
from shapes.triples import Kinds

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.plan import Check
    from shapes.rules import Shapes

__all__ = ["COVERED", "Compiled", "Constraint", "compile"]

SEED = 20


class Compiled:
    """The shapes of one graph over one model."""

    def __init__(self, shapes: "Shapes", model: "Model") -> None:
        self.shapes, self.model = shapes, model
        self.plan, self.kinds = shapes.plan(model), Kinds(model)
        self.groups = tuple(self._groups())
        self._of_root: dict[str, list[tuple[int, Group]]] = {}
        # What pyshacl has said of kinds of failing content, kept for the batches to come.
        self.told: dict[tuple[str, str], tuple[str, str, str]] = {}
        self.judged: set[tuple[object, ...]] = set()
        self.counted: Counter[tuple[object, ...]] = Counter()
        self.started: set[tuple[str, str]] = set()
        self.random = Random(SEED)  # noqa: S311 - a sample, no secret

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every constraint under which something can be reported."""
        return tuple(one for group in self.groups for one in group.constraints)

    def groups_of(self, root: str) -> list[tuple[int, Group]]:
        """(index, group) of those that may be about records of a root class."""
        if root not in self._of_root:
            below = self.model.subclasses(root)
            self._of_root[root] = [
                (number, group)
                for number, group in enumerate(self.groups)
                if group.elsewhere
                or group.subjects
                or any(self.model.subclasses(c) & below for c in group.classes)
            ]
        return self._of_root[root]

    def screen(self, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """What the columns say of a batch, before pyshacl is asked.

        Columns root, row (index in the root's frame), constraint (its id), answer ("fail" or
        "unknown"); what is absent passes. Every record that a constraint left to pyshacl may
        be about is unknown for it.
        """
        from shapes.batch import Batch
        from shapes.screen import screen

        return screen(self, Batch(frames, self.model, self.kinds)).drop("group")

    def _groups(self) -> Iterator[Group]:
        found: dict[Node, list[tuple[Check, bool]]] = {}
        for check in self.plan.checks:
            for node, nested in self._reporting(check.shape.node):
                found.setdefault(node, []).append((check, nested))
        for node, told in found.items():
            checks = [check for check, _ in told]
            alone = next((one for one in checks if one.shape.node == node), checks[0])
            elsewhere = any(nested or one.elsewhere for one, nested in told)
            yield Group(
                node,
                self._code(node),
                alone,
                frozenset().union(*(one.classes for one in checks)),
                frozenset().union(*(one.subjects for one in checks)),
                elsewhere,
                tuple(self._constraints(node, elsewhere)),
                self._reach(node, ()),
            )

    def _reporting(self, node: Node, nested: bool = False) -> Iterator[tuple[Node, bool]]:
        """The shapes that report when one is evaluated; nested: about the nodes of a path."""
        graph = self.shapes.graph
        if deactivated(graph, node):
            return
        yield node, nested
        beneath = nested or (node, SH.path, None) in graph
        for inner in graph.objects(node, SH.property):
            if (node, inner) not in self.plan.lifted:
                yield from self._reporting(inner, beneath)

    def _code(self, node: Node) -> str:
        rule = self.shapes.by_iri.get(str(node))
        return rule.code if rule else str(node)

    def _constraints(self, node: Node, elsewhere: bool) -> Iterator[Constraint]:
        graph = self.shapes.graph
        for parameter, values in components(graph, node):
            if parameter == SH.property:
                continue
            builder = Builder(graph, self.model, self.kinds)
            reason, test = "", None
            value, value_test = "none", None
            columns: tuple[str, ...] = ()
            try:
                if self.plan.custom:
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
        graph = self.shapes.graph
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
            path = Builder(graph, self.model, self.kinds).path(node)
        except NotCoveredError:  # left to pyshacl on the whole batch
            return far
        return far + (paths.reach(path) if path else 0)


def compile(shapes: "Shapes", model: "Model") -> Compiled:  # noqa: A001 - what it is called
    """Compile shapes over a model; kept, so that a second call costs nothing."""
    return shapes.compiled(model)
