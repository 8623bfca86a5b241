"""What is SQLite's own: the file, its growth with the ontology, erasing, sharing, plans."""

import dataclasses
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

from graph import (
    Filter,
    NeedsRebuildError,
    NotErasedError,
    Op,
    StoreUnusableError,
    UnknownStoreError,
    open_store,
    project,
)
from graph.sqlite import SqliteStore, database, reading, writing
from ontology import Model, Property
from releases import Releases
from tests.conftest import ROOT
from tests.graph.frames import MODEL, code, frame, iri
from tests.graph.test_projection import cases, load, truth


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, MODEL)
    yield opened
    opened.close()


def bytes_of(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


def with_property(**changes: object) -> Model:
    """The ontology with one more property, or one changed."""
    prop = dataclasses.replace(MODEL.properties["caseStatus"], **changes)  # type: ignore[arg-type]  # fields by name
    return dataclasses.replace(
        MODEL, properties=MappingProxyType({**MODEL.properties, prop.name: prop})
    )


def added(**changes: object) -> Property:
    return with_property(name="newThing", **changes).properties["newThing"]


# -- erasing


def test_no_byte_of_a_forgotten_record_is_left(store: SqliteStore, path: Path) -> None:
    secrets = {"familyName": "Zqxjkvb", "pncId": ["77/PNCSECRET"], "sex": code("sex", "SEXSECRET")}
    key = "keysecret"
    linkage = {"linkKind": code("thing-kind", "person"), "threshold": code("threshold", "high")}
    store.apply(
        1,
        [
            frame("PersonRecord", {"key": key, **secrets}),
            frame("PersonRecord", *({"key": f"p{i}"} for i in range(3000))),
            frame("Participation", {"key": "a1", "party": iri("PersonRecord", key)}),
            derived("Membership", {"key": "membersecret", "member": iri("PersonRecord", key),
                                   "thing": iri("Thing", "t"), **linkage}),
        ],
    )  # fmt: skip
    store.commit(1)
    store.apply(2, [frame("PersonRecord", {"key": key, "familyName": "Zqxjkvb-Two"})])
    store.commit(2)
    store.apply(3, [frame("PersonRecord", {"key": key, "familyName": "Zqxjkvb-Three"})])
    store.clean()
    words = [b"Zqxjkvb", b"PNCSECRET", b"SEXSECRET", b"keysecret", b"membersecret"]
    assert all(word in bytes_of(path) for word in words)
    store.forget([iri("PersonRecord", key)])
    assert not [word for word in words if word in bytes_of(path)]
    assert store.nodes([iri("Participation", "a1")], 1)[iri("Participation", "a1")].links == {}
    assert store.find("Membership", [], 2, 10).nodes == []
    assert len(store.find("PersonRecord", [], 2, 5000).nodes) == 3000


def derived(cls: str, *rows: dict[str, object]) -> tuple[str, pl.DataFrame]:
    root, made = frame(cls, *rows)
    return root, made.with_columns(
        dataset=pl.lit("justicegraph/linkage"), document=pl.lit("justicegraph/linkage/all")
    )


def test_the_ends_of_the_range_are_forgotten_too(store: SqliteStore, path: Path) -> None:
    store.apply(1, [frame("CriminalCase", {"key": "aaaa"}, {"key": "mmmm"}, {"key": "zzzz"})])
    store.commit(1)
    store.forget([iri("Case", "aaaa"), iri("Case", "zzzz")])
    assert b"aaaa" not in bytes_of(path)
    assert b"zzzz" not in bytes_of(path)
    assert [n.iri for n in store.find("Case", [], 1, 5).nodes] == [iri("Case", "mmmm")]


@pytest.fixture
def impatient(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """A store that does not wait long for a lock."""
    monkeypatch.setattr(database, "_WAIT_MS", 50)
    opened = SqliteStore(path, MODEL)
    yield opened
    opened.close()


def test_a_reader_in_the_way_of_erasing_is_named(impatient: SqliteStore, path: Path) -> None:
    store = impatient
    store.apply(1, [frame("PersonRecord", {"key": "p1", "familyName": "Zqxjkvb"})])
    store.commit(1)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM node").fetchone()
    with pytest.raises(NotErasedError) as caught:
        store.forget([iri("PersonRecord", "p1")])
    assert caught.value.code == "JG-GRA-010"
    reader.execute("COMMIT")
    reader.close()
    store.forget([iri("PersonRecord", "p1")])
    assert b"Zqxjkvb" not in bytes_of(path)


# -- the ontology grows


def test_a_new_property_is_a_new_column(path: Path) -> None:
    before = SqliteStore(path, MODEL)
    before.apply(1, [frame("CriminalCase", {"key": "c1", "urn": "U"})])
    before.commit(1)
    before.close()
    after = SqliteStore(path, with_property(name="newThing", indexed=True))
    root, rows = frame("CriminalCase", {"key": "c2"})
    after.apply(2, [(root, rows.with_columns(newThing=pl.lit("here")))])
    after.commit(2)
    nodes = after.nodes([iri("Case", "c1"), iri("Case", "c2")], 2)
    assert nodes[iri("Case", "c1")].properties == {"urn": "U"}
    assert nodes[iri("Case", "c2")].properties == {"newThing": "here"}
    page = after.find("Case", [Filter("newThing", Op.EQ, "here")], 2, 5)
    assert [node.iri for node in page.nodes] == [iri("Case", "c2")]
    after.close()


def test_a_property_that_changed_its_kind_needs_a_rebuild(path: Path) -> None:
    SqliteStore(path, MODEL).close()
    for change in ({"many": True}, {"datatype": "date"}, {"kind": "link", "datatype": None}):
        with pytest.raises(NeedsRebuildError, match=r"Case\.caseStatus"):
            SqliteStore(path, with_property(**change))
    SqliteStore(path, MODEL).close()


def test_what_cannot_be_opened_is_begun_afresh(path: Path) -> None:
    rows = frame("CriminalCase", {"key": "c1", "urn": "U"})
    before = SqliteStore(path, MODEL)
    before.apply(1, [rows])
    before.commit(1)
    before.close()
    changed = with_property(datatype="date")
    with pytest.raises(NeedsRebuildError):
        SqliteStore(path, changed)
    after = SqliteStore(path, changed, afresh=True)
    assert after.current() == 0
    after.apply(1, [rows])
    after.commit(1)
    assert len(after.find("Case", [], 1, 5).nodes) == 1
    after.close()
    path.write_bytes(b"not a database at all" * 100)
    again = SqliteStore(path, MODEL, afresh=True)
    assert again.current() == 0
    again.close()


def test_a_lost_property_is_kept_but_not_told(path: Path) -> None:
    before = SqliteStore(path, MODEL)
    row = {"key": "c1", "urn": "U", "relatedCase": [iri("Case", "c0")]}
    before.apply(1, [frame("CriminalCase", row)])
    before.commit(1)
    before.close()
    left = {k: v for k, v in MODEL.properties.items() if k not in ("urn", "relatedCase")}
    after = SqliteStore(path, dataclasses.replace(MODEL, properties=MappingProxyType(left)))
    node = after.nodes([iri("Case", "c1")], 1)[iri("Case", "c1")]
    assert (node.properties, node.links) == ({}, {})
    assert list(after.content(1)) == []
    after.close()


def test_another_layout_needs_a_rebuild(path: Path) -> None:
    SqliteStore(path, MODEL).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = 99 WHERE name = 'layout'")
    connection.commit()
    connection.close()
    with pytest.raises(NeedsRebuildError, match="layout 99"):
        SqliteStore(path, MODEL)


# -- sharing


def test_readers_go_on_beside_the_writer(store: SqliteStore) -> None:
    store.apply(1, [frame("CriminalCase", {"key": "c1", "urn": "U"})])
    store.commit(1)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            node = store.nodes([iri("Case", "c1")], 1)[iri("Case", "c1")]
            if node.properties != {"urn": "U"}:
                wrong.append(node)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for release in range(2, 8):
        rows = [{"key": f"c{i}", "urn": str(release)} for i in range(300)]
        store.apply(release, [frame("CriminalCase", *rows)])
        store.commit(release)
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_numbers_that_mean_something_else_after_a_rebuild(store: SqliteStore, path: Path) -> None:
    store.apply(
        1, [frame("CriminalCase", {"key": "c1", "initiationCode": code("case-initiation", "a")})]
    )
    store.commit(1)
    assert store.nodes([iri("Case", "c1")], 1)
    other = SqliteStore(path, MODEL)
    other.clear()
    row = {"key": "c1", "initiationCode": code("case-initiation", "b")}
    other.apply(1, [frame("Hearing", {"key": "h1"}), frame("CriminalCase", row)])
    other.commit(1)
    node = store.nodes([iri("Case", "c1")], 1)[iri("Case", "c1")]
    assert (node.cls, node.properties) == (
        "CriminalCase",
        {"initiationCode": row["initiationCode"]},
    )
    other.close()


def test_a_locked_file_says_so(impatient: SqliteStore, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnusableError, match="locked"):
        impatient.commit(1)
    other.execute("ROLLBACK")
    other.close()
    impatient.commit(1)


def test_what_is_not_a_store_is_refused(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as the head of one" * 20)
    with pytest.raises(StoreUnusableError, match="justicegraph graph rebuild"):
        SqliteStore(path, MODEL)
    with pytest.raises(StoreUnusableError, match="writable"):
        SqliteStore(tmp_path / "missing" / "graph.sqlite", MODEL)
    with pytest.raises(UnknownStoreError):
        open_store("postgres://x", tmp_path, MODEL)


def test_an_error_inside_a_batch_leaves_nothing_of_it(store: SqliteStore) -> None:
    root, rows = frame("Hearing", {"key": "h1", "eventDate": date(2021, 1, 1)}, {"key": "h2"})
    broken = rows.with_columns(eventDate=pl.lit(1.5))
    with pytest.raises(pl.exceptions.PolarsError):
        store.apply(1, [(root, broken.with_columns(status=pl.lit(b"x")))])
    store.apply(1, [(root, rows)])
    store.commit(1)
    assert len(store.find("Hearing", [], 1, 5).nodes) == 2


def test_classes_written_together_are_as_written_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person = iri("Case", "c1"), iri("PersonRecord", "p1")
    pnc = ["77/1", "77/2"]
    first = [
        frame("PersonRecord", {"key": "p1", "pncId": pnc, "birthDate": date(1990, 1, 2)}),
        frame("CriminalCase", {"key": "c1", "urn": "A"}, {"key": "c2", "relatedCase": [case]}),
        frame("Hearing", {"key": "h1", "eventDate": date(2021, 3, 4)}),
    ]
    second = [
        frame("PersonRecord", {"key": "p1"}, op="delete"),
        frame("CriminalCase", {"key": "c1", "urn": "B"}),
        frame("Participation", {"key": "a1", "party": person, "inCase": [case, case]}),
        frame("CriminalCase", {"key": "c1", "urn": "C", "relatedCase": [iri("Case", "c2")]}),
        frame("Hearing", {"key": "h1"}, op="delete"),
    ]
    told = []
    for rows in (1, writing.ROWS):
        monkeypatch.setattr(writing, "ROWS", rows)
        store = SqliteStore(tmp_path / f"{rows}.sqlite", MODEL)
        for release, frames in enumerate((first, second), 1):
            store.apply(release, frames)
            store.apply(release, frames)
            store.commit(release)
        asked = [iri("Case", "c1"), iri("Case", "c2"), iri("EventRecord", "h1"), person]
        asked.append(iri("Participation", "a1"))
        told.append([(store.nodes(asked, at), sorted(store.content(at))) for at in (1, 2)])
        store.close()
    assert told[0] == told[1]
    (before, _), (after, content) = told[1]
    assert list(before) == asked[:4]
    assert before[person].properties == {"pncId": pnc, "birthDate": date(1990, 1, 2)}
    assert list(after) == [asked[0], asked[1], asked[4]]
    assert after[case].properties == {"urn": "C"}
    assert content == sorted(
        [
            (case, "relatedCase", iri("Case", "c2")),
            (iri("Case", "c2"), "relatedCase", case),
            (asked[4], "inCase", case),
            (asked[4], "party", person),
        ]
    )


# -- killed

KILLED = """
import os, signal, sys
from pathlib import Path
from graph import open_store, project, projection
from graph.sqlite import writing
from releases import Releases
from tests.graph.frames import MODEL

projection.BATCH = writing.ROWS = 7
folder, after = Path(sys.argv[1]), int(sys.argv[2])

def kill(progress):
    if progress.records >= after:
        os.kill(os.getpid(), signal.SIGKILL)

project(Releases.open(folder, MODEL), open_store("sqlite", folder, MODEL), MODEL, kill)
"""


@pytest.mark.parametrize(("after", "reached"), [(1, 0), (30, 0), (60, 1)])
def test_a_killed_projection_leaves_the_last_release_and_the_next_finishes(
    after: int, reached: int, tmp_path: Path
) -> None:
    releases = Releases.open(tmp_path, MODEL)
    keys = [f"k{i:02}" for i in range(40)]
    load(releases, cases([(key, "C", "a") for key in keys]))
    load(releases, cases([(key, "R", None) for key in keys]), frame("Plea", {"key": "e"}))
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(after)]
    ended = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    store = SqliteStore(tmp_path / "graph.sqlite", MODEL)
    assert store.current() == reached
    assert set(store.content(reached)) == (truth(releases, 1) if reached else set())
    project(releases, store, MODEL)
    for release in (1, 2):
        content = list(store.content(release))
        assert len(content) == len(set(content))
        assert set(content) == truth(releases, release)
    store.close()


# -- plans


@pytest.mark.parametrize(
    "name", ["_LIVE_NODES", "_KINDS", "_OUTGOING", "_VALUES", "_INCOMING", "_REACH"]
)
def test_no_named_read_scans_a_table(store: SqliteStore, path: Path, name: str) -> None:
    query = getattr(reading, name)
    connection = sqlite3.connect(path)
    marks = [1] * max(query.count("?"), 1)
    values = {str(i + 1): "[1]" for i in range(6)}
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN {query}", values if "?1" in query else marks
    ).fetchall()
    connection.close()
    scans = [row[3] for row in plan if row[3].startswith("SCAN")]
    allowed = ("SCAN json_each", "SCAN r", "SCAN asked", "SCAN reached", "SCAN CONSTANT ROW")
    assert [scan for scan in scans if not scan.startswith(allowed)] == []
