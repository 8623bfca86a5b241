"""A writer in another process: readers always see whole releases, kills at any moment hurt none."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import polars as pl
import pytest

from releases import Releases
from tests.conftest import ROOT
from tests.releases.conftest import TwoTables, records

# Each load adds one person and one case, so release n holds as many of both as were committed.
WRITER = """
    import sys
    from pathlib import Path
    from releases import Releases
    from tests.releases.conftest import TwoTables, records

    store = Releases.open(Path(sys.argv[1]), TwoTables())
    for number in range(int(sys.argv[2])):
        with store.write(wait=30) as writer:
            name = f"{writer.load}"
            writer.put("PersonRecord", records("PersonRecord", {"iri": name, "document": name}))
            writer.put("Case", records("Case", {"iri": name, "document": name}))
            print(writer.commit().number, flush=True)
"""


def writer(folder: Path, loads: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), str(loads)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def heights(store: Releases, release: int) -> tuple[int, int]:
    people, cases = (
        store.state(root, release, columns=["iri"]).collect().height for root in store.model.roots
    )
    return people, cases


def test_readers_see_whole_releases_while_another_process_writes(tmp_path: Path) -> None:
    store = Releases.open(tmp_path, TwoTables())
    with writer(tmp_path, 80) as process:
        seen: dict[int, tuple[int, int]] = {}
        while process.poll() is None:
            current = store.current
            if current:
                seen[current] = heights(store, current)
        assert process.returncode == 0
    assert seen
    assert {number: (number, number) for number in seen} == seen
    assert store.current == 80


@pytest.mark.soak
def test_kills_at_any_moment(tmp_path: Path) -> None:
    store = Releases.open(tmp_path, TwoTables())
    dice = random.Random(7)
    committed = 0
    for _ in range(40):
        with writer(tmp_path, 1_000) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0, 0.4))
            os.killpg(process.pid, signal.SIGKILL)
            process.stdout.read()
        live = [release.number for release in store.list()]
        assert len(live) > committed
        assert heights(store, store.current) == (len(live), len(live))
        committed = len(live)
    with writer(tmp_path, 1) as process:
        assert process.wait() == 0
    iris = [
        table.scan().select("iri").collect()["iri"].sort().to_list()
        for table in store._tables.values()
    ]
    assert iris[0] == iris[1]
    assert len(iris[0]) == committed + 1


def test_two_that_write_in_turn_see_what_the_other_wrote(store: Releases) -> None:
    """Whatever each keeps in memory of files, of logs and of the list of releases."""
    writers = [store, Releases.open(store.folder, TwoTables())]
    for number in range(30):
        mine, other = writers[number % 2], writers[(number + 1) % 2]
        with mine.write() as writer:
            assert mine.current == number
            # Asked by value, which looks rows up, and before and after an append.
            asked = pl.Series([f"k{each}" for each in range(number + 1)])
            found = mine.state("PersonRecord", where={"pncId": asked}, pending=writer).collect()
            assert sorted(found["iri"]) == sorted(f"p{each}" for each in range(number))
            row = {"iri": f"p{number}", "pncId": [f"k{number}"], "familyName": str(number)}
            writer.put("PersonRecord", records("PersonRecord", row))
            writer.commit()
            found = mine.state("PersonRecord", iris=[f"p{number}", "p0"]).collect()
            assert set(found["iri"]) == {f"p{number}", "p0"}
        assert other.current == number + 1
        assert other.changes("PersonRecord", number, number + 1).collect()["iri"].to_list() == [
            f"p{number}"
        ]
    store.undo(10)
    with writers[1].write() as writer:
        found = writers[1].state("PersonRecord", iris=["p9", "p10"], pending=writer).collect()
        assert found["iri"].to_list() == ["p9"]
