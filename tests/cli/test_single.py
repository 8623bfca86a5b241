"""One message, one process: it loads no more than it needs, and a thousand leave no heap."""

from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.single import measure, messages
from tests.cli.conftest import Run, last_line


def test_a_message_like_one_before_loads_no_rdf(
    run: Run, small_world: Path, tmp_path: Path
) -> None:
    """The shapes are compiled once a version, and pyshacl has judged their first rows by then."""
    cache = {"JUSTICEGRAPH_CACHE": str(tmp_path / "cache")}
    ((message, hearing, _),) = messages(small_world, 1)
    for nth, another in enumerate((hearing, str(uuid4()))):
        file = tmp_path / f"{nth}.json"
        file.write_bytes(message.replace(hearing.encode(), another.encode()))
        done = run("load", file, "--json", **cache, PYTHONPROFILEIMPORTTIME="1" if nth else "")
        assert done.returncode == 0, done.stderr
        assert last_line(done)["release"] == nth + 1
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"polars", "shapes.checker", "linkage.run"} <= loaded
    assert not {"rdflib", "pyshacl", "fastapi", "strawberry", "neo4j"} & loaded


@pytest.mark.soak
def test_a_thousand_messages_leave_no_heap_of_files(tmp_path: Path) -> None:
    """`measure` asserts that each was loaded, is in its journey, and how many files there are."""
    measured = measure(200, 1_000, tmp_path, None)
    assert measured["files_of_releases"] == 1_001
