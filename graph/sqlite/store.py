"""The embedded store: one SQLite file in the data folder."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl

from graph.errors import WrongReleaseError
from graph.filters import conditions, root_of
from graph.paging import cursor
from graph.port import Filter, Link, Node, Page, Statement, Story
from graph.sqlite import finding, memberships, reading, removing
from graph.sqlite.database import Database
from graph.sqlite.layout import Layout, create, defer, missing
from graph.sqlite.writing import together, write_batch
from graph.story import told
from ontology import Model

FILE = "graph.sqlite"


class SqliteStore:
    """Store (graph/port.py) in SQLite. The file is made, or extended to the ontology, on opening.

    Raises NeedsRebuildError when the file does not fit the ontology, StoreUnusableError when it
    cannot be opened or written; neither for what an `afresh` one throws away.
    """

    def __init__(self, path: Path, model: Model, *, afresh: bool = False) -> None:
        self._model = model
        self._layout = Layout.of(model)
        self._database = Database(path)
        self._names = reading.Names(-1)
        if afresh:
            self._database.discard_if_foreign()
            self.clear()
        with self._database.reading() as connection:
            behind = missing(connection, self._layout)
        if behind:
            with self._database.writing() as connection:
                create(connection, self._layout)

    def current(self) -> int:
        with self._database.reading() as connection:
            return reading.state(connection)["current"]

    def follows(self) -> str | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT id FROM folder").fetchone()
        return str(row[0]) if row else None

    def nodes(self, iris: Iterable[str], release: int) -> dict[str, Node]:
        asked = list(dict.fromkeys(iris))
        with self._database.reading() as connection:
            meta = reading.held(connection, release)
            names = self._remembered(meta["epoch"])
            return reading.nodes(connection, self._layout, names, asked, release, meta["oldest"])

    def kinds(self, iris: Iterable[str], release: int) -> dict[str, str]:
        with self._database.reading() as connection:
            reading.held(connection, release)
            return reading.kinds(connection, iris, release)

    def incoming(
        self, iris: Iterable[str], types: Sequence[str] | None, release: int
    ) -> dict[str, list[Link]]:
        with self._database.reading() as connection:
            reading.held(connection, release)
            return reading.incoming(connection, list(dict.fromkeys(iris)), types, release)

    def reach(
        self,
        iris: Iterable[str],
        types: Sequence[str],
        release: int,
        roots: Sequence[str] | None = None,
    ) -> list[str]:
        with self._database.reading() as connection:
            reading.held(connection, release)
            return reading.reach(connection, self._layout, iris, types, release, roots)

    def find(
        self,
        cls: str,
        filters: Sequence[Filter],
        release: int,
        first: int,
        after: str | None = None,
    ) -> Page:
        if first < 0:
            raise ValueError("first cannot be negative")
        root = root_of(self._model, cls)
        asked = conditions(self._model, cls, filters)
        classes = sorted(self._model.subclasses(cls))
        with self._database.reading() as connection:
            reading.held(connection, release)
            iris = finding.find(
                connection, self._layout, root, classes, asked, release, first + 1, after
            )
            nodes = list(self.nodes(iris[:first], release).values())
        end = cursor(nodes[-1].iri) if nodes else None
        return Page(nodes, end, len(iris) > first)

    def things(
        self, record_iris: Iterable[str], kind: str, threshold: str, release: int
    ) -> dict[str, str]:
        with self._database.reading() as connection:
            reading.held(connection, release)
            return memberships.things(
                connection, self._model, record_iris, kind, threshold, release
            )

    def members(self, thing_iri: str, threshold: str, release: int) -> list[str]:
        with self._database.reading() as connection:
            reading.held(connection, release)
            return memberships.members(connection, self._model, thing_iri, threshold, release)

    def story(
        self,
        iri: str,
        kind: str,
        threshold: str,
        types: Sequence[str],
        beyond: Sequence[str],
        release: int | None,
        most: int,
    ) -> Story:
        return told(self, iri, kind, threshold, types, beyond, release, most)

    def content(self, release: int) -> Iterator[Statement]:
        with self._database.streaming() as connection:
            reading.held(connection, release)
            yield from reading.content(connection, self._layout, release)

    def limited(self, seconds: float) -> AbstractContextManager[None]:
        return self._database.limited(seconds)

    def follow(self, folder: str) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM folder")
            connection.execute("INSERT INTO folder VALUES (?)", (folder,))

    def apply(self, release: int, batches: Iterable[tuple[str, pl.DataFrame]]) -> None:
        with self._database.writing() as connection:
            if reading.state(connection)["current"] == 0:
                defer(connection)
        for frames in together(batches):
            with self._database.writing() as connection:
                meta = reading.state(connection)
                if release <= meta["current"]:
                    raise WrongReleaseError(release, meta["current"])
                write_batch(connection, self._layout, frames, release)

    def commit(self, release: int) -> None:
        with self._database.writing() as connection:
            meta = reading.state(connection)
            if release <= meta["current"]:
                raise WrongReleaseError(release, meta["current"])
            if meta["current"] == 0:
                create(connection, self._layout)
            removing.set_current(connection, release, meta["oldest"] or release)
        self._database.settle()

    def clean(self) -> None:
        with self._database.writing() as connection:
            meta = reading.state(connection)
            if meta["current"] == 0:
                removing.drop_all(connection)
                create(connection, self._layout)
            else:
                removing.remove_above(connection, self._layout, meta)

    def undo(self, to: int) -> None:
        with self._database.writing() as connection:
            reading.held(connection, to)
            removing.undo(connection, self._layout, to)

    def retain(self, oldest: int) -> None:
        with self._database.writing() as connection:
            reading.held(connection, oldest)
            removing.retain(connection, self._layout, oldest)

    def forget(self, iris: Iterable[str]) -> None:
        with self._database.writing() as connection:
            removing.forget(connection, self._layout, iris)
        self._database.vacuum()

    def clear(self) -> None:
        with self._database.writing() as connection:
            removing.drop_all(connection)
            create(connection, self._layout)

    def close(self) -> None:
        self._database.close()

    def _remembered(self, epoch: int) -> reading.Names:
        if self._names.epoch != epoch:
            self._names = reading.Names(epoch)
        return self._names
