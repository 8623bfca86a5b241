"""What a load was made with, so that two loads can be compared: digests, no names of files."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from loaders.mapping import SourceMapping
from ontology.model import Model
from shapes import RECORD

LENGTH = 12


def made_with(mappings: Iterable[SourceMapping], model: Model) -> dict[str, object]:
    """`ontology`, `shapes` and, by source, `mappings`: the first 12 hex digits of a SHA-256."""
    return {
        "ontology": model.digest[:LENGTH],
        "shapes": _shapes(),
        "mappings": {each.source: _digest([each.where.file]) for each in mappings},
    }


@cache
def _shapes() -> str:
    return _digest(sorted(RECORD.rglob("*.ttl")))


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:LENGTH]
