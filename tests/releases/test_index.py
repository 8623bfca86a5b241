"""What is looked up in an index is what a reader of every row finds, whatever became of files."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from releases import Releases, Writer
from releases.index import Index
from releases.seeking import Seeker
from releases.table import Table
from tests.releases.conftest import Put, TwoTables, records

ROOTS = ("PersonRecord", "Case")
KEYS = ("iri", "document", "familyName", "pncId")
SEEN = ("iri", "document", "familyName", "pncId", "release", "batch", "op")
NAMES = ("iri", "familyName", "pncId")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of more than three rows are worth an index."""
    monkeypatch.setattr("releases.index.LEAST", 3)
    monkeypatch.setattr("releases.answers.WHOLE", 3)


def texts(*values: str) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def told(frame: pl.DataFrame) -> list[str]:
    """Rows in an order that says nothing."""
    return sorted(map(repr, frame.select(sorted(frame.columns)).rows()))


def matching(table: Table, where: Mapping[str, pl.Series]) -> list[str]:
    """The rows that have one of the values, by looking at each."""

    def has(row: Mapping[str, object]) -> bool:
        held = ((row[name], values) for name, values in where.items())
        return any(
            value in set(values)
            for cell, values in held
            for value in (cell if isinstance(cell, list) else [cell])
            if value is not None
        )

    rows = [row for row in table.scan().collect().to_dicts() if has(row)]
    return told(pl.DataFrame(rows, schema=table.schema).select(SEEN))


def sought(table: Table, where: Mapping[str, pl.Series], keys: Sequence[str] = KEYS) -> list[str]:
    return told(Seeker(table, keys).find(where, SEEN).drop("_row"))


def people(store: Releases) -> Table:
    return store._tables["PersonRecord"]


def runs(store: Releases, root: str = "PersonRecord") -> list[Path]:
    return sorted((store.folder / "index" / root).glob("run-*"))


def ask(store: Releases, writer: Writer, *iris: str) -> pl.DataFrame:
    """A question of a load, which makes runs where they are worth it."""
    return store.state("PersonRecord", iris=iris, pending=writer).collect()


def indexed(store: Releases, *iris: str) -> None:
    """A load that only asks, by all the keys."""
    with store.write() as writer:
        store.state("PersonRecord", where=dict.fromkeys(KEYS, texts("x")), pending=writer)


def many(put: Put, number: int = 6) -> None:
    for each in range(number):
        put(
            "PersonRecord",
            {"iri": f"p{each}", "familyName": f"n{each}", "pncId": [f"k{each}", "all"]},
        )


def without_index(store: Releases, folder: Path) -> Releases:
    """The same folder, of which every row is read."""
    plain = Releases.open(store.folder, TwoTables())
    for table in (*plain._tables.values(), plain._documents):
        table.index = Index(folder / "none", table.schema)
    return plain


iris = st.sampled_from("abcdef")
rows = st.lists(
    st.tuples(
        iris,
        st.sampled_from(["d1", "d2"]),
        st.one_of(st.none(), st.sampled_from(["Ash", "Elm"])),
        st.one_of(st.none(), st.lists(st.sampled_from("klm"), max_size=2)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[:2],
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), rows),
        st.tuples(st.just("put"), rows),
        st.tuples(st.just("delete"), st.lists(iris, min_size=1, max_size=3, unique=True)),
        st.tuples(st.just("undo"), st.integers(1, 2)),
        st.tuples(st.just("retain"), st.integers(1, 3)),
        st.tuples(st.just("forget"), iris),
    ),
    min_size=5,
    max_size=9,
)
Steps = list[tuple[str, object]]


def step(store: Releases, plain: Releases, does: str, told_: object) -> None:
    if does == "undo":
        live = store.live()
        assert isinstance(told_, int)
        store.undo(live[-told_ - 1] if len(live) > told_ else live[0])
        return
    if does == "retain":
        assert isinstance(told_, int)
        store.retain(told_)
        return
    if does == "forget":
        store.forget([str(told_)])
        return
    with store.write() as writer:
        load(writer, does, told_)
        compare(store, plain, writer)
        writer.commit()


