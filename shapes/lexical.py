"""The lexical gate: XSD lexical and value spaces, exactly, on columns of text.

Source of the rules: W3C XML Schema Definition Language 1.1 Part 2: Datatypes, and RDF 1.1
Concepts section 5 (white space is not collapsed: `" 1"` is not an integer). It stands in front of
RDF because the RDF tools do not: rdflib turns the boolean `maybe` into false and rewrites what it
can read, pyshacl takes `2020-01-01 10:00` for a dateTime and stops with a TypeError when
sh:lessThan meets an ill-typed date.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import overload

import polars as pl

from ontology.columns import TYPES
from shapes.errors import ShapesError

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_DURATION = (
    r"-?P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
)
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DOUBLE = rf"(?:{_DECIMAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
# What XML 1.0 does not allow in text, so neither does xsd:string.
_NOT_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_LONDON = "Europe/London"


def _only(raw: pl.Expr, pattern: str) -> pl.Expr:
    """The text where all of it matches the pattern, else null."""
    return pl.when(raw.str.contains(rf"\A(?:{pattern})\z")).then(raw)


def _in_calendar(value: pl.Expr) -> pl.Expr:
    """The value where its year is one that Python's calendar, Delta and SQLite all hold."""
    return pl.when(value.dt.year().is_between(1, 9999)).then(value)


def _string(raw: pl.Expr) -> pl.Expr:
    return pl.when(~raw.str.contains(_NOT_XML)).then(raw)


def _integer(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, r"[+-]?[0-9]+")
    return text.str.strip_prefix("+").cast(pl.Int64, strict=False)


