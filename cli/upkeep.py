"""Looking after a data folder: undo, retention, forgetting, export, rebuild."""

import sys
from pathlib import Path
from typing import TextIO

from cli.output import json_line, say
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError


def undo_command(to: int, *, data: Path | None) -> None:
    from graph import project

    workspace = Workspace(data)
    undone = workspace.releases.undo(to)
    project(workspace.releases, workspace.store, workspace.model)
    if undone:
        say(f"Release {to} is current again; undone: {', '.join(map(str, undone))}.")
    else:
        say(f"Release {to} is current already: nothing was undone.")


def retain_command(keep: int | None, *, data: Path | None) -> None:
    from graph import project

    workspace = Workspace(data)
    retired = workspace.releases.retain(workspace.settings.keep if keep is None else keep)
    project(workspace.releases, workspace.store, workspace.model)
    if retired:
        say(f"Retired: {', '.join(map(str, retired))}. They can no longer be asked.")
    else:
        say("Nothing to retire.")


def records_of(workspace: Workspace, iri: str) -> list[str]:
    """The record IRIs meant: of all records about a thing in any release, or the record itself."""
    if not iri.startswith(f"{workspace.settings.base}Thing/"):
        return [iri]
    live = [r.number for r in workspace.releases.list() if r.status == "live"]
    members = {
        record for release in live for record in workspace.store.members(iri, "low", release)
    }
    if not members:
        raise JusticeGraphError(
            "JG-CLI-004", f"nothing is known about {iri}", "Ask the journey for its id."
        )
    return sorted(members)


def forget_command(iris: list[str], *, yes: bool, data: Path | None, json: bool) -> None:
    import typer

    from cli.erasing import erase, scope
    from cli.pipeline import bring_up_to_date

    workspace = Workspace(data)
    bring_up_to_date(workspace)
    records = sorted({record for iri in iris for record in records_of(workspace, iri)})
    if not yes:
        going = len(scope(workspace, records).records)
        if not typer.confirm(f"Erase {going} records from every release? It cannot be undone."):
            raise typer.Exit(2)
    count, report = erase(workspace, records)
    rows = sum(report.rows.values())
    if json:
        json_line(
            {
                "records": count,
                "rows": rows,
                "documents": report.documents,
                "findings": report.findings,
            }
        )
    elif rows:
        say(
            f"Erased {count:,} records: {rows:,} rows in {len(report.releases)} releases, "
            f"{report.documents} documents, {report.findings} findings."
        )
    else:
        say("Nothing is stored under what you named.")


def rebuild_command(*, online: bool, data: Path | None) -> None:
    from cli.bulk import by_import
    from cli.progress import projecting
    from graph import open_store, project

    workspace = Workspace(data)
    settings = workspace.settings
    with workspace.releases.write():
        if not online and by_import(workspace):
            say(f"The graph is at release {workspace.store.current()}, imported.")
            return
        # Afresh: a store of an older layout cannot be opened otherwise.
        store = open_store(settings.store, workspace.folder, workspace.model, afresh=True)
        with projecting() as progress:
            project(workspace.releases, store, workspace.model, progress)
    say(f"The graph is at release {store.current()}.")
    store.close()


def schema_command() -> None:
    from graph.neo4j import schema_statements
    from ontology import Model

    for statement in schema_statements(Model.default()):
        say(f"{statement};")


def export_command(
    format_: str, out: Path | None, release: int | None, *, data: Path | None
) -> None:
    from cli.pipeline import bring_up_to_date
    from graph.rdf import export

    workspace = Workspace(data)
    releases = workspace.releases
    if releases.current == 0:
        raise JusticeGraphError("JG-CLI-003", "there is no release yet", "Load something first.")
    bring_up_to_date(workspace)

    def write(target: TextIO) -> int:
        return export(
            workspace.store,
            workspace.model,
            format_,
            releases.current if release is None else release,
            target,
            base=workspace.settings.base,
            history=releases.list(),
        )

    if out is None:
        write(sys.stdout)
        return
    part = Path(f"{out}.part")
    try:
        with part.open("w", encoding="utf-8") as target:
            records = write(target)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    say(f"{records:,} records written to {out}.")
