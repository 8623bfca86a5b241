"""The world is reproducible, plausible, and its truth stands apart from its extracts."""

import hashlib
from collections import Counter
from pathlib import Path

import orjson
import pytest
from lxml import etree

from ontology.errors import JusticeGraphError
from world import generate
from world.errors import RATES, written
from world.people import make_people, pnc_identifier


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def rows(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "w"
    generate(400, 7, out)
    return out


def test_the_same_seed_gives_the_same_bytes(world: Path, tmp_path: Path) -> None:
    generate(400, 7, tmp_path / "again")
    assert digest(world) == digest(tmp_path / "again")


def test_another_seed_gives_another_world(world: Path, tmp_path: Path) -> None:
    generate(400, 8, tmp_path / "other")
    assert digest(world) != digest(tmp_path / "other")


@pytest.mark.parametrize(
    ("pnc", "year", "serial"), [("2003/0062845E", 2003, 62845), ("1981/0154257C", 1981, 154257)]
)
def test_pnc_check_letters_are_those_of_published_examples(
    pnc: str, year: int, serial: int
) -> None:
    assert pnc_identifier(year, serial) == pnc


def test_identifiers_belong_to_one_person_each(world: Path) -> None:
    persons = rows(world / "truth" / "persons.jsonl")
    for scheme in ("pnc", "prisoner_number", "crn", "master_defendant_id"):
        values = Counter(p[scheme] for p in persons if p[scheme])
        assert values
        assert max(values.values()) == 1, scheme


def test_twins_share_birth_date_and_family_name_and_nothing_that_identifies() -> None:
    people = make_people(2000, 1)
    pairs = [(p, people[p.twin_of - 1]) for p in people if p.twin_of]
    assert len(pairs) > 10
    for twin, other in pairs:
        assert (twin.born, twin.family) == (other.born, other.family)
        assert twin.given != other.given


def test_errors_happen_about_as_often_as_they_are_said_to() -> None:
    people = make_people(4000, 3)
    for person in people:
        person.pnc = pnc_identifier(2020, person.number)
    for system, rates in RATES.items():
        told = [written(person, system, 3) for person in people]
        missing = sum(t.pnc is None for t in told) / len(told)
        assert missing == pytest.approx(rates.missing_pnc, abs=0.02)
        names = sum(
            (t.given, t.family) != (p.given, p.family) for t, p in zip(told, people, strict=True)
        )
        assert names / len(told) == pytest.approx(rates.misspelt, abs=0.012)


def test_every_telling_is_of_a_true_person_and_lies_in_an_extract(world: Path) -> None:
    persons = {p["key"] for p in rows(world / "truth" / "persons.jsonl")}
    tellings = rows(world / "truth" / "tellings.jsonl")
    assert {t["person"] for t in tellings} <= persons
    systems = {str(t["dataset"]).partition("/")[0] for t in tellings}
    assert systems == {path.name for path in (world / "extracts").iterdir()}


def test_the_world_has_what_makes_linkage_and_counting_hard(world: Path) -> None:
    matters = rows(world / "truth" / "matters.jsonl")
    assert any(len(m["defendants"]) > 1 for m in matters)  # type: ignore[arg-type]  # json
    assert any(str(d).startswith("C") for m in matters for d in m["defendants"])  # type: ignore[attr-defined]  # json
    messages = [
        orjson.loads(line)
        for path in (world / "extracts" / "common-platform").glob("*.jsonl")
        for line in path.read_bytes().splitlines()
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
    with pytest.raises(JusticeGraphError, match="JG-WLD-002"):
        generate(5, 1, tmp_path)
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == "mine"


def test_no_persons_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(JusticeGraphError, match="JG-WLD-001"):
        generate(0, 1, tmp_path / "w")
