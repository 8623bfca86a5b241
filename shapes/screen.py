"""What the columns say of a batch: which records fail which constraints, or may."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from shapes.batch import Batch

if TYPE_CHECKING:
    from shapes.compiler import Compiled
    from shapes.compiler.constraint import Constraint, Group

SCREEN = {
    "group": pl.UInt32(),
    "root": pl.String(),
    "row": pl.UInt32(),
    "constraint": pl.String(),
    "answer": pl.String(),
}
# Rows whose answers are held at one time: a byte a row and constraint.
SLICE = 200_000


def screen(compiled: "Compiled", batch: Batch, oracle: bool = True) -> pl.DataFrame:
    """Columns of `SCREEN`, a row for each record and constraint that is not passed.

    group: index in `compiled.groups`. oracle: also the records that constraints left to pyshacl
    target, as unknown.
    """
    found = [pl.DataFrame(schema=SCREEN)]
    for root in batch.frames:
        near: list[tuple[int, Group, pl.Expr]] = []
        for number, group in compiled.groups_of(root):
            target = batch.target(root, group.classes, group.subjects)
            if group.elsewhere:
                target = pl.lit(True)
            if target is None:
                continue
            near.append((number, group, target))
            if oracle:
                found += _left_to_pyshacl(batch, root, number, group, target)
            for constraint in group.in_columns:
                if constraint.steps:
                    found += _far(batch, root, number, constraint, target)
        found += _near(batch, root, near)
    return pl.concat(found)


def _near(
    batch: Batch, root: str, groups: "list[tuple[int, Group, pl.Expr]]"
) -> Iterator[pl.DataFrame]:
    """Constraints on the record's own columns, together."""
    asked = [
        (number, constraint, target)
        for number, group, target in groups
        for constraint in group.in_columns
        if not constraint.steps
    ]
    if not asked:
        return
    reads = frozenset[str]().union(*(constraint.reads for _, constraint, _ in asked))
    table = batch.table(root, reads)
    answers = [
        (~target | constraint.test.expr).alias(constraint.id)
        for _, constraint, target in asked
        if constraint.test
    ]
    for start in range(0, table.height, SLICE):
        part = table.slice(start, SLICE).lazy().select("row", *answers).collect()
        for number, constraint, _ in asked:
            yield from _not_passed(number, root, constraint, part["row"], part[constraint.id])


def _far(
    batch: Batch, root: str, number: int, constraint: "Constraint", target: pl.Expr
) -> Iterator[pl.DataFrame]:
    """A constraint that looks at other records, on the rows that it targets."""
    wanted = batch.frames[root].select(target).to_series()
    if constraint.test is None or not wanted.any():
        return
    table = batch.table(root, constraint.reads).with_columns(batch.focus[root]["focus"])
    # A literal target holds for all rows.
    chosen = table if wanted.len() < table.height else table.filter(wanted)
    rows = batch.stepped(chosen, "focus", constraint.steps)
    answers = rows.select("row", answer=constraint.test.expr)
    yield from _not_passed(number, root, constraint, answers["row"], answers["answer"])


def _left_to_pyshacl(
    batch: Batch, root: str, number: int, group: "Group", target: pl.Expr
) -> Iterator[pl.DataFrame]:
    for constraint in group.constraints:
        if constraint.where == "oracle":
            rows = batch.frames[root].filter(target)["row"]
            yield _said(number, root, constraint, rows, "unknown")


def _not_passed(
    number: int, root: str, constraint: "Constraint", rows: pl.Series, answers: pl.Series
) -> Iterator[pl.DataFrame]:
    if answers.null_count() == 0 and answers.all():
        return
    yield _said(number, root, constraint, rows.filter(~answers), "fail")
    yield _said(number, root, constraint, rows.filter(answers.is_null()), "unknown")


def _said(
    number: int, root: str, constraint: "Constraint", rows: pl.Series, answer: str
) -> pl.DataFrame:
    return pl.DataFrame({"row": rows}).select(
        pl.lit(number, dtype=pl.UInt32).alias("group"),
        pl.lit(root).alias("root"),
        "row",
        pl.lit(constraint.id).alias("constraint"),
        pl.lit(answer).alias("answer"),
    )
