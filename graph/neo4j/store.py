"""The shared store: one Neo4j database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import polars as pl

from graph.filters import conditions, root_of
from graph.neo4j import asking, finding, memberships, reading, removing, schema, telling, writing
from graph.neo4j.connection import Connection, Target
from graph.neo4j.schema import Layout
from graph.paging import cursor
from graph.port import Filter, Link, Node, Page, Statement, Story, Table
from ontology import Model

FOLLOWS = "MATCH (g:JusticeGraph {name: 'graph'}) RETURN g.folder"
FOLLOW = "MATCH (g:JusticeGraph {name: 'graph'}) SET g.folder = $folder"


class Neo4jStore:
    """Store (graph/port.py) in Neo4j 5.26 or newer. Opening makes or extends the schema.

    A Community server has one database, so it holds one graph; nodes that are not ours are left
    alone. `forget` removes records from the database; bytes that the server has not overwritten
    yet are removed by `neo4j-admin database copy` (docs/neo4j.md). Raises NeedsRebuildError when
    the graph does not fit the ontology, StoreUnusableError when the server cannot be used.
    """

    def __init__(self, target: Target, model: Model, *, afresh: bool = False) -> None:
        self._model = model
        self._layout = Layout(model)
        self._connection = Connection(target)
        try:
            if afresh:
                removing.discard(self._connection)
            schema.ensure(self._connection, self._layout)
        except BaseException:
            self._connection.close()
            raise

    def current(self) -> int:
        return reading.state(self._connection)[1]

    def follows(self) -> str | None:
        rows = self._connection.rows(FOLLOWS)
        return rows[0][0] if rows else None

    def nodes(self, iris: Iterable[str], release: int) -> dict[str, Node]:
        return reading.nodes(self._connection, self._layout, _unique(iris), release)

    def kinds(self, iris: Iterable[str], release: int) -> dict[str, str]:
        return reading.kinds(self._connection, _unique(iris), release)

    def incoming(
        self, iris: Iterable[str], types: Sequence[str] | None, release: int
    ) -> dict[str, list[Link]]:
        return reading.incoming(self._connection, self._layout, _unique(iris), types, release)

    def reach(
        self,
        iris: Iterable[str],
        types: Sequence[str],
        release: int,
        roots: Sequence[str] | None = None,
    ) -> list[str]:
        return reading.reach(self._connection, self._layout, _unique(iris), types, release, roots)

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
        root_of(self._model, cls)
        asked = conditions(self._model, cls, filters)
        iris = finding.find(self._connection, self._layout, cls, asked, release, first + 1, after)
        found = list(self.nodes(iris[:first], release).values()) if iris else []
        end = cursor(found[-1].iri) if found else None
        return Page(found, end, len(iris) > first)

    def things(
        self, record_iris: Iterable[str], kind: str, threshold: str, release: int
    ) -> dict[str, str]:
        return memberships.things(
            self._connection, self._model, _unique(record_iris), kind, threshold, release
        )

    def members(self, thing_iri: str, threshold: str, release: int) -> list[str]:
        return memberships.members(self._connection, self._model, thing_iri, threshold, release)

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
        asked = telling.Asked(iri, kind, threshold, types, beyond, release, most)
        return telling.story(self._connection, self._layout, asked)

    def content(self, release: int) -> Iterator[Statement]:
        return reading.content(self._connection, self._layout, release)

    def limited(self, seconds: float) -> AbstractContextManager[None]:
        return self._connection.limited(seconds)

    def ask(self, query: str, parameters: Mapping[str, Any], rows: int) -> Table:
        """The first so many rows of any Cypher that only reads; `limited` bounds its time.

        Raises BadQueryError, TooLongError.
        """
        return asking.ask(self._connection, query, parameters, rows)

    def follow(self, folder: str) -> None:
        self._connection.write(lambda tx: tx.run(FOLLOW, folder=folder).consume())

    def apply(self, release: int, batches: Iterable[tuple[str, pl.DataFrame]]) -> None:
        writing.apply(self._connection, self._layout, release, batches)

    def commit(self, release: int) -> None:
        writing.commit(self._connection, release)

    def clean(self) -> None:
        current = self.current()
        if current == 0:
            removing.clear(self._connection)
        else:
            removing.remove_above(self._connection, current)

    def undo(self, to: int) -> None:
        reading.held(self._connection, to)
        removing.keep_releases(self._connection, 0, to)
        removing.remove_above(self._connection, to)

    def retain(self, oldest: int) -> None:
        reading.held(self._connection, oldest)
        removing.keep_releases(self._connection, oldest, self.current())
        removing.retain(self._connection, oldest)

    def forget(self, iris: Iterable[str]) -> None:
        removing.forget(self._connection, reading.sound(_unique(iris)))

    def clear(self) -> None:
        removing.clear(self._connection)

    def close(self) -> None:
        self._connection.close()


def _unique(iris: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(iris))
