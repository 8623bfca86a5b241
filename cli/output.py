"""What commands print: tables for people, JSON lines for machines."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from rich.console import Console


@cache
def out() -> "Console":
    """Standard output, for people; made when first asked for, since machines need none."""
    from rich.console import Console

    # A pipe has no width: wide enough that no cell is folded where a person would not fold it.
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
    return Console(highlight=False, width=width)


@cache
def err() -> "Console":
    """Standard error, for people."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on standard output; numbers to the right. Without colours when piped."""
    from rich import box
    from rich.table import Table

    made = [list(row) for row in rows]
    view = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for index, column in enumerate(columns):
        numeric = bool(made) and all(isinstance(row[index], int | float) for row in made)
        view.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in made:
        view.add_row(*("" if cell is None else shown(cell) for cell in row))
    out().print(view)


def shown(cell: object) -> str:
    """A cell as text: thousands with commas, markup of the data never interpreted."""
    text = f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
    return text.replace("[", r"\[")


def json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    sys.stdout.buffer.write(orjson.dumps(value, default=str) + b"\n")
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """A sentence for people, on standard output."""
    out().print(text, markup=False, soft_wrap=True)