def load(writer: Writer, does: str, told_: object) -> None:
    assert isinstance(told_, list)
    if does == "delete":
        frame = pl.DataFrame({"iri": told_, "document": "d1"})
        writer.delete("PersonRecord", frame)
        return
    names = ("iri", "document", "familyName", "pncId")
    put = [dict(zip(names, row, strict=True)) for row in told_]
    writer.put("PersonRecord", records("PersonRecord", *put))
    writer.put(
        "Case", records("Case", *({"iri": f"c{r['iri']}", "urn": r["iri"]} for r in put[:1]))
    )
    documents = {"dataset": "s", "version": "1", "hash": "h", "outcome": "accepted"}
    ids = sorted({str(row["document"]) for row in put})
    writer.put_documents(
        pl.DataFrame({"document": ids}).with_columns(
            pl.lit(v).alias(k) for k, v in documents.items()
        )
    )


def compare(store: Releases, plain: Releases, writer: Writer | None = None) -> None:
    """Every question has one answer, with an index and without."""
    a, b = (list(answers(each, writer)) for each in (store, plain))
    assert a == b


def answers(store: Releases, writer: Writer | None) -> Iterable[list[str]]:
    for asked in (["a"], ["b", "f", "nobody"]):
        yield told(store.state("PersonRecord", iris=asked, pending=writer).collect())
        frame = store.state("PersonRecord", iris=asked, pending=writer, mentions=True)
        yield told(frame.collect())
    for where in ({"pncId": texts("k")}, {"familyName": texts("Elm"), "pncId": texts("l", "x")}):
        yield told(store.state("PersonRecord", where=where, pending=writer).collect())
    yield told(store.mentions(["d1", "d9"], pending=writer))
    yield told(store.seen(["d1", "d2"], pending=writer))
    if writer is not None:
        nearby = store.nearby(writer, {"PersonRecord": NAMES}, {"PersonRecord": KEYS[2:]})
        yield told(nearby.state("PersonRecord", NAMES, where={"pncId": texts("k", "x")}))
        yield told(nearby.state("PersonRecord", NAMES, iris=texts("a", "b", "nobody")))
        where = {"familyName": texts("Elm"), "pncId": texts("l")}
        yield told(nearby.state("PersonRecord", NAMES, where=where))
        yield told(nearby.before("PersonRecord", NAMES, texts("a", "c")))
        return
    live = store.live()
    for until in live[-3:]:
        yield told(store.state("PersonRecord", until, iris=["a", "c"]).collect())
        yield told(store.changes("PersonRecord", live[0], until).collect())
        yield told(store.changes("PersonRecord", until, live[0]).collect())


@settings(max_examples=3)
@given(steps)
def test_any_history_reads_the_same(history: Steps) -> None:
    follow(history)


@pytest.mark.soak
@settings(max_examples=150)
@given(steps)
def test_many_histories_read_the_same(history: Steps) -> None:
    follow(history)


def follow(history: Steps) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("releases.table._MAX_FILES", 3)
        patch.setattr("releases.table._MAX_LOG", 3)
        store = Releases.open(Path(folder, "data"), TwoTables())
        plain = without_index(store, Path(folder))
        step(store, plain, "put", [(iri, "d1", "Ash", ["k"]) for iri in "abcd"])
        for does, told_ in history:
            step(store, plain, does, told_)
        compare(store, plain)
        table = people(store)
        for where in (
            {"iri": texts("a", "b", "nobody")},
            {"pncId": texts("k")},
            {"familyName": texts("Elm"), "pncId": texts("m", "nothing")},
            {"document": texts("d2"), "iri": texts()},
            {"familyName": texts("nobody")},
        ):
            assert sought(table, where) == matching(table, where)


def test_a_question_reads_the_rows_that_the_index_tells_of_and_no_others(
    store: Releases, put: Put
) -> None:
    many(put)
    indexed(store)
    seeker = Seeker(people(store), KEYS)
    assert seeker.rest(["iri"]).collect().is_empty()
    assert len(seeker.places({"iri": texts("p2"), "pncId": texts("k4")})) == 2
    assert len(seeker.places({"pncId": texts("all")})) == 6
    put("PersonRecord", {"iri": "p9", "familyName": "new"})
    assert Seeker(people(store), KEYS).rest(["iri"]).collect()["iri"].to_list() == ["p9"]
    assert sought(people(store), {"familyName": texts("new")}) == matching(
        people(store), {"familyName": texts("new")}
    )


