"""Mappings that are wrong say where, and what was probably meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loaders import catalogue, lint
from loaders.catalogue import FOLDER, read_mappings
from loaders.errors import MappingError
from loaders.mapping import SourceMapping
from loaders.mapping_yaml import read_mapping
from ontology.model import Model
from tests.loaders.conftest import HEARINGS

Read = Callable[[str], SourceMapping]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("evidence: V", "evidense: V", 4, "Did you mean 'evidence'?"),
        ("evidence: V", "evidence: X", 4, "One of V, S, C, I."),
        ("evidence: V", "contract: {max_rejected: 2%}", 4, "max_rejected is not a share. Write a"),
        ("evidence: V", "contract: {max_rejected: 2}", 4, "Write a number from 0 to 1."),
        ("evidence: V", "contract: {max_rejcted: 0.02}", 4, "Did you mean 'max_rejected'?"),
        ("format: json", "format: jsn", 3, "Did you mean 'json'?"),
        ("at: hearing.cases[]", "at: hearing..cases[]", 19, "a dot without a key"),
        ("caseStatus: status", "caseStatus: status\n      caseStatus: x", 24, "stands twice"),
        ("key: [hearing.id]", "key: [hearing.id", 9, "not YAML"),
        ("format: london-date", "format: london", 14, "Did you mean 'london-date'?"),
        ("at: defendants[]", "at: defendants[]\n        wen: {}", 28, "Did you mean 'when'?"),
        ("{to: case}", "{to: case, dataset: nomis/movements}", 42, "needs key:"),
        ("gender, codes", "gender, const: M, codes", 34, "2 sources of a value"),
    ],
)
def test_what_cannot_be_parsed(mapping: Read, old: str, new: str, line: int, told: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapping(HEARINGS.replace(old, new, 1))
    assert told in str(caught.value)
    assert f"source.yaml:{line}:" in caught.value.where


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("common-platform/hearing-resulted", "common-platform/hearing-result", "no dataset"),
        ("class: PersonRecord", "class: PersonRecrd", "Did you mean 'PersonRecord'?"),
        ("givenName:", "givenNam:", "Did you mean 'givenName'?"),
        ("birthDate:", "eventDate:", "PersonRecord has no eventDate"),
        ("codes: cp-gender", "codes: cp-gendre", "Did you mean 'cp-gender'?"),
        ("{const: happened}", "{const: hapened}", "Did you mean 'happened'?"),
        ("{to: case}", "{to: cas}", "Did you mean 'case'?"),
        ("{to: person}", "{to: case}", "party does not lead to CriminalCase"),
        ("{to: person}", "name.first", "party is a link"),
        ("birth\n", "{to: case}\n", "birthDate is no link"),
        ("birthDate: birth", "birthDate: {path: birth, format: boolean}", "gives no date"),
        ("{to: defendant, all: true}", "{to: defendant}", "not in scope"),
        ("inCase: {to: case}", "inCase: {to: Cas, key: [a]}", "Did you mean 'Case'?"),
        ("inCase: {to: case}", "inCase: {to: case, key: [a, b]}", "has 1 key parts, not 2"),
        ("    key: [id]\n", "", "made several times a document, but has no key"),
        ("recognise: {paths: [hearing.id]}", "", "nothing recognises its files"),
    ],
)
def test_names_that_mean_nothing(
    mapping: Read, model: Model, old: str, new: str, told: str
) -> None:
    found = [str(fault) for fault in lint.faults(mapping(HEARINGS.replace(old, new, 1)), model)]
    assert any(told in fault for fault in found), found


def test_the_small_source_has_no_fault(mapping: Read, model: Model) -> None:
    assert lint.faults(mapping(HEARINGS), model) == []


def test_every_mapping_of_the_project_agrees_with_the_ontology(model: Model) -> None:
    mappings = read_mappings()
    assert [str(fault) for each in mappings for fault in lint.faults(each, model)] == []


def test_blocks_of_another_file_stand_where_they_are_included(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "party.yaml").write_text(
        "- record: person\n  class: PersonRecord\n  at: people[]\n  key: [id]\n"
    )
    file = tmp_path / "source.yaml"
    file.write_text(
        "source: a/b\nformat: json\ndocument: {key: [id]}\n"
        "records:\n  - {include: blocks/party.yaml, at: court}\n"
    )
    block = read_mapping(file).blocks[0]
    assert (block.at.steps, str(block.where)) == (
        ("court", "people", None),
        f"{tmp_path}/blocks/party.yaml:1:3",
    )
    file.write_text(file.read_text().replace("party", "absent"))
    with pytest.raises(MappingError, match=r"source\.yaml:5:5: no file 'blocks/absent.yaml'"):
        read_mapping(file)


def test_a_mapping_may_not_take_what_must_never_be_stored(mapping: Read, model: Model) -> None:
    never = [name for name, prop in model.properties.items() if prop.sensitivity == "never"]
    for name in never:
        text = HEARINGS.replace("givenName: name.first", f"{name}: name.first")
        found = [str(fault) for fault in lint.faults(mapping(text), model)]
        assert any("must never be stored" in fault for fault in found)


def test_kept_mappings_are_those_that_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUSTICEGRAPH_CACHE", str(tmp_path))
    # As a process that never read them.
    monkeypatch.setattr(catalogue, "_ours", catalogue._ours.__wrapped__)
    assert list(tmp_path.iterdir()) == []
    assert read_mappings() == read_mappings(FOLDER)
    assert len(list(tmp_path.iterdir())) == 1
    kept = read_mappings()
    assert kept == read_mappings(FOLDER)
    assert [list(mapping.walk()) for mapping in kept] == [
        list(mapping.walk()) for mapping in read_mappings(FOLDER)
    ]


def test_a_process_that_stays_notices_an_edited_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    file = tmp_path / "lab" / "hearings.yaml"
    file.parent.mkdir()
    file.write_text(HEARINGS)
    (before,) = read_mappings()
    (same,) = read_mappings()
    assert same is before
    file.write_text(HEARINGS + "\n# edited\n")
    (after,) = read_mappings()
    assert after is not before
    file.unlink()
    assert read_mappings() == []
