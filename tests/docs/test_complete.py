"""Nothing a user can set or call is undocumented."""

import re

import pytest
from typer.main import get_command

from cli.main import app
from cli.settings import Settings
from tests.conftest import ROOT

DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}


@pytest.mark.parametrize("name", sorted(Settings.__struct_fields__))
def test_every_setting_stands_in_the_operators_page(name: str) -> None:
    assert f"JUSTICEGRAPH_{name.upper()}`" in DOCS["operator.md"]


def commands() -> list[str]:
    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group
        below = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in below] if below else [name]
    return sorted(found)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_shown_to_somebody(command: str) -> None:
    shown = re.compile(rf"justicegraph {re.escape(command)}\b")
    assert [name for name, text in DOCS.items() if shown.search(text)]


def test_links_in_the_docs_lead_somewhere() -> None:
    broken = []
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert not broken
