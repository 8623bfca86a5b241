"""How much of a source may be rejected before nothing of the load is kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import polars as pl

from loaders.errors import ContractError
from loaders.mapping import SourceMapping
from loaders.report import LoadReport, Rejections

_TOLD = 3


class Rejected:
    """Counts why rows were rejected, and stops a load in which too many were."""

    def __init__(self) -> None:
        self._why: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def note(self, findings: pl.DataFrame) -> None:
        """Findings of a batch (`findings.SCHEMA`)."""
        if findings.is_empty():
            return
        refused = findings.filter(pl.col("effect").is_in(["document", "record"]))
        rule = refused.select("dataset", rule=pl.concat_str("code", "field", separator=" "))
        for dataset, name, count in rule.group_by("dataset", "rule").len().iter_rows():
            self._why[dataset][name.strip()] += count

    def finish(self, report: LoadReport, mappings: Iterable[SourceMapping]) -> list[Rejections]:
        """What was rejected of each source that has a limit.

        Raises ContractError where that is more than its share of the rows read (CSV rows, or
        record instances), with the rules that rejected most.
        """
        rows = report.sources
        return [
            self._within(mapping.max_rejected, mapping.source, rows[mapping.source])
            for mapping in mappings
            if mapping.max_rejected is not None
        ]

    def _within(self, allowed: float, source: str, rows: dict[str, int]) -> Rejections:
        found = Rejections(source, rows["rejected"], rows["read"], allowed)
        if found.rejected > allowed * found.read:
            most = self._why[source].most_common(_TOLD)
            why = ", ".join(f"{name} ({count:,})" for name, count in most)
            raise ContractError(
                "JG-LOD-035",
                f"{found.rejected:,} of the {found.read:,} rows of {source} were rejected; its"
                f" contract allows {100 * allowed:g}%. Most often by {why}",
                "Correct the files, or the mapping where it is wrong; if they are as they must be,"
                " raise max_rejected for this load.",
            )
        return found
