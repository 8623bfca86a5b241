"""Links that lead to no live record: kept, counted, resolved when the target arrives."""

from collections.abc import Mapping, Sequence

import polars as pl

from loaders.columns import repeated
from loaders.report import Unresolved
from ontology.identifiers import dataset_of_iri_expr, root_of_iri_expr
from ontology.model import Model
from releases import Releases, Writer

_OPEN = {
    "source": pl.String(),
    "property": pl.String(),
    "root": pl.String(),
    "target": pl.String(),
    "count": pl.Int64(),
}
_ASKED = 100_000
"""Links whose targets are looked for together: each look reads the names in whole tables."""


class Links:
    """Collects links whose target was not there yet when their batch was settled."""

    def __init__(self, model: Model, releases: Releases, writer: Writer, base: str) -> None:
        self.model, self.releases, self.writer, self.base = model, releases, writer, base
        self._open = self._fresh = pl.DataFrame(schema=_OPEN)

    def note(self, source: str, records: Mapping[str, pl.DataFrame]) -> None:
        """Remember the links of accepted records (by root) that lead out of what is loaded."""
        led = [
            (name, frame[name])
            for frame in records.values()
            for name in frame.columns
            if (prop := self.model.properties.get(name)) and prop.kind == "link"
        ]
        if not led:
            return
        here = pl.concat([frame.select("iri") for frame in records.values()]).unique()
        leading = (
            _targets(led)
            .join(here, left_on="target", right_on="iri", how="anti")
            .group_by("property", "target")
            .agg(pl.len().cast(pl.Int64).alias("count"))
            .with_columns(
                source=pl.lit(source), root=root_of_iri_expr(self.base, "target").fill_null("")
            )
            .select(*_OPEN)
        )
        self._fresh = pl.concat([self._fresh, leading])
        if self._fresh.height >= _ASKED:
            self._ask()

    def _ask(self) -> None:
        self._open = pl.concat([self._open, self._absent(self._fresh)])
        self._fresh = self._fresh.clear()

    def unresolved(self) -> list[Unresolved]:
        """Links still without a target, counted by source, property, root class and dataset."""
        self._ask()
        counted = (
            self._absent(self._open)
            .with_columns(dataset=dataset_of_iri_expr(self.base, "target").fill_null(""))
            .group_by("source", "property", "root", "dataset")
            .agg(pl.col("count").sum())
            .sort("source", "property", "root", "dataset")
        )
        return [Unresolved(*row) for row in counted.iter_rows()]

    def _absent(self, leading: pl.DataFrame) -> pl.DataFrame:
        """The links whose target is not live, this load's own records included."""
        kept = [leading.filter(~pl.col("root").is_in(list(self.model.roots)))]
        for (root,), part in leading.group_by("root"):
            if root not in self.model.roots:
                continue
            live = self.releases.state(
                str(root), iris=part["target"].unique(), columns=["iri"], pending=self.writer
            ).collect()
            kept.append(part.join(live, left_on="target", right_on="iri", how="anti"))
        return pl.concat(kept)


def _targets(columns: Sequence[tuple[str, pl.Series]]) -> pl.DataFrame:
    """`property` and `target` of each link told in columns of IRIs or of lists of them."""
    told = []
    for many in (False, True):
        alike = [each for each in columns if (each[1].dtype == pl.List(pl.String)) == many]
        if alike:
            names = pl.concat([repeated(name, len(column)) for name, column in alike])
            targets = pl.concat([column for _, column in alike])
            rows = pl.DataFrame({"property": names, "target": targets})
            told.append(rows.explode("target") if many else rows)
    return pl.concat(told).drop_nulls("target")
