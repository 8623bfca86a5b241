"""What compiling makes: constraints, in groups of one reporting shape. No RDF is left in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import polars as pl

from ontology.columns import TYPES

if TYPE_CHECKING:
    from shapes.compiler.paths import Path

# How a check looks at a column: at its values, or only at how many there are of which kind of
# record.
Reads = Mapping[str, Literal["values", "kinds"]]


class NotCoveredError(Exception):
    """A constraint that columns do not answer; its text is the reason that is told."""


@dataclass(frozen=True)
class Nodes:
    """Value nodes: the record itself ("focus"), links, codes (all IRIs), or literals.

    mixed: of alternative paths that lead to different kinds, which can only be counted.
    """

    kind: Literal["focus", "link", "code", "data", "mixed"]
    datatype: str | None = None

    @property
    def is_iri(self) -> bool:
        return self.kind not in ("data", "mixed")

    @property
    def dtype(self) -> pl.DataType:
        return pl.String() if self.is_iri else TYPES[self.datatype or "string"]


@dataclass(frozen=True)
class Test:
    """A Boolean expression: true where it passes, false where it fails, null where unknown.

    sure: it is never null. By Kleene's logic `&`, `|` and `~` of Polars join such answers.
    """

    __test__ = False
    expr: pl.Expr
    sure: bool = True

    @staticmethod
    def always(passes: bool) -> "Test":
        return Test(pl.lit(passes))


@dataclass(frozen=True)
class Step:
    """A table of value nodes to make, and what to ask of each.

    name: prefix of the columns `pass`, `fail` and `unknown` (numbers of value nodes) that the
    rows get. reads: properties of the records there that the test or its own steps look at.
    """

    name: str
    path: "Path"
    test: pl.Expr
    steps: "tuple[Step, ...]"
    reads: frozenset[str]


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
    """The constraints under which one shape, by its IRI, reports, for the same records.

    reads: the columns of the record itself that its outcome depends on; None where it also
    depends on other records, and then `mentions` names the columns it may look at (None: all).
    elsewhere: it may report about any record. reach: how many links away it looks.
    """

    iri: str
    code: str
    reads: Reads | None
    mentions: frozenset[str] | None
    classes: frozenset[str]
    subjects: frozenset[str]
    elsewhere: bool
    constraints: tuple[Constraint, ...]
    reach: int

    @cached_property
    def in_columns(self) -> tuple[Constraint, ...]:
        return tuple(one for one in self.constraints if one.where == "columns")

    @cached_property
    def by_kind(self) -> bool:
        """Whether the columns answer by the root class that an IRI tells."""
        return any(one.by_kind for one in self.in_columns)

    @cached_property
    def components(self) -> frozenset[str]:
        """What of it columns answer."""
        return frozenset(one.component for one in self.in_columns)


@dataclass(frozen=True)
class Rule:
    """One shape that can report: what it is called, what it says, what to do about it."""

    code: str
    iri: str
    label: str
    severity: str
    message: str
    fix: str
