"""API keys on the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.output import json_line, say, table
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError


def add_command(
    role: str, project: str, datasets: list[str], days: int, *, data: Path | None
) -> None:
    from api.keys import Keys

    workspace = Workspace(data)
    unknown = sorted(set(datasets) - set(workspace.model.datasets))
    if unknown:
        raise JusticeGraphError(
            "JG-CLI-008", f"no source is called {unknown[0]!r}", "justicegraph sources lists them."
        )
    expires = datetime.now(UTC).date() + timedelta(days=days)
    key, text = Keys(workspace.folder).add(role, project, datasets or None, expires)
    say(f"Key {key.id}, role {key.role}, project {key.project}, until {key.expires}.")
    say("It is shown only now:")
    say(text)


def list_command(*, data: Path | None, json: bool) -> None:
    from api.keys import Keys

    keys = Keys(Workspace(data).folder).list()
    if json:
        for key in keys:
            json_line(
                {
                    "id": key.id,
                    "role": key.role,
                    "project": key.project,
                    "datasets": key.datasets,
                    "expires": key.expires,
                    "revoked": key.revoked,
                }
            )
        return
    table(
        "Keys",
        ("id", "role", "project", "datasets", "expires", "revoked"),
        [
            (k.id, k.role, k.project, ", ".join(k.datasets or ["all"]), k.expires, k.revoked)
            for k in keys
        ],
    )


def revoke_command(key: str, *, data: Path | None) -> None:
    from api.keys import Keys

    revoked = Keys(Workspace(data).folder).revoke(key)
    say(f"Key {revoked.id} stopped working.")
