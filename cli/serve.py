"""`justicegraph serve`: the API and its pages on one address."""

from pathlib import Path

from cli.ask import api_settings
from cli.output import say
from cli.pipeline import bring_up_to_date
from cli.workspace import Workspace


def serve_command(host: str | None, port: int | None, *, data: Path | None) -> None:
    import uvicorn

    from api import create_app

    workspace = Workspace(data)
    bring_up_to_date(workspace)
    app = create_app(workspace.releases, workspace.store, workspace.model, api_settings(workspace))
    address = host or workspace.settings.host
    number = workspace.settings.port if port is None else port
    config = uvicorn.Config(app, host=address, port=number, log_level="warning")
    bound = config.bind_socket()
    say(
        f"Release {workspace.store.current()} on "
        f"http://{address}:{bound.getsockname()[1]}/query  (Ctrl-C stops)"
    )
    uvicorn.Server(config).run(sockets=[bound])