def test_a_column_that_the_ontology_gained_is_asked_about_too(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(put)
    indexed(store)
    newer = {**TwoTables.properties["PersonRecord"], "alias": pl.List(pl.String())}
    monkeypatch.setattr(TwoTables, "properties", {**TwoTables.properties, "PersonRecord": newer})
    later = Releases.open(store.folder, TwoTables())
    with later.write() as writer:
        row = {"iri": "p9", "alias": ["x", "y"]}
        writer.put("PersonRecord", records("PersonRecord", row))
        writer.commit()
    with later.write() as writer:
        found = later.state("PersonRecord", where={"alias": texts("y")}, pending=writer)
        assert found.collect()["iri"].to_list() == ["p9"]
        assert Seeker(people(later), ["alias"]).whole is False
    assert sought(people(later), {"alias": texts("x")}, ["alias"]) == matching(
        people(later), {"alias": texts("x")}
    )


def test_different_values_of_one_hash_are_told_apart(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third record has the hash of another; of p1 a newer row is in no run."""
    of_rows, of_values = pl.Expr.hash, pl.Series.hash
    monkeypatch.setattr(pl.Expr, "hash", lambda each: of_rows(each) % 3)
    monkeypatch.setattr(pl.Series, "hash", lambda each: of_values(each) % 3)
    many(put, 9)
    indexed(store)
    put("PersonRecord", {"iri": "p1", "familyName": "newer"})
    table = people(store)
    assert len(Seeker(table, KEYS).places({"iri": texts("p2")})) > 1
    for name, value in (("iri", "p2"), ("familyName", "n3"), ("pncId", "k4")):
        where = {name: texts(value)}
        assert sought(table, where) == matching(table, where)
    with store.write() as writer:
        for number in (0, 2, 3, 4, 5, 6, 7, 8):
            nearby = store.nearby(writer, {"PersonRecord": NAMES}, {"PersonRecord": KEYS[2:]})
            found = nearby.state("PersonRecord", NAMES, iris=texts(f"p{number}"))
            assert found["familyName"].to_list() == [f"n{number}"]
            assert nearby.state("PersonRecord", NAMES, where={"familyName": texts("n1")}).is_empty()
            found = nearby.state("PersonRecord", NAMES, where={"pncId": texts(f"k{number}")})
            assert found["iri"].to_list() == [f"p{number}"]
            found = nearby.state("PersonRecord", NAMES, iris=texts("p1"))
            assert found["familyName"].to_list() == ["newer"]


def test_an_answer_begun_before_a_run_was_taken_up_is_whole(store: Releases, put: Put) -> None:
    """Another process may put runs together, or forget, between two steps of a reader."""
    many(put)
    indexed(store)
    seeker = Seeker(people(Releases.open(store.folder, TwoTables())), KEYS)
    shutil.rmtree(store.folder / "index")
    assert seeker.find({"iri": texts("p3")}, ["familyName"])["familyName"].to_list() == ["n3"]


def test_a_half_written_run_is_passed_over_and_swept(store: Releases, put: Put) -> None:
    many(put)
    indexed(store)
    [whole] = runs(store)
    part = whole.with_name("part-of-a-killed-process")
    shutil.copytree(whole, part)
    bare = whole.with_name("run-without-manifest")
    shutil.copytree(whole, bare)
    (bare / "run.json").unlink()
    for file in (*part.glob("*.row"), *bare.glob("*.row")):
        file.write_bytes(b"")
    again = Releases.open(store.folder, TwoTables())
    assert sought(people(again), {"pncId": texts("all")}) == matching(
        people(again), {"pncId": texts("all")}
    )
    many(put)
    indexed(again)
    assert not part.exists()
    assert not bare.exists()


def test_a_run_of_another_polars_is_passed_over(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes are the same only in one version of it."""
    many(put)
    indexed(store)
    [old] = runs(store)
    monkeypatch.setattr(pl, "__version__", "0.0.1")
    again = Releases.open(store.folder, TwoTables())
    assert Seeker(people(again), KEYS).whole
    indexed(again)
    assert old not in runs(again)
    assert len(runs(again)) == 1


def test_an_index_that_was_deleted_changes_no_answer(store: Releases, put: Put) -> None:
    many(put)
    indexed(store)
    before = sought(people(store), {"pncId": texts("all")})
    shutil.rmtree(store.folder / "index")
    for each in (store, Releases.open(store.folder, TwoTables())):
        assert sought(people(each), {"pncId": texts("all")}) == before
    indexed(Releases.open(store.folder, TwoTables()))
    assert len(runs(store)) == 1


def test_of_what_is_forgotten_no_hash_is_left(store: Releases, put: Put) -> None:
    many(put)
    indexed(store)
    asked = int(texts("p3").hash()[0]).to_bytes(8, "little")
    held = store.folder / "index"
    assert any(asked in file.read_bytes() for file in held.rglob("*.hash"))
    store.forget(["p3"])
    assert list(held.rglob("*.hash")) == []
    assert not (held / "PersonRecord").exists()
    indexed(store)
    assert not any(asked in file.read_bytes() for file in held.rglob("*") if file.is_file())


def test_an_index_that_cannot_be_removed_is_told(store: Releases, put: Put) -> None:
    """Nobody is told that a record is forgotten while its hash is there."""
    many(put)
    (store.folder / "index").mkdir()
    (store.folder / "index" / "PersonRecord").write_text("not a folder")
    with pytest.raises(OSError, match="PersonRecord"):
        store.forget(["p3"])


def test_a_load_goes_on_where_no_index_can_be_written(store: Releases, put: Put) -> None:
    many(put)
    (store.folder / "index").write_text("not a folder")
    with store.write() as writer:
        assert ask(store, writer, "p3")["familyName"].to_list() == ["n3"]
        assert ask(store, writer, "p4")["familyName"].to_list() == ["n4"]


def test_only_a_writer_makes_runs(store: Releases, put: Put) -> None:
    many(put)
    assert store.state("PersonRecord", iris=["p1"]).collect().height == 1
    assert store.changes("PersonRecord", 1, 6).collect().height == 5
    assert not (store.folder / "index").exists()
    with store.write() as writer:
        assert ask(store, writer, "p1").height == 1
    assert len(runs(store)) == 1


def test_many_small_loads_leave_few_runs(store: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is taken up while it is small; of two runs none tells of the same file."""
    monkeypatch.setattr("releases.table._MAX_LOG", 20)
    monkeypatch.setattr("releases.table._MAX_FILES", 40)
    most = 0
    for number in range(60):
        with store.write() as writer:
            new = {"iri": f"p{number}", "document": f"d{number}"}
            writer.put("PersonRecord", records("PersonRecord", new))
            assert ask(store, writer, f"p{number // 2}", f"p{number}").height == 1 + (number > 0)
            writer.commit()
        held = people(store).index._open()
        most = max(most, len(held))
        names = [name for run in held for name in run.names]
        assert len(names) == len(set(names))
        assert sorted(run.folder for run in held) == runs(store)
    assert 1 < most <= 6


@pytest.mark.parametrize("spans", [200, 1])
def test_a_frame_may_be_read_at_both_ends(
    store: Releases, monkeypatch: pytest.MonkeyPatch, spans: int
) -> None:
    """Rows that are far from each other are read in spans of their own, very many in one pass."""
    monkeypatch.setattr("releases.seeking._FAR", 4)
    monkeypatch.setattr("releases.seeking._SPANS", spans)
    iris = [f"p{number:03}" for number in range(100)]
    with store.write() as writer:
        names = ({"iri": iri, "familyName": iri} for iri in iris)
        writer.put("PersonRecord", records("PersonRecord", *names))
        writer.commit()
    indexed(store)
    for asked in (["p000", "p099"], ["p001", "p004", "p005", "p050"], iris):
        assert Seeker(people(store), KEYS).whole is False
        found = Seeker(people(store), KEYS).find({"iri": texts(*asked)}, ["familyName"])
        assert sorted(found["familyName"]) == asked
        assert found["_row"].n_unique() == len(asked)
