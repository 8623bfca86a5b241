"""Columns of data files in memory, for the process that holds the writer lock and asks for the
same ones again: within a load, and from one load to the next where it follows a folder.

Data files never change, so what is kept of one is never out of date.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock

import polars as pl

MOST = 50_000
"""Rows of one table that are kept."""


class Kept:
    """Columns of some files of one table. scan: the rows of files, with all columns."""

    def __init__(self, scan: Callable[[list[Path]], pl.LazyFrame]) -> None:
        self._scan = scan
        self._frames: dict[Path, pl.DataFrame] = {}
        self._lock = Lock()

    def put(self, path: Path, rows: pl.DataFrame) -> None:
        """A file was written: these are its rows, with all columns."""
        with self._lock:
            self._keep(path, rows)

    def only(self, files: Iterable[Path]) -> None:
        """Keep nothing of other files than these."""
        with self._lock:
            there = set(files)
            self._frames = {path: rows for path, rows in self._frames.items() if path in there}

    def frame(self, path: Path, columns: Iterable[str]) -> pl.DataFrame | None:
        """The rows of a file, if at least these of their columns are kept."""
        rows = self._frames.get(path)
        return rows if rows is not None and set(columns) <= set(rows.columns) else None

    def read(self, files: Sequence[Path], columns: Sequence[str]) -> list[pl.DataFrame]:
        """These columns of each of these files: what is not kept is read, side by side."""
        with self._lock:
            rows = {path: self._frames.get(path, pl.DataFrame()) for path in files}
            absent = {path: [n for n in columns if n not in rows[path].columns] for path in files}
            lacking = [path for path in files if absent[path]]
            scans = [self._scan([path]).select(absent[path]) for path in lacking]
            for path, more in zip(lacking, pl.collect_all(scans) if scans else (), strict=True):
                rows[path] = rows[path].hstack(more) if rows[path].width else more
                self._keep(path, rows[path])
        return [rows[path][list(columns)] for path in files]

    def _keep(self, path: Path, rows: pl.DataFrame) -> None:
        self._frames[path] = rows
        while len(self._frames) > 1 and sum(map(len, self._frames.values())) > MOST:
            del self._frames[next(iter(self._frames))]
