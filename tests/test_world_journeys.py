"""Journeys of world people hold exactly the tellings of the truth, where keys exist."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from api import Access, ApiSettings, open_engine
from cli.pipeline import Loaded, run_load
from cli.workspace import Workspace
from ontology.identifiers import record_iri
from tests.world.reading import rows
from world import generate

JOURNEY = """
query ($record: ID!) {
  journey(record: $record, status: [HAPPENED, PLANNED, CANCELLED]) {
    events { class date status reportedBy { dataset } }
  }
}
"""
Told = Counter[tuple[str, str, str, str]]  # dataset, event class, day, status


@dataclass(frozen=True)
class Truth:
    """What the world knows and the loader does not."""

    records: list[dict[str, Any]]
    tellings: list[dict[str, Any]]

    def people(self) -> Iterator[list[dict[str, Any]]]:
        """Records that published keys make one person: connected over equal keys."""
        parent = list(range(len(self.records)))

        def top(number: int) -> int:
            while parent[number] != number:
                number = parent[number]
            return number

        seen: dict[tuple[str, str], int] = {}
        for number, record in enumerate(self.records):
            for key in map(tuple, record["keys"]):
                first = seen.setdefault(key, number)
                parent[top(number)] = top(first)
        groups: dict[int, list[dict[str, Any]]] = {}
        for number, record in enumerate(self.records):
            groups.setdefault(top(number), []).append(record)
        yield from groups.values()

    def told_by(self) -> Mapping[tuple[str, str, str | None], Told]:
        """Tellings by (person, dataset, matter or None) as records of a dataset are kept.

        A dataset that names nobody tells of the people its system names in another.
        """
        by_matter = {r["dataset"] for r in self.records if r["matter"]}
        naming = {r["dataset"].partition("/")[0]: r["dataset"] for r in self.records}
        naming |= {r["dataset"]: r["dataset"] for r in self.records}
        told: dict[tuple[str, str, str | None], Told] = {}
        for telling in self.tellings:
            dataset = telling["dataset"]
            named = naming.get(dataset) or naming[dataset.partition("/")[0]]
            matter = telling["matter"] if named in by_matter else None
            event = (dataset, telling["event"], telling["day"], telling["status"])
            told.setdefault((telling["person"], named, matter), Counter())[event] += 1
        return told


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Truth, Workspace, Loaded]:
    folder = tmp_path_factory.mktemp("journeys")
    generate(250, 11, folder / "world")
    workspace = Workspace(folder / "data")
    report = run_load(workspace, [folder / "world" / "extracts"])
    truth = folder / "world" / "truth"
    return Truth(rows(truth / "records.jsonl"), rows(truth / "tellings.jsonl")), workspace, report


@pytest.fixture(scope="module")
def world(loaded: tuple[Truth, Workspace, Loaded]) -> tuple[Truth, Workspace]:
    return loaded[:2]


def test_every_link_finds_its_record_and_every_code_is_known(
    loaded: tuple[Truth, Workspace, Loaded],
) -> None:
    """What would wait, and why, is told in docs/world.md, "What waits"; nothing does."""
    _, _, loading = loaded
    assert [*loading.report.unresolved] == []
    assert [*loading.report.unknown] == []


def test_every_person_has_exactly_the_tellings_of_the_truth(
    world: tuple[Truth, Workspace],
) -> None:
    truth, workspace = world
    told = truth.told_by()
    engine = open_engine(
        workspace.releases,
        workspace.store,
        workspace.model,
        ApiSettings(folder=workspace.folder, base=workspace.settings.base),
    )
    people = list(truth.people())
    assert len(people) > 40
    assert max(len({r["dataset"].partition("/")[0] for r in p}) for p in people) == 11
    named = {r["dataset"] for r in truth.records if r["keys"]}
    assert {"leds/asn-query", "libra/case", "electronic-monitoring/device-wearers"} <= named
    wrong = []
    for records in people:
        assert len({record["person"] for record in records}) == 1, "keys join true persons only"
        expected: Told = Counter()
        for record in records:
            expected += told.get((record["person"], record["dataset"], record["matter"]), Counter())
        first = records[0]
        iri = record_iri(workspace.settings.base, "PersonRecord", first["dataset"], first["key"])
        answered = engine.answer(JOURNEY, {"record": iri}, Access.operator()).body
        assert "errors" not in answered, answered
        found: Told = Counter(
            (
                event["reportedBy"][0]["dataset"],
                event["class"],
                event["date"],
                event["status"].lower(),
            )
            for event in answered["data"]["journey"]["events"]
        )
        if found != expected:
            wrong.append((first["person"], iri, found - expected, expected - found))
    engine.audit.close()
    assert not wrong, wrong[:3]


def test_no_one_of_another_persons_records_is_in_a_journey(
    world: tuple[Truth, Workspace],
) -> None:
    """Each person thing holds records of one true person only."""
    truth, workspace = world
    base = workspace.settings.base
    owner = {
        record_iri(base, "PersonRecord", r["dataset"], r["key"]): r["person"] for r in truth.records
    }
    release = workspace.store.current()
    things = workspace.store.things(list(owner), "person", "medium", release)
    people: dict[str, set[str]] = {}
    for iri, thing in things.items():
        people.setdefault(thing, set()).add(owner[iri])
    assert len(things) == len(owner)
    assert [found for found in people.values() if len(found) > 1] == []
