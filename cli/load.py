"""`justicegraph load`: what it did, for people and for machines."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.output import json_line, say, table
from cli.pipeline import Loaded, run_load
from cli.progress import bar
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from loaders import LoadReport


def pairs(texts: list[str], option: str) -> dict[str, str]:
    """name=value options as a mapping; JG-CLI-005 for one that is not."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise JusticeGraphError("JG-CLI-005", f"{option} {text}", f"Write {option} name=value.")
        found[name] = value
    return found


def load_command(
    paths: list[Path],
    source: str | None,
    mode: str,
    with_: list[str],
    *,
    dry_run: bool,
    follow: bool,
    data: Path | None,
    json: bool,
) -> None:
    workspace = Workspace(data)
    if follow:
        if dry_run or mode != "delta":
            raise JusticeGraphError(
                "JG-CLI-023",
                "what is followed is loaded, each file for itself",
                "Leave out --dry-run and --mode, or --follow.",
            )
        from cli.follow import follow as follow_command

        follow_command(workspace, paths, source=source, params=pairs(with_, "--with"), json=json)
    with bar("Load") as progress:
        loaded = run_load(
            workspace,
            paths,
            source=source,
            mode=mode,
            params=pairs(with_, "--with"),
            dry_run=dry_run,
            progress=progress,
        )
    if json:
        json_line(as_json(loaded))
    else:
        print_loaded(loaded, dry_run=dry_run)
    if loaded.report.exit_code:
        raise typer.Exit(loaded.report.exit_code)


def as_json(loaded: Loaded) -> dict[str, object]:
    report = loaded.report
    return {
        "release": loaded.release,
        **report.counts(),
        "files": [
            {
                "path": file.path,
                "source": file.source,
                "status": file.status,
                "read": file.read,
                "loaded": file.loaded,
                "rejected": file.rejected,
                "duplicates": file.duplicates,
                "skipped": int(file.skipped),
                "reason": file.reason,
            }
            for file in report.files
        ],
    }


def by_source(report: "LoadReport") -> list[tuple[object, ...]]:
    totals: dict[str, list[int]] = {}
    for file in report.files:
        if file.source is None:
            continue
        row = totals.setdefault(file.source, [0, 0, 0, 0, 0])
        for place, count in enumerate((1, file.read, file.loaded, file.rejected, file.duplicates)):
            row[place] += count
    return [(name, *counts) for name, counts in sorted(totals.items())]


def print_loaded(loaded: Loaded, *, dry_run: bool) -> None:
    report = loaded.report
    table(
        "Would load" if dry_run else "Loaded",
        ("source", "files", "read", "loaded", "rejected", "duplicates"),
        by_source(report),
    )
    refused = [file for file in report.files if file.reason]
    if refused:
        table(
            "Files not read",
            ("file", "why"),
            [(file.path, file.reason) for file in refused[:20]],
        )
        if len(refused) > 20:
            say(f"and {len(refused) - 20:,} more: justicegraph load --json lists all.")
    if report.unresolved:
        waiting = sum(each.count for each in report.unresolved)
        say(f"{waiting:,} links wait for a record that has not been loaded yet.")
    if report.unknown:
        met = sum(each.count for each in report.unknown)
        say(f"{met:,} unknown codes were kept as they came: justicegraph status lists them.")
    if report.rejected:
        say(f"{report.rejected:,} rejected: justicegraph rejects says why and what to do.")
    if loaded.release is not None:
        say(f"Release {loaded.release}.")
        if loaded.links is not None:
            say(
                f"{loaded.links.persons:,} persons, {loaded.links.matters:,} matters, "
                f"{loaded.links.charges:,} charges; {loaded.links.conflicts:,} conflicting keys "
                "flagged, not joined."
            )
    elif dry_run:
        say("Nothing was written.")
    else:
        say("Nothing changed: no new release.")
