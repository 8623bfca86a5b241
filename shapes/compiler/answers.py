"""Answers put together from others, and answers about terms and pairs of columns."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
from rdflib.term import Node

from shapes.compiler.constraint import Nodes, NotCoveredError, Test
from shapes.compiler.terms import NUMBERS, value_of

if TYPE_CHECKING:
    from ontology.terms import Property


def joined(tests: list[Test], how: Callable[[pl.Expr, pl.Expr], pl.Expr], empty: bool) -> Test:
    if not tests:
        return Test.always(empty)
    return Test(reduce(how, (test.expr for test in tests)), all(test.sure for test in tests))


def among(x: pl.Expr, terms: list[Node], nodes: Nodes) -> Test:
    values = [found for term in terms if (found := value_of(term, nodes)) is not None]
    if len(values) == 1:
        return Test(x == pl.lit(values[0], dtype=nodes.dtype))
    return Test(x.is_in(pl.lit(pl.Series(values, dtype=nodes.dtype)).implode()))


def datatype(value: Node, nodes: Nodes) -> Test:
    if str(value).startswith("http://www.w3.org/2000/01/rdf-schema#"):
        raise NotCoveredError("a datatype of RDF Schema")
    here = f"http://www.w3.org/2001/XMLSchema#{nodes.datatype or 'string'}"
    return Test.always(not nodes.is_iri and str(value) == here)


def exactly_one(inside: list[Test]) -> Test:
    found = pl.sum_horizontal(test.expr.fill_null(False).cast(pl.Int32) for test in inside)
    if all(test.sure for test in inside):
        return Test(found == 1)
    unsure = pl.any_horizontal(test.expr.is_null() for test in inside)
    decided = pl.when(found > 1).then(pl.lit(False)).when(~unsure).then(found == 1)
    return Test(decided, sure=False)


def same_terms(first: "Property", second: "Property") -> bool:
    if "data" in (first.kind, second.kind):
        return (first.kind, first.datatype) == (second.kind, second.datatype)
    return True


def ordered(first: "Property", second: "Property") -> bool:
    if not first.kind == second.kind == "data":
        return False
    kinds = {first.datatype, second.datatype}
    return kinds <= NUMBERS or (len(kinds) == 1 and kinds <= {"string", "date", "dateTime"})


def as_list(column: "Property") -> pl.Expr:
    x = pl.col(column.name)
    made = x.fill_null([]) if column.many else pl.concat_list(x).list.drop_nulls()
    # Polars has no set operations on lists of booleans.
    return made.cast(pl.List(pl.Int8)) if column.datatype == "boolean" else made
