"""A store is of one data folder: another's releases are refused until it is rebuilt."""

from pathlib import Path

import pytest

from graph import OtherFolderError, open_store, project
from graph.port import Store
from releases import Releases
from tests.graph.frames import MODEL, frame


def made(folder: Path, urn: str) -> Releases:
    releases = Releases.open(folder, MODEL)
    with releases.write() as writer:
        writer.put("Case", frame("CriminalCase", {"key": "c1", "urn": urn})[1].drop("op"))
        writer.commit({})
    return releases


@pytest.fixture(params=["sqlite", "neo4j"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "neo4j":
        request.getfixturevalue("neo4j")
    return str(request.param)


def test_another_folders_releases_are_refused(kind: str, tmp_path: Path) -> None:
    mine, other = made(tmp_path / "mine", "MINE"), made(tmp_path / "other", "OTHER")
    empty = Releases.open(tmp_path / "empty", MODEL)
    store: Store = open_store(kind, tmp_path, MODEL, afresh=True)
    try:
        assert project(mine, store, MODEL) == 1
        content = set(store.content(1))
        for wrong in (other, empty):
            with pytest.raises(OtherFolderError, match="graph rebuild"):
                project(wrong, store, MODEL)
        assert set(store.content(1)) == content
        assert Releases.open(tmp_path / "mine", MODEL).folder_id == store.follows()
        store.close()
        store = open_store(kind, tmp_path, MODEL, afresh=True)
        assert project(other, store, MODEL) == 1
        assert store.follows() == other.folder_id != mine.folder_id
        store.clear()
    finally:
        store.close()
