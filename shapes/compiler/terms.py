"""What value nodes are, and what a SHACL constant means on the column that holds them."""

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

import polars as pl
import rdflib
from rdflib import XSD, URIRef
from rdflib.term import Node

from ontology.columns import TYPES
from shapes.compiler.constraint import Nodes, NotCoveredError
from shapes.triples import literal

NUMBERS = frozenset({"integer", "decimal"})
_HELD = Decimal(10) ** 12
_UNIT = Decimal("0.000001")
_NUMERIC = {
    XSD[name]
    for name in (
        *("integer", "decimal", "double", "float", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
}


FOCUS = Nodes("focus")


def text(x: pl.Expr, nodes: Nodes) -> pl.Expr:
    """What SPARQL's str() makes of value nodes."""
    match None if nodes.is_iri else nodes.datatype:
        case None | "string":
            return x
        case "integer":
            return x.cast(pl.String)
        case "boolean":
            return pl.when(x).then(pl.lit("true")).when(~x).then(pl.lit("false"))
        case "date":
            return x.dt.to_string("%Y-%m-%d")
        case other:
            raise NotCoveredError(f"the written form of xsd:{other} is pyshacl's to give")


def value_of(term: Node, nodes: Nodes) -> Any:
    """The column's value that is this RDF term, None where no value is (term equality)."""
    if nodes.is_iri:
        return str(term) if isinstance(term, URIRef) else None
    if not isinstance(term, rdflib.Literal):
        return None
    datatype = nodes.datatype or "string"
    if datatype == "string":
        return str(term) if term.datatype is None and term.language is None else None
    if term.datatype != XSD[datatype]:
        return None
    value: Any
    try:
        match datatype:
            case "integer":
                value = int(str(term))
            case "decimal":
                value = Decimal(str(term)).quantize(_UNIT)
            case "boolean":
                value = {"true": True, "false": False}.get(str(term))
            case "date":
                value = dt.date.fromisoformat(str(term))
            case _:
                value = dt.datetime.fromisoformat(str(term))
                value = value.astimezone(dt.UTC) if value.tzinfo else None
    except (ValueError, InvalidOperation):
        return None
    if value is None or literal(value, XSD[datatype]) != term:
        return None
    return None if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def bound(x: pl.Expr, nodes: Nodes, parameter: str, term: Node) -> pl.Expr:
    """x min/maxInclusive/Exclusive a constant; false for value nodes without an order."""
    if nodes.is_iri:
        return pl.lit(False)
    least, inclusive = parameter.startswith("min"), parameter.endswith("Inclusive")
    datatype = nodes.datatype or "string"
    if not isinstance(term, rdflib.Literal):
        raise NotCoveredError(f"sh:{parameter} is not a literal")
    value = term.value
    if datatype in NUMBERS and term.datatype in _NUMERIC and not isinstance(value, bool):
        return _number(x, datatype, least, inclusive, term)
    same = term.datatype == XSD[datatype] or (
        datatype == "string" and term.datatype is None and term.language is None
    )
    if not same or term.ill_typed or datatype == "boolean":
        raise NotCoveredError(f"sh:{parameter} {term.n3()} beside values of xsd:{datatype}")
    if datatype == "date":
        if type(value) is not dt.date or str(term) != value.isoformat():
            raise NotCoveredError(f"sh:{parameter} {term} has a time zone or an uncommon year")
    elif datatype == "dateTime":
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise NotCoveredError(f"sh:{parameter} {term} has no time zone")
        value = value.astimezone(dt.UTC)
    else:
        value = str(term)
    limit = pl.lit(value, dtype=nodes.dtype)
    return _compare(x, limit, least, inclusive)


def _number(
    x: pl.Expr, datatype: str, least: bool, inclusive: bool, term: rdflib.Literal
) -> pl.Expr:
    try:
        binary = term.datatype in (XSD.double, XSD.float)
        limit = Decimal(float(str(term))) if binary else Decimal(str(term))
    except (ValueError, InvalidOperation, OverflowError):
        raise NotCoveredError(f"{term} is not a number") from None
    if not limit.is_finite():
        raise NotCoveredError(f"{term} is no finite number")
    if abs(limit) >= _HELD * 10_000_000:
        return pl.lit((limit < 0) is least)
    unit = Decimal(1) if datatype == "integer" else _UNIT
    # x >= b is x >= the next number up that the column can hold; x > b is x > the next one down.
    up = least is inclusive
    held = (limit / unit).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * unit
    if datatype == "decimal" and abs(held) >= _HELD:
        return pl.lit((limit < 0) is least)
    if datatype == "integer" and not -(2**63) <= int(held) < 2**63:
        return pl.lit((limit < 0) is least)
    number = int(held) if datatype == "integer" else held.quantize(_UNIT)
    dtype = TYPES[datatype]
    return _compare(x, pl.lit(number).cast(dtype), least, inclusive)


def _compare(x: pl.Expr, limit: pl.Expr, least: bool, inclusive: bool) -> pl.Expr:
    if least:
        return x >= limit if inclusive else x > limit
    return x <= limit if inclusive else x < limit
