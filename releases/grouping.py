"""Findings by kind: what is wrong, with which field, how often, with an example."""

import polars as pl

KEY = ("severity", "effect", "code", "field", "fix", "kind")
EXAMPLE = ("file", "path", "value", "message")
_KIND = pl.col("message").str.replace_all(r"\d+", "#")
_APART = "\x1f"


def grouped(findings: pl.LazyFrame) -> pl.DataFrame:
    """One row a kind of finding, most frequent first within a severity.

    findings: as Releases.findings gives them. Columns: severity, effect, code, field ("" for
    none), fix, kind (what tells kinds of one code and field apart: the message, whatever numbers
    stand in it), count; and file, path, value and message of one finding, one with a value if
    there is any. Rows are read in batches; what is held is one row a kind.
    """
    filled = pl.col(*EXAMPLE, "field", "fix", "effect").fill_null("")
    without = pl.when(pl.col("value") == "").then(pl.lit("1")).otherwise(pl.lit("0"))
    kinds = (
        findings.with_columns(filled)
        .with_columns(kind=_KIND, example=pl.concat_str(without, *EXAMPLE, separator=_APART))
        .group_by(*KEY)
        .agg(pl.len().alias("count"), pl.col("example").min())
        .collect(engine="streaming")
    )
    parts = pl.col("example").str.splitn(_APART, 1 + len(EXAMPLE))
    return (
        kinds.with_columns(
            parts.struct.field(f"field_{n}").alias(name) for n, name in enumerate(EXAMPLE, 1)
        )
        .drop("example")
        .sort("severity", "count", *KEY[2:], descending=[True, True, *[False] * 4])
    )


def of_kind(kind: str) -> pl.Expr:
    """Whether a finding's message is of a kind that `grouped` gave."""
    return _KIND.eq(kind)
