"""Releases: what is live, what changed, what was undone."""

from datetime import date
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from releases import NewerFormatError, NoSuchReleaseError, Releases, WrongFrameError
from tests.releases.conftest import Put, TwoTables, records


def names(store: Releases, release: int | None = None) -> dict[str, str]:
    frame = store.state("PersonRecord", release, columns=["iri", "familyName"]).collect()
    return dict(frame.iter_rows())


def test_a_new_folder_has_no_release(store: Releases) -> None:
    assert store.current == 0
    assert store.list() == []
    assert store.state("PersonRecord").collect().is_empty()


def test_a_release_of_another_process_is_noticed_at_once(store: Releases, put: Put) -> None:
    """Also one that comes in the very moment in which the releases are listed."""
    another = Releases.open(store.folder, store.model)
    for number in range(1, 6):
        assert another.current == number - 1
        put("PersonRecord", {"iri": "a", "familyName": str(number)})
        assert another.current == number
    another.undo(2)
    assert store.current == 2


def test_a_writer_lists_the_releases_once(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("PersonRecord", {"iri": "a"})
    listed = []
    monkeypatch.setattr("releases.ledger.os.listdir", lambda path: listed.append(path) or [])
    with store.write():
        listed.clear()
        for _ in range(3):
            store.live()
        assert len(listed) == 1


def test_state_as_of_each_release(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"}, {"iri": "p2", "familyName": "Birch"})
    put("PersonRecord", {"iri": "p1", "familyName": "Ashe", "version": "2"})
    with store.write() as writer:
        writer.delete("PersonRecord", pl.DataFrame({"iri": ["p2"], "document": ["test/source/d1"]}))
        writer.commit()
    assert names(store, 1) == {"p1": "Ash", "p2": "Birch"}
    assert names(store, 2) == {"p1": "Ashe", "p2": "Birch"}
    assert names(store) == {"p1": "Ashe"}
    assert [release.number for release in store.list()] == [1, 2, 3]
    assert store.release(1).counts == {"PersonRecord": {"put": 2, "delete": 0}}


def test_the_newest_version_of_several_documents_is_the_content(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "New", "document": "b", "version": "2"})
    put("PersonRecord", {"iri": "p1", "familyName": "Old", "document": "a", "version": "1"})
    assert names(store) == {"p1": "New"}
    both = store.state("PersonRecord", mentions=True).collect()
    assert sorted(both["familyName"]) == ["New", "Old"]
    with store.write() as writer:
        writer.delete("PersonRecord", pl.DataFrame({"iri": ["p1"], "document": ["b"]}))
        writer.commit()
    assert names(store) == {"p1": "Old"}


def test_a_load_that_changes_nothing_makes_no_release(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1"})
    with store.write() as writer:
        assert writer.commit() is None
    assert store.current == 1


def test_what_is_not_committed_is_not_there_and_its_number_is_gone(
    store: Releases, put: Put
) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    with store.write() as writer:
        writer.put("PersonRecord", records("PersonRecord", {"iri": "p2"}))
    assert names(store) == {"p1": "Ash"}
    assert put("PersonRecord", {"iri": "p3", "familyName": "Cedar"}) == 3
    with pytest.raises(NoSuchReleaseError, match="release 2 does not exist"):
        store.state("PersonRecord", 2)


def test_a_writer_sees_its_own_rows(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    with store.write() as writer:
        writer.put("PersonRecord", records("PersonRecord", {"iri": "p1", "familyName": "Elm"}))
        seen = store.state("PersonRecord", pending=writer).collect()
        assert seen["familyName"].to_list() == ["Elm"]
        assert names(store) == {"p1": "Ash"}


def test_changes_are_those_of_content(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"}, {"iri": "p2", "familyName": "Birch"})
    put("PersonRecord", {"iri": "p1", "familyName": "Ash", "version": "2"})
    put("PersonRecord", {"iri": "p3", "familyName": "Cedar"})
    with store.write() as writer:
        writer.delete("PersonRecord", pl.DataFrame({"iri": ["p2"], "document": ["test/source/d1"]}))
        writer.commit()

    def changes(since: int, until: int) -> dict[str, str]:
        frame = store.changes("PersonRecord", since, until).select("iri", "op").collect()
        return dict(frame.iter_rows())

    assert changes(0, 1) == {"p1": "put", "p2": "put"}
    assert changes(1, 2) == {}
    assert changes(1, 4) == {"p2": "delete", "p3": "put"}
    assert changes(4, 1) == {"p2": "put", "p3": "delete"}
    assert changes(0, 4) == {"p1": "put", "p3": "put"}
    assert changes(4, 0) == {"p1": "delete", "p3": "delete"}
    assert changes(2, 2) == {}
    parts = [store.changes("PersonRecord", 1, 4, part=(number, 3)).collect() for number in range(3)]
    assert sorted(pl.concat(parts)["iri"]) == ["p2", "p3"]


def test_undo_takes_later_releases_away(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    put("PersonRecord", {"iri": "p1", "familyName": "Elm"})
    put("Case", {"iri": "c1", "urn": "01AA"})
    assert store.undo(1) == (3, 2)
    assert store.current == 1
    assert names(store) == {"p1": "Ash"}
    assert store.state("Case").collect().is_empty()
    with pytest.raises(NoSuchReleaseError, match="release 3 was undone"):
        store.release(3)
    assert put("PersonRecord", {"iri": "p2"}) == 4
    assert store.undo(0) == (4, 1)
    assert store.state("PersonRecord").collect().is_empty()


def test_the_model_may_gain_a_property(store: Releases, put: Put) -> None:
    put("Case", {"iri": "c1", "urn": "01AA"})

    class Wider(TwoTables):
        digest = "three"

        def table_schema(self, root: str) -> dict[str, pl.DataType]:
            return {**super().table_schema(root), "stages": pl.List(pl.String())}

    wider = Releases.open(store.folder, Wider())
    assert wider.state("Case").collect()["stages"].to_list() == [None]
    with wider.write() as writer:
        fresh = records("Case", {"iri": "c2"}).with_columns(stages=pl.lit(["court"]))
        writer.put("Case", fresh)
        writer.commit()
    state = wider.state("Case", columns=["iri", "urn", "stages"]).collect().sort("iri")
    assert state.rows() == [("c1", "01AA", None), ("c2", None, ["court"])]
    assert [each.model_hash for each in wider.list()] == ["two tables", "three"]


@pytest.mark.parametrize(
    "frame",
    [
        records("Case", {"iri": "c1"}).with_columns(colour=pl.lit("red")),
        records("Case", {"iri": "c1"}).with_columns(urn=pl.lit(7)),
        records("Case", {"iri": "c1"}).drop("hash"),
        records("Case", {"iri": "c1"}, {"iri": "c1"}),
    ],
)
def test_frames_are_checked_where_they_enter(store: Releases, frame: pl.DataFrame) -> None:
    with store.write() as writer, pytest.raises(WrongFrameError):
        writer.put("Case", frame)


def test_a_newer_format_is_refused(store: Releases) -> None:
    (store.folder / "format.json").write_text('{"format": 99}')
    with pytest.raises(NewerFormatError, match="JG-REL-002"):
        Releases.open(Path(store.folder), TwoTables())


class OlderTables(TwoTables):
    """The model before birth dates."""

    digest = "older"
    properties: ClassVar = {
        **TwoTables.properties,
        "PersonRecord": {"familyName": pl.String(), "pncId": pl.List(pl.String())},
    }


def test_an_older_ontology_reads_and_writes_and_keeps_what_it_does_not_know(
    store: Releases, put: Put
) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash", "birthDate": date(1980, 2, 1)})
    older = Releases.open(store.folder, OlderTables())
    told = records("PersonRecord", {"iri": "p2", "familyName": "Birch"}).drop("birthDate")
    with older.write() as writer:
        writer.put("PersonRecord", told)
        writer.commit()
    assert names(older) == {"p1": "Ash", "p2": "Birch"}
    again = Releases.open(store.folder, TwoTables())
    born = again.state("PersonRecord", columns=["iri", "birthDate"]).collect()
    assert dict(born.iter_rows()) == {"p1": date(1980, 2, 1), "p2": None}


def test_records_are_found_by_a_value_of_any_version(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "pncId": ["a", "b"]}, {"iri": "p2", "pncId": ["c"]})
    put("PersonRecord", {"iri": "p1", "pncId": ["b"], "version": "2"})
    put("PersonRecord", {"iri": "p3", "familyName": "Ash"})

    def found(**where: list[str]) -> set[str]:
        values = {name: pl.Series(texts) for name, texts in where.items()}
        return set(store.state("PersonRecord", where=values, columns=["iri"]).collect()["iri"])

    assert found(pncId=["b"]) == {"p1"}
    assert found(pncId=["a"]) == {"p1"}
    assert found(pncId=["c"], familyName=["Ash"]) == {"p2", "p3"}
    assert found(iri=["p2"], pncId=["x"]) == {"p2"}


def test_what_a_writer_touched(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1"}, {"iri": "p2"})
    with store.write() as writer:
        writer.put("PersonRecord", records("PersonRecord", {"iri": "p3"}))
        writer.delete("PersonRecord", pl.DataFrame({"iri": ["p2"], "document": ["test/source/d1"]}))
        assert set(store.touched("PersonRecord", writer)) == {"p2", "p3"}
        assert store.touched("Case", writer).is_empty()


@pytest.mark.parametrize("spilled", [False, True])
def test_a_load_that_is_stopped_leaves_why_and_its_findings(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch, spilled: bool
) -> None:
    put("Case", {"iri": "c1"})
    if spilled:
        monkeypatch.setattr("releases.writer._BUFFERED_ROWS", 1)
    with store.write() as writer:
        writer.report(pl.DataFrame({"iri": ["p1", "p2"], "code": ["JG-1", "JG-2"]}))
        writer.put("Case", records("Case", {"iri": "c2"}, {"iri": "c3"}))
        writer.report(pl.DataFrame({"iri": ["p3"], "code": ["JG-3"]}))
        writer.abandon({"stopped": {"code": "JG-LOD-035"}})
    for each in (store, Releases.open(store.folder, TwoTables())):
        with each.write() as writer:
            pass
        found = each.findings(2).collect()
        assert sorted(found["code"]) == ["JG-1", "JG-2", "JG-3"]
        assert [load.number for load in each.loads()] == [1, 2]
        assert each.state("Case").collect()["iri"].to_list() == ["c1"]
        assert each._tables["Case"].scan().collect()["iri"].to_list() == ["c1"]


def test_a_load_that_ends_without_saying_why_leaves_no_findings(store: Releases, put: Put) -> None:
    with store.write() as writer:
        writer.report(pl.DataFrame({"iri": ["p1"], "code": ["JG-1"]}))
    assert store.findings().collect().is_empty()
