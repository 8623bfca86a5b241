"""Data folders to load into, and a small source for tests of the engine: hearings with cases."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import polars as pl
import pytest

import loaders
from loaders.mapping import SourceMapping
from loaders.mapping_yaml import read_mapping
from ontology.model import Model
from releases import Releases
from tests.loaders.common_platform.loading import Folder
from tests.loaders.nomis.told import Tell, Told

HEARINGS = """
source: common-platform/hearing-resulted
format: json
evidence: V
recognise: {paths: [hearing.id]}
document:
  at: $
  key: [hearing.id]
  version: {path: sharedTime, format: datetime, optional: true}
records:
  - record: hearing
    class: Hearing
    set:
      eventDate: {path: hearing.day, format: london-date}
      status: {const: happened}
      ofParticipation: {to: defendant, all: true}
  - record: case
    class: CriminalCase
    at: hearing.cases[]
    key: [id]
    set:
      caseReference: id
      caseStatus: status
    records:
      - record: person
        class: PersonRecord
        at: defendants[]
        key: [^.id, id]
        owned: false
        set:
          givenName: name.first
          familyName: name.last
          birthDate: birth
          sex: {path: gender, codes: cp-gender}
          pncId: pncs[]
      - record: defendant
        class: Participation
        at: defendants[]
        key: [^.id, id]
        owned: false
        set:
          inCase: {to: case}
          party: {to: person}
          role: {const: defendant}
unmapped:
  hearing.judge.**: "never: judges' identities"
"""


def hearing(key: str = "h1", shared: str | None = None, **content: Any) -> dict[str, Any]:
    """A message of the small source; content is what stands under `hearing`."""
    message: dict[str, Any] = {"hearing": {"id": key, "day": "2024-05-01", "cases": [], **content}}
    return message | ({"sharedTime": shared} if shared else {})


def case(key: str = "c1", *defendants: dict[str, Any], **content: Any) -> dict[str, Any]:
    return {"id": key, "defendants": list(defendants), **content}


def defendant(key: str = "d1", **content: Any) -> dict[str, Any]:
    return {"id": key, "name": {"first": "Ada", "last": "Byron"}, **content}


@dataclass
class Desk:
    """A data folder, an inbox of files, and one mapping (or several)."""

    folder: Path
    model: Model
    mappings: Sequence[SourceMapping]
    releases: Releases = field(init=False)

    def __post_init__(self) -> None:
        self.inbox = self.folder / "inbox"
        self.inbox.mkdir(parents=True)
        self.releases = Releases.open(self.folder / "data", self.model)

    def write(self, name: str, content: bytes | str | dict[str, Any] | list[Any]) -> Path:
        file = self.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict | list):
            content = json.dumps(content)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def load(self, *paths: Path, commit: bool = True, **options: Any) -> loaders.LoadReport:
        with self.releases.write() as writer:
            report = loaders.load(
                paths or (self.inbox,),
                self.releases,
                writer,
                self.model,
                mappings=self.mappings,
                **options,
            )
            if commit:
                release = writer.commit(report.counts())
                report.release = release.number if release else None
        return report

    def take(self, *messages: dict[str, Any], **options: Any) -> loaders.LoadReport:
        """Load each message from a file of its own."""
        files = [
            self.write(f"{self.releases.last_load}-{number}.json", message)
            for number, message in enumerate(messages)
        ]
        return self.load(*files, **options)

    def state(self, root: str) -> pl.DataFrame:
        return self.releases.state(root).collect().sort("iri")

    def keys(self, root: str) -> list[str]:
        """The last key part of each live record."""
        return [iri.rpartition("/")[2] for iri in self.state(root)["iri"]]

    def content(self) -> Mapping[str, list[tuple[str, str]]]:
        """All that is live: iri and fingerprint by root class."""
        return {
            root: sorted(self.state(root).select("iri", "hash").iter_rows())
            for root in ("Case", "PersonRecord", "Participation", "EventRecord")
        }

    def findings(self, load: int | None = None) -> pl.DataFrame:
        return self.releases.findings(load).collect()


@pytest.fixture(scope="session")
def model() -> Model:
    return Model.default()


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[[str], SourceMapping]:
    """Parses mapping text written to a file."""

    def make(text: str) -> SourceMapping:
        file = tmp_path / "source.yaml"
        file.write_text(dedent(text))
        return read_mapping(file)

    return make


@pytest.fixture
def desk(
    tmp_path: Path, model: Model, mapping: Callable[[str], SourceMapping]
) -> Callable[..., Desk]:
    """Opens a desk for mapping texts (the small source by default)."""
    opened = 0

    def make(*texts: str) -> Desk:
        nonlocal opened
        opened += 1
        mappings = [mapping(text) for text in texts or (HEARINGS,)]
        return Desk(tmp_path / f"desk{opened}", model, mappings)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty data folder."""
    return Folder(tmp_path / "data")


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Load files in one load; the folder is new in each test, and kept between its calls."""
    told = Told(tmp_path / "data")

    def load(*files: Path, **params: str) -> Told:
        told.load(files, params)
        return told

    return load
