"""Retention: older releases go, what is kept answers as before."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from releases import NoSuchReleaseError, Releases
from tests.releases.conftest import Put, TwoTables, records

Step = list[tuple[str, str, str | None]]
steps = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("de"), st.sampled_from(["x", "y", None])),
        min_size=1,
        max_size=4,
        unique_by=lambda row: row[:2],
    ),
    min_size=1,
    max_size=6,
)


def write(store: Releases, step: Step) -> None:
    with store.write() as writer:
        puts = [
            {"iri": iri, "document": document, "familyName": name}
            for iri, document, name in step
            if name is not None
        ]
        gone = [(iri, document) for iri, document, name in step if name is None]
        if puts:
            writer.put("PersonRecord", records("PersonRecord", *puts))
        if gone:
            frame = pl.DataFrame(gone, schema=["iri", "document"], orient="row")
            writer.delete("PersonRecord", frame)
        writer.commit()


def everything(store: Releases, release: int) -> list[list[object]]:
    one = store.state("PersonRecord", release).collect().sort("iri")
    many = store.state("PersonRecord", release, mentions=True).collect().sort("iri", "document")
    return [one.rows(), many.rows()]


@settings(max_examples=25)
@given(steps, st.integers(1, 6))
def test_kept_releases_answer_as_before(steps: list[Step], keep: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Releases.open(Path(folder), TwoTables())
        for step in steps:
            write(store, step)
        before = {release.number: everything(store, release.number) for release in store.list()}
        old = store.retain(keep)
        assert list(old) == sorted(before)[:-keep]
        for number in set(before) - set(old):
            assert everything(store, number) == before[number]
        for number in old:
            with pytest.raises(NoSuchReleaseError, match="older than what is kept"):
                store.state("PersonRecord", number)
        store.retain(1)
        assert everything(store, len(steps)) == before[len(steps)]
        write(store, [("a", "d", "z")])
        assert store.current == len(steps) + 1


def test_a_table_may_become_empty(store: Releases) -> None:
    write(store, [("a", "d", "x")])
    write(store, [("a", "d", None)])
    assert store.retain(1) == (1,)
    assert store.retain(1) == ()
    assert store.state("PersonRecord").collect().is_empty()


def test_rows_only_older_releases_needed_are_gone(store: Releases, put: Put) -> None:
    for name in ("Ash", "Birch", "Cedar", "Elm"):
        put("PersonRecord", {"iri": "p1", "familyName": name})
    assert store.retain(2) == (1, 2)
    stored = b"".join(path.read_bytes() for path in store.folder.rglob("*.parquet"))
    assert b"Cedar" in stored
    assert b"Birch" not in stored
    assert b"Ash" not in stored
    with pytest.raises(NoSuchReleaseError, match="does not exist"):
        store.undo(0)


def test_documents_that_cannot_matter_are_gone(store: Releases) -> None:
    for version, outcome in (("1", "accepted"), ("2", "accepted"), ("3", "refused")):
        with store.write() as writer:
            writer.put("Case", records("Case", {"iri": "c1", "urn": version, "version": version}))
            frame = pl.DataFrame(
                {"document": ["d"], "dataset": ["s"], "version": [version], "hash": [version]}
            )
            writer.put_documents(frame.with_columns(outcome=pl.lit(outcome)))
            writer.commit()
    seen = store.seen(["d"]).sort("version").select("version", "outcome").rows()
    assert seen == [("1", "accepted"), ("2", "accepted"), ("3", "refused")]
    store.retain(1)
    assert store.seen(["d"]).sort("version")["version"].to_list() == ["2", "3"]
    assert store.stale().collect().rows() == [("d", "2", "3")]
