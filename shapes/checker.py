"""Checking record frames against the shapes: frames in, findings out.

The columns say who fails what (`shapes.screen`). pyshacl judges, for each shape,
- one row of each kind of failing content, and a seeded few beside it, once: a kind is
  a set of failing constraints and, while there are few different ones, the values;
- every row of which the columns do not know;
- every row, for constraints that the columns do not cover;
- a seeded sample of all rows, whether they fail or pass.
What pyshacl has said, and of what, outlives the process for our own shapes (`shapes.memory`).
Its results give each constraint its severity, message and path; focus node and value of the rows
alike are the columns'. Where the two differ on a row that both have judged, `Disagreement`.
"""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import polars as pl

from ontology.kept import digest_of, made
from ontology.model import Model
from shapes.batch import Batch
from shapes.compiler.compiled import Compiled
from shapes.disagreement import Said, disagreed, keep
from shapes.filling import filled
from shapes.findings import FINDINGS, finding, ordered
from shapes.memory import Memory
from shapes.parts import Part, parts
from shapes.screen import screen

if TYPE_CHECKING:
    from shapes.compiler.constraint import Group, Rule
    from shapes.judge import Judge
    from shapes.plan import Result
    from shapes.rules import Shapes

__all__ = ["FINDINGS", "check", "default_shapes"]

# Rows beside the first of a kind of failing content; kinds told apart by their values, until so
# many rows of a set of failing constraints have been judged; rows to one that is judged again.
FEW = 2
SMALL, ENOUGH = 8, 32
SAMPLED, SAMPLED_FAILING = 50_000, 5_000
# At least so many rows of the first batch that holds targets of a shape.
FIRST = 2
SEED = 20
_NO_ROWS = pl.Series("row", [], dtype=pl.UInt32)
FOLDER = Path(__file__).resolve().parent


@cache
def default_shapes() -> "Shapes":
    """The shapes of `shapes/record/`, read once."""
    from shapes.rules import Shapes

    return Shapes.load()


@cache
def kept_shapes() -> Compiled:
    """The shapes of `shapes/record/` over the ontology, from the user's cache if they are there.

    Reading and compiling them takes a second, which one message does not.
    """
    model = Model.default()

    def compiled() -> "tuple[tuple[Group, ...], Mapping[str, Rule], tuple[Part, ...]]":
        shapes = default_shapes()
        new = shapes.compiled(model)
        return new.groups, dict(new.rules), tuple(parts(shapes.graph))

    files = sorted((*FOLDER.rglob("*.py"), *FOLDER.rglob("*.ttl")))
    digest = digest_of(files, model.digest, libraries=("polars", "pyshacl", "rdflib"))
    groups, rules, apart = made("shapes", digest, compiled)
    return Compiled(model, groups, rules, default_shapes, Memory.of(digest), apart)


def check(
    frames: Mapping[str, pl.DataFrame],
    model: Model,
    *,
    shapes: "Shapes | None" = None,
    cases: Path | None = None,
) -> pl.DataFrame:
    """What the shapes say about a batch of records.

    frames: record frames by root class (columns iri, class and properties; a property without a
    column is absent everywhere). Two rows may have one iri (two documents tell of one record):
    each row is judged for itself. Records outside the batch are known by the root class in their
    IRI only, and nothing is reported about them.
    Returns one row a result, as pyshacl gives it: iri, root, row (index in the root's frame),
    shape (code), path (local name of the property, or ""), value (text as it stands: mask it
    before it is shown), severity (violation, warning, info), message, fix; sorted by root, row,
    shape, path, value. Raises ShapesError JG-SHP-005 for a frame without iri or class, and
    JG-SHP-006 where columns and pyshacl disagree (see `shapes.disagreement`); cases: folder in
    which such a case is kept.
    """
    if shapes is None and model is Model.default():
        compiled = kept_shapes()
    else:
        compiled = (shapes or default_shapes()).compiled(model)
    found = _Check(compiled, Batch(frames, model, compiled.kinds), cases).findings()
    compiled.memory.keep()
    return found


