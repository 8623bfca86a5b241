"""pyshacl on chosen rows of a batch, or on all of it."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
from rdflib import RDF, URIRef

from shapes.batch import Batch
from shapes.triples import FrameGraph, RDFNode, put_column

if TYPE_CHECKING:
    from shapes.compiler.compiled import Compiled
    from shapes.compiler.constraint import Group
    from shapes.plan import Result


class Judge:
    """Asks pyshacl about rows of a batch, on graphs of no more than the shape looks at."""

    def __init__(self, compiled: "Compiled", batch: Batch) -> None:
        self._compiled, self._batch = compiled, batch
        self._graphs: dict[frozenset[str] | None, FrameGraph] = {}

    def of_rows(self, group: "Group", root: str, rows: pl.Series) -> Iterator[tuple[int, "Result"]]:
        """(row, result) of the group's shape itself for these rows of a root's frame."""
        if rows.is_empty():
            return
        plan = self._compiled.shapes_of(group.iri).plan(self._batch.model)
        for graph, focus in self._graphs_of(group, root, rows):
            for result in plan.of_shape(group.iri, graph, list(focus)):
                if str(result.shape) == group.iri and isinstance(result.focus, RDFNode):
                    yield focus[result.focus], result

    def _graphs_of(
        self, group: "Group", root: str, rows: pl.Series
    ) -> Iterator[tuple[FrameGraph, dict[RDFNode, int]]]:
        if group.reads is None:
            chosen = self._batch.focus[root][rows].select("focus", "row")
            focus: dict[RDFNode, int] = {URIRef(name): row for name, row in chosen.rows()}
            yield self._around(set(chosen["focus"]), group), focus
            return
        columns = [name for name in group.reads if name in self._batch.frames[root].columns]
        chosen = self._batch.frames[root][rows].select("iri", "row", *columns)
        nth = chosen.with_columns(nth=pl.int_range(pl.len()).over("iri"))
        for part in nth.partition_by("nth"):  # two rows of one record are judged apart
            yield self._of_columns(part, columns)

    def _of_columns(
        self, rows: pl.DataFrame, columns: list[str]
    ) -> tuple[FrameGraph, dict[RDFNode, int]]:
        graph = FrameGraph()
        focus: list[RDFNode] = [URIRef(iri) for iri in rows["iri"].to_list()]
        self._put(graph, rows, focus, columns, {})
        return graph, dict(zip(focus, rows["row"].to_list(), strict=True))

    def looked_at(self, group: "Group", root: str, rows: pl.Series) -> dict[str, pl.DataFrame]:
        """Frames, by root class, of all that a shape looks at to judge these rows."""
        if group.reads is not None:
            return {root: self._batch.frames[root][rows].drop("row")}
        names = set(self._batch.focus[root][rows]["focus"])
        near = self._near(names, group).items()
        return {name: frame.drop("row", "focus") for name, frame in near if frame.height}

    def _near(self, names: set[str], group: "Group") -> dict[str, pl.DataFrame]:
        """The rows of these nodes, and of those within the reach of the shape."""
        links = self._batch.links(group.mentions)
        known, new = set(names), set(names)
        for _ in range(group.reach):
            there = _among(new)
            out = links.filter(pl.col("source").is_in(there))["target"]
            back = links.filter(pl.col("target").is_in(there))["source"]
            new = {*out, *back} - known
            known |= new
        focus = pl.col("focus").is_in(_among(known))
        return {root: frame.filter(focus) for root, frame in self._batch.focus.items()}

    def _around(self, names: set[str], group: "Group") -> FrameGraph:
        """A graph of what lies within the reach of a shape."""
        mentions = group.mentions
        near = self._near(names, group)
        known = {name for rows in near.values() for name in rows["focus"]}
        links = self._batch.links(mentions)
        beyond = links.filter(pl.col("source").is_in(_among(known)))["target"]
        leaves = self._leaves({*known, *beyond})
        graph = FrameGraph()
        for rows in near.values():
            focus: list[RDFNode] = [URIRef(name) for name in rows["focus"].to_list()]
            self._put(graph, rows, focus, self._columns(rows, mentions), leaves)
        return graph

    def _columns(self, frame: pl.DataFrame, mentions: frozenset[str] | None) -> list[str]:
        return [
            name
            for name in frame.columns
            if name in self._batch.model.properties and (mentions is None or name in mentions)
        ]

    def _put(
        self,
        graph: FrameGraph,
        rows: pl.DataFrame,
        focus: list[RDFNode],
        columns: list[str],
        leaves: dict[str, str],
    ) -> None:
        """Columns of rows into a graph, and the types of the records they name."""
        named: set[str] = set()
        for name in columns:
            column = self._batch.model.properties[name]
            terms = put_column(graph, column, focus, rows[name])
            named |= set(terms) if column.kind == "link" else set()
        kinds = self._batch.kinds
        told = kinds.of(named) | kinds.of_classes((URIRef(k), v) for k, v in leaves.items())
        graph.put(RDF.type, told)

    def _leaves(self, names: set[str]) -> dict[str, str]:
        """The class of those of these names that the batch has records of."""
        wanted = _among(names)
        found: dict[str, str] = {}
        for frame in self._batch.focus.values():
            rows = frame.filter(pl.col("focus").is_in(wanted))
            found.update(rows.select("focus", "class").rows())
        return found

    # The whole batch, for what the columns do not answer

    def of_all(self, group: "Group") -> Iterator[tuple[str, int, "Result"]]:
        """(root, row, result) of the group's shape on every record that it targets, or that its
        results are about."""
        batch, check = self._batch, self._compiled.checks[group.iri]
        graph = self._whole(check.mentions)
        if check.elsewhere or check.subjects:
            targeted = [node for node in check.found_by_target(graph) if node in self._where]
        else:
            targeted = [
                node
                for root, frame in batch.focus.items()
                if (target := batch.target(root, check.classes)) is not None
                for node in map(URIRef, frame.filter(target)["focus"].to_list())
            ]
        for result in check.results(graph, targeted):
            if str(result.shape) != group.iri or not isinstance(result.focus, RDFNode):
                continue
            if result.focus in self._where:
                yield *self._where[result.focus], result

    @cached_property
    def _where(self) -> dict[RDFNode, tuple[str, int]]:
        return {
            URIRef(name): (root, row)
            for root, frame in self._batch.focus.items()
            for name, row in frame.select("focus", "row").rows()
        }

    def _whole(self, mentions: frozenset[str] | None) -> FrameGraph:
        if mentions not in self._graphs:
            graph = self._graphs[mentions] = FrameGraph()
            leaves: dict[str, str] = {}
            for frame in self._batch.focus.values():
                leaves.update(frame.select("focus", "class").rows())
            for frame in self._batch.focus.values():
                focus: list[RDFNode] = [URIRef(name) for name in frame["focus"].to_list()]
                self._put(graph, frame, focus, self._columns(frame, mentions), leaves)
        return self._graphs[mentions]


def _among(names: set[str]) -> pl.Series:
    return pl.Series(sorted(names), dtype=pl.String).implode()