def _decimal(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, _DECIMAL)
    sign = pl.when(text.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = text.str.extract(r"\A[+-]?([0-9]*)", 1).str.strip_chars_start("0")
    part = text.str.extract(r"\.([0-9]*)\z", 1).fill_null("").str.strip_chars_end("0")
    plain = pl.concat_str(sign, pl.lit("0"), whole, pl.lit("."), part, pl.lit("0"))
    held = (whole.str.len_bytes() <= 12) & (part.str.len_bytes() <= 6)
    return pl.when(held).then(plain).cast(TYPES["decimal"], strict=False)


def _double(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, _DOUBLE).str.replace("INF", "inf", literal=True)
    return text.str.strip_prefix("+").cast(pl.Float64, strict=False)


def _boolean(raw: pl.Expr) -> pl.Expr:
    return (
        pl.when(raw.is_in(["true", "1"]))
        .then(pl.lit(True))
        .when(raw.is_in(["false", "0"]))
        .then(pl.lit(False))
    )


def _date(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, _DATE + _ZONE).str.slice(0, 10)
    return _in_calendar(text.str.to_date("%Y-%m-%d", strict=False))


def _year_month(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, rf"[0-9]{{4}}-(?:0[1-9]|1[0-2]){_ZONE}").str.slice(0, 7)
    return _in_calendar((text + "-01").str.to_date("%Y-%m-%d", strict=False))


def _clock(text: pl.Expr) -> pl.Expr:
    """Microseconds since midnight of `hh:mm:ss[.f*]`; 24:00:00 is 24 hours."""

    def number(start: int) -> pl.Expr:
        return text.str.slice(start, 2).cast(pl.Int64, strict=False)

    fraction = text.str.extract(r"\.([0-9]+)", 1).str.slice(0, 6).str.pad_end(6, "0")
    seconds = number(0) * 3600 + number(3) * 60 + number(6)
    return seconds * 1_000_000 + fraction.cast(pl.Int64, strict=False).fill_null(0)


def _date_time(raw: pl.Expr) -> pl.Expr:
    return raw.map_batches(_moments, return_dtype=TYPES["dateTime"], is_elementwise=True)


def _moments(raw: pl.Series) -> pl.Series:
    """In steps: as one expression, which has no names for its parts, it would be as long as a
    book, and take 20 ms to read for a single row."""
    zone = pl.col("zone")
    minutes = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + zone.str.slice(4, 2).cast(
        pl.Int64, strict=False
    )
    offset = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes).fill_null(0)
    # A clock time without a zone is London's; one that London skipped is taken as written by a
    # machine that keeps Greenwich time, since refusing it would lose the record.
    london = (
        pl.col("local")
        .dt.replace_time_zone(_LONDON, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    return (
        raw.alias("raw")
        .to_frame()
        .select(text=_only(pl.col("raw"), rf"{_DATE}T{_TIME}{_ZONE}"))
        .select(
            day=pl.col("text").str.slice(0, 10).str.to_datetime("%Y-%m-%d", strict=False),
            clock=_clock(pl.col("text").str.slice(11)),
            zone=pl.col("text").str.extract(r"T.*(Z|[+-][0-9]{2}:[0-9]{2})\z", 1),
        )
        .select("zone", local=pl.col("day") + pl.duration(microseconds="clock", time_unit="us"))
        .select(
            "zone",
            zoned=(
                pl.col("local") - pl.duration(minutes=offset, time_unit="us")
            ).dt.replace_time_zone("UTC"),
            london=london,
        )
        .select(
            value=pl.when(zone.is_not_null())
            .then(pl.col("zoned"))
            .otherwise(pl.coalesce("london", "zoned"))
        )
        .select(_in_calendar(pl.col("value")))
        .to_series()
    )


def _time(raw: pl.Expr) -> pl.Expr:
    clock = _clock(_only(raw, _TIME + _ZONE))
    return ((clock % 86_400_000_000) * 1000).cast(pl.Time)


def _duration(raw: pl.Expr) -> pl.Expr:
    text = _only(raw, _DURATION)
    return pl.when(~text.str.contains(r"[PT]\z")).then(text)


_RULES: dict[str, tuple[Callable[[pl.Expr], pl.Expr], pl.DataType]] = {
    "string": (_string, TYPES["string"]),
    "integer": (_integer, TYPES["integer"]),
    "decimal": (_decimal, TYPES["decimal"]),
    "double": (_double, pl.Float64()),
    "boolean": (_boolean, TYPES["boolean"]),
    "date": (_date, TYPES["date"]),
    "dateTime": (_date_time, TYPES["dateTime"]),
    "gYearMonth": (_year_month, TYPES["date"]),
    "time": (_time, pl.Time()),
    "duration": (_duration, TYPES["string"]),
}
DATATYPES = frozenset(_RULES)


@overload
def cast(raw: pl.Expr, datatype: str) -> tuple[pl.Expr, pl.Expr]: ...
@overload
def cast(raw: pl.Series, datatype: str) -> tuple[pl.Series, pl.Series]: ...
def cast(
    raw: pl.Expr | pl.Series, datatype: str
) -> tuple[pl.Expr, pl.Expr] | tuple[pl.Series, pl.Series]:
    """Text to values of one XSD datatype: (values, mask of ill-typed cells).

    raw: String column or expression. datatype: local name of an XSD type in `DATATYPES`.
    A value is null where the cell is absent or ill-typed; the mask is true only where text was
    there and is not in the datatype's lexical space, or has no value in it (30 February).
    Columns: integer Int64, decimal Decimal(18,6), double Float64, boolean Boolean, date Date
    (a zone is allowed and dropped), dateTime Datetime('us','UTC') (a clock time without zone is
    Europe/London's, the earlier one where the hour repeats; beyond microseconds is cut off),
    gYearMonth Date of the first, time Time (zone dropped), string and duration String.
    Narrower than XSD only where a column cannot hold the value: years 1 to 9999, 64 bit
    integers, decimals of twelve whole and six fraction digits.
    Raises ShapesError JG-SHP-001 for another datatype.
    """
    if datatype not in _RULES:
        raise ShapesError(
            "JG-SHP-001",
            f"no lexical rule for xsd:{datatype}",
            f"Use one of {', '.join(sorted(_RULES))}.",
        )
    rule, dtype = _RULES[datatype]
    if isinstance(raw, pl.Series):
        table = pl.DataFrame({"raw": raw})
        value, ill_typed = cast(pl.col("raw"), datatype)
        cells = table.select(value=value, ill_typed=ill_typed)
        return cells["value"].alias(raw.name), cells["ill_typed"].alias(raw.name)
    value = rule(raw).cast(dtype)
    return value, raw.is_not_null() & value.is_null()


@contextlib.contextmanager
def unnormalised() -> Iterator[None]:
    """Within it, rdflib keeps literals as they are written (`maybe` does not become false)."""
    import rdflib

    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
