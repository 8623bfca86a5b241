"""Editions of a list in releases, and what they make known."""

from datetime import date
from pathlib import Path

import polars as pl

from loaders.code_lists import ImportReport, held, import_list, unknown_codes
from ontology.identifiers import BASE, record_iri
from ontology.model import Model
from releases import Releases

FIRST, SECOND = date(2024, 1, 1), date(2025, 1, 1)
SEX = "https://w3id.org/justicegraph/code/cjs-gender/"


class Desk:
    """Lists imported into a data folder, one release each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.releases = Releases.open(folder / "data", Model.default())

    def bring(self, text: str, edition: date, **said: str) -> ImportReport:
        file = self.folder / "list.csv"
        file.write_text(text, encoding="utf-8")
        said = {"scheme": "cjs-gender", "source": "Somebody's site", **said}
        with self.releases.write() as writer:
            report = import_list(
                file, self.releases, writer, Model.default(), edition=edition, base=BASE, said=said
            )
            made = writer.commit(report.counts())
            report.release = made.number if made else None
        return report

    def codes(self) -> dict[str, dict[str, object]]:
        rows = self.releases.state("ListedCode").collect()
        return {row["codeNotation"]: row for row in rows.iter_rows(named=True)}


def test_a_list_becomes_records_of_a_dataset_of_its_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    report = desk.bring("code,label\n1,Male\n2,Female\n", FIRST)
    assert (report.release, report.dataset, report.loaded) == (1, "codes/cjs-gender", 3)
    (one,) = desk.releases.state("CodeList").collect().iter_rows(named=True)
    assert one["iri"] == record_iri(BASE, "CodeList", "codes/cjs-gender", ["cjs-gender"])
    assert (one["listPublisher"], one["editionDate"]) == ("Somebody's site", FIRST)
    male = desk.codes()["1"]
    assert (male["codeIri"], male["codeLabel"]) == (SEX + "1", "Male")
    assert male["inCodeList"] == one["iri"]
    assert desk.releases.documents().collect()["version"].to_list() == ["2024-01-01"]


def test_the_same_edition_again_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring("code,label\n1,Male\n2,Female\n", FIRST)
    again = desk.bring("code,label\n1,Male\n2,Female\n", FIRST)
    assert (again.release, again.loaded, again.unchanged) == (None, 0, 3)


def test_what_a_newer_edition_lacks_ends_and_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring("code,label,valid_to\n1,Male,\n2,Female,\n3,Old,2020-06-30\n", FIRST)
    report = desk.bring("code,label,valid_to\n1,Man,\n4,New,\n", SECOND)
    assert report.ended == 2
    codes = desk.codes()
    assert codes["1"]["codeLabel"] == "Man"
    assert (codes["2"]["codeValidTo"], codes["2"]["missingSince"]) == (date(2024, 12, 31), SECOND)
    assert codes["3"]["codeValidTo"] == date(2020, 6, 30), "what the list itself said stays"
    assert set(codes) == {"1", "2", "3", "4"}
    third = desk.bring("code,label,valid_to\n1,Man,\n2,Female,\n4,New,\n", date(2026, 1, 1))
    assert third.ended == 0
    assert desk.codes()["2"]["missingSince"] is None, "it came back"
    assert desk.codes()["3"]["missingSince"] == SECOND
    desk.releases.undo(1)
    assert set(desk.codes()) == {"1", "2", "3"}
    assert desk.codes()["2"]["missingSince"] is None


def test_an_older_edition_after_a_newer_one_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring("code,label\n1,Male\n", SECOND)
    report = desk.bring("code,label\n1,M\n2,F\n", FIRST)
    assert (report.loaded, report.superseded, report.release) == (0, 3, None)


def test_an_edition_imported_again_by_other_columns_is_corrected(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    text = "code,pnc,label\n1,M,Male\n2,F,Female\n"
    desk.bring(text, FIRST, notation="pnc")
    desk.bring(text, FIRST, notation="code")
    assert set(desk.codes()) == {"1", "2"}, "what the mistaken import made is gone, not ended"


def test_two_contents_of_one_date_are_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring("code,label\n1,Male\n", FIRST)
    assert desk.bring("code,label\n1,Man\n", FIRST).conflict


def test_forgetting_a_code_leaves_nothing_of_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring("code,label\n1,Male\n2,Female\n", FIRST)
    assert held(desk.releases, 1)[SEX + "2"].label == "Female"
    desk.releases.forget([str(desk.codes()["2"]["iri"])])
    assert set(desk.codes()) == {"1"}
    assert SEX + "2" not in held(desk.releases, 1)


def test_a_code_of_an_imported_list_is_no_longer_unknown(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    iri = record_iri(BASE, "PersonRecord", "nomis/prisoner-search", ["A1"])
    sexes = [p for p in Model.default().properties.values() if p.scheme == "sex"]
    name = next(p.name for p in sexes if "PersonRecord" in p.applies_to)
    record = pl.DataFrame(
        {"iri": [iri, iri + "b"], "class": ["PersonRecord"] * 2,
         "dataset": ["nomis/prisoner-search"] * 2, "document": ["d", "e"],
         "version": [""] * 2, "hash": ["1", "2"],
         name: [SEX + "1", SEX + "77"]},
    )  # fmt: skip
    with desk.releases.write() as writer:
        writer.put("PersonRecord", record)
        writer.commit({})
    (row,) = unknown_codes(desk.releases, 1).iter_rows()
    assert row == ("nomis/prisoner-search", name, "cjs-gender", "77", 1, 1)
    desk.bring("code,label\n77,Unheard of\n", FIRST)
    assert unknown_codes(desk.releases, 2).is_empty()
    assert unknown_codes(desk.releases, 1).height == 1, "the release before is as it was"
