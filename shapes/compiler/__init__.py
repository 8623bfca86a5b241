"""The compiler of SHACL shapes: for each constraint a Polars expression, or the reason why not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

import polars as pl
from rdflib import SH, URIRef
from rdflib.term import Node

from shapes.compiler import english, paths
from shapes.compiler.build import Builder, NeedsRecordError, Step, components, deactivated, name_of
from shapes.compiler.terms import NotCoveredError, Test
from shapes.triples import Kinds

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.plan import Check
    from shapes.rules import Shapes

__all__ = ["COVERED", "Compiled", "Constraint", "compile"]

SEED = 20

# What becomes of each construct of SHACL over record frames; docs/shapes.md is held to it.
COVERED: Mapping[str, str] = {
    "targetClass": "columns",
    "targetSubjectsOf": "columns",
    "targetObjectsOf": "oracle",
    "targetNode": "oracle",
    "property path": "columns",
    "inversePath": "columns: of one link",
    "sequence path": "columns: over links within the batch",
    "alternativePath": "columns: where all lead to one kind of value, or are counted",
    "zeroOrMorePath": "oracle",
    "oneOrMorePath": "oracle",
    "zeroOrOnePath": "oracle",
    "class": "columns: of links and of the record; of codes oracle",
    "datatype": "columns",
    "nodeKind": "columns",
    "minCount": "columns",
    "maxCount": "columns",
    "minExclusive": "columns: number with number, else the same datatype, dateTime with time zone",
    "minInclusive": "columns: as minExclusive",
    "maxExclusive": "columns: as minExclusive",
    "maxInclusive": "columns: as minExclusive",
    "minLength": "columns: not of decimals and dateTimes",
    "maxLength": "columns: as minLength",
    "pattern": "columns: as minLength; where ignoring case, text beyond ASCII is unknown",
    "flags": "columns: i, m, s, x, q",
    "languageIn": "oracle",
    "uniqueLang": "oracle",
    "equals": "columns: of two own columns with one datatype",
    "disjoint": "columns: as equals",
    "lessThan": "columns: of two own columns of numbers, text, dates or dateTimes",
    "lessThanOrEquals": "columns: as lessThan",
    "not": "columns",
    "and": "columns",
    "or": "columns",
    "xone": "columns",
    "node": "columns: what it asks of a record outside the batch is unknown",
    "property": "columns: of a node shape; of a property shape oracle",
    "qualifiedValueShape": "columns: as node",
    "qualifiedMinCount": "columns: as node",
    "qualifiedMaxCount": "columns: as node",
    "qualifiedValueShapesDisjoint": "columns",
    "closed": "columns: where rdf:type is ignored",
    "ignoredProperties": "columns",
    "hasValue": "columns",
    "in": "columns",
    "deactivated": "columns",
    "severity": "columns",
    "message": "columns",
    "sparql": "oracle",
    "custom constraint component": "oracle",
    "recursion": "oracle",
}


@dataclass(frozen=True)
class Constraint:
    """One constraint component of one reporting shape.

    component: local name of its SHACL parameter ("minCount"). path: as in SPARQL, local names, ""
    for a node shape. where: who answers; reason: why pyshacl must, "" for columns. expression:
    the Polars expression as text, true for pass, null for unknown. value: what a result names
    ("none", "focus", "values" or "pairs" of own columns, "step", "closed").
    """

    code: str
    iri: str
    path: str
    component: str
    where: Literal["columns", "oracle"]
    reason: str
    english: str
    test: Test | None
    steps: tuple[Step, ...]
    reads: frozenset[str]
    by_kind: bool
    value: str
    value_test: pl.Expr | None
    value_columns: tuple[str, ...]

    @property
    def id(self) -> str:
        """Unique in its shapes."""
        return f"{self.code} {self.component}"

    @property
    def expression(self) -> str:
        return "" if self.test is None else str(self.test.expr)


@dataclass(frozen=True)
class Group:
    """The constraints under which one shape reports, for the same records.

    check: how pyshacl evaluates it (for a property shape that could not be taken out of its node
    shape, the node shape). elsewhere: it may report about any record. reach: how many links away
    it looks.
    """

    node: Node
    code: str
    check: "Check"
    classes: frozenset[str]
    subjects: frozenset[str]
    elsewhere: bool
    constraints: tuple[Constraint, ...]
    reach: int

    @property
    def iri(self) -> str:
        return str(self.node)

    @property
    def in_columns(self) -> tuple[Constraint, ...]:
        return tuple(one for one in self.constraints if one.where == "columns")


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
