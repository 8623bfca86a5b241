"""A mapping drafted from an example: what it guesses, and that it can be tried as it is."""

from pathlib import Path

import pytest

from loaders import lint
from loaders.catalogue import read_mappings
from loaders.drafting import Guesser, draft, words
from loaders.errors import FileError
from loaders.examples import Field, guess_forms, read_example
from loaders.mapping_yaml import read_mapping
from ontology import Model

PRISONERS = """[
 {"offenderNo": "A1234BC", "dateOfBirth": "1980-02-01", "forename1": "Ann", "lastName": "Lee",
  "wing": "B", "movements": [
    {"movementId": 7, "movementDateTime": "2020-01-02T10:00:00", "toCity": "Leeds"}]},
 {"offenderNo": "A5678BC", "dateOfBirth": "1981-02-01", "forename1": "Bob", "lastName": "Day",
  "wing": "B", "movements": []}
]"""


def drafted(file: Path, tmp_path: Path) -> tuple[str, list[str]]:
    """The text of a draft, and the codes of what is wrong with it beside the absent dataset."""
    model = Model.default()
    text = draft(read_example(file), "wales/prisoners", model, read_mappings())
    mapping = tmp_path / "organisation" / "prisoners.yaml"
    mapping.parent.mkdir(exist_ok=True)
    mapping.write_text(text, encoding="utf-8")
    faults = lint.faults(read_mapping(mapping), model)
    return text, [str(fault) for fault in faults if "no dataset is called" not in str(fault)]


def test_words_of_names_in_every_spelling() -> None:
    assert (
        words("dateOfBirth")
        == words("date_of_birth")
        == words("Date of birth")
        == {"date", "birth"}
    )
    assert words("PNCId") == {"pnc", "id"}


def test_json_with_persons_and_their_movements(tmp_path: Path) -> None:
    file = tmp_path / "prisoners.json"
    file.write_text(PRISONERS)
    text, faults = drafted(file, tmp_path)
    assert faults == []
    lines = [line.partition("  #")[0].strip() for line in text.splitlines()]
    assert 'at: "[]"' in lines
    assert "key: [offenderNo]" in lines
    assert "class: PersonRecord" in lines
    assert "prisonerNumber: offenderNo" in lines
    assert "birthDate: {path: dateOfBirth, format: date}" in lines
    assert "familyName: lastName" in lines
    assert "at: movements[]" in [line.replace('"', "") for line in lines]
    assert "eventDate: {path: movementDateTime, format: london-date}" in lines
    assert "aboutPerson: {to: person-record}" in lines
    # What means nothing to the ontology is listed, not guessed; no value of a person is shown.
    assert any(line.startswith('"[].wing":') for line in lines)
    assert "Lee" not in text
    assert "A1234BC" not in text


def test_csv_with_dates_of_our_own(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "person_id,surname,date_of_birth,height\n1,Lee,01/02/1980,1.70\n2,Day,28/02/1981,1.8\n"
    )
    text, faults = drafted(file, tmp_path)
    assert faults == []
    assert 'columns: ["person_id", surname, "date_of_birth", height]' in text
    assert 'key: ["person_id"]' in text
    assert 'birthDate: {path: "date_of_birth", format: "%d/%m/%Y"}' in text
    assert "familyName: surname" in text
    assert '"height": "to review: decimal' in text


def test_a_field_fits_by_its_values_too() -> None:
    guesser = Guesser(Model.default(), read_mappings())
    dated = Field(("dateOfBirth",), ["1980-02-01"], 1)
    free = Field(("dateOfBirth",), ["first of May"], 1)
    guess_forms([dated, free])
    assert (dated.form, free.form) == ("date", None)
    assert next(guess.prop.name for guess in guesser.guesses(dated)) == "birthDate"
    assert "birthDate" not in [guess.prop.name for guess in guesser.guesses(free)]


def test_what_is_no_data_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"%PDF-1.7\n\x00\x01")
    with pytest.raises(FileError, match="JG-LOD-009"):
        read_example(file)


@pytest.mark.parametrize("text", ["[]", "3", "{}", "[[], []]"])
def test_an_example_without_fields_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "empty.json"
    file.write_text(text)
    with pytest.raises(FileError, match="JG-LOD-028"):
        read_example(file)


def test_every_sample_gives_a_draft_that_can_be_tried(samples: Path, tmp_path: Path) -> None:
    model, mappings = Model.default(), read_mappings()
    tried = 0
    for file in sorted(samples.glob("*/*")):
        if file.suffix not in (".json", ".csv", ".xml") or "schema" in file.name:
            continue
        try:
            example = read_example(file)
        except FileError:
            continue
        mapping = tmp_path / "organisation" / "draft.yaml"
        mapping.parent.mkdir(exist_ok=True)
        mapping.write_text(draft(example, "wales/draft", model, mappings), encoding="utf-8")
        wrong = [str(fault) for fault in lint.faults(read_mapping(mapping), model)]
        assert [each for each in wrong if "no dataset is called" not in each] == [], file.name
        tried += 1
    assert tried > 60
