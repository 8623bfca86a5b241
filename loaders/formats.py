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
    value = values(raw, form, datatype)
    return value, ill_typed(raw, value, form)


def values(raw: pl.Expr, form: str | None, datatype: str) -> pl.Expr:
    """The values of `interpret`."""
    if form is None:
        return lexical.cast(raw, datatype)[0]
    if form == "london-date":
        value = london_date(raw)
    elif form == "datetime":
        bare = raw.str.contains(_DATE_ONLY)
        value = lexical.cast(pl.when(~bare).then(_iso(raw)), "dateTime")[0]
    elif form == "month":
        value = lexical.cast(raw, "gYearMonth")[0]
    elif "%" in form:
        value = _pattern(raw, form)
        if datatype == "date" and _has_clock(form):
            value = value.dt.convert_time_zone(LONDON).dt.date()
    else:
        value = lexical.cast(raw, form)[0]
    return value if datatype != "string" else _written(value, form)


def ill_typed(raw: pl.Expr, value: pl.Expr, form: str | None) -> pl.Expr:
    """The mask of `interpret`, from text and the values made of it."""
    ill = raw.is_not_null() & value.is_null()
    return ill & ~raw.str.contains(_DATE_ONLY) if form == "datetime" else ill


def london_date(raw: pl.Expr) -> pl.Expr:
    """The calendar day in Europe/London of a date, or of a date and time with or without zone."""
    day, _ = lexical.cast(pl.when(raw.str.contains(_DATE_ONLY)).then(raw), "date")
    moment, _ = lexical.cast(_iso(raw), "dateTime")
    return pl.coalesce(day, moment.dt.convert_time_zone(LONDON).dt.date())


def version_text(raw: pl.Expr, told: pl.Expr, form: str | None) -> pl.Expr:
    """A version that sorts, from its text and that as a string: moments in UTC, dates as ISO days,
    other text as it stands.
    """
    bare = pl.when(raw.str.contains(_DATE_ONLY)).then(raw)
    return pl.coalesce(told, bare) if form == "datetime" else told


def _iso(raw: pl.Expr) -> pl.Expr:
    """Spellings of ISO 8601 that systems write, as xsd:dateTime writes them.

    `2021-06-25T09:38:02Z[UTC]`, `2021-06-25T09:38`, `...+0100`.
    """
    return (
        raw.str.replace(r"\[[A-Za-z/_]+\]\z", "")
        .str.replace(r"(T[0-9]{2}:[0-9]{2})(Z|[+-][0-9:]{4,5})?\z", "${1}:00${2}")
        .str.replace(r"(T.*[+-][0-9]{2})([0-9]{2})\z", "${1}:${2}")
    )


def _pattern(raw: pl.Expr, form: str) -> pl.Expr:
    if _has_clock(form):
        moment = raw.str.to_datetime(form, time_unit="us", strict=False, exact=True)
        value = moment.dt.replace_time_zone(
            LONDON, ambiguous="earliest", non_existent="null"
        ).dt.convert_time_zone("UTC")
    else:
        value = raw.str.to_date(form, strict=False, exact=True)
    return pl.when(value.dt.year().is_between(1, 9999)).then(value)


def _has_clock(form: str) -> bool:
    return any(part in form for part in ("%H", "%I", "%T", "%s"))


def _written(value: pl.Expr, form: str) -> pl.Expr:
    """A typed value as canonical text, where the column or key part is text."""
    if form == "datetime":
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return value.cast(pl.String)
