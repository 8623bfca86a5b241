"""CSV files as batches of text columns; never a row at a time in Python."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import polars as pl

from loaders.errors import FileError
from loaders.messages import too_large
from loaders.trees import Limits, foreign, not_text

if TYPE_CHECKING:
    from pyarrow.csv import InvalidRow

_CHUNK = 1 << 20
HEADER_ROW = 1
BLOCK_BYTES = 1 << 20
"""How much is parsed at a time, and the longest row. The parser reads some thirty blocks ahead."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch: the rows that have the header's columns, and those that have not.

    frame: text columns, blank = null, and `_row`, the row's number in the file (header = 1, blank
    lines not counted). refused: `_row` and `columns`, how many there were.
    """

    frame: pl.DataFrame
    refused: pl.DataFrame


def header(file: FilePath) -> tuple[str, ...]:
    """The column names of a CSV file. Raises FileError when its first row is not a header."""
    with file.open("rb") as stream:
        head = stream.read(_CHUNK)
    if not head.strip():
        raise FileError("JG-LOD-008", "the file is empty", "Ask the sender for the file again.")
    what = foreign(head[:4096])
    if what:
        raise not_text(what)
    line, newline, _ = head.partition(b"\n")
    if not newline and len(head) == _CHUNK:
        raise FileError(
            "JG-LOD-011",
            "the first row does not end within 1 MB, so it is not a header",
            "Check that this is a CSV file with a header row.",
        )
    try:
        text = line.decode("utf-8-sig")
        names = next(csv.reader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise FileError(
            "JG-LOD-011", "the first row is not a CSV header", "Send UTF-8 text with a header row."
        ) from error
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileError(
            "JG-LOD-011",
            f"the column {twice[0]!r} stands twice in the header",
            "Ask the sender which of the two is meant.",
        )
    return tuple(names)


def vet(file: FilePath, names: tuple[str, ...], limits: Limits) -> None:
    """Refuse a file that cannot be read to its end, before any row of it is used.

    Raises FileError: not UTF-8, NUL bytes, a line above the limit, a quote never closed.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    longest = min(limits.message_bytes, BLOCK_BYTES)
    line, quotes, lines = 0, 0, 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\x00" in chunk:
                raise FileError(
                    "JG-LOD-009", "the text holds NUL bytes", "Send the file as UTF-8 text."
                )
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                number = lines + chunk[: error.start].count(b"\n") + 1
                raise _not_utf8(number) from error
            quotes += chunk.count(b'"')
            first = chunk.find(b"\n")
            line += len(chunk) if first < 0 else first
            if longest < _CHUNK:
                line = max(line, *map(len, chunk.split(b"\n")))
            if line > longest:
                raise too_large(line, Limits(longest), f"line {lines + 1} or after: ")
            if first >= 0:
                line = len(chunk) - chunk.rfind(b"\n") - 1
            lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(lines + 1) from error
    if quotes % 2:
        raise FileError(
            "JG-LOD-013",
            "a quoted value is never closed",
            "Ask the sender for the whole file again; look for a single double quote.",
        )
    if quotes and file.stat().st_size > BLOCK_BYTES:
        # A quoted value may span lines, so only the parser knows how long a row is.
        for _ in _frames(file, names, lambda row: "skip"):
            pass


def _not_utf8(line: int) -> FileError:
    return FileError(
        "JG-LOD-009",
        f"not UTF-8 text: line {line} holds bytes of another encoding",
        "Save the file as UTF-8 (it may be Latin-1 or Windows-1252).",
    )


def batches(file: FilePath, names: tuple[str, ...], size: int) -> Iterator[Rows]:
    """The rows of a vetted CSV file, so many at a time. Raises FileError for what is no CSV."""
    refused: list[tuple[int, int]] = []

    def refuse(row: "InvalidRow") -> str:
        refused.append((row.number, row.actual_columns))
        return "skip"

    done = told = 0
    for frame in _sized(_frames(file, names, refuse), size):
        # The parser is ahead of the rows it hands out, so all refusals so far are asked.
        numbers = _row_numbers(done, frame.height, refused)
        done += frame.height
        fresh = [pair for pair in refused[told:] if pair[0] < numbers[-1]]
        told += len(fresh)
        yield _rows(frame, numbers, fresh)
    if refused[told:]:
        empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        yield _rows(empty, pl.Series([], dtype=pl.Int64), refused[told:])


def _frames(
    file: FilePath, names: tuple[str, ...], refuse: "Callable[[InvalidRow], str]"
) -> Iterator[pl.DataFrame]:
    """The rows as the parser hands them out."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    try:
        reader = arrow_csv.open_csv(
            str(file),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            yield pl.DataFrame(batch)
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        if "straddling" in str(error):
            raise too_large(BLOCK_BYTES, Limits(BLOCK_BYTES), "one row: ") from error
        raise FileError(
            "JG-LOD-013", "not a CSV table", "Ask the sender for the file again."
        ) from error


def _sized(frames: Iterator[pl.DataFrame], size: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of `size`, the last one smaller."""
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        while sum(each.height for each in held) >= size:
            whole = pl.concat(held, rechunk=True)
            held = [whole[size:]]
            yield whole[:size]
    if sum(each.height for each in held):
        yield pl.concat(held)


def _row_numbers(done: int, height: int, refused: list[tuple[int, int]]) -> pl.Series:
    """Numbers in the file of the accepted rows `done` to `done + height`, given the refused."""
    rows = pl.int_range(done, done + height, dtype=pl.Int64, eager=True)
    # How many accepted rows stand before each refused one.
    before = pl.Series(
        [row - HEADER_ROW - 1 - number for number, (row, _) in enumerate(refused)], dtype=pl.Int64
    )
    return rows + HEADER_ROW + 1 + before.search_sorted(rows, side="right").cast(pl.Int64)


def _rows(frame: pl.DataFrame, numbers: pl.Series, refused: list[tuple[int, int]]) -> Rows:
    text = pl.all().str.strip_chars()
    return Rows(
        frame.select(pl.when(text.str.len_bytes() > 0).then(text).name.keep()).with_columns(
            numbers.alias("_row")
        ),
        pl.DataFrame(refused, schema={"_row": pl.Int64, "columns": pl.Int64}, orient="row"),
    )
