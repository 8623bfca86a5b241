"""Formats of source text, and versions that sort."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.content import content_texts, contents
from loaders.formats import interpret, version_text
from loaders.masking import masked


def _read(text: str | None, form: str | None, datatype: str) -> tuple[Any, bool]:
    value, ill = interpret(pl.col("text"), form, datatype)
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(value=value, ill=ill).row(0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-09-08T23:30:00.000Z", date(2024, 9, 9)),
        ("2024-01-08T23:30:00Z", date(2024, 1, 8)),
        ("2024-03-31T00:59:59Z", date(2024, 3, 31)),
        ("2024-10-26T23:30:00Z", date(2024, 10, 27)),
        ("2024-10-27T23:30:00Z", date(2024, 10, 27)),
        ("2024-09-08", date(2024, 9, 8)),
        ("2024-09-08T23:30", date(2024, 9, 8)),
        ("1970-01-01T00:00:00", date(1970, 1, 1)),
        ("2024-09-08T23:30:00Z[UTC]", date(2024, 9, 9)),
        ("2024-09-08T23:30:00.0000000-00:00", date(2024, 9, 9)),
        ("2024-09-08T23:30:00+0100", date(2024, 9, 8)),
    ],
)
def test_the_day_in_london(text: str, day: date) -> None:
    assert _read(text, "london-date", "date") == (day, False)


@pytest.mark.parametrize(
    ("text", "form", "datatype", "value"),
    [
        ("2019-10-17T17:30:00", "datetime", "dateTime", datetime(2019, 10, 17, 16, 30, tzinfo=UTC)),
        ("1970-01-01T00:00:00", "datetime", "dateTime", datetime(1969, 12, 31, 23, tzinfo=UTC)),
        ("2024-09-08", "datetime", "dateTime", None),
        ("2022-06", "month", "date", date(2022, 6, 1)),
        ("31/12/2020", "%d/%m/%Y", "date", date(2020, 12, 31)),
        ("31122020", "%d%m%Y", "date", date(2020, 12, 31)),
        ("31/12/2020", "%d/%m/%Y", "string", "2020-12-31"),
        # Half past midnight in summer: the day before in UTC, and still this day in London.
        ("2026-05-06 00:30:55.196682", "%Y-%m-%d %H:%M:%S%.f", "date", date(2026, 5, 6)),
        ("2026-05-06 00:30:55", "%Y-%m-%d %H:%M:%S%.f", "date", date(2026, 5, 6)),
        (
            "2026-05-06 00:30:55",
            "%Y-%m-%d %H:%M:%S%.f",
            "dateTime",
            datetime(2026, 5, 5, 23, 30, 55, tzinfo=UTC),
        ),
        ("2024-09-08T23:30:00Z", "london-date", "string", "2024-09-09"),
        ("true", "boolean", "boolean", True),
        ("-0.780518", "decimal", "decimal", Decimal("-0.780518")),
        (None, "date", "date", None),
    ],
)
def test_what_text_means(text: str | None, form: str, datatype: str, value: Any) -> None:
    assert _read(text, form, datatype) == (value, False)


@pytest.mark.parametrize(
    ("text", "form", "datatype"),
    [
        ("2024-02-30", "london-date", "date"),
        ("2024-02-30", None, "date"),
        ("8 September 2024", "london-date", "date"),
        ("2024-13", "month", "date"),
        ("31/02/2020", "%d/%m/%Y", "date"),
        ("1/2/2020 ", "%d/%m/%Y", "date"),
        ("maybe", "boolean", "boolean"),
        ("1,000", "decimal", "decimal"),
        ("2024-09-08 10:00", "datetime", "dateTime"),
    ],
)
def test_what_text_does_not_mean(text: str, form: str | None, datatype: str) -> None:
    assert _read(text, form, datatype) == (None, True)


def test_versions_sort_by_the_moment_they_name() -> None:
    texts = [
        "2021-06-24",
        "2021-06-25T09:38:02.191Z[UTC]",
        "2021-06-25T11:00:00+01:00",
        "2021-06-25T11:30:00",
    ]
    told, ill = interpret(pl.col("text"), "datetime", "string")
    value = version_text(pl.col("text"), told, "datetime")
    read = pl.DataFrame({"text": texts}).select(value=value, ill=ill)
    assert not read["ill"].any()
    assert read["value"].is_sorted()


_row = st.fixed_dictionaries(
    {"a": st.none() | st.text(), "b": st.none() | st.text(), "c": st.none() | st.lists(st.text())}
)


@given(left=_row, right=_row)
def test_two_contents_share_a_fingerprint_exactly_when_they_are_equal(
    left: dict[str, Any], right: dict[str, Any]
) -> None:
    schema = {"class": pl.String, "a": pl.String, "b": pl.String, "c": pl.List(pl.String)}
    frame = pl.DataFrame([{"class": "X", **left}, {"class": "X", **right}], schema=schema)
    (one, other), (again, _) = contents([frame, frame.select("c", "b", "a", "class")])
    assert one == again
    assert (one == other) == (left == right)


def test_a_property_without_a_value_changes_no_fingerprint() -> None:
    frame = pl.DataFrame(
        {"class": ["X"], "a": ["1"], "new": [None]}, schema_overrides={"new": pl.String}
    )
    before, after = contents([frame.select("class", "a"), frame])
    assert before.to_list() == after.to_list()


def test_the_fingerprint_of_a_record_is_of_its_names_lengths_and_values() -> None:
    frame = pl.DataFrame(
        {
            "class": ["Plea"],
            "when": [datetime(2024, 5, 1, 9, 30, tzinfo=UTC)],
            "names": [["Zoë", ""]],
            "days": [[date(2024, 5, 1)]],
            "amount": [Decimal("1.50")],
            "absent": [None],
        }
    )
    text = (
        "class=4:Plea;amount=4:1.50;days=13:10:2024-05-01;names=8:4+0:Zoë;when=16:1714555800000000;"
    )
    assert [each.to_list() for each in content_texts([frame])] == [[text]]


def test_masks_keep_shape_and_not_content() -> None:
    assert masked("Byron 1815-12-10", "identifying") == "AAAAA 9999-99-99"
    assert masked("Drugs", "open") == "Drugs"
    assert masked("x" * 99, "open") == "x" * 37 + "..."
