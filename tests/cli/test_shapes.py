"""`justicegraph shapes`: rules explained, and files of shapes tried on loaded records."""

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import polars as pl
import pytest

from cli.main import main
from ontology import Model
from releases import Releases

Told = tuple[int, str, str]
Say = Callable[..., Told]
HEAD = """PREFIX jg: <https://w3id.org/justicegraph/ontology#>
PREFIX jgs: <https://w3id.org/justicegraph/shape/>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

jgs:PersonRecord a sh:NodeShape ;
    sh:targetClass jg:PersonRecord ;
    sh:property jgs:JG-PER-001 .
"""
BORN = """
jgs:JG-PER-001 a sh:PropertyShape ;
    sh:path jg:birthDate ;
    sh:minInclusive "1900-01-01"^^xsd:date ;
    sh:message "Born before 1900." ;
    sh:severity sh:Violation ;
    jg:code "JG-PER-001" ;
    jg:fix "Check the date of birth." .
"""
DAYS = {"old": dt.date(1890, 5, 1), "now": dt.date(1990, 5, 1), "late": dt.date(2150, 1, 1)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three persons; the product's JG-PER-001 warns of the one born in 2150."""
    model = Model.default()
    releases = Releases.open(tmp_path / "data", model)
    rows = [
        {
            "iri": f"https://justicegraph.example/id/PersonRecord/test/shapes/{name}",
            "class": "PersonRecord",
            "dataset": "test/shapes",
            "document": f"test/shapes/{name}",
            "version": "1",
            "hash": name,
            "familyName": "Okafor",
            "birthDate": day,
        }
        for name, day in DAYS.items()
    ]
    with releases.write() as writer:
        writer.put("PersonRecord", pl.DataFrame(rows))
        writer.commit({})
    return tmp_path / "data"


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run `justicegraph shapes ...`: (exit code, output, errors)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["justicegraph", "shapes", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return call


def wrote(folder: Path, text: str) -> Path:
    file = folder / "tried.ttl"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_shape_is_explained_by_code_and_by_iri(say: Say) -> None:
    code, said, _ = say("explain", "JG-PER-002")
    assert code == 0
    assert "birth date after its death date" in said
    assert "sh:lessThanOrEquals" in said
    assert "birthDate" in said
    assert "deathDate" in said
    assert "not measured" in said
    assert say("explain", "https://w3id.org/justicegraph/shape/JG-PER-002")[1] == said


def test_a_node_shape_is_explained_by_the_rules_it_gathers(say: Say) -> None:
    code, said, _ = say("explain", "PersonRecord", "--json")
    assert code == 0
    codes = [orjson.loads(line)["code"] for line in said.splitlines()]
    assert codes == [f"JG-PER-00{n}" for n in range(1, 8)]


def test_what_a_shape_costs_is_measured_on_what_is_loaded(say: Say, data: Path) -> None:
    code, said, _ = say("explain", "jg-per-001", "--data", data, "--json")
    told = orjson.loads(said)
    assert code == 0
    assert told["targets"] == ["targetClass PersonRecord"]
    assert told["records"] == 3
    assert told["seconds"] > 0
    bounds = {one["component"]: one for one in told["constraints"]}
    assert set(bounds) == {"minInclusive", "maxInclusive"}
    assert all(one["where"] == "columns" and one["expression"] for one in bounds.values())


def test_a_file_is_compared_with_the_product_s_shape_of_the_same_iri(
    say: Say, data: Path, tmp_path: Path
) -> None:
    file = wrote(tmp_path, HEAD + BORN)
    code, said, _ = say("check", file, "--data", data, "--json")
    assert code == 1
    *records, shape = map(orjson.loads, said.splitlines())
    assert (shape["kind"], shape["records"]) == ("shape", 3)
    assert (shape["known"], shape["new"], shape["gone"], shape["same"]) == (True, 1, 1, 0)
    changes = {one["iri"].rpartition("/")[2]: one for one in records}
    assert {name: one["change"] for name, one in changes.items()} == {"old": "new", "late": "gone"}
    assert changes["old"]["message"] == "Born before 1900."
    assert changes["old"]["value"] == "9999-99-99"


def test_people_see_a_table_and_no_date_of_birth(say: Say, data: Path, tmp_path: Path) -> None:
    code, said, _ = say("check", wrote(tmp_path, HEAD + BORN), "--data", data)
    assert code == 1
    assert "tried.ttl on 3 loaded records" in said
    assert "Who fails now, did not before" in said
    assert "9999-99-99" in said
    assert "1890" not in said


def test_a_shape_that_lets_more_through_ends_with_0(say: Say, data: Path, tmp_path: Path) -> None:
    looser = BORN.replace("1900", "1800")
    code, said, _ = say("check", wrote(tmp_path, HEAD + looser), "--data", data)
    assert code == 0
    assert "Who failed before, does not now" in said


def test_a_shape_the_product_does_not_have_is_new(say: Say, data: Path, tmp_path: Path) -> None:
    file = wrote(tmp_path, (HEAD + BORN).replace("JG-PER-001", "JG-TRY-001"))
    code, said, _ = say("check", file, "--data", data)
    assert code == 1
    assert "no such shape" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            HEAD + BORN.replace("birthDate", "birthDay"),
            "JG-LINT-020: {0} line 11: the ontology has no jg:birthDay",
        ),
        (HEAD + BORN.replace("jg:fix ", "jg:fix x "), "JG-ONT-001: {0} line 16 is not Turtle"),
        (HEAD + BORN.replace('jg:code "JG-PER-001" ;', ""), "JG-SHP-003: {0} line 8: "),
        (HEAD, "JG-CLI-019: {0} holds no shape"),
    ],
    ids=["unknown property", "bad Turtle", "no code", "nothing to report"],
)
def test_a_wrong_file_is_one_clear_line_with_its_place(
    text: str, told: str, say: Say, data: Path, tmp_path: Path
) -> None:
    file = wrote(tmp_path, text)
    code, said, error = say("check", file, "--data", data)
    assert code == 2
    assert said == ""
    assert len(error.strip().splitlines()) == 1
    assert told.format(file) in error


def test_an_unknown_shape_names_those_like_it(say: Say) -> None:
    code, _, error = say("explain", "JG-PER-01")
    assert code == 2
    assert "JG-CLI-018" in error
    assert "JG-PER-001" in error


def test_without_records_there_is_nothing_to_check(say: Say, tmp_path: Path) -> None:
    code, _, error = say("check", wrote(tmp_path, HEAD + BORN), "--data", tmp_path / "none")
    assert code == 2
    assert "JG-CLI-003" in error
