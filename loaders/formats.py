"""How source text becomes typed values: the formats of the mapping language, vectorised.

Each rule gives (value, mask of ill-typed cells); a value is null where the cell is absent or
ill-typed. The lexical rules of the datatypes themselves are `shapes.lexical`.
"""

import polars as pl

from shapes import lexical

LONDON = "Europe/London"
Cells = tuple[pl.Expr, pl.Expr]

_DATE_ONLY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"


def interpret(raw: pl.Expr, form: str | None, datatype: str) -> Cells:
    """Text, written in a mapping format, as values of an XSD datatype (by local name).

    Without a format the text must be in the datatype's own lexical space. A dateTime format on
    a bare date gives no value and no complaint: no time of day is invented. A clock time without
    a zone is Europe/London's, and its date is the day there.
    """
    if form is None:
        return lexical.cast(raw, datatype)
    if form == "london-date":
        value, ill = london_date(raw)
    elif form == "datetime":
        bare = raw.str.contains(_DATE_ONLY)
        value, ill = lexical.cast(pl.when(~bare).then(_iso(raw)), "dateTime")
    elif form == "month":
        value, ill = lexical.cast(raw, "gYearMonth")
    elif "%" in form:
        value, ill = _pattern(raw, form)
        if datatype == "date" and _has_clock(form):
            value = value.dt.convert_time_zone(LONDON).dt.date()
    else:
        value, ill = lexical.cast(raw, form)
    return (value, ill) if datatype != "string" else (_written(value, form), ill)


def london_date(raw: pl.Expr) -> Cells:
    """The calendar day in Europe/London of a date, or of a date and time with or without zone."""
    day, _ = lexical.cast(pl.when(raw.str.contains(_DATE_ONLY)).then(raw), "date")
    moment, _ = lexical.cast(_iso(raw), "dateTime")
    value = pl.coalesce(day, moment.dt.convert_time_zone(LONDON).dt.date())
    return value, raw.is_not_null() & value.is_null()


def version_text(raw: pl.Expr, form: str | None) -> Cells:
    """A version that sorts: moments in UTC, dates as ISO days, other text as it stands."""
    told, ill = interpret(raw, form, "string")
    if form == "datetime":
        told = pl.coalesce(told, pl.when(raw.str.contains(_DATE_ONLY)).then(raw))
    return told, ill


def _iso(raw: pl.Expr) -> pl.Expr:
    """Spellings of ISO 8601 that systems write, as xsd:dateTime writes them.

    `2021-06-25T09:38:02Z[UTC]`, `2021-06-25T09:38`, `...+0100`.
    """
    return (
        raw.str.replace(r"\[[A-Za-z/_]+\]\z", "")
        .str.replace(r"(T[0-9]{2}:[0-9]{2})(Z|[+-][0-9:]{4,5})?\z", "${1}:00${2}")
        .str.replace(r"(T.*[+-][0-9]{2})([0-9]{2})\z", "${1}:${2}")
    )


def _pattern(raw: pl.Expr, form: str) -> Cells:
    if _has_clock(form):
        moment = raw.str.to_datetime(form, time_unit="us", strict=False, exact=True)
        value = moment.dt.replace_time_zone(
            LONDON, ambiguous="earliest", non_existent="null"
        ).dt.convert_time_zone("UTC")
    else:
        value = raw.str.to_date(form, strict=False, exact=True)
    value = pl.when(value.dt.year().is_between(1, 9999)).then(value)
    return value, raw.is_not_null() & value.is_null()


def _has_clock(form: str) -> bool:
    return any(part in form for part in ("%H", "%I", "%T", "%s"))


def _written(value: pl.Expr, form: str) -> pl.Expr:
    """A typed value as canonical text, where the column or key part is text."""
    if form == "datetime":
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return value.cast(pl.String)
