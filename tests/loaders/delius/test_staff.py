"""Officers' names, read from the files at test time, are nowhere after a load."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from tests.loaders.nomis.told import Tell

STAFF = ("staff", "trustOfficer", "reporter", "heardBy")


def test_officers_names_are_stored_nowhere(samples: Path, tell: Tell, tmp_path: Path) -> None:
    files = sorted([*samples.glob("nomis/*.json"), *samples.glob("delius/*.json")])
    names = {name for file in files for name in _officers(orjson.loads(file.read_bytes()))}
    told = tell(*files, prisonerNumber="A1234AA", date="2012-07-16")
    assert told.release
    # Shorter ones (Jo, CA) would be found by chance.
    looked_for = [name.encode() for name in names if len(name) > 4]
    assert {b"Temperance", b"Brennan", b"Unallocated", b"O'brien"} <= set(looked_for)
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [name for name in looked_for if name in content], file
    for root in told.model.roots:
        text = told.releases.state(root).collect().write_ndjson()
        assert not [name for name in looked_for if name.decode() in text], root


def _officers(node: object, inside: bool = False) -> Iterator[str]:
    """All texts below a key that names staff, or of a key that begins so."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _officers(value, inside or key.startswith(STAFF))
    elif isinstance(node, list):
        for item in node:
            yield from _officers(item, inside)
    elif inside and isinstance(node, str):
        yield node
