"""What a load makes of some files, as small tables of text to set beside what was read in them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import polars as pl

from loaders import LoadReport, load
from ontology.identifiers import BASE, parse_iri
from ontology.model import Model
from releases import Releases
from tests.loaders.common_platform.loading import mappings

Cell = str | None
CODE = "https://w3id.org/justicegraph/code/"


class Tell(Protocol):
    """Loads files, in one load, into a data folder of its own."""

    def __call__(self, *files: Path, **params: str) -> "Told": ...


class Told:
    """A data folder after one or more loads."""

    def __init__(self, folder: Path) -> None:
        self.model = Model.default()
        self.releases = Releases.open(folder, self.model)

    def load(self, files: Sequence[Path], params: Mapping[str, str]) -> LoadReport:
        with self.releases.write() as writer:
            self.report = load(
                files, self.releases, writer, self.model, params=params, mappings=mappings()
            )
            made = writer.commit({})
        self.release = made.number if made else None
        return self.report

    @property
    def documents(self) -> int:
        """How many documents are live."""
        return self.releases.documents().collect().height

    def rows(self, root: str, *columns: str) -> list[tuple[Cell, ...]]:
        """Live records of a root class, sorted; `key` is the key of the record's IRI.

        Links are shown by their target's key, codes by notation, times in UTC to the minute,
        many values joined by ` | `.
        """
        if not self.releases.current:
            return []
        frame = self.releases.state(root).collect().rename({"iri": "key"})
        told = [tuple(map(_shown, row)) for row in frame.select(columns).iter_rows()]
        return sorted(told, key=lambda row: [cell or "" for cell in row])

    def by(self, root: str, name: str, column: str) -> dict[Cell, Cell]:
        """One column of the live records of a root class, by another."""
        return {row[0]: row[1] for row in self.rows(root, name, column)}

    def count(self, root: str, column: str) -> dict[Cell, int]:
        """How many live records have each value."""
        return dict(Counter(cell for (cell,) in self.rows(root, column)))

    @property
    def findings(self) -> pl.DataFrame:
        return self.releases.findings().collect()

    def fix(self) -> str:
        """What all violations of the last load ask for."""
        last = self.releases.findings(self.releases.last_load).collect()
        return "\n".join(last.filter(pl.col("severity") == "violation")["fix"])


def _shown(value: object) -> Cell:
    if value is None:
        return None
    if isinstance(value, list):
        return " | ".join(_shown(item) or "" for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = str(value)
    if text.startswith(BASE):
        return "/".join(parse_iri(BASE, text)[2])
    if text.startswith(CODE):
        return unquote(text.removeprefix(CODE).partition("/")[2])
    return text
