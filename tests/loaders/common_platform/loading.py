"""A load into a data folder of its own, and what is live afterwards."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from linkage import run
from loaders.catalogue import read_mappings
from loaders.mapping import SourceMapping
from loaders.report import LoadReport
from loaders.run import load
from ontology.model import Model
from releases import Releases


@cache
def mappings() -> tuple[SourceMapping, ...]:
    """All mappings, read once for all tests."""
    return tuple(read_mappings())


class Folder:
    """A data folder; each load is committed."""

    def __init__(self, path: Path) -> None:
        self.model = Model.default()
        self.releases = Releases.open(path, self.model)

    def load(self, *files: Path, **given: str) -> LoadReport:
        """Load files, each recognised by its content. given: what stands outside the files."""
        with self.releases.write() as writer:
            report = load(
                files, self.releases, writer, self.model, params=given, mappings=mappings()
            )
            release = writer.commit(report.counts())
            report.release = release.number if release else None
        return report

    def link(self) -> None:
        """Link what is live."""
        with self.releases.write() as writer:
            run(self.releases, writer, self.model)
            writer.commit()

    def live(self) -> dict[str, pl.DataFrame]:
        """The live records, one frame a root class that has any."""
        frames = {root: self.releases.state(root).collect() for root in self.model.roots}
        return {root: frame for root, frame in frames.items() if frame.height}

    def contents(self) -> dict[str, list[str]]:
        """Root class to sorted `iri hash`: what two folders in the same state have in common."""
        return {
            root: sorted(
                f"{iri} {digest}" for iri, digest in frame.select("iri", "hash").iter_rows()
            )
            for root, frame in self.live().items()
        }

    def findings(self) -> pl.DataFrame:
        """All findings of all loads."""
        return self.releases.findings().collect()

    def texts(self) -> Iterator[str]:
        """Every text kept in a table: of records, also superseded ones, documents and findings."""
        frames = [
            self.releases.state(root, release, mentions=True).collect()
            for root in self.model.roots
            for release in range(1, self.releases.current + 1)
        ]
        for frame in [*frames, self.releases.documents().collect(), self.findings()]:
            for column in frame.columns:
                for value in frame.get_column(column):
                    if isinstance(value, str):
                        yield value
                    elif isinstance(value, pl.Series):
                        yield from (str(item) for item in value)
