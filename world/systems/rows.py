"""How a table and a series of messages stand in a file."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

import orjson


def csv_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV; None is empty."""
    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def json_lines(messages: Iterable[Any]) -> bytes:
    """A message a line."""
    return b"".join(orjson.dumps(message) + b"\n" for message in messages)
