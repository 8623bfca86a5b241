"""Load, link, commit, project: the one place that strings the stages together."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.bulk import first_load_by_import
from cli.progress import projecting
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from datetime import date

    from linkage import LinkSummary
    from loaders import LoadReport
    from loaders.code_lists import ImportReport


@dataclass(frozen=True)
class Loaded:
    """What one load did. release: the new one's number, None when nothing changed."""

    report: "LoadReport"
    links: "LinkSummary | None"
    release: int | None


def run_load(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mode: str = "delta",
    params: Mapping[str, str] | None = None,
    dry_run: bool = False,
    wait: float = 0.0,
    progress: Callable[[int, int | None, str], None] | None = None,
    done: Callable[[Loaded], None] | None = None,
) -> Loaded:
    """One load under one release number, then the graph brought to it, then the tables tidied.

    wait: seconds for another writer to end. done: told the outcome before the tables are tidied.

    Also finishes what an earlier load left undone: a commit whose projection was killed is
    projected now, whether or not this load changes anything.
    """
    import linkage
    import loaders
    from releases.running import telling

    settings = workspace.settings
    with ExitStack() as held:
        writer = held.enter_context(workspace.releases.write(wait))
        require_base(workspace)
        tell = None if dry_run else held.enter_context(telling(workspace.folder, writer.load))

        def step(done: int, total: int | None, name: str) -> None:
            if progress is not None:
                progress(done, total, name)
            if tell is not None:
                tell(done, total or 0)

        # Beside mapping: opening the files of many tables takes long, one after the other.
        aside = held.enter_context(ThreadPoolExecutor(1)).submit(linkage.ahead, workspace.releases)
        try:
            report = loaders.load(
                paths,
                workspace.releases,
                writer,
                workspace.model,
                source=source,
                mode=mode,
                params=params or {},
                base=settings.base,
                batch=settings.batch,
                max_message=settings.max_message_mb * 1024 * 1024,
                progress=step,
            )
        except loaders.ContractError as error:
            if not dry_run:
                stopped = {"code": error.code, "cause": error.cause, "fix": error.fix}
                writer.abandon({"stopped": stopped})
            raise
        if dry_run:
            return Loaded(report, None, None)
        links = None
        aside.result()
        if writer.changed:
            links = linkage.run(workspace.releases, writer, workspace.model, settings.base)
        totals = {"totals": links.totals} if links else {}
        release = writer.commit({**report.counts(), "base": settings.base, **totals})
        with projecting() as projected:
            bring_up_to_date(workspace, projected)
        loaded = Loaded(report, links, release.number if release else None)
        if done is not None:
            done(loaded)
    return loaded


def import_codes(
    workspace: Workspace,
    file: Path,
    *,
    edition: "date",
    name: str | None,
    said: dict[str, str],
    columns: tuple[str, ...],
    dry_run: bool = False,
) -> "ImportReport":
    """One published list under one release number, then the graph brought to it.

    Codes join nothing; but the first release of a changed ontology links everything again.
    """
    import linkage
    from loaders.code_lists import import_list

    releases, settings = workspace.releases, workspace.settings
    with releases.write() as writer:
        require_base(workspace)
        report = import_list(
            file,
            releases,
            writer,
            workspace.model,
            edition=edition,
            base=settings.base,
            name=name,
            said=said,
            columns=columns,
        )
        if dry_run:
            return report
        before = releases.release().summary if releases.current else {}
        waiting = {"unresolved": before.get("unresolved", 0), "base": settings.base}
        if writer.changed:
            links = linkage.run(releases, writer, workspace.model, settings.base)
            waiting["totals"] = links.totals
        release = writer.commit({**report.counts(), **waiting})
        report.release = release.number if release else None
        with projecting() as step:
            bring_up_to_date(workspace, step)
    return report


def require_base(workspace: Workspace) -> None:
    """Raises JG-CLI-012 when records bear IRIs of another base: none would be found again."""
    releases = workspace.releases
    made = releases.release(releases.current).summary.get("base") if releases.current else None
    if made not in (None, workspace.settings.base):
        raise JusticeGraphError(
            "JG-CLI-012",
            f"the base is {workspace.settings.base}, but the records here have {made}",
            "Set JUSTICEGRAPH_BASE back, or load into a new data folder.",
        )


def bring_up_to_date(workspace: Workspace, progress: Callable[..., None] | None = None) -> None:
    """Project whatever the graph has not got yet. The caller holds the writer lock, or asks."""
    from graph import project, require_own

    require_own(workspace.releases, workspace.store)
    if workspace.store.current() != workspace.releases.current:
        if first_load_by_import(workspace):
            return
        project(workspace.releases, workspace.store, workspace.model, progress)
