"""Malformed files: each is refused with a clear report, and leaves what was loaded."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from loaders.errors import FileError
from loaders.trees import Limits, json_tree, xml_tree
from tests.loaders.conftest import HEARINGS, Desk, case, defendant, hearing

Open = Callable[..., Desk]

LISTING = """
source: court-results-spi/resulted-case
format: xml
recognise: {paths: [Sitting.Case]}
document: {at: $, key: [Sitting.Number]}
records:
  - record: case
    class: CriminalCase
    at: Sitting.Case[]
    key: [Urn]
    set: {caseReference: Urn}
"""
CRIMES = """
source: police-uk/street-crime
format: csv
recognise: {columns: [Crime ID, Month, Crime type]}
document: {at: row, key: [Crime ID], otherwise: content}
records:
  - record: crime
    class: RecordedCrime
    set:
      crimeReference: Crime ID
      recordedDate: {path: Month, format: month}
      crimeType: {path: Crime type, codes: police-uk-category}
unmapped: {Context: always empty}
"""
GOOD_CSV = "Crime ID,Month,Crime type,Context\nk1,2022-06,Drugs,\nk2,2022-06,Drugs,\n"

JSON = '{"hearing": {"id": "h1", "day": "2024-05-01"}}'
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "truncated JSON": ("a.json", JSON[:-5].encode(), "JG-LOD-002"),
    "NaN": ("a.json", b'{"hearing": {"id": NaN}}', "JG-LOD-002"),
    "a key twice": ("a.json", b'{"hearing": {"id": "a", "id": "b"}}', "JG-LOD-003"),
    "a key twice, once escaped": (
        "a.json",
        rb'{"hearing": {"id": "a", "\u0069d": "b"}}',
        "JG-LOD-003",
    ),
    "a key twice, as number and as truth": (
        "a.json",
        b'{"hearing": {"id": 1, "id": true}}',
        "JG-LOD-003",
    ),
    "deep nesting": ("a.json", b"[" * 150 + b"]" * 150, "JG-LOD-004"),
    "deeper than the parser goes": ("a.json", b"[" * 1900 + b"]" * 1900, "JG-LOD-002"),
    "a number too large": ("a.json", b'{"hearing": {"id": 1e999}}', "JG-LOD-002"),
    "an endless number": ("a.json", b'{"hearing": {"id": ' + b"9" * 2000 + b"}}", "JG-LOD-002"),
    "UTF-16": ("a.json", JSON.encode("utf-16"), "JG-LOD-009"),
    "UTF-16 without a mark": ("a.json", JSON.encode("utf-16-le"), "JG-LOD-009"),
    "Latin-1 in JSON": ("a.json", '{"hearing": {"id": "£"}}'.encode("latin-1"), "JG-LOD-002"),
    "empty": ("a.json", b"", "JG-LOD-008"),
    "blank": ("a.json", b" \n\t ", "JG-LOD-008"),
    "NUL": ("a.json", b'{"hearing": {"id": "\x00"}}', "JG-LOD-009"),
    "binary": ("a.json", bytes(range(256)) * 4, "JG-LOD-009"),
    "too large": ("a.json", b'{"hearing": "' + b"x" * 5000 + b'"}', "JG-LOD-007"),
    "truncated XML": ("a.xml", b"<Sitting><Case><Urn>1</Urn>", "JG-LOD-005"),
    "Latin-1 in XML": ("a.xml", "<Sitting>£</Sitting>".encode("latin-1"), "JG-LOD-005"),
    "tags that do not match": ("a.xml", b"<Sitting></Case>", "JG-LOD-005"),
    "an undeclared entity": ("a.xml", b"<Sitting>&who;</Sitting>", "JG-LOD-005"),
    "an external entity": (
        "a.xml",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Sitting>&x;</Sitting>',
        "JG-LOD-006",
    ),
    "an external DTD": (
        "a.xml",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><Sitting/>',
        "JG-LOD-006",
    ),
    "an entity bomb": (
        "a.xml",
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b"<Sitting>&b;&b;&b;</Sitting>",
        "JG-LOD-006",
    ),
    "deep XML": ("a.xml", b"<a>" * 200 + b"</a>" * 200, "JG-LOD-004"),
    "empty XML": ("a.xml", b"", "JG-LOD-008"),
    "empty CSV": ("a.csv", b"", "JG-LOD-008"),
    "CSV without a mapped column": ("a.csv", b"Crime ID,Month\nk1,2022-06\n", "JG-LOD-012"),
    "CSV with an unknown column": (
        "a.csv",
        b"Crime ID,Month,Crime type,Officer\nk1,2022-06,Drugs,Nemo\n",
        "JG-LOD-012",
    ),
    "CSV with a column twice": ("a.csv", b"Crime ID,Month,Month,Crime type\n", "JG-LOD-011"),
    "UTF-16 CSV": ("a.csv", GOOD_CSV.encode("utf-16"), "JG-LOD-009"),
    "Latin-1 CSV": ("a.csv", GOOD_CSV.replace("k1", "£").encode("latin-1"), "JG-LOD-009"),
    "NUL in CSV": ("a.csv", GOOD_CSV.replace("k1", "k\x00").encode(), "JG-LOD-009"),
    "a quote never closed": ("a.csv", GOOD_CSV.replace("k1", '"k1').encode(), "JG-LOD-013"),
    "a CSV line too long": (
        "a.csv",
        GOOD_CSV.replace("k1", "k" * 5000).encode(),
        "JG-LOD-007",
    ),
    "a gzip file by another name": ("a.csv", b"\x1f\x8b" + bytes(50), "JG-LOD-009"),
    "a zip by another name": ("a.json", b"PK\x03\x04" + bytes(50), "JG-LOD-009"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_the_release_stays(desk: Open, name: str) -> None:
    one = desk(HEARINGS, LISTING, CRIMES)
    one.take(hearing("h0", cases=[case("c0", defendant("d0"))]))
    before = one.content()
    file, content, code = BROKEN[name]
    report = one.load(one.write(file, content), max_message=4000)
    assert report.files[0].status == "unreadable"
    assert report.files[0].reason.startswith(code)
    assert (report.exit_code, report.read, report.release) == (1, 0, None)
    finding = one.findings(one.releases.last_load).row(0, named=True)
    assert (finding["effect"], finding["code"]) == ("file", code)
    assert finding["fix"]
    assert one.content() == before
    assert one.releases.current == 1


def test_a_byte_order_mark_is_no_fault(desk: Open) -> None:
    one = desk(HEARINGS, LISTING, CRIMES)
    mark = b"\xef\xbb\xbf"
    one.write("a.json", mark + JSON.encode())
    one.write("b.csv", mark + GOOD_CSV.encode())
    one.write("c.xml", mark + b"<Sitting><Number>1</Number><Case><Urn>u</Urn></Case></Sitting>")
    assert [file.loaded for file in one.load().files] == [1, 2, 1]


def test_a_key_that_says_the_same_twice_is_no_fault(desk: Open) -> None:
    court = desk()
    court.write("a.json", '{"hearing": {"id": "h1", "day": "2024-05-01", "id": "h1"}}')
    assert court.load().loaded == 1


def test_a_number_that_cannot_be_kept_exactly_is_no_key(desk: Open) -> None:
    one = desk()
    report = one.load(one.write("a.json", '{"hearing": {"id": 12345678901234567890123}}'))
    assert (report.read, report.rejected) == (1, 1)
    assert "JG-LOD-021" in one.findings()["code"].to_list()


def test_rows_with_other_columns_are_rejected_by_number(desk: Open) -> None:
    one = desk(CRIMES)
    text = GOOD_CSV + "k3,2022-06\n" + '"k\n4",2022-06,Drugs,\n' + "k5,2022-06,Drugs,,,\n"
    report = one.load(one.write("a.csv", text))
    assert (report.read, report.loaded, report.rejected) == (5, 3, 2)
    rejected = one.findings().filter(pl.col("code") == "JG-LOD-032").sort("path")
    assert rejected.select("path", "message").rows() == [
        ("row 4", "the row has 2 columns where the header has 4"),
        ("row 6", "the row has 6 columns where the header has 4"),
    ]


def test_an_ill_typed_row_is_rejected_by_number_and_the_others_load(desk: Open) -> None:
    one = desk(CRIMES)
    text = GOOD_CSV + "k3,June 2022,Drugs,\n" + "k4,2022-06,Drugs,\n"
    report = one.load(one.write("a.csv", text))
    assert (report.read, report.loaded, report.rejected) == (4, 3, 1)
    finding = one.findings().filter(pl.col("severity") == "violation").row(0, named=True)
    assert (finding["path"], finding["code"], finding["value"]) == (
        "row 4",
        "JG-LOD-023",
        "June 2022",
    )


def test_a_row_of_which_no_record_is_made_is_rejected_and_not_lost(desk: Open) -> None:
    text = CRIMES.replace("    set:", "    when: {path: Crime type, not: Robbery}\n    set:")
    one = desk(text)
    report = one.load(one.write("a.csv", GOOD_CSV + "k3,2022-06,Robbery,\n"))
    assert (report.read, report.loaded, report.rejected) == (3, 2, 1)
    finding = one.findings().filter(pl.col("severity") == "violation").row(0, named=True)
    assert (finding["code"], finding["path"]) == ("JG-LOD-034", "row 4")


def test_an_archive_or_an_empty_folder_is_told(desk: Open) -> None:
    one = desk()
    file = one.inbox / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.json", JSON)
    (one.inbox / "empty").mkdir()
    report = one.load(file, one.inbox / "empty")
    assert [(each.status, each.reason) for each in report.files] == [
        ("unreadable", "JG-LOD-009: not UTF-8 text but a zip archive"),
        ("unreadable", "JG-LOD-016: the folder holds no files"),
    ]
    assert report.exit_code == 1


def test_archives_in_a_walked_folder_are_skipped(desk: Open) -> None:
    one = desk()
    one.write("a.zip", b"PK\x03\x04rest")
    one.write("b.json", JSON)
    assert [file.status for file in one.load().files] == ["skipped", "loaded"]


def test_a_pipe_or_device_is_neither_waited_for_nor_read_without_end(desk: Open) -> None:
    one = desk()
    os.mkfifo(one.inbox / "a.json")
    (one.inbox / "b.csv").symlink_to("/dev/zero")
    report = one.load()
    assert {each.reason for each in report.files} == {
        "JG-LOD-016: it is a pipe or a device, not a file"
    }


def test_links_that_go_in_a_circle_are_not_followed(desk: Open) -> None:
    one = desk()
    one.write("a/a.json", JSON)
    (one.inbox / "a" / "again").symlink_to(one.inbox)
    (one.inbox / "nowhere.json").symlink_to("nothing")
    assert [file.status for file in one.load().files] == ["loaded", "unreadable"]


def test_a_name_that_is_no_utf8_is_reported_with_a_mark(desk: Open) -> None:
    one = desk()
    name = os.fsdecode(b"bad\xff.json")
    (one.inbox / name).write_text(JSON)
    (one.inbox / name.replace("bad", "worse")).write_text(JSON[:-5])
    report = one.load()
    assert [Path(file.path).name for file in report.files] == ["bad\ufffd.json", "worse\ufffd.json"]
    assert [file.status for file in report.files] == ["loaded", "unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_told(desk: Open) -> None:
    one = desk()
    one.write("a.json", JSON)
    one.write("shut/b.json", JSON)
    (one.inbox / "shut").chmod(0)
    found = {Path(file.path).name: file.status for file in one.load().files}
    assert found == {"a.json": "loaded", "shut": "unreadable"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(desk: Open) -> None:
    one = desk()
    file = one.write("a.json", JSON)
    file.chmod(0)
    assert one.load(file).files[0].reason.startswith("JG-LOD-016")


def test_limits_are_those_of_a_message_not_of_a_file(desk: Open, tmp_path: Path) -> None:
    one = desk()
    line = '{"hearing": {"id": "h%d", "day": "2024-05-01"}}\n'
    text = "".join(line % number for number in range(50)) + '{"hearing": "' + "x" * 900 + '"}\n'
    report = one.load(one.write("a.jsonl", text), max_message=400)
    assert (report.read, report.loaded, report.rejected) == (51, 50, 1)
    lost = one.findings().filter(pl.col("severity") == "violation").row(0, named=True)
    assert (lost["path"], lost["code"]) == ("line 51", "JG-LOD-007")


@pytest.mark.parametrize("text", ["{}", "[]", '"text"', "1", "null", "[[[]]]"])
def test_any_json_value_is_a_tree(text: str) -> None:
    assert json_tree(text.encode()) in ({}, [], "text", 1, None, [[[]]])


def test_keys_that_hold_quotes_and_colons_are_not_repeated_keys() -> None:
    text = rb'{"a\": ": {"\": \"": "x\":y"}, "a": {"b" : 1}, "b": "\u0022: "}'
    assert set(json_tree(text)) == {'a": ', "a", "b"}


def test_xml_is_a_tree_by_local_names() -> None:
    text = (
        b'<?xml version="1.0" encoding="ISO-8859-1"?><x:a xmlns:x="urn:x" x:n="1">'
        b"<x:b>\xa3</x:b><!-- gone --><b>2</b><c y='3'> z </c><d/></x:a>"
    )
    assert xml_tree(text) == {
        "a": {"@n": "1", "b": ["£", "2"], "c": {"@y": "3", "#text": "z"}, "d": ""}
    }


def test_messages_of_an_error_hold_no_text_of_the_document() -> None:
    for data in (b"<Secret><Nemo></Quis>", b'{"Nemo": Quis}'):
        parse = xml_tree if data.startswith(b"<") else json_tree
        with pytest.raises(FileError) as caught:
            parse(data, Limits())
        assert "Nemo" not in str(caught.value)
        assert "Quis" not in str(caught.value)
