"""Projection by difference, against the releases themselves and against a rebuild."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Progress, ReleaseNotHeldError, Statement, Store, open_store, project, rebuild
from releases import Release, Releases
from tests.graph.frames import MODEL, code, frame, iri

Row = tuple[str, str | None, str | None]


def load(releases: Releases, *batches: tuple[str, pl.DataFrame]) -> Release | None:
    with releases.write() as writer:
        for root, batch in batches:
            writer.put(root, batch.filter(pl.col("op") == "put").drop("op"))
            writer.delete(root, batch.filter(pl.col("op") == "delete").select("iri", "document"))
        return writer.commit({})


def truth(releases: Releases, release: int) -> set[Statement]:
    """Links and codes as the record tables have them."""
    found: set[Statement] = set()
    for root in ("Case", "EventRecord"):
        rows = releases.state(root, release).collect()
        for prop in MODEL.table_properties(root):
            if prop.kind != "data":
                column = rows.select("iri", pl.col(prop.name))
                column = column.explode(prop.name) if prop.many else column
                found |= {(i, prop.name, value) for i, value in column.iter_rows() if value}
    return found


@contextmanager
def opened(kind: str) -> Iterator[tuple[Releases, Store, Store]]:
    """Releases, a store to follow them, and one to rebuild.

    Neo4j holds one graph, so that the other one is SQLite: then the stores are compared as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        stores = [
            open_store(kind, Path(folder, "followed"), MODEL),
            open_store("sqlite", Path(folder, "rebuilt"), MODEL),
        ]
        try:
            stores[0].clear()
            yield Releases.open(Path(folder, "data"), MODEL), stores[0], stores[1]
        finally:
            for store in stores:
                store.close()


def cases(rows: list[Row]) -> tuple[str, pl.DataFrame]:
    puts = [
        {"key": key, "initiationCode": charge and code("case-initiation", charge),
         "relatedCase": related and [iri("Case", related)]}
        for key, charge, related in rows
    ]  # fmt: skip
    return frame("CriminalCase", *puts)


keys = st.sampled_from("abcd")
row = st.tuples(keys, st.none() | st.sampled_from("CRZ"), st.none() | keys)
step = st.one_of(
    st.tuples(st.just("put"), st.lists(row, min_size=1, max_size=4, unique_by=lambda r: r[0])),
    st.tuples(st.just("delete"), st.lists(keys, min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("retain"), st.integers(1, 3)),
    st.tuples(st.just("forget"), keys),
    st.tuples(st.just("crash"), st.lists(row, min_size=1, unique_by=lambda r: r[0])),
    st.tuples(st.just("project"), st.none()),
)


def do(releases: Releases, store: Store, action: str, detail: object) -> None:
    live = [r.number for r in releases.list() if r.status == "live"]
    match action, detail:
        case "put", list(rows):
            load(releases, cases(rows))
        case "delete", list(gone):
            load(releases, frame("CriminalCase", *({"key": key} for key in gone), op="delete"))
        case "undo", int(steps) if live:
            releases.undo(live[max(0, len(live) - 1 - steps)])
        case "retain", int(keep) if live:
            releases.retain(keep)
        case "forget", str(key):
            releases.forget([iri("Case", key)])
            store.forget([iri("Case", key)])
        case "crash", list(rows):
            store.apply(live[-1] + 1000 if live else 1000, [cases(rows)])
        case "project", _:
            project(releases, store, MODEL)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, max_size=8))
def test_following_releases_is_the_same_as_rebuilding(
    kind: str, steps: list[tuple[str, object]]
) -> None:
    with opened(kind) as (releases, store, other):
        for action, detail in steps:
            do(releases, store, action, detail)
        project(releases, store, MODEL)
        rebuild(releases, other, MODEL)
        live = [r.number for r in releases.list() if r.status == "live"]
        assert store.current() == other.current() == releases.current
        every = [iri("Case", key) for key in "abcd"]
        for release in live:
            expected = truth(releases, release)
            content = list(store.content(release))
            assert len(content) == len(set(content))
            assert set(content) == set(other.content(release)) == expected
            assert store.nodes(every, release) == other.nodes(every, release)
        if live and live[0] > 1:
            with pytest.raises(ReleaseNotHeldError):
                store.nodes(every, live[0] - 1)


def test_projection_says_how_far_it_is(kind: str) -> None:
    with opened(kind) as (releases, store, _):
        load(releases, cases([("a", "C", None), ("b", None, "a")]))
        load(releases, cases([("a", "R", None)]))
        seen: list[Progress] = []
        assert project(releases, store, MODEL, seen.append) == 3
        assert seen == [Progress(1, "Case", 2), Progress(2, "Case", 3)]
        assert project(releases, store, MODEL, seen.append) == 0


def test_a_projection_that_was_killed_goes_on_where_it_was(kind: str) -> None:
    with opened(kind) as (releases, store, other):
        load(releases, cases([("a", "C", None), ("b", None, "a")]))
        load(releases, cases([("a", "R", "b")]), frame("Plea", {"key": "e"}))

        class Killed(BaseException):
            pass

        def kill(progress: Progress) -> None:
            if progress.release == 2:
                raise Killed

        with pytest.raises(Killed):
            project(releases, store, MODEL, kill)
        assert store.current() == 1
        assert set(store.content(1)) == truth(releases, 1)
        project(releases, store, MODEL)
        rebuild(releases, other, MODEL)
        for release in (1, 2):
            assert set(store.content(release)) == set(other.content(release))
            assert set(store.content(release)) == truth(releases, release)


def test_a_release_undone_and_replaced_before_the_store_heard_of_it(kind: str) -> None:
    with opened(kind) as (releases, store, _):
        load(releases, cases([("a", "C", None)]))
        load(releases, cases([("a", "R", None), ("b", "R", None)]))
        project(releases, store, MODEL)
        releases.undo(1)
        load(releases, cases([("c", "Z", None)]))
        project(releases, store, MODEL)
        assert store.current() == releases.current == 3
        assert set(store.content(3)) == truth(releases, 3)
        releases.undo(0)
        project(releases, store, MODEL)
        assert store.current() == 0
