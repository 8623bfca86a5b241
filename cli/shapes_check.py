"""`justicegraph shapes check`: shapes tried on what is loaded, beside the present ones."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import typer

from cli.output import json_line, say, table
from cli.shape_files import batches, read_shapes
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from ontology import Model
    from shapes import Shapes

SHOWN = 5
"""Records of one shape that people are shown; --json gives them all."""
Shown = dict[str, dict[str, list[dict[str, Any]]]]
"""Some of the records that changed, by change and shape."""
CHANGES = {"new": "fails now, did not before", "gone": "failed before, does not now"}


def check_command(file: Path, *, data: Path | None, json: bool) -> None:
    """Who fails the shapes of a file, beside who fails the product's shapes of the same IRIs.

    Exit code 1 when a record fails that does not fail before.
    """
    from shapes.checker import default_shapes
    from shapes.excerpt import only

    workspace = Workspace(data)
    shapes = read_shapes(file)
    present = default_shapes()
    before = only(present, [iri for iri in shapes.by_iri if iri in present.by_iri])
    releases, model = workspace.releases, workspace.model
    if not releases.current:
        raise JusticeGraphError(
            "JG-CLI-003", f"{workspace.folder} holds no release", "Load something first."
        )
    counts: Counter[tuple[str, str]] = Counter()
    shown: Shown = {change: {} for change in CHANGES}
    records = 0
    for frames in batches(releases, model):
        records += sum(frame.height for frame in frames.values())
        told = compared(frames, model, before, shapes)
        for shape, change, number in told.group_by("shape", "change").len().iter_rows():
            counts[shape, change] += number
        for row in told.iter_rows(named=True):
            if json:
                json_line({"kind": "record", **row})
            elif row["change"] in shown:
                like = shown[row["change"]].setdefault(row["shape"], [])
                like += [row] if len(like) < SHOWN else []
    rows = [
        {
            "code": rule.code,
            "iri": rule.iri,
            "severity": rule.severity,
            "known": rule.iri in present.by_iri,
            **{change: counts[rule.iri, change] for change in ("same", *CHANGES)},
        }
        for rule in shapes.rules.values()
    ]
    if json:
        for row in rows:
            json_line({"kind": "shape", **row, "records": records})
    else:
        print_checked(file, rows, shown, records)
    if any(row["new"] for row in rows):
        raise typer.Exit(1)


def compared(
    frames: Mapping[str, pl.DataFrame], model: "Model", before: "Shapes", after: "Shapes"
) -> pl.DataFrame:
    """Who fails one set of shapes or another: a row for each shape and record.

    Columns shape (IRI), code, change (new, gone, same), iri, path, value (masked by the
    sensitivity of its property), severity, message; sorted.
    """
    key = ["shape", "root", "row"]
    failed, fails = (_by_iri(frames, model, one) for one in (before, after))
    old = failed.join(fails, on=key, how="anti").with_columns(change=pl.lit("gone"))
    both = fails.join(failed, on=key, how="semi").with_columns(change=pl.lit("same"))
    new = fails.join(failed, on=key, how="anti").with_columns(change=pl.lit("new"))
    told = pl.concat([old, both, new]).sort("code", "change", "iri")
    return told.select("shape", "code", "change", "iri", "path", "value", "severity", "message")


def _by_iri(frames: Mapping[str, pl.DataFrame], model: "Model", shapes: "Shapes") -> pl.DataFrame:
    import shapes as checking
    from loaders.masking import masked

    found = checking.check(frames, model, shapes=shapes)
    iris = {rule.code: rule.iri for rule in shapes.rules.values()}
    values = [
        masked(value, model.properties[path].sensitivity) if path in model.properties else ""
        for path, value in found.select("path", "value").iter_rows()
    ]
    return found.with_columns(
        code="shape",
        shape=pl.col("shape").replace_strict(iris, default=None, return_dtype=pl.String),
        value=pl.Series(values, dtype=pl.String),
    ).unique(["shape", "root", "row"], keep="first", maintain_order=True)


def print_checked(
    file: Path,
    rows: list[dict[str, Any]],
    shown: Shown,
    records: int,
) -> None:
    table(
        f"{file.name} on {records:,} loaded records",
        ("shape", "severity", "fail before", "fail now", "newly", "no longer"),
        [
            (
                row["code"],
                row["severity"],
                row["same"] + row["gone"] if row["known"] else "no such shape",
                row["same"] + row["new"],
                row["new"],
                row["gone"],
            )
            for row in rows
        ],
    )
    for change, said in CHANGES.items():
        listed = [row for like in shown[change].values() for row in like]
        if listed:
            table(
                f"Who {said}",
                ("shape", "record", "property", "value", "what is wrong"),
                [
                    (one["code"], one["iri"], one["path"], one["value"], one["message"])
                    for one in listed
                ],
            )
        total = sum(row[change] for row in rows)
        if total > len(listed):
            say(f"and {total - len(listed):,} more: --json lists all.")
    if not any(row["new"] or row["gone"] for row in rows):
        say("Nobody fails who did not, and nobody passes who did not.")
