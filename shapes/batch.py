"""The record frames of one check, and the ways between their records."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from shapes.compiler.paths import Choice, Hop, Path, Sequence, nodes
from shapes.errors import ShapesError

if TYPE_CHECKING:
    from ontology.model import Model
    from ontology.terms import Property
    from shapes.compiler.constraint import Step
    from shapes.kinds import Kinds

_LINKS = {"source": pl.String(), "target": pl.String()}
# What holds for all rows.
EVERY = pl.lit(True)
_AS_WRITTEN = pl.QueryOptFlags.none()


class Batch:
    """Frames by root class, with `row`, and what a check asks about several of them.

    A record is known by its IRI; a second row of one IRI is a node of its own (`iri#row`) that
    nothing links to, since each row is judged for itself.
    """

    def __init__(self, frames: Mapping[str, pl.DataFrame], model: "Model", kinds: "Kinds") -> None:
        self.model, self.kinds = model, kinds
        self.frames: dict[str, pl.DataFrame] = {}
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
            self.frames[root] = frame[["iri", "class", *properties]].with_row_index("row")
        self._classes: dict[str, frozenset[str]] = {}
        self._records: dict[frozenset[str], pl.DataFrame] = {}
        self._links: dict[frozenset[str], pl.DataFrame] = {}

    @cached_property
    def focus(self) -> dict[str, pl.DataFrame]:
        """The frames with `focus`, the name of each row's node."""
        again = pl.format("{}#{}", "iri", "row")
        first = pl.when(pl.col("iri").is_first_distinct()).then("iri").otherwise(again)
        return {
            root: frame.hstack([frame["iri"].alias("focus")])
            if frame["iri"].n_unique() == frame.height
            else frame.with_columns(focus=first)
            for root, frame in self.frames.items()
        }

    @cached_property
    def odd(self) -> bool:
        """Whether an IRI does not tell the root class of its record."""
        told = (
            pl.lit(frame["iri"]).str.contains(self.kinds.pattern_of(root)).all().alias(root)
            for root, frame in self.frames.items()
        )
        return not all(all(row) for row in pl.select(told).rows())

    def _classes_of(self, root: str) -> frozenset[str]:
        """The classes of the records of a root."""
        if root not in self._classes:
            self._classes[root] = frozenset(self.frames[root]["class"].unique())
        return self._classes[root]

    def target(
        self, root: str, classes: Iterable[str], subjects: Iterable[str] = ()
    ) -> pl.Expr | None:
        """Which rows of a root's frame are of these classes, or have one of these properties;
        None for none of them."""
        targeted = {sub for name in classes for sub in self.model.subclasses(name)}
        here = self._classes_of(root)
        found: list[pl.Expr] = []
        if here <= targeted or self.model.subclasses(root) <= targeted:
            return EVERY
        if here & targeted:
            found.append(pl.col("class").is_in(sorted(here & targeted)))
        for name in sorted({*subjects} & {*self.frames[root].columns}):
            many = self.model.properties[name].many
            found.append(pl.col(name).list.len().fill_null(0) > 0 if many else _filled(name))
        return pl.any_horizontal(found) if found else None

    def table(self, frame: pl.DataFrame, reads: Iterable[str]) -> pl.LazyFrame:
        """One of the frames, with a column for each of these properties."""
        absent = [name for name in sorted(reads) if name not in frame.columns]
        return frame.lazy().with_columns(self._absent(name) for name in absent)

    def _absent(self, name: str) -> pl.Expr:
        prop = self.model.properties[name]
        single = nodes(Hop(prop)).dtype
        return pl.lit(None, dtype=pl.List(single) if prop.many else single).alias(name)

    # Steps away from the record

    def stepped(self, table: pl.LazyFrame, node: str, steps: "Iterable[Step]") -> pl.LazyFrame:
        """A table with, for each step, how many value nodes pass, fail and are not known.

        table: `row` and the column of each row's node, named `node`.
        """
        for step in steps:
            answered = self.values(table, node, step)
            counted = answered.group_by("row").agg(
                (pl.col("ok") == True).sum().cast(pl.Int64).alias(f"{step.name} pass"),  # noqa: E712 - null is neither
                (pl.col("ok") == False).sum().cast(pl.Int64).alias(f"{step.name} fail"),  # noqa: E712  null is neither
                pl.col("ok").is_null().sum().cast(pl.Int64).alias(f"{step.name} unknown"),
            )
            table = table.join(counted, on="row", how="left", maintain_order="left").with_columns(
                pl.col(f"^{step.name} (pass|fail|unknown)$").fill_null(0)
            )
        return table

    def values(self, table: pl.LazyFrame, node: str, step: "Step") -> pl.LazyFrame:
        """row, value, ok: each value node of a step's path, and what its test says of it."""
        found = self._along(step.path, table.select("row", node=node)).unique()
        if nodes(step.path).kind == "link":
            known = self._known(step.reads)
            found = found.join(known, on="value", how="left").with_columns(
                pl.col("known").fill_null(False)
            )
            numbered = found.rename({"row": "from"}).with_row_index("row")
            found = self.stepped(numbered, "value", step.steps).drop("row").rename({"from": "row"})
        return found.with_columns(ok=step.test)

    def _known(self, reads: frozenset[str]) -> pl.LazyFrame:
        """value, class, known, and these properties of every record."""
        if reads not in self._records:
            told = pl.concat(
                [
                    pl.LazyFrame(schema={"value": pl.String, "class": pl.String}),
                    *(
                        self.table(frame, reads).select(
                            pl.col("focus").alias("value"), "class", *sorted(reads)
                        )
                        for frame in self.focus.values()
                    ),
                ],
                how="diagonal",
            ).with_columns(pl.lit(True).alias("known"), *map(self._none, sorted(reads)))
            self._records[reads] = worked_out(told)
        return self._records[reads].lazy()

    def _none(self, name: str) -> pl.Expr:
        prop = self.model.properties[name]
        single = nodes(Hop(prop)).dtype
        return pl.col(name).cast(pl.List(single) if prop.many else single)

    def _along(self, path: Path, start: pl.LazyFrame) -> pl.LazyFrame:
        """row, value: where a path leads from row, node."""
        if isinstance(path, Sequence):
            for part in path.parts:
                start = self._along(part, start).unique().rename({"value": "node"})
            return start.rename({"node": "value"})
        if isinstance(path, Choice):
            ends = [self._along(part, start) for part in path.parts]
            if nodes(path).kind == "mixed":
                ends = [
                    end.with_columns(value=pl.format(f"{_tag(part)} {{}}", "value"))
                    for part, end in zip(path.parts, ends, strict=True)
                ]
            return pl.concat([end.select("row", "value") for end in ends])
        pairs = self._pairs(path.column)
        if path.inverse:
            pairs = pairs.select(node="value", value="node")
        return start.join(pairs, on="node", how="inner").select("row", "value")

    def _pairs(self, column: "Property") -> pl.LazyFrame:
        """node, value: every filled cell of a property in the batch."""
        name, single = column.name, nodes(Hop(column)).dtype
        made = [pl.LazyFrame(schema={"node": pl.String(), "value": single})]
        for frame in self.focus.values():
            if name in frame.columns:
                cells = frame.lazy().select(node="focus", value=name).drop_nulls()
                if column.many:
                    cells = cells.explode("value").drop_nulls()
                made.append(cells)
        return pl.concat(made)

    def links(self, columns: frozenset[str] | None) -> pl.DataFrame:
        """source, target: the links of these properties (None: of all) in the batch."""
        wanted = frozenset(self.model.properties) if columns is None else columns
        if wanted not in self._links:
            made = [pl.LazyFrame(schema=_LINKS)]
            for name in sorted(wanted):
                if self.model.properties[name].kind == "link":
                    pairs = self._pairs(self.model.properties[name])
                    made.append(pairs.select(source="node", target="value"))
            self._links[wanted] = worked_out(pl.concat(made))
        return self._links[wanted]


def worked_out(query: pl.LazyFrame) -> pl.DataFrame:
    """The answer of a query as it is written: for a few records, bringing it into a better form
    for the streaming engine takes three times as long, and for many it gains nothing."""
    return query.collect(engine="in-memory", optimizations=_AS_WRITTEN)


def _tag(path: Path) -> str:
    """What keeps terms apart whose text is the same."""
    found = nodes(path)
    return "iri" if found.is_iri else f"{found.datatype}"


def _filled(name: str) -> pl.Expr:
    return pl.col(name).is_not_null()
