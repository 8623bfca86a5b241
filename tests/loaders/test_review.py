"""The review of mappings against samples."""

import json
from pathlib import Path

import pytest

from loaders.coverage import leaves, matches, pattern_of
from loaders.review import names_used, review
from ontology.model import Model
from tests.loaders.conftest import HEARINGS, case, defendant, hearing

LISTED = HEARINGS.replace("format: json", "format: json\nsamples: ['*.json']", 1)


def _codes(model: Model, folder: Path, text: str, *messages: object) -> list[tuple[str, str]]:
    organisation = folder / "mappings" / "court"
    organisation.mkdir(parents=True)
    (organisation / "source.yaml").write_text(text)
    samples = folder / "samples"
    samples.mkdir()
    for number, message in enumerate(messages):
        (samples / f"{number}.json").write_text(json.dumps(message))
    found = review(model, samples, [folder / "mappings"])
    return [(finding.code, finding.message) for finding in found.findings]


WHOLE = hearing(
    "h1",
    "2024-05-01T10:00:00Z",
    judge={"name": "x"},
    cases=[case("c1", defendant("d1", birth="1985-01-01", gender="MALE", pncs=["p"]), status="A")],
)


def test_a_mapping_that_agrees_with_its_samples(model: Model, tmp_path: Path) -> None:
    assert _codes(model, tmp_path, LISTED, WHOLE) == []


def test_a_place_that_nobody_reviewed(model: Model, tmp_path: Path) -> None:
    message = {**WHOLE, "extra": {"note": ["x"]}}
    assert _codes(model, tmp_path, LISTED, WHOLE, message) == [
        (
            "JG-MAP-023",
            "extra.note is in the samples, but neither mapped nor listed under unmapped:",
        )
    ]


def test_an_omission_that_is_no_longer_in_the_samples(model: Model, tmp_path: Path) -> None:
    text = LISTED + '  hearing.clerk.**: "never: clerks"\n'
    assert _codes(model, tmp_path, text, WHOLE) == [
        ("JG-MAP-024", "hearing.clerk.** is listed as unmapped, but in no sample")
    ]


def test_a_mapping_may_say_that_nobody_publishes_a_sample(model: Model, tmp_path: Path) -> None:
    none = HEARINGS.replace("format: json", "format: json\nsamples: []", 1)
    assert _codes(model, tmp_path, none) == []


def test_samples_that_are_not_there_or_not_readable(model: Model, tmp_path: Path) -> None:
    assert [code for code, _ in _codes(model, tmp_path, HEARINGS)] == ["JG-MAP-020"]
    (tmp_path / "other").mkdir()
    assert [code for code, _ in _codes(model, tmp_path / "other", LISTED, {"x": 1})] == [
        "JG-MAP-021",
        "JG-MAP-024",
    ]


def test_a_broken_mapping_is_a_finding_and_not_a_crash(model: Model, tmp_path: Path) -> None:
    broken = LISTED.replace("givenName:", "givenNam:").replace("class: Hearing", "class: Hering")
    codes = _codes(model, tmp_path, broken, WHOLE)
    assert [code for code, _ in codes] == ["JG-MAP-010", "JG-MAP-010"]


def test_every_mapping_of_the_project_agrees_with_the_samples(model: Model, samples: Path) -> None:
    found = review(model, samples)
    assert [f"{each.where}: {each.message}" for each in found.findings] == []
    assert found.samples >= 40
    assert {column.evidence for column in found.columns} <= {"V", "S", "C", "I"}


def test_identities_that_must_not_be_stored_are_listed_as_such() -> None:
    reasons = [each for each in review(Model.default()).omissions if "never:" in each.reason]
    listed = " ".join(each.pattern.lower() for each in reasons)
    for role in ("judiciary", "clerk", "counsel", "officer"):
        assert role in listed


def test_names_used_say_where() -> None:
    used = names_used()
    assert used["Incident"].rpartition("/")[2].startswith("street-crime.yaml:")


@pytest.mark.parametrize(
    ("pattern", "leaf", "covered"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.**", "a", True),
        ("a.**", "a.b.c", True),
        ("**.clerk.**", "x.y.clerk.name", True),
        ("**.clerk.**", "clerk", True),
        ("a[].b", "a.b", True),
        ("a.*Counsels.**", "a.defenceCounsels.name", True),
        ("a.*", "a.b.c", False),
    ],
)
def test_what_a_pattern_covers(pattern: str, leaf: str, *, covered: bool) -> None:
    assert matches(tuple(leaf.split(".")), pattern_of(pattern)) is covered


def test_leaves_are_places_of_values_and_of_what_is_empty() -> None:
    assert set(leaves({"a": [{"b": 1}, {"b": 2, "c": []}], "d": {}})) == {
        ("a", "b"),
        ("a", "c"),
        ("d",),
    }


def test_a_json_schema_stands_for_the_messages_it_allows(model: Model, tmp_path: Path) -> None:
    text = {"type": "string"}
    person = {
        "type": "object",
        "properties": {
            "id": text,
            "name": {"properties": {"first": text, "last": text}},
            "birth": {"anyOf": [text, {"type": "null"}]},
            "gender": text,
            "pncs": {"type": "array", "items": text},
            "partner": {"$ref": "#/definitions/person"},
        },
    }
    case = {"allOf": [{"properties": {"id": text}}, {"properties": {"status": text}}]}
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"person": person, "elsewhere": {"$ref": "https://x.example/other.json"}},
        "oneOf": [
            {
                "properties": {
                    "sharedTime": text,
                    "hearing": {
                        "properties": {
                            "id": text,
                            "day": {"$ref": "#/definitions/elsewhere"},
                            "judge": {"properties": {"name": text}},
                            "cases": {
                                "items": {
                                    "allOf": [
                                        case,
                                        {
                                            "properties": {
                                                "defendants": {
                                                    "items": {"$ref": "#/definitions/person"}
                                                }
                                            }
                                        },
                                    ]
                                }
                            },
                        }
                    },
                }
            },
            {"properties": {"other": {"properties": {"id": text}}}},
        ],
    }
    places = ("hearing.cases.defendants.partner", "other.id")
    assert _codes(model, tmp_path, LISTED, schema) == [
        ("JG-MAP-023", f"{place} is in the samples, but neither mapped nor listed under unmapped:")
        for place in places
    ]
