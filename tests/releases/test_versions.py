"""All versions of all records in one pass: those of each release are its state."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from releases import Releases
from tests.releases.conftest import Put, TwoTables
from tests.releases.test_retention import Step, steps, write

TOLD = ("iri", "hash", "familyName")
NONE = pl.DataFrame(schema={**dict.fromkeys(TOLD, pl.String), "since": pl.Int64, "until": pl.Int64})


def told(store: Releases, live: list[int], size: int) -> list[pl.DataFrame]:
    with tempfile.TemporaryDirectory() as apart:
        return list(store.versions("PersonRecord", live, size, Path(apart)))


@settings(max_examples=25)
@given(steps, st.integers(1, 6), st.integers(0, 2), st.integers(1, 3))
def test_the_versions_of_a_release_are_its_state(
    history: list[Step], keep: int, back: int, size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Releases.open(Path(folder), TwoTables())
        for step in history:
            write(store, step)
        store.retain(keep)
        live = [release.number for release in store.list() if release.status == "live"]
        if back and live[-back - 1 :] != live:
            store.undo(live[-back - 1])
            live = live[:-back]
        frames = told(store, live, size)
        versions = pl.concat([NONE, *(frame.select(NONE.columns) for frame in frames)])
        apart = sum(frame["iri"].n_unique() for frame in frames)
        assert apart == versions["iri"].n_unique(), "a record's versions are in one frame"
        for number in live:
            held = versions.filter(
                pl.col("since") <= number, pl.col("until").fill_null(number + 1) > number
            )
            state = store.state("PersonRecord", number).collect()
            assert sorted(held.select(TOLD).rows()) == sorted(state.select(TOLD).rows())


def test_gone_and_back_the_same_and_by_another_document(store: Releases, put: Put) -> None:
    once = {"iri": "p1", "familyName": "Ash"}
    put("PersonRecord", once, {"iri": "p2", "familyName": "Birch"})
    with store.write() as writer:
        writer.delete("PersonRecord", pl.DataFrame({"iri": ["p1"], "document": ["test/source/d1"]}))
        writer.commit()
    put("PersonRecord", once)
    put("PersonRecord", {**once, "document": "b", "version": "2"})
    put("PersonRecord", {"iri": "p1", "familyName": "Ashe", "document": "b", "version": "3"})
    [alone, several] = told(store, [1, 2, 3, 4, 5], 2)
    seen = ("iri", "familyName", "document", "since", "until")
    assert alone.select(seen).rows() == [("p2", "Birch", "test/source/d1", 1, None)]
    assert several.select(seen).sort("since").rows() == [
        ("p1", "Ash", "test/source/d1", 1, 2),
        ("p1", "Ash", "test/source/d1", 3, 5),
        ("p1", "Ashe", "b", 5, None),
    ]
    assert list(alone.columns) == [*TwoTables().table_schema("PersonRecord"), "since", "until"]


def test_rows_of_a_release_that_nobody_asks_for_are_not_told(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    put("PersonRecord", {"iri": "p1", "familyName": "Elm"}, {"iri": "p2", "familyName": "Fir"})
    frames = told(store, [1], 10)
    assert [
        (row["iri"], row["familyName"], row["until"]) for f in frames for row in f.to_dicts()
    ] == [("p1", "Ash", None)]
