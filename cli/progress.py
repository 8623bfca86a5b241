"""Progress on a terminal; nothing when piped."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.output import err

if TYPE_CHECKING:
    from graph import Progress as Projected


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """A bar on standard error: call it with (done, total or None, a word on what is going on)."""
    if not sys.stderr.isatty():
        yield lambda done, total, word: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=err(),
        transient=True,
    ) as view:
        task = view.add_task(what, total=None)

        def move(done: int, total: int | None, word: str) -> None:
            view.update(task, completed=done, total=total, description=f"{what}: {word}")

        yield move


@contextmanager
def projecting() -> "Iterator[Callable[[Projected], None]]":
    with bar("Graph") as move:
        yield lambda at: move(at.records, None, f"release {at.release}, {at.root}")
