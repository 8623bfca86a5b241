"""The folders' import arrows, and what may never stand in the tree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What each folder may import of ours (docs/decisions/0001-one-direction.md).
ARROWS: dict[str, set[str]] = {
    "ontology": set(),
    "shapes": {"ontology"},
    "releases": {"ontology"},
    "loaders": {"ontology", "shapes", "releases"},
    "linkage": {"ontology", "releases"},
    "graph": {"ontology", "releases"},
    "world": {"ontology"},
    "api": {"ontology", "shapes", "releases", "loaders", "linkage", "graph"},
    "cli": {
        "ontology",
        "shapes",
        "releases",
        "loaders",
        "linkage",
        "graph",
        "world",
        "api",
    },
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("folder", sorted(ARROWS))
def test_a_folder_imports_only_what_lies_before_it(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in sorted((imported(path) & (set(ARROWS) | {"tests", "benchmarks"})) - {folder})
        if name not in ARROWS[folder]
    ]
    assert not wrong


def test_the_arrows_have_no_cycle() -> None:
    order = list(ARROWS)
    for folder, targets in ARROWS.items():
        assert all(order.index(target) < order.index(folder) for target in targets)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.decode()
    if not listing:
        pytest.skip("not a git checkout: nothing is tracked")
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_one_machine_or_a_registry_host() -> None:
    homes = re.compile(rb"(?<![\w.])/(?:home|root|Users|work)/[A-Za-z]")
    hosts = re.compile(rb"--(?:extra-)?index-url|--find-links|registry\.npmjs|pypi\.org|maven\.org")
    this = Path(__file__).resolve()
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.resolve() != this
        and (homes.search(path.read_bytes()) or hosts.search(path.read_bytes()))
    ]
    assert not found


def test_the_lock_pins_every_requirement_exactly() -> None:
    """A name and a version; behind a semicolon, where a package has no build for every machine,
    on which it is wanted. No address, no index.
    """
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert lines
    pin = (
        r"[\w.\-]+==[\w.+!]+( ; (sys_platform|platform_machine) == \"\w+\"( and \S+ == \"\w+\")*)?"
    )
    assert not [line for line in lines if not re.fullmatch(pin, line)]


@pytest.mark.parametrize("package", ["ontology", "releases", "loaders", "graph", "api", "cli"])
def test_importing_a_package_is_cheap(package: str) -> None:
    """No package pulls pyshacl in by being imported: only checking pays for it."""
    script = f"import sys, {package}; sys.exit('pyshacl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
