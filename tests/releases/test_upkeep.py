"""Many small loads: files and log stay few, content stays whole."""

import time

import pytest

from releases import Releases
from releases.table import Table
from tests.releases.conftest import Put, records


def files(store: Releases, name: str) -> int:
    return sum(1 for path in (store.folder / "tables" / name).rglob("*") if path.is_file())


def test_small_loads_do_not_pile_up_files(store: Releases, put: Put) -> None:
    for number in range(150):
        put("PersonRecord", {"iri": f"p{number}", "familyName": "Ash"})
    assert files(store, "PersonRecord") < 2 * 48 + 2 * 24
    assert store.state("PersonRecord").collect().height == 150
    assert store.state("PersonRecord", 75).collect().height == 75
    assert store.changes("PersonRecord", 100, 103).collect().height == 3


def test_a_frame_made_before_files_were_merged_can_still_be_read(store: Releases, put: Put) -> None:
    for number in range(60):
        put("PersonRecord", {"iri": f"p{number}"})
    early = store.state("PersonRecord")
    for number in range(60, 80):
        put("PersonRecord", {"iri": f"p{number}"})
    assert early.collect().height == 60


def test_tables_that_a_load_does_not_touch_are_not_opened(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1"})
    log = store.folder / "tables" / "PersonRecord" / "_delta_log" / f"{0:020d}.json"
    log.write_text("not a log")
    assert put("Case", {"iri": "c1"}) == 2


def test_a_small_load_tidies_one_table_a_large_one_all(
    store: Releases, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied: list[str] = []
    original = Table.tidy

    def tidy(table: Table) -> None:
        tidied.append(table.name)
        original(table)

    def load(number: int) -> list[str]:
        tidied.clear()
        with store.write() as writer:
            writer.put("PersonRecord", records("PersonRecord", {"iri": f"p{number}"}))
            writer.put("Case", records("Case", {"iri": f"c{number}"}))
            writer.commit()
        return list(tidied)

    monkeypatch.setattr(Table, "tidy", tidy)
    told = [load(number) for number in range(40)]
    assert max(map(len, told)) == 1
    assert {name for names in told for name in names} == {"PersonRecord", "Case"}
    for number in range(40, 60):
        put("PersonRecord", {"iri": f"p{number}"})
    monkeypatch.setattr("releases.table._MAX_LOG", 0)
    monkeypatch.setattr("releases.writer.FEW", 0)
    assert sorted(load(60)) == ["Case", "PersonRecord"]


@pytest.mark.soak
def test_a_thousand_single_message_loads(store: Releases, put: Put) -> None:
    started = time.perf_counter()
    for number in range(1_000):
        put("PersonRecord", {"iri": f"p{number}"})
        put("Case", {"iri": f"c{number}"})
    print(f"{(time.perf_counter() - started) / 2_000 * 1_000:.1f} ms a load of one table")
    assert files(store, "PersonRecord") < 2 * 48 + 2 * 24
    assert store.state("Case").collect().height == 1_000
