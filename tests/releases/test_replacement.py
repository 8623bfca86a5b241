"""The document rule does not depend on order, nor on how versions are split into loads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from releases.replacement import Replacement, replace

REJECTED = "rejected"


@dataclass(frozen=True)
class Telling:
    """One version of one document: content by record; None as content says it was rejected."""

    document: str
    version: str
    records: tuple[tuple[str, str | None], ...]
    refused: bool = False

    @property
    def hash(self) -> str:
        return repr((self.records, self.refused))


Live = dict[tuple[str, str], tuple[str, str]]


def walk(tellings: Sequence[Telling]) -> Live:
    """The rule as it is written in the design, one record at a time."""
    live: Live = {}
    subjects = {(t.document, iri) for t in tellings for iri, _ in t.records}
    for document, iri in subjects:
        versions = {(t.version, t.hash): t for t in tellings if t.document == document}
        for key in sorted(versions, reverse=True):
            telling = versions[key]
            content = dict(telling.records).get(iri, "absent")
            if telling.refused or content is None:
                continue
            if content != "absent":
                live[document, iri] = (telling.version, content)
            break
    return live


@dataclass
class Store:
    """What Releases would keep between loads."""

    seen: dict[tuple[str, str, str], tuple[str, list[str]]] = field(default_factory=dict)
    live: Live = field(default_factory=dict)

    def load(self, tellings: Sequence[Telling]) -> Replacement:
        versions = [
            {
                "instance": number,
                "document": t.document,
                "dataset": "test/source",
                "version": t.version,
                "hash": t.hash,
                "file": "f",
                "outcome": "refused" if t.refused else "accepted",
                "rejected": [iri for iri, content in t.records if content is None] or None,
            }
            for number, t in enumerate(tellings)
        ]
        mentions = [
            {"instance": number, "root": "Case", "iri": iri, "hash": content, "row": number}
            for number, t in enumerate(tellings)
            for iri, content in t.records
            if content is not None and not t.refused
        ]
        text, iris = pl.String(), pl.List(pl.String())
        done = replace(
            pl.DataFrame(
                [(*key, *value) for key, value in self.seen.items()],
                schema={"document": text, "version": text, "hash": text, "outcome": text}
                | {"rejected": iris},
                orient="row",
            ),
            pl.DataFrame(
                [("Case", iri, d, v, c) for (d, iri), (v, c) in self.live.items()],
                schema=dict.fromkeys(("root", "iri", "document", "version", "hash"), text),
                orient="row",
            ),
            pl.DataFrame(
                versions,
                schema={"instance": pl.Int64(), "document": text, "dataset": text}
                | {"version": text, "hash": text, "file": text, "outcome": text}
                | {"rejected": iris},
            ),
            pl.DataFrame(
                mentions,
                schema={"instance": pl.Int64(), "root": text, "iri": text, "hash": text}
                | {"row": pl.Int64()},
            ),
        )
        for row in done.documents.iter_rows(named=True):
            key = (row["document"], row["version"], row["hash"])
            self.seen[key] = (row["outcome"], row["rejected"])
        for row in done.deletes.iter_rows(named=True):
            del self.live[row["document"], row["iri"]]
        for row in done.mentions.filter(pl.col("fate") == "loaded").iter_rows(named=True):
            telling = tellings[row["instance"]]
            self.live[telling.document, row["iri"]] = (telling.version, row["hash"])
        return done


records = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", None]), max_size=3)
telling = st.builds(
    Telling,
    document=st.sampled_from(["d", "e"]),
    version=st.sampled_from(["", "1", "2", "3"]),
    records=records.map(lambda content: tuple(sorted(content.items()))),
    refused=st.sampled_from([False, False, False, True]),
)


@given(st.lists(telling, max_size=9), st.data())
def test_any_order_and_split_gives_what_the_rule_says(
    tellings: list[Telling], data: st.DataObject
) -> None:
    expected = walk(tellings)
    order = data.draw(st.permutations(tellings))
    store = Store()
    while order:
        size = data.draw(st.integers(1, len(order)))
        batch, order = order[:size], order[size:]
        store.load(batch)
    assert store.live == expected


@given(st.lists(telling, max_size=6))
def test_loading_twice_changes_nothing(tellings: list[Telling]) -> None:
    store = Store()
    store.load(tellings)
    again = store.load(tellings)
    assert again.deletes.is_empty()
    assert again.documents.is_empty()
    assert "loaded" not in again.mentions["fate"].to_list()
    assert "loaded" not in again.versions["fate"].to_list()


def fates(done: Replacement) -> tuple[list[str], list[str]]:
    return done.versions["fate"].to_list(), done.mentions["fate"].to_list()


def test_a_newer_version_removes_what_it_no_longer_gives() -> None:
    store = Store()
    store.load([Telling("d", "1", (("a", "x"), ("b", "x")))])
    done = store.load([Telling("d", "2", (("a", "y"),))])
    assert store.live == {("d", "a"): ("2", "y")}
    assert done.deletes.rows() == [("Case", "b", "d")]


def test_an_older_version_is_superseded_and_not_remembered() -> None:
    store = Store()
    store.load([Telling("d", "2", (("a", "x"),))])
    done = store.load([Telling("d", "1", (("a", "w"), ("b", "w")))])
    assert fates(done) == (["superseded"], ["superseded", "superseded"])
    assert done.documents.is_empty()


def test_a_refused_version_leaves_the_accepted_one_and_is_remembered() -> None:
    store = Store()
    store.load([Telling("d", "1", (("a", "x"),))])
    done = store.load([Telling("d", "2", (), refused=True)])
    assert store.live == {("d", "a"): ("1", "x")}
    assert fates(done) == (["refused"], [])
    assert done.documents["outcome"].to_list() == ["refused"]


def test_a_rejected_record_keeps_its_older_content_even_if_that_comes_later() -> None:
    store = Store()
    store.load([Telling("d", "2", (("a", None), ("b", "y")))])
    done = store.load([Telling("d", "1", (("a", "x"), ("b", "x")))])
    assert store.live == {("d", "a"): ("1", "x"), ("d", "b"): ("2", "y")}
    assert fates(done) == (["loaded"], ["loaded", "superseded"])


def test_the_same_document_twice_in_a_batch_is_one_and_a_duplicate() -> None:
    one = Telling("d", "1", (("a", "x"),))
    assert fates(Store().load([one, one])) == (["loaded", "unchanged"], ["loaded", "unchanged"])


def test_two_contents_of_one_version_are_a_conflict_decided_by_hash() -> None:
    store = Store()
    done = store.load([Telling("d", "1", (("a", "x"),)), Telling("d", "1", (("a", "y"),))])
    assert done.versions["conflict"].to_list() == [True, True]
    assert store.live == {("d", "a"): ("1", "y")}


def test_the_same_document_under_an_edited_mapping_is_put_again() -> None:
    store = Store()
    first = Telling("d", "1", (("a", "x"), ("b", "x")))
    store.load([first])

    class Remapped(Telling):
        @property
        def hash(self) -> str:
            return first.hash

    done = store.load([Remapped("d", "1", (("a", "z"),))])
    assert store.live == {("d", "a"): ("1", "z")}
    assert done.versions["fate"].to_list() == ["loaded"]
    assert done.versions["conflict"].to_list() == [False]


def test_what_was_once_accepted_of_a_version_stays_accepted() -> None:
    """The same document again, under shapes that let more, then less, through."""

    class Judged(Telling):
        @property
        def hash(self) -> str:
            return "the same document"

    strict, lenient = (Judged("d", "2", (("a", content),)) for content in (None, "y"))
    store = Store()
    store.load([Telling("d", "1", (("a", "x"),))])
    store.load([strict])
    assert store.live == {("d", "a"): ("1", "x")}
    store.load([lenient])
    assert store.live == {("d", "a"): ("2", "y")}
    store.load([strict])
    store.load([Telling("d", "1", (("a", "z"),))])
    assert store.live == {("d", "a"): ("2", "y")}
