"""One line a question, also for refused ones, and no value of a person in any of them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from api import Access
from api.audit import Audit, shape_hash
from tests.api.conftest import ADA, ANALYST, SECRETS, Place, Web

JOURNEY = """query Told($value: String!) {
  journey(identifier: {scheme: "pnc", value: $value}) { events { id } } }"""


def lines(place: Place) -> list[dict[str, Any]]:
    path = place.settings.folder / "audit.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_says_who_asked_what_and_how_much_they_got(place: Place) -> None:
    before = len(lines(place))
    place.data(JOURNEY, value="20040012345D")
    [line] = lines(place)[before:]
    assert line["document"] == shape_hash(parse(JOURNEY))
    shown = {name: line[name] for name in ("role", "operation", "release", "roots", "outcome")}
    assert shown == {
        "role": "operator",
        "operation": "Told",
        "release": 2,
        "roots": ["journey"],
        "outcome": "answered",
    }
    assert line["records"] > 6
    assert line["codes"] == []


def test_over_http_the_key_and_project_are_named(place: Place, web: Web) -> None:
    before = len(lines(place))
    web.ask("{ releases { number } }", place.keys["nomis"])
    [line] = lines(place)[before:]
    assert (line["project"], line["origin"]) == ("p2", "http")
    assert line["key"] == place.keys["nomis"].split("_")[1]
    assert place.keys["nomis"].split("_", 2)[2] not in str(line)


@pytest.mark.parametrize(
    ("document", "key", "outcome", "code"),
    [
        ("{", "operator", "rejected", "JG-API-001"),
        ("{ nothing }", "operator", "rejected", "JG-API-002"),
        ('{ record(iri: "x") { id } }', None, "refused", "JG-API-007"),
        ("{ releases { number } }", "wrong", "refused", "JG-API-008"),
        (
            JOURNEY.replace("$value: String!", '$value: String! = "x"'),
            "analyst",
            "refused",
            "JG-API-006",
        ),
        ("", "operator", "rejected", "JG-API-012"),
    ],
)
def test_refused_questions_have_their_line(
    place: Place, web: Web, document: str, key: str | None, outcome: str, code: str
) -> None:
    before = len(lines(place))
    web.ask(document, place.keys.get(key, "jg_0_0") if key else None)
    [line] = lines(place)[before:]
    assert (line["outcome"], line["codes"]) == (outcome, [code])


def test_no_value_of_a_person_is_in_the_log(place: Place, web: Web) -> None:
    for secret in SECRETS:
        place.ask(JOURNEY, value=secret)
        place.ask(JOURNEY, ANALYST, value=secret)
        place.ask(f'{{ record(iri: "{secret}") {{ id }} }}')
        place.ask(f"{{ {secret}")
        web.post("/graphql", content=secret)
        web.ask(f'query {{ person(identifier: {{scheme: "pnc", value: "{secret}"}}) {{ id }} }}')
    text = (place.settings.folder / "audit.jsonl").read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in text] == []


def test_the_document_s_hash_is_of_its_shape_and_the_values_hash_of_its_values(
    place: Place,
) -> None:
    before = len(lines(place))
    for value in ("a", "a", "b"):
        place.ask(f'{{ record(iri: "{value}") {{ id }} }} # {value}')
    first, second, third = lines(place)[before:]
    assert first["document"] == second["document"] == third["document"]
    assert first["values"] == second["values"] != third["values"]


def test_nothing_is_answered_that_cannot_be_logged(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    got = web.ask("{ catalogue { datasets { id } } }", place.keys["operator"])
    assert got.status_code == 503
    assert got.json()["errors"][0]["extensions"]["code"] == "JG-API-015"
    assert "data" not in got.json()


def test_two_writers_do_not_mix_their_lines(tmp_path: Path, place: Place) -> None:
    from api.audit import Entry

    entry = Entry(
        Access.operator(), None, "v" * 32, ADA, 1, ("record",) * 50, 1, 0.1, "answered", (), "x"
    )
    logs = [Audit(tmp_path), Audit(tmp_path)]
    for _ in range(200):
        for log in logs:
            log.write(entry)
    for log in logs:
        log.close()
    text = (tmp_path / "audit.jsonl").read_text(encoding="utf-8")
    assert len([json.loads(line) for line in text.splitlines()]) == 400
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0
