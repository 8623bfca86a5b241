"""What is noted while a batch is typed: faults and unknown codes."""

from collections.abc import Mapping

import polars as pl

FAULTS = {
    "_doc": pl.Int64(),
    "_n": pl.Int64(),
    "column": pl.String(),
    "code": pl.String(),
    "detail": pl.String(),
    "value": pl.String(),
}
"""value: as it may be shown; `_n` null where the whole document is concerned."""
UNKNOWN = {
    "scheme": pl.String(),
    "notation": pl.String(),
    "column": pl.String(),
    "count": pl.Int64(),
}


class Notes:
    """Collects the faults (of `faults.KINDS`) and the unknown codes of one batch."""

    def __init__(self, found: pl.DataFrame) -> None:
        """found: faults of extraction, by `raw.FAULTS`."""
        self._faults = [found.select("_doc", "_n", "column", "code", "detail", value=pl.lit(""))]
        self._unknown: list[tuple[str, str, str, int]] = []

    def fault(
        self,
        rows: pl.DataFrame,
        code: str,
        column: str,
        detail: str,
        values: pl.Series | None = None,
    ) -> None:
        """One kind of fault, of rows that have `_doc` and `_n`."""
        if rows.height:
            self._faults.append(
                rows.select(
                    "_doc",
                    "_n",
                    column=pl.lit(column),
                    code=pl.lit(code),
                    detail=pl.lit(detail),
                    value=pl.lit("") if values is None else values.fill_null(""),
                )
            )

    def unknown(self, scheme: str, column: str, counts: Mapping[str, int]) -> None:
        """Notations that a scheme does not hold, and how often each was met."""
        self._unknown += [(scheme, notation, column, count) for notation, count in counts.items()]

    def faults_frame(self) -> pl.DataFrame:
        """All faults, by `FAULTS`."""
        return pl.concat(self._faults)

    def unknown_frame(self) -> pl.DataFrame:
        """All unknown codes, by `UNKNOWN`."""
        return pl.DataFrame(self._unknown, schema=UNKNOWN, orient="row")
