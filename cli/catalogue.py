"""`justicegraph catalogue`: the catalogue for other catalogues."""

from pathlib import Path

from cli.output import out as console
from cli.output import say
from cli.workspace import Workspace


def export_command(out: Path | None, *, data: Path | None) -> None:
    from api.coverage import coverage
    from api.dcat import dcat

    workspace = Workspace(data)
    releases = workspace.releases
    text = dcat(workspace.model, coverage(releases, releases.current))
    if out is None:
        console().print(text, markup=False, soft_wrap=True, end="")
        return
    out.write_text(text, encoding="utf-8")
    say(f"Written: {len(workspace.model.datasets)} datasets to {out}")
