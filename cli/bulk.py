"""Making the Neo4j graph by neo4j-admin's import: by us, or by who operates the server."""

import shutil
from typing import TYPE_CHECKING

import typer

from cli.output import err, say
from cli.progress import bar
from cli.workspace import Workspace

if TYPE_CHECKING:
    from graph.neo4j import Target


def by_import(workspace: Workspace) -> bool:
    """Rebuild by import; False where the store has none (SQLite), or there is nothing to import.

    On a server that is not ours, writes the Parquet, prints what its operator runs, and exits
    with 1: the graph is not there yet. Raises StoreUnusableError, LocalServerError.
    """
    target = _target(workspace)
    if target is None or workspace.releases.current == 0:
        return False
    from graph.neo4j import bulk

    server = bulk.managed_server(target)
    if server is not None:
        server.start()
    bulk.refuse_foreign(target)
    if server is None:
        _write_for_others(workspace)
        raise typer.Exit(1)
    try:
        with bar("Graph") as move:
            store = bulk.rebuild_managed(
                server,
                workspace.releases,
                workspace.model,
                server.home / "parquet",
                lambda word: move(0, None, word),
            )
    except KeyboardInterrupt:
        err().print("Interrupted. If `justicegraph status` tells another release: graph rebuild.")
        raise
    store.close()
    return True


def first_load_by_import(workspace: Workspace) -> bool:
    """Import into an empty database of ours what would take longer to project."""
    target = _target(workspace)
    if target is None or workspace.releases.current == 0:
        return False
    from graph.neo4j import bulk

    rows = sum(bulk.rows_by_root(workspace.releases.list()).values())
    if rows < bulk.BULK_FROM or bulk.managed_server(target) is None or not bulk.is_empty(target):
        return False
    return by_import(workspace)


def _target(workspace: Workspace) -> "Target | None":
    from graph.opening import neo4j_target

    return neo4j_target(workspace.settings.store)


def _write_for_others(workspace: Workspace) -> None:
    from graph.neo4j import bulk

    folder = workspace.folder.resolve() / "import"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with bar("Graph") as move:
        files = bulk.write_files(
            workspace.releases, workspace.model, folder, lambda word: move(0, None, word)
        )
    say(f"Release {files.releases[-1]} is written to {folder}. This server is not ours to stop:")
    say("run there, with that folder in reach (or build over Bolt: graph rebuild --online)")
    for command in files.commands():
        say(f"  {command}")