class _Check:
    """One batch against compiled shapes."""

    def __init__(self, compiled: "Compiled", batch: Batch, cases: Path | None) -> None:
        self._compiled, self._batch, self._cases = compiled, batch, cases
        self._memory = compiled.memory
        # By the records, so that another message is another sample.
        hashes = pl.select(
            pl.lit(frame["iri"]).hash().sum().alias(root) for root, frame in batch.frames.items()
        )
        told = [one for row in hashes.rows() for one in row]
        self._random = Random(f"{SEED} {told}")  # noqa: S311 - a sample, no secret

    @cached_property
    def _judge(self) -> "Judge":
        from shapes.judge import Judge

        return Judge(self._compiled, self._batch)

    def findings(self) -> pl.DataFrame:
        found = [pl.DataFrame(schema=dict(FINDINGS))]
        screened = screen(self._compiled, self._batch, oracle=False)
        failing = screened.partition_by(["group", "root"], as_dict=True)
        nothing = screened.clear()
        found += [
            self._by_pyshacl(group)
            for group in self._compiled.groups
            if len(self._answered(group)) < len(group.constraints)
        ]
        for root, frame in self._batch.frames.items():
            for number, group in self._compiled.groups_of(root):
                if not self._answered(group):
                    continue
                fails = failing.get((number, root), nothing)
                sampled = self._sampled(group, root, frame.height)
                if fails.height or sampled.len():
                    found += self._of_group(group, root, fails, sampled)
        return ordered(pl.concat(found))

    def _answered(self, group: "Group") -> frozenset[str]:
        """The components of a shape that the columns answer in this batch."""
        return frozenset() if group.by_kind and self._batch.odd else group.components

    # Constraints that columns answer

    def _of_group(
        self, group: "Group", root: str, here: pl.DataFrame, sampled: pl.Series
    ) -> Iterator[pl.DataFrame]:
        fails = here.filter(pl.col("answer") == "fail").select("row", "constraint")
        unknown = here.filter(pl.col("answer") == "unknown")["row"].unique()
        tables: dict[str, pl.DataFrame] = {}
        for constraint in group.in_columns:
            rows = fails.filter(pl.col("constraint") == constraint.id)["row"]
            if rows.len():
                made, unsure = filled(self._batch, root, constraint, rows)
                tables[constraint.component] = made
                unknown = pl.concat([unknown, unsure]).unique()
        chosen = self._chosen(group, root, fails, unknown) if fails.height else ()
        rows = pl.Series("row", sorted({*unknown, *chosen, *sampled}), dtype=pl.UInt32)
        results = list(self._judge.of_rows(group, root, rows)) if rows.len() else []
        if not self._agreed(group, root, tables, rows, unknown, results):
            every = self._judge.of_rows(group, root, self._targets(group, root))
            yield self._told(group, root, list(every))
            return
        if unknown.len():
            judged = set(unknown)
            yield self._told(group, root, [one for one in results if one[0] in judged])
        for component, table in tables.items():
            yield self._like(group, root, component, table, unknown)

    def _chosen(
        self,
        group: "Group",
        root: str,
        fails: pl.DataFrame,
        unknown: pl.Series,
    ) -> set[int]:
        """Rows for pyshacl to judge: of each new kind of failing content, and again some."""
        chosen: set[int] = set()
        known = fails.filter(~pl.col("row").is_in(unknown.implode()))
        if known.height:
            kinds = known.group_by("row", maintain_order=True).agg(
                kind=pl.col("constraint").sort().str.join("|")
            )
            for key, rows in self._kinds(group, root, kinds):
                if key not in self._memory.judged:
                    self._memory.judged.add(key)
                    chosen |= {rows[0], *self._some(rows, FEW)}
            chosen |= {*self._some(kinds["row"], self._number(kinds.height / SAMPLED_FAILING))}
        return chosen

    def _kinds(
        self, group: "Group", root: str, kinds: pl.DataFrame
    ) -> Iterator[tuple[tuple[object, ...], pl.Series]]:
        """(key, rows) of each kind of failing content."""
        frame = self._batch.frames[root]
        reads = group.reads or {}
        columns = [name for name, how in reads.items() if how == "values" and name in frame.columns]
        for (kind,), rows in kinds.group_by("kind", maintain_order=True):
            key = (group.code, root, kind)
            yield key, rows["row"]
            if not columns or self._memory.counted[key] >= ENOUGH:
                continue
            values = frame[rows["row"]].select("row", *columns)
            several = values.group_by(columns, maintain_order=True).agg("row")
            if several.height <= SMALL:
                for *cells, alike in several.rows():
                    self._memory.counted[key] += 1
                    yield (*key, str(cells)), pl.Series(alike, dtype=pl.UInt32)

    def _some(self, rows: pl.Series, number: int) -> list[int]:
        places = self._random.sample(range(rows.len()), min(number, rows.len()))
        return rows[places].to_list() if places else []

    def _sampled(self, group: "Group", root: str, height: int) -> pl.Series:
        """Rows, failing or not, that pyshacl is to judge beside the others."""
        number = self._number(height / SAMPLED)
        started = (group.code, root) in self._memory.started
        if started and not number:
            return _NO_ROWS
        targets = self._targets(group, root)
        if not started and targets.len():
            self._memory.started.add((group.code, root))
            number = max(number, FIRST)
        return pl.Series("row", self._some(targets, number), dtype=pl.UInt32)

    def _number(self, expected: float) -> int:
        """A whole number of rows, which is on average the expected one."""
        return int(expected) + (self._random.random() < expected % 1)

    def _targets(self, group: "Group", root: str) -> pl.Series:
        target = self._batch.target(root, group.classes, group.subjects)
        rows = self._batch.frames[root]
        return rows["row"].clear() if target is None else rows.filter(target)["row"]

    def _agreed(
        self,
        group: "Group",
        root: str,
        tables: dict[str, pl.DataFrame],
        rows: pl.Series,
        unknown: pl.Series,
        results: "list[tuple[int, Result]]",
    ) -> bool:
        """Whether the columns' results for judged rows are pyshacl's; learns what it says."""
        answered = {one.component for one in group.in_columns}
        by_pyshacl: set[Said] = set()
        for row, result in results:
            told = self._finding(root, row, result)
            component = component_of(result)
            if component in answered:
                by_pyshacl.add((row, component, str(told[4]), str(told[5])))
                path = "" if component == "closed" else str(told[4])
                said = (str(told[6]), str(told[7]), path)
                self._memory.told.setdefault((group.code, component), said)
        ours: set[Said] = set()
        for component, table in tables.items():
            path = self._memory.told.get((group.code, component), ("", "", ""))[2]
            judged = table.filter(pl.col("row").is_in(rows.implode()))
            ours |= {(row, component, here or path, value) for row, here, value in judged.rows()}
        unsure = set(unknown)
        wrong = {one for one in by_pyshacl - ours if one[0] not in unsure} | (ours - by_pyshacl)
        if wrong:
            self._alarm(group, root, sorted(wrong), ours)
        return not wrong

    def _alarm(self, group: "Group", root: str, wrong: list[Said], ours: set[Said]) -> None:
        kept = None
        if self._cases:
            row = pl.Series("row", [wrong[0][0]], dtype=pl.UInt32)
            frames = self._judge.looked_at(group, root, row)
            kept = keep(self._cases, group.iri, root, wrong, frames)
        disagreed(group.code, root, wrong, ours, kept)

    def _like(
        self, group: "Group", root: str, component: str, table: pl.DataFrame, unknown: pl.Series
    ) -> pl.DataFrame:
        """Findings of all rows alike, as pyshacl has told one of them."""
        severity, message, path = self._memory.told[group.code, component]
        rule = self._compiled.rules[group.code]
        rows = table.filter(~pl.col("row").is_in(unknown.implode()))
        iris = self._batch.frames[root]["iri"].gather(rows["row"])
        return rows.select(
            iris.alias("iri"),
            pl.lit(root).alias("root"),
            "row",
            pl.lit(rule.code).alias("shape"),
            pl.when(pl.col("path") == "").then(pl.lit(path)).otherwise("path").alias("path"),
            "value",
            pl.lit(severity).alias("severity"),
            pl.lit(message).alias("message"),
            pl.lit(rule.fix).alias("fix"),
        )

    # Constraints that pyshacl answers

    def _by_pyshacl(self, group: "Group") -> pl.DataFrame:
        """What pyshacl says under a shape, but for what the columns answer."""
        answered, found = self._answered(group), []
        if group.reads is not None and not self._batch.odd:
            for root in self._batch.frames:
                found += [
                    (root, *one)
                    for one in self._by_content(group, root, self._targets(group, root))
                ]
        else:
            found = list(self._judge.of_all(group))
        rows = [
            self._finding(root, row, result)
            for root, row, result in found
            if component_of(result) not in answered
        ]
        return pl.DataFrame(rows, schema=dict(FINDINGS), orient="row")

    def _by_content(
        self, group: "Group", root: str, rows: pl.Series
    ) -> "Iterator[tuple[int, Result]]":
        """Rows that a shape cannot tell apart get one answer: pyshacl judges one of each kind,
        and then all rows like those of which it reported something."""
        frame = self._batch.frames[root]
        columns = [name for name in group.reads or {} if name in frame.columns]
        if rows.is_empty():
            return
        if not columns:
            yield from self._judge.of_rows(group, root, rows)
            return
        cells = frame[rows].select("row", *columns)
        alike = cells.group_by(columns).agg("row")
        firsts = alike["row"].list.first()
        failed = {row for row, _ in self._judge.of_rows(group, root, firsts)}
        again = alike.filter(firsts.is_in(sorted(failed)))["row"].explode()
        yield from self._judge.of_rows(group, root, again.drop_nulls().sort())

    def _told(self, group: "Group", root: str, results: "list[tuple[int, Result]]") -> pl.DataFrame:
        answered = {one.component for one in group.in_columns}
        rows = [
            self._finding(root, row, result)
            for row, result in results
            if component_of(result) in answered
        ]
        return pl.DataFrame(rows, schema=dict(FINDINGS), orient="row")

    def _finding(self, root: str, row: int, result: "Result") -> tuple[str | int, ...]:
        iri = str(self._batch.frames[root].item(row, "iri"))
        shapes = self._compiled.shapes_of(str(result.shape))
        return finding(shapes, iri, root, row, result)


def component_of(result: "Result") -> str:
    """The parameter's local name of the constraint component of a result."""
    name = str(result.component).rpartition("#")[2].removesuffix("ConstraintComponent")
    return name[:1].lower() + name[1:]
