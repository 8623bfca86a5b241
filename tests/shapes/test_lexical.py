"""The lexical gate: what XSD says a cell may be, and the traps of the RDF tools behind it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapes import lexical
from shapes.errors import ShapesError

UTC = dt.UTC

GOOD: list[tuple[str, str, Any]] = [
    ("date", "1985-02-28", dt.date(1985, 2, 28)),
    ("date", "1984-02-29", dt.date(1984, 2, 29)),
    ("date", "2020-01-01Z", dt.date(2020, 1, 1)),
    ("date", "2020-01-01+14:00", dt.date(2020, 1, 1)),
    ("date", "0001-01-01", dt.date(1, 1, 1)),
    ("dateTime", "2020-01-01T10:00:00Z", dt.datetime(2020, 1, 1, 10, tzinfo=UTC)),
    ("dateTime", "2020-07-01T10:00:00+01:00", dt.datetime(2020, 7, 1, 9, tzinfo=UTC)),
    ("dateTime", "2020-07-01T10:00:00-05:30", dt.datetime(2020, 7, 1, 15, 30, tzinfo=UTC)),
    ("dateTime", "2020-07-01T10:00:00-00:30", dt.datetime(2020, 7, 1, 10, 30, tzinfo=UTC)),
    ("dateTime", "2020-07-01T10:00:00", dt.datetime(2020, 7, 1, 9, tzinfo=UTC)),
    ("dateTime", "2020-01-01T24:00:00Z", dt.datetime(2020, 1, 2, tzinfo=UTC)),
    ("dateTime", "2020-01-01T10:00:00.5Z", dt.datetime(2020, 1, 1, 10, 0, 0, 500000, UTC)),
    (
        "dateTime",
        "2020-01-01T10:00:00.1234567Z",
        dt.datetime(2020, 1, 1, 10, 0, 0, 123456, UTC),
    ),
    ("dateTime", "2021-10-31T01:30:00", dt.datetime(2021, 10, 31, 0, 30, tzinfo=UTC)),
    ("dateTime", "2021-03-28T01:30:00", dt.datetime(2021, 3, 28, 1, 30, tzinfo=UTC)),
    ("integer", "007", 7),
    ("integer", "+5", 5),
    ("integer", "-0", 0),
    ("integer", "-9223372036854775808", -(2**63)),
    ("decimal", "1", Decimal(1)),
    ("decimal", "-.5", Decimal("-0.5")),
    ("decimal", "5.", Decimal(5)),
    ("decimal", "+000123.450000000", Decimal("123.45")),
    ("decimal", "-999999999999.999999", Decimal("-999999999999.999999")),
    ("boolean", "true", True),
    ("boolean", "1", True),
    ("boolean", "false", False),
    ("boolean", "0", False),
    ("gYearMonth", "2022-06", dt.date(2022, 6, 1)),
    ("gYearMonth", "2022-06Z", dt.date(2022, 6, 1)),
    ("duration", "P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"),
    ("duration", "-PT0S", "-PT0S"),
    ("duration", "P18M", "P18M"),
    ("time", "23:59:59", dt.time(23, 59, 59)),
    ("time", "24:00:00", dt.time(0)),
    ("time", "10:00:00.25Z", dt.time(10, 0, 0, 250000)),
    ("double", "-1.5E3", -1500.0),
    ("double", "-INF", float("-inf")),
    ("string", " kept as it is \n", " kept as it is \n"),
    ("string", "", ""),
]

BAD: list[tuple[str, str]] = [
    ("date", "1985-02-30"),
    ("date", "1900-02-29"),
    ("date", "2020-13-01"),
    ("date", "2020-1-1"),
    ("date", "20200101"),
    ("date", "01/02/2020"),
    ("date", "2020-01-01 "),
    ("date", " 2020-01-01"),
    ("date", "2020-01-01\n"),
    ("date", "2020-01-01+14:01"),
    ("date", "2020-01-01T00:00:00"),
    ("date", "0000-01-01"),
    ("date", "-2020-01-01"),
    ("date", "12020-01-01"),
    ("date", "٢٠٢٠-01-01"),
    ("date", "NaN"),
    ("date", ""),
    ("dateTime", "2020-01-01 10:00"),
    ("dateTime", "2020-01-01 10:00:00"),
    ("dateTime", "2020-01-01T10:00"),
    ("dateTime", "2020-01-01"),
    ("dateTime", "2020-02-30T10:00:00Z"),
    ("dateTime", "2020-01-01T10:00:60Z"),
    ("dateTime", "2020-01-01T25:00:00Z"),
    ("dateTime", "2020-01-01T24:00:01Z"),
    ("dateTime", "2020-01-01T10:00:00z"),
    ("dateTime", "2020-01-01T10:00:00+0100"),
    ("dateTime", "2020-01-01T10:00:00Z\n"),
    ("dateTime", "9999-12-31T24:00:00Z"),
    ("integer", "1.0"),
    ("integer", "1e3"),
    ("integer", " 1"),
    ("integer", "1\n"),
    ("integer", "1,000"),
    ("integer", "--1"),
    ("integer", "٣"),
    ("integer", "NaN"),
    ("integer", ""),
    ("integer", "9223372036854775808"),
    ("decimal", "1e3"),
    ("decimal", "NaN"),
    ("decimal", "INF"),
    ("decimal", "."),
    ("decimal", "£5"),
    ("decimal", "1,5"),
    ("decimal", "1 000"),
    ("decimal", "1234567890123"),
    ("decimal", "0.0000001"),
    ("boolean", "maybe"),
    ("boolean", "TRUE"),
    ("boolean", "True"),
    ("boolean", "Y"),
    ("boolean", " true"),
    ("boolean", ""),
    ("gYearMonth", "2022-13"),
    ("gYearMonth", "2022-6"),
    ("gYearMonth", "2022"),
    ("gYearMonth", "2022-06-01"),
    ("duration", "P"),
    ("duration", "PT"),
    ("duration", "P1YT"),
    ("duration", "1Y"),
    ("duration", "P-1Y"),
    ("duration", "P1M1Y"),
    ("duration", "P1.5Y"),
    ("time", "24:00:01"),
    ("time", "9:00:00"),
    ("time", "10:00"),
    ("double", "nan"),
    ("double", "inf"),
    ("double", "1_0"),
    ("string", "nul\x00"),
    ("string", "\x1b[0m"),
]


@pytest.mark.parametrize(("datatype", "text", "value"), GOOD)
def test_a_cell_in_the_lexical_space_has_its_value(datatype: str, text: str, value: Any) -> None:
    values, ill_typed = lexical.cast(pl.Series([text, None]), datatype)
    assert values.to_list() == [value, None]
    assert ill_typed.to_list() == [False, False]


@pytest.mark.parametrize(("datatype", "text"), BAD)
def test_a_cell_outside_it_is_null_and_marked(datatype: str, text: str) -> None:
    values, ill_typed = lexical.cast(pl.Series([text, None]), datatype)
    assert values.to_list() == [None, None]
    assert ill_typed.to_list() == [True, False]


def test_not_a_number_is_a_double_and_nothing_else() -> None:
    values, ill_typed = lexical.cast(pl.Series(["NaN"]), "double")
    assert values.is_nan().to_list() == [True]
    assert ill_typed.to_list() == [False]


def test_as_an_expression_it_runs_inside_a_frame() -> None:
    value, ill_typed = lexical.cast(pl.col("month"), "gYearMonth")
    frame = pl.DataFrame({"month": ["2022-06", "June"]}).select(value=value, bad=ill_typed)
    assert frame.to_dict(as_series=False) == {
        "value": [dt.date(2022, 6, 1), None],
        "bad": [False, True],
    }


@pytest.mark.parametrize("datatype", sorted(lexical.DATATYPES))
def test_a_column_of_nothing_keeps_its_type_and_has_nothing_wrong(datatype: str) -> None:
    one = lexical.cast(pl.Series([None], dtype=pl.String), datatype)
    empty = lexical.cast(pl.Series([], dtype=pl.String), datatype)
    assert one[0].dtype == empty[0].dtype != pl.Null
    assert one[1].to_list() == [False]


def test_an_unknown_datatype_says_which_are_known() -> None:
    with pytest.raises(ShapesError, match=r"JG-SHP-001.*gYearMonth"):
        lexical.cast(pl.col("x"), "gMonthDay")


def read_one(text: str, datatype: str) -> Any:
    values, ill_typed = lexical.cast(pl.Series([text]), datatype)
    assert ill_typed[0] is (values[0] is None)
    return values[0]


ZONES = st.builds(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)), st.integers(-14 * 60, 14 * 60)
)
# A day in from either end, so that no zone moves the moment out of the years 1 to 9999.
FIRST, LAST = dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)  # noqa: DTZ001 - bounds have no zone
MOMENTS = st.datetimes(min_value=FIRST, max_value=LAST, timezones=ZONES)


@given(MOMENTS)
def test_every_moment_that_python_writes_is_read_back(moment: dt.datetime) -> None:
    assert read_one(moment.isoformat(), "dateTime") == moment


@given(st.dates(), st.times(), st.integers(-(2**63), 2**63 - 1))
def test_every_date_time_of_day_and_whole_number_is_read_back(
    day: dt.date, clock: dt.time, number: int
) -> None:
    assert read_one(day.isoformat(), "date") == day
    assert read_one(clock.isoformat(), "time") == clock
    assert read_one(str(number), "integer") == number


@given(st.decimals(-999_999_999_999, 999_999_999_999, places=6))
def test_every_decimal_that_a_column_holds_is_read_back(number: Decimal) -> None:
    assert read_one(format(number, "f"), "decimal") == number


@given(st.text(alphabet="0129-:TZ+. \nx", max_size=30), st.sampled_from(["date", "dateTime"]))
def test_what_is_read_is_a_day_that_python_has_too(text: str, datatype: str) -> None:
    if read_one(text, datatype) is not None:
        assert dt.date.fromisoformat(text[:10])
        assert text == text.strip()
