"""Looking: sources, rejects, releases, status."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import typer

from cli.output import json_line, say, table
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError
from releases.grouping import grouped

SEVERITIES = ("violation", "warning", "info", "any")
SHOWN = 40
COLUMNS = (
    "file", "path", "dataset", "iri", "severity", "effect", "code", "field", "value", "message",
    "fix",
)  # fmt: skip


def sources_command(*, json: bool) -> None:
    from loaders.catalogue import read_mappings
    from ontology import Model

    model = Model.default()
    rows = [
        {
            "source": mapping.source,
            "format": mapping.format,
            "system": model.datasets[mapping.source].system,
            "label": model.datasets[mapping.source].label,
            "snapshot": mapping.complete,
        }
        for mapping in sorted(read_mappings(), key=lambda m: m.source)
    ]
    if json:
        for row in rows:
            json_line(row)
        return
    table(
        "Sources",
        ("source", "system", "format", "what it is", "snapshot"),
        [
            (r["source"], r["system"], r["format"], r["label"], "yes" if r["snapshot"] else "")
            for r in rows
        ],
    )


def rejects_command(
    *, all_: bool, severity: str, csv: Path | None, data: Path | None, json: bool
) -> None:
    if severity not in SEVERITIES:
        raise JusticeGraphError(
            "JG-CLI-011",
            f"there is no severity {severity!r}",
            f"Use one of {', '.join(SEVERITIES)}.",
        )
    releases = Workspace(data).releases
    found = releases.findings(None if all_ else releases.last_load)
    if severity != "any":
        found = found.filter(pl.col("severity") == severity)
    if csv is None and not json:
        print_rejects(grouped(found))
        return
    rows = found.select("load", *COLUMNS).sort("load", "file", "path", "code").collect()
    if csv is not None:
        rows.write_csv(csv)
        say(f"Written: {rows.height:,} rows to {csv}")
    else:
        for row in rows.iter_rows(named=True):
            json_line(row)


def print_rejects(groups: pl.DataFrame) -> None:
    """Rules and fields by how often they were broken, with an example and the fix for each.

    groups: by `releases.grouping.grouped`.
    """
    if groups.is_empty():
        say("Nothing was rejected.")
        return
    table(
        f"{groups['count'].sum():,} findings",
        ("count", "rule", "field", "what is wrong", "example", "value", "what to do"),
        [
            (
                group["count"],
                group["code"],
                group["field"],
                group["message"],
                " ".join(filter(None, (Path(group["file"] or "").name, group["path"]))),
                group["value"],
                group["fix"],
            )
            for group in groups.head(SHOWN).iter_rows(named=True)
        ],
    )
    if groups.height > SHOWN:
        say(f"and {groups.height - SHOWN} more kinds: --csv or --json lists all.")


def releases_command(*, data: Path | None, json: bool) -> None:
    made = Workspace(data).releases.list()
    if json:
        for release in made:
            json_line(
                {
                    "release": release.number,
                    "made": release.made,
                    "status": release.status,
                    "counts": release.counts,
                    "summary": release.summary,
                    "forgotten": release.forgotten,
                }
            )
        return
    table(
        "Releases",
        ("release", "made", "status", "records put", "deleted", "forgotten"),
        [
            (
                release.number,
                release.made[:19].replace("T", " "),
                release.status,
                total(release.counts.values(), "put"),
                total(release.counts.values(), "delete"),
                release.forgotten,
            )
            for release in made
        ],
    )


def total(counts: Iterable[Any], op: str) -> int:
    return sum(int(count.get(op, 0)) for count in counts)


def status_command(*, data: Path | None, json: bool) -> None:
    from loaders.code_lists import unknown_codes

    workspace = Workspace(data)
    releases = workspace.releases
    current = releases.current
    graph, unreachable = _projected(workspace)
    records = {
        root: count
        for root in workspace.model.roots
        if (count := releases.state(root, columns=["iri"]).select(pl.len()).collect().item())
    } if current else {}  # fmt: skip
    summary = releases.release(current).summary if current else {}
    stale = releases.stale().select(pl.len()).collect().item() if current else 0
    unknown = unknown_codes(releases, current)
    if json:
        json_line(
            {
                "release": current,
                "graph": graph,
                "graph_error": unreachable,
                "records": records,
                "unresolved": summary.get("unresolved", 0),
                "stale": stale,
                "unknown_codes": unknown.to_dicts(),
            }
        )
        _exit(unreachable)
        return
    say(f"Data folder {workspace.folder}")
    at = f"cannot be asked: {unreachable}" if graph is None else f"at release {graph}."
    say(f"Release {current}; graph ({workspace.settings.store}) {at}")
    if graph is not None and unreachable:
        say(unreachable)
    if records:
        table("Live records", ("class", "records"), list(records.items()))
    say(f"{summary.get('unresolved', 0):,} links wait for a record; {stale:,} records are stale.")
    if not unknown.is_empty():
        table(
            "Unknown codes, kept as they came",
            ("dataset", "property", "scheme", "code", "records", "since release"),
            unknown.head(SHOWN).iter_rows(),
        )
        if unknown.height > SHOWN:
            say(f"and {unknown.height - SHOWN:,} more: --json lists all.")
    _exit(unreachable)


def _projected(workspace: Workspace) -> tuple[int | None, str | None]:
    """The release that the graph is at, None when it cannot be asked; and what is wrong."""
    from graph import require_own

    graph = None
    try:
        with workspace.store.limited(STATUS_SECONDS):
            graph = workspace.store.current()
            require_own(workspace.releases, workspace.store)
    except JusticeGraphError as error:
        return graph, str(error)
    return graph, None


def _exit(unreachable: str | None) -> None:
    """1 when the graph cannot be asked, or is of another folder."""
    if unreachable:
        raise typer.Exit(1)


STATUS_SECONDS = 5.0
