"""A forgotten person leaves no byte: not in a table, a release, the graph, or a list."""

import re
from pathlib import Path

import pytest

from cli.erasing import erase
from cli.pipeline import run_load
from cli.workspace import Workspace
from graph import project
from graph.opening import open_store
from tests.world.reading import truth
from world import generate


@pytest.fixture
def loaded(tmp_path: Path) -> tuple[Workspace, dict[str, str]]:
    """A small world in two releases, and a supervised ex-prisoner of it."""
    generate(60, 13, tmp_path / "world")
    workspace = Workspace(tmp_path / "data")
    extracts = tmp_path / "world" / "extracts"
    run_load(workspace, [extracts / "nomis", extracts / "delius"])
    run_load(workspace, [extracts])
    person = next(
        p for p in truth(tmp_path / "world", "persons") if p["crn"] and p["prisoner_number"]
    )
    return workspace, person


def files_with(folder: Path, words: list[str]) -> set[tuple[str, str]]:
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in words))
    return {
        (str(path.relative_to(folder)), found[0].decode())
        for path in folder.rglob("*")
        if path.is_file() and (found := pattern.search(path.read_bytes()))
    }


def test_no_byte_is_left(loaded: tuple[Workspace, dict[str, str]]) -> None:
    workspace, person = loaded
    keys = [person["crn"], person["prisoner_number"], person["pnc"], person["master_defendant_id"]]
    assert files_with(workspace.folder, keys)
    iri = f"{workspace.settings.base}PersonRecord/nomis/prisoner-search/{person['prisoner_number']}"
    release = workspace.store.current()
    thing = workspace.store.things([iri], "person", "medium", release)[iri]
    count, report = erase(workspace, workspace.store.members(thing, "low", release))
    assert count > 5
    assert report.rows
    assert files_with(workspace.folder, keys) == set()

    rebuilt = open_store("sqlite", workspace.folder / "again", workspace.model)
    project(workspace.releases, rebuilt, workspace.model)
    for number in (1, 2):
        assert set(workspace.store.content(number)) == set(rebuilt.content(number))
    assert workspace.store.current() == release
