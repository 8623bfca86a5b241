"""The world is reproducible, and its truth stands apart from its extracts."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from tests.conftest import ROOT
from tests.world.reading import rows
from world import WorldError, generate
from world.dictionary import DICTIONARY
from world.errors import written
from world.people import (
    CRO_FACTOR,
    CRO_MODULUS,
    PNC_FACTOR,
    PNC_MODULUS,
    pnc_identifier,
    scattered,
)
from world.population import populate
from world.settings import assumptions, systems
from world.systems import SYSTEMS

SIZE = 1100  # two full neighbourhoods and a small one


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "w"
    generate(SIZE, 7, out)
    return out


def test_two_processes_make_the_same_bytes_as_one(world: Path, tmp_path: Path) -> None:
    generate(SIZE, 7, tmp_path / "again", workers=2)
    assert files(world) == files(tmp_path / "again")


def test_another_seed_gives_another_world(world: Path, tmp_path: Path) -> None:
    generate(SIZE, 8, tmp_path / "other")
    here, there = files(world), files(tmp_path / "other")
    for name in DICTIONARY:
        assert here[f"truth/{name}.jsonl"] != there[f"truth/{name}.jsonl"]


def test_a_run_that_was_stopped_is_finished_with_the_same_bytes(
    world: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stopped"

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(SIZE, 7, out, progress=stop)
    assert not (out / "truth").exists()
    left: list[int] = []
    generate(SIZE, 7, out, resume=True, progress=lambda done, _: left.append(done))
    assert left == [3], "neighbourhoods that were done are not made again"
    assert files(out) == files(world)
    assert generate(SIZE, 7, out, resume=True).persons == SIZE, "a finished world is left alone"


def test_a_run_that_was_killed_is_finished_by_another_number_of_processes(
    world: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "world", "--persons", str(SIZE), "--seed", "7"]
    run = subprocess.Popen(
        [*command, "--out", str(out), "--workers", "2"], cwd=ROOT, start_new_session=True
    )
    while not list(out.glob(".cells/*.zip")) and run.poll() is None:
        time.sleep(0.005)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL, "it was killed before it ended"
    generate(SIZE, 7, out, resume=True)
    assert files(out) == files(world)


def test_another_world_is_not_resumed(world: Path) -> None:
    before = files(world)
    with pytest.raises(WorldError, match="JG-WLD-003"):
        generate(SIZE, 8, world, resume=True)
    assert files(world) == before


def test_leaving_a_system_out_changes_no_other(world: Path, tmp_path: Path) -> None:
    generate(SIZE, 7, tmp_path / "w", systems=["nomis", "police-spi"])
    here, there = files(world), files(tmp_path / "w")
    assert {path.name for path in (tmp_path / "w" / "extracts").iterdir()} == {
        "nomis",
        "police-spi",
    }
    assert [n for n in there if n.startswith("extracts") and there[n] != here[n]] == []


def test_the_world_is_made_without_the_rest_of_the_product(tmp_path: Path) -> None:
    script = (
        "import runpy, sys\n"
        "sys.argv = ['world', '--persons', '20', '--seed', '3', '--out', sys.argv[1]]\n"
        "try:\n"
        "    runpy.run_module('world', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as done:\n"
        "    assert done.code == 0\n"
        "mine = {'ontology', 'loaders', 'graph', 'api', 'cli', 'polars', 'rdflib'}\n"
        "sys.exit(sorted(mine & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "w")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path / "w" / "truth" / "persons.jsonl")) == 20


@pytest.mark.parametrize(
    ("pnc", "year", "serial"), [("2003/0062845E", 2003, 62845), ("1981/0154257C", 1981, 154257)]
)
def test_pnc_check_letters_are_those_of_published_examples(
    pnc: str, year: int, serial: int
) -> None:
    assert pnc_identifier(year, serial) == pnc


def test_identifiers_belong_to_one_person_each(world: Path) -> None:
    persons = rows(world / "truth" / "persons.jsonl")
    for scheme in ("key", "pnc", "cro", "prisoner_number", "crn", "master_defendant_id"):
        values = Counter(p[scheme] for p in persons if p[scheme])
        assert values
        assert max(values.values()) == 1, scheme


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("matters", "matter"),
        ("crimes", "crime"),
        ("custody", "booking"),
        ("supervision", "id"),
        ("fines", "account"),
        ("family_cases", "case"),
        ("civil_claims", "claim"),
    ],
)
def test_numbers_of_cases_are_given_once(world: Path, name: str, key: str) -> None:
    values = [row[key] for row in rows(world / "truth" / f"{name}.jsonl")]
    assert values
    assert len(set(values)) == len(values)


def test_identifiers_of_far_apart_people_differ() -> None:
    numbers = [1, 2, 500, 501, 23 * 9000, 899_999, 900_000, 1_000_000, 5_999_999]
    people = [populate(0, 1, 1, assumptions()).people[0] for _ in numbers]
    for person, number in zip(people, numbers, strict=True):
        person.number = number
        person.meet_police(person.born)
        person.meet_prison()
        person.meet_probation()
    for scheme in ("pnc", "cro", "prisoner_number", "crn"):
        assert len({getattr(p, scheme) for p in people}) == len(people), scheme


@pytest.mark.parametrize(
    ("factor", "modulus", "digits"),
    [(PNC_FACTOR, PNC_MODULUS, "12345678"), (CRO_FACTOR, CRO_MODULUS, "012345678")],
)
def test_nobody_s_serial_is_one_digit_repeated(factor: int, modulus: int, digits: str) -> None:
    """Linkage takes such numbers for placeholders; the few persons who would bear one do not."""
    width = len(str(modulus))
    numbers = [int(d * width) * pow(factor, -1, modulus) % modulus or modulus for d in digits]
    serials = [scattered(number, factor, modulus) for number in numbers]
    assert len(set(serials)) == len(digits)
    for serial in serials:
        assert modulus <= serial < 10**width - 1, "nobody else's, and not all nines"


def test_nobody_s_case_reference_number_is_one_digit_repeated() -> None:
    person = populate(0, 1, 1, assumptions()).people[0]
    given = []
    for digit in "123456789":
        person.crn, person.number = None, int(digit * 6) - 100_000
        person.meet_probation()
        given.append(person.crn)
    assert given == [f"X00000{digit}" for digit in "123456789"]


def test_twins_share_birth_date_and_first_family_name_and_nothing_that_identifies() -> None:
    people = {
        p.number: p for cell in range(8) for p in populate(cell, 500, 1, assumptions()).people
    }
    pairs = [(p, people[p.twin_of]) for p in people.values() if p.twin_of]
    assert len(pairs) > 10
    for twin, other in pairs:
        assert (twin.born, twin.names[0][1]) == (other.born, other.names[0][1])
        assert twin.given != other.given


def test_errors_happen_about_as_often_as_they_are_said_to() -> None:
    people = [p for cell in range(8) for p in populate(cell, 500, 3, assumptions()).people]
    for person in people:
        person.pnc = pnc_identifier(2020, person.number)
    for system in SYSTEMS:
        rates = systems()[system]
        told = [written(person, system, 3) for person in people]
        missing = sum(t.pnc is None for t in told) / len(told)
        assert missing == pytest.approx(rates.missing_pnc, abs=0.02)
        names = sum(
            (t.given, t.family) != (p.given, p.family) for t, p in zip(told, people, strict=True)
        )
        assert names / len(told) == pytest.approx(rates.misspelt, abs=0.012)


def test_every_system_has_settings_and_no_other() -> None:
    assert list(systems()) == list(SYSTEMS)


def test_every_telling_is_of_a_true_person_and_lies_in_an_extract(world: Path) -> None:
    persons = {p["key"] for p in rows(world / "truth" / "persons.jsonl")}
    tellings = rows(world / "truth" / "tellings.jsonl")
    assert {t["person"] for t in tellings} <= persons
    told = {t["dataset"].partition("/")[0] for t in tellings}
    assert told <= {path.name for path in (world / "extracts").iterdir()} == set(SYSTEMS)


def test_nothing_is_told_that_a_system_does_not_cover(world: Path) -> None:
    happened = [t for t in rows(world / "truth" / "tellings.jsonl") if t["event"] == "Appearance"]
    assert happened
    for telling in happened:
        settings = systems()[telling["dataset"].partition("/")[0]]
        assert str(settings.start) <= telling["day"] <= str(settings.end)


def test_every_key_in_the_truth_leads_somewhere(world: Path) -> None:
    truth = {name: rows(world / "truth" / f"{name}.jsonl") for name in DICTIONARY}
    people = {p["key"]: p for p in truth["persons"]}
    parties = set(people) | {c["key"] for c in truth["companies"]}
    matters = {m["matter"] for m in truth["matters"]}
    crimes = {c["crime"] for c in truth["crimes"]}
    for person in people.values():
        for kin in ("mother", "father", "partner", "twin_of"):
            assert person[kin] is None or person[kin] in people
        for parent in (person["mother"], person["father"]):
            assert parent is None or people[parent]["born"] < person["born"]
    for crime in truth["crimes"]:
        assert set(crime["victims"]) | set(crime["suspects"]) <= parties
        assert crime["matter"] is None or crime["matter"] in matters
        assert not set(crime["victims"]) & set(crime["offenders"])
    for matter in truth["matters"]:
        assert set(matter["defendants"]) <= parties
        assert {c["crime"] for c in matter["charges"]} - {None} <= crimes
    for name in ("custody", "supervision", "tags", "fines"):
        assert {row["matter"] for row in truth[name]} <= matters


def test_the_dead_do_nothing(world: Path) -> None:
    truth = {name: rows(world / "truth" / f"{name}.jsonl") for name in DICTIONARY}
    died = {p["key"]: p["died"] for p in truth["persons"] if p["died"]}
    assert died
    for crime in truth["crimes"]:
        for person in crime["offenders"] + crime["victims"]:
            assert crime["committed"] < died.get(person, "9")
    for spell in truth["custody"]:
        assert spell["movements"][-1]["day"] <= died.get(spell["person"], "9")
    for claim in truth["civil_claims"]:
        for person in claim["defendants"]:
            assert claim["events"][0][0] < died.get(person, "9")
    for matter in truth["matters"]:
        for charge in matter["charges"]:
            assert (charge["verdict_day"] or "") < died.get(charge["defendant"], "9")


def test_nobody_is_in_two_prisons_or_offends_inside(world: Path) -> None:
    inside: dict[str, list[tuple[str, str]]] = {}
    for spell in rows(world / "truth" / "custody.jsonl"):
        moves = [m for m in spell["movements"] if m["reason"] != "INT"]
        for entry, leave in zip(moves[::2], moves[1::2], strict=True):
            assert (entry["type"], leave["type"]) == ("ADM", "REL")
            inside.setdefault(spell["person"], []).append((entry["day"], leave["day"]))
    assert max(map(len, inside.values())) > 2
    for spells in inside.values():
        spells.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(spells))
    for crime in rows(world / "truth" / "crimes.jsonl"):
        for person in crime["offenders"]:
            assert not [s for s in inside.get(person, []) if s[0] < crime["committed"] < s[1]]


def test_the_world_has_what_makes_linkage_and_counting_hard(world: Path) -> None:
    truth = {name: rows(world / "truth" / f"{name}.jsonl") for name in DICTIONARY}
    assert any(len(m["defendants"]) > 1 for m in truth["matters"])
    assert any(d.startswith("C") for m in truth["matters"] for d in m["defendants"])
    victims = {v for crime in truth["crimes"] for v in crime["victims"]}
    suspects = {s for crime in truth["crimes"] for s in crime["suspects"]}
    assert len(victims & suspects) > 20
    persons = truth["persons"]
    for trait in ("twin_of", "died", "aliases"):
        assert any(p[trait] for p in persons), trait
    known = [p for p in persons if p["pnc"]]
    assert any(len(p["names"]) > 1 for p in known)
    assert any(len(p["homes"]) > 3 for p in known)
    messages = [
        row for p in (world / "extracts" / "common-platform").glob("*.jsonl") for row in rows(p)
    ]
    hearings = Counter(m["hearing"]["id"] for m in messages)
    assert max(hearings.values()) == 2, "some hearings are shared again"


def test_spi_messages_are_the_documents_they_say_they_are(world: Path) -> None:
    for system, name in (
        ("police-spi", "NewCaseMessage"),
        ("court-results-spi", "ResultedCaseMessage"),
    ):
        paths = list((world / "extracts" / system).rglob("*.xml"))
        assert paths
        assert {etree.QName(etree.parse(p).getroot()).localname for p in paths} == {name}


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(WorldError, match="JG-WLD-002"):
        generate(5, 1, tmp_path)
    with pytest.raises(WorldError, match="JG-WLD-003"):
        generate(5, 1, tmp_path, resume=True)
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("persons", [0, 6_000_001])
def test_too_few_or_too_many_persons_are_an_error(tmp_path: Path, persons: int) -> None:
    with pytest.raises(WorldError, match="JG-WLD-001"):
        generate(persons, 1, tmp_path / "w")


def test_an_unknown_system_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="JG-WLD-006"):
        generate(5, 1, tmp_path / "w", systems=["nomis", "norman"])


@pytest.mark.parametrize("content", ["[court]\n", "not toml", ""])
def test_a_bad_file_of_assumptions_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WorldError, match="JG-WLD-004"):
        generate(5, 1, tmp_path / "w", given=path)
