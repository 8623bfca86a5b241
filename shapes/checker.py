"""Checking record frames against the shapes: frames in, findings out."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

import polars as pl
from rdflib import RDF, URIRef

from shapes.errors import ShapesError
from shapes.rules import SEVERITIES, Shapes
from shapes.triples import FrameGraph, Kinds, RDFNode, put_column

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.plan import Check, Result

FINDINGS: Mapping[str, pl.DataType] = {
    "iri": pl.String(),
    "root": pl.String(),
    "row": pl.UInt32(),
    "shape": pl.String(),
    "path": pl.String(),
    "value": pl.String(),
    "severity": pl.String(),
    "message": pl.String(),
    "fix": pl.String(),
}


@cache
def default_shapes() -> Shapes:
    """The shapes of `shapes/record/`, read once."""
    return Shapes.load()


def check(
    frames: Mapping[str, pl.DataFrame], model: "Model", *, shapes: Shapes | None = None
) -> pl.DataFrame:
    """What the shapes say about a batch of records.

    frames: record frames by root class (columns iri, class and properties; a property without a
    column is absent everywhere). Two rows may have one iri (two documents tell of one record):
    each row is judged for itself. Records outside the batch are known by the root class in their
    IRI only, and nothing is reported about them.
    Returns one row a result, as pyshacl gives it: iri, root, row (index in the root's frame),
    shape (code), path (local name of the property, or ""), value (text as it stands: mask it
    before it is shown), severity (violation, warning, info), message, fix; sorted by root, row,
    shape, path, value. Raises ShapesError JG-SHP-005 for a frame without iri or class.
    """
    shapes = shapes or default_shapes()
    plan = shapes.plan(model)
    batch = _Batch(frames, model)
    found: set[tuple[str | int, ...]] = set()
    for one in plan.checks:
        for root, row, result in batch.results(one):
            found.add(finding(shapes, batch.iri(root, row), root, row, result))
    return findings(found)


def findings(found: Iterable[tuple[str | int, ...]]) -> pl.DataFrame:
    """Rows of `FINDINGS` as a frame, in its order."""
    table = pl.DataFrame(list(found), schema=dict(FINDINGS), orient="row")
    return table.sort("root", "row", "shape", "path", "value", nulls_last=False)


def finding(
    shapes: Shapes, iri: str, root: str, row: int, result: "Result"
) -> tuple[str | int, ...]:
    """One row of `FINDINGS`: a result of pyshacl under the code of its shape."""
    rule = shapes.by_iri[str(result.shape)]
    path = str(result.path).rpartition("#")[2] if isinstance(result.path, URIRef) else ""
    value = "" if result.value is None else str(result.value)
    severity = SEVERITIES[result.severity]
    message = result.messages[0]
    return (iri, root, row, rule.code, path, value, severity, message, rule.fix)


class _Batch:
    """The frames of one call, and the graphs made of them."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], model: "Model") -> None:
        self._model = model
        self._frames: dict[str, pl.DataFrame] = {}
        for root, frame in frames.items():
            missing = {"iri", "class"} - set(frame.columns)
            if missing or root not in model.roots:
                raise ShapesError(
                    "JG-SHP-005",
                    f"the frame {root} is not a record frame: "
                    + (f"no column {', '.join(sorted(missing))}" if missing else "no such root"),
                    "Give frames by root class, with the columns of Model.table_schema.",
                )
            properties = [name for name in frame.columns if name in model.properties]
            kept = frame.select("iri", "class", *properties).with_row_index("row")
            self._frames[root] = kept.with_columns(
                focus=pl.when(pl.col("iri").is_first_distinct())
                .then(pl.col("iri"))
                .otherwise(pl.format("{}#{}", "iri", "row"))
            )
        self._by_class: dict[tuple[str, frozenset[str]], pl.DataFrame] = {}
        self._graphs: dict[frozenset[str] | None, FrameGraph] = {}
        self._kinds = Kinds(model)

    def iri(self, root: str, row: int) -> str:
        """The IRI of a row."""
        return str(self._frames[root].item(row, "iri"))

    def results(self, check: "Check") -> Iterator[tuple[str, int, "Result"]]:
        """(root, row, result) of one check for the records it targets."""
        if check.reads is None:
            yield from self._results_on_all(check)
            return
        for root in self._frames:
            within = self._within(check, root)
            rows = self._rows(root, within) if within else pl.DataFrame()
            if not rows.is_empty():
                yield from self._results_by_content(check, root, rows)

    def _rows(self, root: str, within: frozenset[str]) -> pl.DataFrame:
        """The rows of a root's frame that are of these classes."""
        if (root, within) not in self._by_class:
            rows = self._frames[root].filter(pl.col("class").is_in(within))
            self._by_class[root, within] = rows
        return self._by_class[root, within]

    def _within(self, check: "Check", root: str) -> frozenset[str]:
        """The classes of a root that a check targets."""
        targeted = {sub for name in check.classes for sub in self._model.subclasses(name)}
        return self._model.subclasses(root) & targeted

    def _results_by_content(
        self, check: "Check", root: str, rows: pl.DataFrame
    ) -> Iterator[tuple[str, int, "Result"]]:
        """Rows that a check cannot tell apart get one answer: pyshacl judges one of each kind,
        and then all rows like the ones that failed."""
        columns = [name for name in check.reads or {} if name in rows.columns]
        keys = {f"key {name}": self._key(rows, name, check) for name in columns}
        looked_at = rows.lazy().select("row", "focus", *columns, **keys)
        if not keys:
            first = looked_at.head(1).collect()
        else:
            first = looked_at.unique(subset=list(keys), keep="any").collect()
        failed = [str(result.focus) for _, result in self._judge(check, first)]
        if not failed:
            return
        if keys:
            like = first.lazy().filter(pl.col("focus").is_in(failed)).select(list(keys))
            looked_at = looked_at.join(like, on=list(keys), how="semi", nulls_equal=True)
        for row, result in self._judge(check, looked_at.collect()):
            yield root, row, result

    def _key(self, rows: pl.DataFrame, name: str, check: "Check") -> pl.Expr:
        """What a check can see of a column: which values, or how many of which kind."""
        looks_at = check.reads[name] if check.reads else "values"
        column = pl.col(name)
        nested = isinstance(rows.schema[name], pl.List)
        if looks_at == "kinds" and self._model.properties[name].kind == "data":
            return column.list.n_unique() if nested else column.is_null()
        if looks_at == "kinds":
            if not nested:
                kind = column.str.extract(self._kinds.pattern, 1).fill_null("")
                return pl.when(column.is_not_null()).then(kind)
            kinds = column.list.unique().list.eval(
                pl.element().str.extract(self._kinds.pattern, 1).fill_null("")
            )
            return kinds.list.sort().list.join(" ")
        if nested:
            # The lexical gate lets no unit separator into text.
            texts = column.list.unique().list.eval(pl.element().cast(pl.String))
            return texts.list.sort().list.join("\x1f")
        return column

    def _judge(self, check: "Check", rows: pl.DataFrame) -> Iterator[tuple[int, "Result"]]:
        """pyshacl's results for rows, on a graph of the columns the check reads."""
        graph = FrameGraph()
        focus: list[RDFNode] = [URIRef(name) for name in rows["focus"].to_list()]
        named: set[str] = set()
        for name in check.reads or {}:
            if name in rows.columns:
                column = self._model.properties[name]
                terms = put_column(graph, column, focus, rows[name])
                named |= set(terms) if column.kind == "link" else set()
        if named:
            graph.put(RDF.type, self._kinds.of(named))
        by_focus = dict(zip(focus, rows["row"].to_list(), strict=True))
        for result in check.results(graph, focus):
            yield by_focus[result.focus], result

    def _results_on_all(self, check: "Check") -> Iterator[tuple[str, int, "Result"]]:
        """For what looks beyond the record (longer paths, SPARQL): the batch as one graph."""
        targeted: list[RDFNode] = [
            node
            for root in self._frames
            if (within := self._within(check, root))
            for node, _ in self._nodes(self._rows(root, within))
        ]
        if not (targeted or check.elsewhere):
            return
        graph, where = self._graph(check.mentions), self._where
        if check.elsewhere:
            targeted = [node for node in check.found_by_target(graph) if node in where]
        for result in check.results(graph, targeted):
            if isinstance(result.focus, RDFNode) and result.focus in where:
                yield *where[result.focus], result

    @cached_property
    def _where(self) -> dict[RDFNode, tuple[str, int]]:
        return {
            node: (root, row)
            for root, frame in self._frames.items()
            for node, row in self._nodes(frame)
        }

    @staticmethod
    def _nodes(frame: pl.DataFrame) -> list[tuple[RDFNode, int]]:
        return [(URIRef(name), row) for name, row in frame.select("focus", "row").rows()]

    def _graph(self, columns: frozenset[str] | None) -> FrameGraph:
        """The whole batch, with these columns only (None: all), and all types."""
        if columns in self._graphs:
            return self._graphs[columns]
        graph = self._graphs[columns] = FrameGraph()
        classes: list[tuple[RDFNode, str]] = []
        named: set[str] = set()
        for frame in self._frames.values():
            focus = [node for node, _ in self._nodes(frame)]
            classes += zip(focus, frame["class"].to_list(), strict=True)
            for name in frame.columns:
                column = self._model.properties.get(name)
                if column is not None and (columns is None or name in columns):
                    terms = put_column(graph, column, focus, frame[name])
                    named |= set(terms) if column.kind == "link" else set()
        graph.put(RDF.type, self._kinds.of(named) | self._kinds.of_classes(classes))
        return graph
