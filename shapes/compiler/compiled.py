"""Compiled shapes: the constraints by root class, and what pyshacl has said under them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from shapes.compiler.constraint import Constraint, Group, Rule
from shapes.kinds import Kinds
from shapes.memory import Memory
from shapes.parts import Part

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.plan import Check
    from shapes.rules import Shapes


class Compiled:
    """The shapes of one graph over one model.

    shapes: gives the graph and its rules as RDF, which are needed only when pyshacl is asked.
    memory: what pyshacl has said before; None: nothing yet, and nothing is kept.
    parts: of their graph, so that not all of it is read to ask about one.
    """

    def __init__(
        self,
        model: "Model",
        groups: Iterable[Group],
        rules: Mapping[str, Rule],
        shapes: "Callable[[], Shapes]",
        memory: Memory | None = None,
        parts: Iterable[Part] = (),
    ) -> None:
        self.model, self.kinds = model, Kinds(model)
        self.groups, self.rules = tuple(groups), rules
        self.memory = memory if memory is not None else Memory()
        self._read = shapes
        self._parts = {iri: part for part in parts for iri in part.iris}
        self._of_root: dict[str, list[tuple[int, Group]]] = {}

    @cached_property
    def shapes(self) -> "Shapes":
        return self._read()

    def shapes_of(self, iri: str) -> "Shapes":
        """One of the shapes, with all that its meaning depends on."""
        return self._parts[iri].shapes if iri in self._parts else self.shapes

    @cached_property
    def checks(self) -> "Mapping[str, Check]":
        """How pyshacl evaluates each shape, by IRI."""
        from shapes.compiler.grouping import Grouping

        return Grouping(self.shapes, self.model).checks()

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
