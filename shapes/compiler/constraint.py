"""What compiling makes: constraints, in groups of one reporting shape."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl
from rdflib.term import Node

from shapes.compiler.build import Step
from shapes.compiler.terms import Test

if TYPE_CHECKING:
    from shapes.plan import Check


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
