"""Published lists: read, described, coded; each expectation was read off the file."""

from datetime import date
from pathlib import Path

import pytest

from loaders.code_lists import CodeListError, code, described
from loaders.code_lists.codes import Coded, day
from loaders.code_lists.description import known_list, published
from loaders.code_lists.reading import read
from loaders.code_lists.template import filled


def coded(file: Path, list_: str | None = None, **said: str) -> Coded:
    known = None if said.get("scheme") else known_list(file, list_)
    rows = read(file, known.columns if known else ())
    return code(rows, described(rows, known, list_, said))


def written(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("code", "7"),
        ("{domain}-{code}", "MOVE-7"),
        ("{code:3}", "007"),
        ("{class:digits}", "00101"),
        ("{absent}", ""),
        ("{absent}-{none}", ""),
        ("{absent} {domain}", "MOVE"),
    ],
)
def test_a_template_is_filled_from_columns(template: str, text: str) -> None:
    assert filled(template, {"domain": "MOVE", "code": "7", "class": "001/01"}) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2021-04-26 10:11:04", date(2021, 4, 26)),
        ("26/04/2021", date(2021, 4, 26)),
        ("TO_DATE(2006-08-25, YYYY-MM-DD)", date(2006, 8, 25)),
        ("2021-02-30", None),
        ("2021", None),
        ("", None),
    ],
)
def test_dates_of_lists(text: str, found: date | None) -> None:
    assert day(text) == found


def test_columns_are_guessed_from_headers(tmp_path: Path) -> None:
    file = written(tmp_path, "Code,Welsh Label,Description,Start Date,End Date,colour\n"
                             "A,Un,One,2020-01-01,,red\n")  # fmt: skip
    (made,) = coded(file, scheme="things").codes
    assert (made.scheme, made.notation, made.labels, made.welsh) == ("things", "A", ("One",), "Un")
    assert (made.valid_from, made.valid_to) == (date(2020, 1, 1), None)
    assert made.columns == (("colour", "red"),)


def test_what_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, "offence_code,result_code,text\nA,B,C\n")
    with pytest.raises(CodeListError, match="offence_code, result_code may all be it") as error:
        coded(file, scheme="things")
    assert error.value.code == "JG-COD-019"
    assert "--notation" in error.value.fix
    said = {"notation": "{offence_code}-{result_code}", "label": "text"}
    assert coded(file, scheme="things", **said).codes[0].notation == "A-B"


def test_a_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    file = written(tmp_path, "code,label\nA,One\n")
    with pytest.raises(CodeListError, match="Did you mean 'label'"):
        coded(file, scheme="things", label="lable")


def test_doubtful_rows_are_reported_and_none_is_lost(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "code,label,valid_to\nA,One,\nA,One,\n,Nameless,\nB,Old,2019-12-31\nB,New,\nC,,soon\nD,x,,,\n",
    )
    found = coded(file, scheme="things")
    assert found.read == 7 == len(found.codes) + found.repeated + found.rejected
    assert [(n.code, n.severity, n.place) for n in found.noticed] == [
        ("JG-COD-001", "violation", "row 4"),
        ("JG-COD-004", "warning", "row 7"),
        ("JG-COD-005", "warning", "row 7"),
        ("JG-COD-008", "violation", "row 8"),
        ("JG-COD-007", "info", "row 2"),
        ("JG-COD-006", "warning", "row 5"),
    ]
    b = next(each for each in found.codes if each.notation == "B")
    assert b.labels == ("New", "Old"), "the row still in use gives the label"
    assert b.valid_to is None
    c = next(each for each in found.codes if each.notation == "C")
    assert ("valid_to", "soon") in c.columns, "a date that is none is kept as it came"


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("list.txt", "code,label\n", "JG-COD-010"),
        ("list.json", "{", "JG-COD-011"),
        ("list.json", "[1]", "JG-COD-012"),
        ("list.csv", "", "JG-COD-012"),
        ("list.csv", "A,A\n", "JG-COD-013"),
        ("list.ttl", "<urn:a> <urn:b> <urn:c> .", "JG-COD-012"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str, text: str, error: str) -> None:
    with pytest.raises(CodeListError) as raised:
        coded(written(tmp_path, text, name), scheme="things")
    assert raised.value.code == error


