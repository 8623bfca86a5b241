"""What the columns say of a batch: which records fail which constraints, or may."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from shapes.batch import EVERY, Batch, worked_out

if TYPE_CHECKING:
    from shapes.compiler import Compiled
    from shapes.compiler.constraint import Constraint, Group

    # Index of the group, its constraint, and which records it targets.
    _Asked = tuple[int, Constraint, pl.Expr]

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
        near: list[_Asked] = []
        for number, group in compiled.groups_of(root):
            target = batch.target(root, group.classes, group.subjects)
            if group.elsewhere:
                target = EVERY
            if target is None:
                continue
            if oracle:
                found += _left_to_pyshacl(batch, root, number, group, target)
            for constraint in group.in_columns:
                if constraint.steps:
                    for answers in _far(batch, root, constraint, target):
                        found += _not_passed(root, [(number, constraint)], answers)
                else:
                    near.append((number, constraint, target))
        for answers in _near(batch, root, near):
            found += _not_passed(root, [one[:2] for one in near], answers)
    return pl.concat(found)


def _near(batch: Batch, root: str, asked: "list[_Asked]") -> Iterator[pl.DataFrame]:
    """row, and the answer of each of these constraints on the record's own columns."""
    if not asked:
        return
    reads = frozenset[str]().union(*(constraint.reads for _, constraint, _ in asked))
    answers = [
        _where(target, constraint.test.expr).alias(constraint.id)
        for _, constraint, target in asked
        if constraint.test
    ]
    table = batch.table(batch.frames[root], reads)
    for start in range(0, batch.frames[root].height, SLICE):
        yield worked_out(table.slice(start, SLICE).select("row", *answers))


def _where(target: pl.Expr, passes: pl.Expr) -> pl.Expr:
    return passes if target is EVERY else ~target | passes


def _far(
    batch: Batch, root: str, constraint: "Constraint", target: pl.Expr
) -> Iterator[pl.DataFrame]:
    """The same of a constraint that looks at other records, where it targets any."""
    table = batch.table(batch.focus[root], constraint.reads)
    chosen = worked_out(table if target is EVERY else table.filter(target))
    if constraint.test and chosen.height:
        rows = batch.stepped(chosen.lazy(), "focus", constraint.steps)
        yield worked_out(rows.select("row", constraint.test.expr.alias(constraint.id)))


def _left_to_pyshacl(
    batch: Batch, root: str, number: int, group: "Group", target: pl.Expr
) -> Iterator[pl.DataFrame]:
    for constraint in group.constraints:
        if constraint.where == "oracle":
            rows = batch.frames[root].filter(target)["row"]
            yield _said(number, root, constraint, rows, "unknown")


def _not_passed(
    root: str, asked: "Iterable[tuple[int, Constraint]]", answers: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    rows = answers["row"]
    for number, constraint in asked:
        told = answers[constraint.id]
        if told.null_count() == 0 and told.all():
            continue
        yield _said(number, root, constraint, rows.filter(~told), "fail")
        yield _said(number, root, constraint, rows.filter(told.is_null()), "unknown")


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
