"""Snapshot mode: the files of one command are all there is of their source."""

import polars as pl

from loaders.errors import ContractError, LoadError
from loaders.mapping import SourceMapping
from loaders.report import Contract, LoadReport
from releases import Releases, Writer


class Snapshot:
    """Removes the documents that the files no longer hold, within what the contract allows."""

    def __init__(self, releases: Releases, writer: Writer) -> None:
        self.releases, self.writer = releases, writer
        self._mappings: dict[str, SourceMapping] = {}
        self._met: dict[str, list[pl.Series]] = {}

    def begin(self, mapping: SourceMapping) -> None:
        """A file of this source is read. Raises LoadError where the source cannot be complete."""
        if not mapping.complete:
            raise LoadError(
                "JG-LOD-017",
                f"{mapping.source} cannot be loaded as a snapshot: its files never hold everything",
                "Load it with --mode delta, or mark the mapping complete: true if they do.",
            )
        self._mappings[mapping.source] = mapping
        self._met.setdefault(mapping.source, [])

    def met(self, mapping: SourceMapping, documents: pl.Series) -> None:
        """Documents that the files hold, accepted or not."""
        self._met[mapping.source].append(documents)

    def finish(self, report: LoadReport) -> int:
        """Remove what was not met; returns how many documents.

        Raises ContractError when a file could not be read, or more would be removed than the
        contract's share of the documents that were live.
        """
        if report.unreadable:
            raise ContractError(
                "JG-LOD-018",
                f"{report.unreadable} of the files could not be read, so they are not all there is",
                "Correct or leave out those files, or load with --mode delta.",
            )
        report.contracts = [self._remove(mapping) for mapping in self._mappings.values()]
        return sum(each.removed for each in report.contracts)

    def _remove(self, mapping: SourceMapping) -> Contract:
        before = self.releases.documents(dataset=mapping.source).select("document").collect()
        met = pl.concat(
            [pl.Series("document", [], dtype=pl.String), *self._met[mapping.source]]
        ).unique()
        gone = before.filter(~pl.col("document").is_in(met.implode()))
        if gone.height > mapping.max_removed * before.height:
            raise ContractError(
                "JG-LOD-019",
                f"the snapshot of {mapping.source} would remove {gone.height:,} of "
                f"{before.height:,} documents; its contract allows {mapping.max_removed:.0%}",
                "Check that the files are complete; if they are, raise max_removed for this load.",
            )
        if gone.height:
            live = self.releases.mentions(gone["document"], pending=self.writer)
            for (root,), part in live.group_by("root"):
                self.writer.delete(str(root), part.select("iri", "document"))
            self.writer.delete_documents(gone)
        return Contract(mapping.source, gone.height, before.height, mapping.max_removed)
