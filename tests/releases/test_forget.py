"""Forgetting: no byte is left, and nobody else loses anything."""

from pathlib import Path

import polars as pl

from releases import Releases
from tests.releases.conftest import Put, records

SECRETS = (b"Quillfeather", b"P-77231", b"01ZZ7654321", b"crn-X77231")


def files_with(folder: Path, text: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]


def document(name: str, file: str, **more: object) -> dict[str, object]:
    plain = {"dataset": "test/source", "version": "1", "hash": "h", "outcome": "accepted"}
    return {"document": name, "file": file, **plain, **more}


def test_no_byte_of_a_forgotten_record_is_left(store: Releases, put: Put) -> None:
    mine, ours = "id/P-77231", "id/shared"
    with store.write() as writer:
        writer.put(
            "PersonRecord",
            records(
                "PersonRecord",
                {"iri": mine, "document": "doc/P-77231", "familyName": "Quillfeather"},
                {"iri": "id/other", "document": ours, "familyName": "Ash", "pncId": [mine, "x"]},
            ),
        )
        writer.put(
            "Case",
            records(
                "Case",
                {"iri": "case/1", "document": ours, "urn": "01AA1", "defendant": mine},
                {"iri": "case/2", "dataset": "justicegraph/linkage", "defendant": mine},
            ),
        )
        writer.put_documents(
            pl.DataFrame(
                [
                    document("doc/P-77231", "crn-X77231.json"),
                    document(ours, "hearing.json", rejected=[mine]),
                ]
            )
        )
        writer.report(
            pl.DataFrame(
                [
                    {"document": "doc/P-77231", "iri": mine, "value": "Quill*", "code": "JG-1"},
                    {"document": "other", "iri": None, "value": "01ZZ7654321", "code": "JG-2"},
                    {"document": "other", "iri": None, "value": "fine", "code": "JG-3"},
                ]
            )
        )
        writer.commit({"read": 4})
    put("PersonRecord", {"iri": mine, "document": "doc/P-77231", "familyName": "Quillfeather2"})
    put("PersonRecord", {"iri": "id/late", "document": "d9", "familyName": "Elm"})
    assert any(files_with(store.folder, secret) for secret in SECRETS)

    report = store.forget([mine], values=["01ZZ7654321"])

    assert [files_with(store.folder, secret) for secret in SECRETS] == [[]] * len(SECRETS)
    assert report.rows == {"PersonRecord": 2, "Case": 1}
    assert report.documents == 1
    assert report.findings == 2
    assert [release.forgotten for release in store.list()] == [2, 1, 0]
    people = store.state("PersonRecord").collect().sort("iri")
    assert people.select("iri", "pncId").rows() == [("id/late", None), ("id/other", ["x"])]
    cases = store.state("Case", columns=["iri", "urn", "defendant"]).collect()
    assert cases.rows() == [("case/1", "01AA1", None)]
    assert store.findings().collect()["code"].to_list() == ["JG-3"]
    assert store.seen([ours])["rejected"].to_list() == [None]


def test_a_whole_document_may_go(store: Releases, put: Put) -> None:
    put(
        "Case",
        {"iri": "case/1", "document": "doc/P-77231", "urn": "01ZZ7654321"},
        {"iri": "case/1", "document": "d2", "urn": "01AA"},
        {"iri": "case/2", "document": "doc/P-77231"},
    )
    report = store.forget([], documents=["doc/P-77231"])
    assert report.rows == {"Case": 2}
    assert store.state("Case", columns=["iri", "urn"]).collect().rows() == [("case/1", "01AA")]
    assert files_with(store.folder, b"P-77231") == []


def test_values_are_matched_as_words(store: Releases, put: Put) -> None:
    put("Case", {"iri": "case/1"})
    findings = [
        {"document": "nomis/offender/A1234BC", "code": "JG-1"},
        {"file": "crn_a1234bc.json", "code": "JG-2"},
        {"value": "A1234BC", "code": "JG-3"},
        {"value": "XA1234BC7", "path": "rows[1]", "code": "JG-4"},
        {"value": "1", "code": "JG-5"},
    ]
    with store.write() as writer:
        writer.report(pl.DataFrame(findings))
        writer.commit()
    assert store.forget(["case/9"], values=["A1234BC", "1", "a.b(c"]).findings == 3
    left = store.findings().sort("code").select("code", "file").collect()
    assert left.rows() == [("JG-2", None), ("JG-4", None)]


def test_forgetting_again_finishes_what_was_interrupted(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "id/P-77231", "familyName": "Quillfeather"})
    orphan = store.folder / "tables" / "PersonRecord" / "part-orphan.parquet"
    orphan.write_bytes(b"left by a killed write: Quillfeather")
    store.forget(["id/P-77231"])
    assert files_with(store.folder, b"Quillfeather") == []
    assert store.forget(["id/P-77231"]).rows == {}


def test_totals_that_are_no_longer_true_are_no_longer_told(store: Releases) -> None:
    for name in ("id/a", "id/b"):
        with store.write() as writer:
            writer.put("PersonRecord", records("PersonRecord", {"iri": name, "document": name}))
            writer.commit({"totals": {"persons": 2}, "read": 1})
    store.forget(["id/a"])
    assert [release.summary for release in store.list()] == [{"read": 1}, {"read": 1}]
