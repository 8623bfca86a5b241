"""Records as Neo4j holds them (schema.py), and back."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from graph.neo4j.schema import Layout, text_of
from graph.port import Node, Value
from ontology import Property

SYSTEM = ("iri", "class", "dataset", "document")
_BREAK = "\n"


def stored_frame(layout: Layout, root: str, puts: pl.DataFrame) -> pl.DataFrame:
    """The columns that become properties, typed as Neo4j holds them; empty lists are null."""
    columns = [pl.col(name) for name in SYSTEM]
    for prop in layout.model.table_properties(root):
        if prop.kind == "link" or prop.name not in puts.columns:
            continue
        if puts[prop.name].null_count() == puts.height:
            continue
        columns.append(_stored(prop))
        if prop.many and prop.indexed:
            columns.append(_as_text(prop))
    return puts.select(columns)


def hash_links(layout: Layout, root: str, puts: pl.DataFrame) -> pl.Series:
    """`linksHash` (Int64): equal for two versions of a record if they have equal links.

    Two with other links have the same number by chance once in 2^64 (1.8e19) changes of links, and
    by the intent of somebody who makes up keys for it, since Polars' hash is no cryptographic one.
    Such a record would keep the links that it had, until a version with another number or a
    rebuild. Another version of Polars may hash otherwise: then links are read once more.
    """
    texts = [pl.col("iri")]
    for prop in sorted(layout.model.table_properties(root), key=lambda p: p.name):
        if prop.kind != "link" or prop.name not in puts.columns:
            continue
        if puts[prop.name].null_count() == puts.height:
            continue
        targets = pl.col(prop.name)
        if prop.many:
            sorted_ones = targets.list.drop_nulls().list.unique().list.sort()
            targets = pl.when(sorted_ones.list.len() > 0).then(sorted_ones.list.join(_BREAK))
        texts.append(pl.concat_str(pl.lit(f"{prop.name} "), targets, pl.lit(_BREAK)))
    told = puts.select(pl.concat_str(texts, ignore_nulls=True))
    return told.to_series().hash(seed=0).reinterpret(signed=True).alias("linksHash")


def stored_value(value: Value) -> Any:
    """A filter's value as properties hold it. An inexact decimal is a float between two wholes."""
    if isinstance(value, Decimal):
        millionths = value.scaleb(6)
        whole = millionths == millionths.to_integral_value()
        return int(millionths) if whole else float(millionths)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def contains(value: Value) -> str:
    """What the text of a many-valued property contains when it has this value."""
    return f"{_BREAK}{value}{_BREAK}"


def node_of(layout: Layout, stored: Mapping[str, Any], links: list[Any], oldest: int) -> Node:
    """The port's node from a version's properties and its [relationship type, IRI] pairs."""
    found: dict[str, Any] = {}
    for name, value in stored.items():
        prop = layout.values.get(name)
        if prop is not None:
            read = _READERS.get(prop.datatype or "")
            if read is None:
                found[name] = value
            else:
                found[name] = [read(v) for v in value] if prop.many else read(value)
    targets: dict[str, set[str]] = {}
    for kind, target in links:
        targets.setdefault(layout.links[kind], set()).add(target)
    return Node(
        stored["iri"],
        stored["class"],
        stored["dataset"],
        stored["document"],
        max(stored["since"], oldest),
        found,
        {name: sorted(iris) for name, iris in sorted(targets.items())},
    )


def _stored(prop: Property) -> pl.Expr:
    column = pl.col(prop.name)
    if prop.many:
        kept = column.list.eval(_scalar(prop, pl.element()).drop_nulls())
        return pl.when(kept.list.len() > 0).then(kept).alias(prop.name)
    return _scalar(prop, column).alias(prop.name)


def _scalar(prop: Property, column: pl.Expr) -> pl.Expr:
    match prop.datatype:
        case "decimal":
            return (column.cast(pl.Decimal(38, 6)) * 10**6).cast(pl.Int64)
        case "dateTime":
            return column.dt.replace_time_zone(None)
        case _:
            return column


def _as_text(prop: Property) -> pl.Expr:
    values = pl.col(prop.name).list.drop_nulls()
    joined = pl.concat_str(pl.lit(_BREAK), values.list.join(_BREAK), pl.lit(_BREAK))
    return pl.when(values.list.len() > 0).then(joined).alias(text_of(prop.name))


def _decimal(millionths: int) -> Decimal:
    number = Decimal(millionths).scaleb(-6).normalize()
    # normalize() writes 100 as 1E+2
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _date(value: Any) -> date:
    native: date = value.to_native()
    return native


def _instant(value: Any) -> datetime:
    native: datetime = value.to_native()
    return native.replace(tzinfo=UTC)


_READERS: dict[str, Callable[[Any], Value]] = {
    "date": _date,
    "dateTime": _instant,
    "decimal": _decimal,
}
