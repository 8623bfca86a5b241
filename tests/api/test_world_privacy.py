"""Real formats, loaded: nothing that identifies a true person reaches an analyst."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import Access, ApiSettings, Role, open_engine
from cli.pipeline import run_load
from cli.workspace import Workspace
from tests.api.conftest import Place
from tests.api.test_privacy import everything
from tests.world.reading import truth
from world import generate

NUMBERS = ("pnc", "cro", "prisoner_number", "crn", "master_defendant_id", "born")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, set[str]]]:
    folder = tmp_path_factory.mktemp("privacy")
    generate(12, 6, folder / "world")  # no company in it bears a person's family name
    workspace = Workspace(folder / "data")
    run_load(workspace, [folder / "world" / "extracts"])
    settings = ApiSettings(workspace.folder, base=workspace.settings.base)
    engine = open_engine(workspace.releases, workspace.store, workspace.model, settings)
    place = Place(workspace.model, workspace.releases, workspace.store, settings, engine, {})
    yield place, set(identifying(folder / "world"))
    engine.audit.close()
    workspace.store.close()


def identifying(world: Path) -> Iterator[str]:
    """What the truth knows of each person that would name them."""
    for person in truth(world, "persons"):
        yield from (person[name] for name in NUMBERS if person[name])
        yield person["address"]["postcode"]
        yield f"{person['given']} {person['family']}"
        yield person["family"]
    yield from (matter["matter"] for matter in truth(world, "matters"))


def held(text: str, values: set[str]) -> set[str]:
    """The values that stand in a text as whole words: ids are random letters."""
    words = set(re.findall(r"[\w/-]+", text))
    return {value for value in values if value in words or (" " in value and value in text)}


def test_nothing_that_identifies_a_true_person_reaches_an_analyst(
    loaded: tuple[Place, set[str]],
) -> None:
    place, values = loaded
    for_operator = held(" ".join(everything(place, Access.operator())), values)
    assert len(for_operator) > 20
    for_analyst = held(" ".join(everything(place, Access(Role.ANALYST, "p"))), values)
    assert for_analyst == set()
