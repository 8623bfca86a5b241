"""Settings, by environment (JUSTICEGRAPH_*) and by file (justicegraph.toml); environment wins."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert

from ontology.errors import JusticeGraphError, nearest

PREFIX = "JUSTICEGRAPH_"
FILE = "justicegraph.toml"
NO_SETTINGS = frozenset(
    PREFIX + name
    for name in (
        "SETTINGS",
        "SAMPLES",
        "SAMPLES_REQUIRED",
        "NEO4J_REQUIRED",
        "BROWSER_REQUIRED",
        "CACHE",
        "HITS",
        "SHAPES_DISAGREEMENT",
    )
)
"""Variables of this prefix that are read elsewhere: settings file, samples, what tests need and
write, where the parsed ontology is kept, and what becomes of a load in which columns and pyshacl
disagree."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a deployer sets. Each field is documented in docs/operator.md."""

    data: Path = Path("var/justicegraph")
    """Folder of tables, releases, graph."""
    store: str = "sqlite"
    """Where the graph is kept."""
    base: str = "https://justicegraph.example/id/"
    """Base of record IRIs."""
    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    """Port the server listens on."""
    graphiql: bool = True
    """Serve GraphiQL beside the plain query page."""
    introspection: bool = True
    """Let clients ask for the schema."""
    debug: bool = False
    """Show unexpected errors to clients."""
    batch: Annotated[int, Meta(ge=1)] = 20_000
    """Records in a batch; memory grows with it."""
    max_message_mb: Annotated[int, Meta(ge=1)] = 64
    """Largest message read, in MB; a CSV row: 1."""
    keep: Annotated[int, Meta(ge=1)] = 100
    """Releases kept when older ones are retired."""
    query_seconds: Annotated[float, Meta(gt=0)] = 20.0
    """Longest a query may run."""


def read_settings(data: Path | None = None) -> Settings:
    """Settings of this process; `data` (a command's --data) wins over everything.

    Errors: JG-CLI-001 when a setting has a wrong value or is unknown, naming it; JG-CLI-002 when
    the settings file is missing or no TOML.
    """
    named = os.environ.get("JUSTICEGRAPH_SETTINGS")
    if named and not Path(named).is_file():
        raise JusticeGraphError(
            "JG-CLI-002", f"JUSTICEGRAPH_SETTINGS names {named}", "There is no such file."
        )
    names = {f"{PREFIX}{field.upper()}": field for field in Settings.__struct_fields__}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in names and name not in NO_SETTINGS:
            raise _unknown(name, {*names, *NO_SETTINGS})
    given = {field: os.environ[name] for name, field in names.items() if name in os.environ}
    file = Path(named or FILE)
    try:
        told = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise JusticeGraphError(
            "JG-CLI-002", f"{named or FILE} is no TOML: {error}", "Correct the file."
        ) from error
    for name in told:
        if name not in Settings.__struct_fields__:
            raise _unknown(name, Settings.__struct_fields__, named or FILE)
    whole = {**told, **given, **({"data": str(data)} if data else {})}
    try:
        return convert(whole, Settings, strict=False, dec_hook=_path)
    except ValidationError as error:
        what, _, name = str(error).rstrip("`").rpartition(" - at `$.")
        raise JusticeGraphError(
            "JG-CLI-001",
            f"setting {name} (JUSTICEGRAPH_{name.upper()}) is {whole.get(name)!r}: {what}",
            "Correct it in the environment or in justicegraph.toml; docs/operator.md lists all.",
        ) from error


def _path(kind: type, told: object) -> Path:
    if kind is not Path or not isinstance(told, str):
        raise ValueError("Expected a path")
    return Path(told)


def _unknown(name: str, known: Iterable[str], file: str = "") -> JusticeGraphError:
    """No setting has this name: which one may be meant. file: "" for the environment."""
    # Without what all of them begin with, or every name would be close.
    short = {each.removeprefix(PREFIX).lower(): each for each in sorted(known)}
    close = nearest(name.removeprefix(PREFIX), short, 1)
    return JusticeGraphError(
        "JG-CLI-001",
        f"there is no setting {name}" + (f", which stands in {file}" if file else ""),
        (f"Did you mean {short[close[0]]}? " if close else "")
        + "Correct or remove it; docs/operator.md lists all.",
    )
