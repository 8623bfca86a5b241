"""`map new` and `map try`: from an example to a mapping that is tried, without Python."""

import json
from pathlib import Path

from tests.cli.conftest import Run

PEOPLE = "person_id,surname,date_of_birth,height\n1,Lee,01/02/1980,1.70\n2,Day,31/02/1981,1.8\n"


def test_a_draft_is_written_and_tried_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("31/02", "28/02"))
    made = run("map", "new", "people.csv", "--source", "wales/people", "--out", "people.yaml")
    assert made.returncode == 0
    assert "catalogue/dataset/wales/people" in made.stderr
    tried = run("map", "try", "people.csv", "--mapping", "people.yaml", "--json")
    assert tried.returncode == 0
    told = [json.loads(line) for line in tried.stdout.splitlines()]
    records = [each for each in told if each["kind"] == "record"]
    assert {each["familyName"]: each["birthDate"] for each in records} == {
        "Lee": "1980-02-01",
        "Day": "1981-02-28",
    }
    # Nothing is kept: no data folder was made.
    assert sorted(file.name for file in tmp_path.iterdir()) == ["people.csv", "people.yaml"]


def test_what_would_be_refused_is_shown_with_its_fix(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("31/02", "28/02"))
    run("map", "new", "people.csv", "--source", "wales/people", "--out", "people.yaml")
    (tmp_path / "people.csv").write_text(PEOPLE)
    tried = run("map", "try", "people.csv", "--mapping", "people.yaml", "--json")
    told = [json.loads(line) for line in tried.stdout.splitlines()]
    assert [each["loaded"] for each in told if each["kind"] == "counts"] == [1]
    (finding,) = (each for each in told if each["kind"] == "finding")
    assert finding["path"] == "row 3"
    assert "birthDate" in finding["message"]
    # As it is shown, a birth date is masked.
    assert finding["value"] == "99/99/9999"


def test_wrong_calls_say_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert "JG-CLI-016" in run("map", "new", "people.csv", "--source", "people").stderr
    (tmp_path / "there.yaml").write_text("")
    there = run("map", "new", "people.csv", "--source", "a/b", "--out", "there.yaml")
    assert there.returncode == 2
    assert "JG-CLI-017" in there.stderr
    broken = tmp_path / "broken.yaml"
    broken.write_text("source: a/b\nformat: csv\n")
    wrong = run("map", "try", "people.csv", "--mapping", "broken.yaml")
    assert wrong.returncode == 2
    assert "broken.yaml:1:1" in wrong.stderr
    unknown = run("map", "try", "people.csv")
    assert unknown.returncode == 1
    assert "no mapping recognises its columns" in unknown.stdout
