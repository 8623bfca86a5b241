"""Killed between two tables, or before the release file: nothing of it is left."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from releases import LockHeldError, Releases
from tests.conftest import ROOT
from tests.releases.conftest import Put, TwoTables, records

SCRIPT = """
    import os, signal, sys
    from pathlib import Path
    import polars as pl
    from releases import Releases, ledger, table, writer
    from tests.releases.conftest import TwoTables, records

    folder, where = Path(sys.argv[1]), sys.argv[2]

    def die(*arguments, **named):
        os.kill(os.getpid(), signal.SIGKILL)

    def after(function, times):
        def call(*arguments, **named):
            nonlocal times
            result = function(*arguments, **named)
            times -= 1
            return result if times else die()
        return call

    if where == "between tables":
        table.Table.append = after(table.Table.append, 1)
    if where == "after all tables":
        table.Table.append = after(table.Table.append, 3)
    if where == "before the release file":
        ledger.Ledger.add = die
    if where == "after the release file":
        ledger.Ledger.add = after(ledger.Ledger.add, 1)
    if where == "inside an append":
        table.Table._write_file = after(table.Table._write_file, 1)
    if where == "inside an undo":
        ledger.Ledger.mark = after(ledger.Ledger.mark, 1)

    store = Releases.open(folder, TwoTables())
    if where == "inside an undo":
        store.undo(1)
    with store.write() as unit:
        unit.put("PersonRecord", records("PersonRecord", {"iri": "p9", "familyName": "Orphan"}))
        unit.put("Case", records("Case", {"iri": "c9", "urn": "orphan"}))
        unit.report(pl.DataFrame({"iri": ["p9"], "code": ["JG-9"]}))
        unit.commit()
"""


def killed(store: Releases, where: str) -> None:
    script = textwrap.dedent(SCRIPT)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(store.folder), where],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def content(store: Releases, release: int | None = None) -> list[object]:
    return [
        store.state(root, release).collect().sort("iri").to_dicts() for root in store.model.roots
    ]


def stored_iris(store: Releases) -> set[str]:
    """Every iri in any row, whatever its release."""
    return {
        iri
        for table in store._tables.values()
        for iri in table.scan().select("iri").collect()["iri"]
    }


@pytest.mark.parametrize(
    "where", ["between tables", "after all tables", "before the release file", "inside an append"]
)
def test_a_killed_load_leaves_no_row_behind(store: Releases, put: Put, where: str) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    put("Case", {"iri": "c1", "urn": "01AA"})
    before = content(store)
    killed(store, where)
    assert store.current == 2
    assert content(store) == before
    number = put("PersonRecord", {"iri": "p2", "familyName": "Birch"})
    assert number == 4
    assert stored_iris(store) == {"p1", "c1", "p2"}
    assert content(store, 2) == before
    assert store.findings().collect().is_empty()


def test_a_load_killed_after_its_release_file_is_there(store: Releases, put: Put) -> None:
    put("PersonRecord", {"iri": "p1", "familyName": "Ash"})
    killed(store, "after the release file")
    assert store.current == 2
    put("PersonRecord", {"iri": "p2", "familyName": "Birch"})
    assert stored_iris(store) == {"p1", "p9", "c9", "p2"}
    assert store.findings().collect()["code"].to_list() == ["JG-9"]


def test_a_killed_undo_is_finished_by_the_next_writer(store: Releases, put: Put) -> None:
    for iri in ("p1", "p2", "p3"):
        put("PersonRecord", {"iri": iri})
    before = content(store, 1)
    killed(store, "inside an undo")
    assert put("Case", {"iri": "c1"}) == 4
    assert [release.status for release in store.list()] == ["live", "undone", "undone", "live"]
    assert stored_iris(store) == {"p1", "c1"}
    assert content(store, 1) == before


def test_a_second_writer_is_told_who_writes(store: Releases) -> None:
    second = Releases.open(Path(store.folder), TwoTables())
    with store.write(), pytest.raises(LockHeldError, match=f"process {os.getpid()} on "):
        second.undo(0)
    with second.write(wait=1.0) as writer:
        writer.put("Case", records("Case", {"iri": "c1"}))
        assert writer.commit() is not None