def test_skos_in_turtle(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <urn:l> a skos:ConceptScheme .
        <urn:l/1> a skos:Concept ; skos:inScheme <urn:l> ; skos:notation "1" ;
            skos:prefLabel "One"@en , "Un"@cy ; skos:altLabel "Single" .
        <urn:l/2> a skos:Concept ; skos:inScheme <urn:l> ; skos:notation "2" ;
            skos:prefLabel "Two"@en ; skos:broader <urn:l/1> ; skos:exactMatch <urn:m/b> .
        <urn:l/3> a skos:Concept ; skos:inScheme <urn:l> ; skos:prefLabel "Three"@en .
        """,
        "list.ttl",
    )
    found = coded(file, scheme="things")
    one, two = found.codes
    assert (one.labels, one.welsh) == (("One", "Single"), "Un")
    assert two.broader == ("https://w3id.org/justicegraph/code/things/1",)
    assert two.matches == ("urn:m/b", "urn:l/2")
    assert found.rejected == 1


# What each list of the samples holds: codes, rows that repeat one, rows without a code, schemes.
SAMPLES = {
    "case-law-courts.csv": (50, 5, 17, 1),
    "cjs/crest-disposal.json": (262, 427, 0, 1),
    "cjs/mode-of-trial-reason.json": (7, 2, 0, 1),
    "cjs/organisation-unit.json": (6410, 0, 0, 1),
    "cjs/plea-status.json": (7, 1, 0, 1),
    "cjs/result-code.json": (898, 0, 0, 1),
    "cjs/verdict.json": (4, 0, 1, 1),
    "cjs-offences.json": (15352, 0, 0, 1),
    "common-platform-application-types.json": (149, 1, 0, 1),
    "common-platform-result-definitions.json": (551, 0, 0, 1),
    "cps/document-types.csv": (412, 0, 0, 1),
    "financial-remedy-courts.json": (157, 0, 0, 1),
    "home-office-offence-codes.csv": (3039, 0, 0, 1),
    "immigration-detention-facilities.csv": (182, 0, 0, 1),
    "nomis-reference-codes.csv": (8699, 0, 0, 387),
    "nomis/movement-reasons.csv": (59, 0, 0, 1),
    "police/cjs-offence-to-home-office-class.csv": (1991, 0, 0, 1),
    "possession-grounds-and-types.csv": (116, 0, 0, 22),
    "xhibit/crown-courts.csv": (79, 0, 0, 1),
    "xhibit/system-codes.csv": (1241, 7, 0, 118),
}
# Files that are no code lists: they list fields, or have rows without any code.
REFUSED = {
    "cps/polaris-record-layouts.csv": "JG-COD-019",
    "ndtms-core-data-set-k-columns.csv": "JG-COD-019",
}
EMPTY = {"opal/write-off-codes.csv"}


def test_every_list_of_the_samples_is_imported_or_refused_for_its_reason(samples: Path) -> None:
    folder, found = samples / "codes", {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(file.relative_to(folder))
        if name in REFUSED:
            with pytest.raises(CodeListError) as error:
                coded(file, "some-list")
            assert error.value.code == REFUSED[name]
            continue
        made = coded(file)
        assert made.read == len(made.codes) + made.repeated + made.rejected, name
        assert bool(made.codes) != (name in EMPTY), name
        schemes = {each.scheme for each in made.codes}
        found[name] = (len(made.codes), made.repeated, made.rejected, len(schemes))
    assert {name: found[name] for name in SAMPLES} == SAMPLES
    assert not {each.file for each in published().values()} - set(found), "described, not there"


def test_what_lists_say_of_other_lists_is_kept(samples: Path) -> None:
    found = coded(samples / "codes" / "police" / "cjs-offence-to-home-office-class.csv")
    by_code = {each.notation: each for each in found.codes}
    # 01GL07017 has class 999/99: not classified, so no match.
    assert by_code["01GL07017"].scheme == "cjs-offence"
    assert by_code["01GL07017"].matches == ()
    assert by_code["CD71015"].matches == (
        "https://w3id.org/justicegraph/code/home-office-offence/05602",
    )
    alert = coded(samples / "codes" / "nomis-reference-codes.csv").codes
    care = next(
        each for each in alert if (each.scheme, each.notation) == ("nomis-alert-code", "AS")
    )
    assert care.broader == ("https://w3id.org/justicegraph/code/nomis-alert/A",)
