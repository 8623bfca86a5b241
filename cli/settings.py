"""Settings, by environment (JUSTICEGRAPH_*) and by file (justicegraph.toml); environment wins."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ontology.errors import JusticeGraphError

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


class Settings(BaseModel):
    """Everything a deployer sets. Each field is documented in docs/operator.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(Path("var/justicegraph"), description="Folder of tables, releases, graph")
    store: str = Field("sqlite", description="Where the graph is kept")
    base: str = Field("https://justicegraph.example/id/", description="Base of record IRIs")
    host: str = Field("127.0.0.1", description="Address the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port the server listens on")
    graphiql: bool = Field(True, description="Serve GraphiQL beside the plain query page")
    introspection: bool = Field(True, description="Let clients ask for the schema")
    debug: bool = Field(False, description="Show unexpected errors to clients")
    batch: int = Field(20_000, ge=1, description="Records in a batch; memory grows with it")
    max_message_mb: int = Field(64, ge=1, description="Largest message read, in MB; a CSV row: 1")
    keep: int = Field(100, ge=1, description="Releases kept when older ones are retired")
    query_seconds: float = Field(20.0, gt=0, description="Longest a query may run")


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
    names = {f"{PREFIX}{field.upper()}": field for field in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in names and name not in NO_SETTINGS:
            raise _unknown(name, {*names, *NO_SETTINGS})
    given = {field: os.environ[name] for name, field in names.items() if name in os.environ}
    file = Path(named or FILE)
    try:
        told = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
        return Settings.model_validate({**told, **given, **({"data": data} if data else {})})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise JusticeGraphError(
            "JG-CLI-002", f"{named or FILE} is no TOML: {error}", "Correct the file."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            raise _unknown(str(first["loc"][0]), Settings.model_fields, named or FILE) from error
        name = "_".join(str(part) for part in first["loc"])
        raise JusticeGraphError(
            "JG-CLI-001",
            f"setting {name} (JUSTICEGRAPH_{name.upper()}): {first['msg']}",
            "Correct it in the environment or in justicegraph.toml; docs/operator.md lists all.",
        ) from error


def _unknown(name: str, known: Iterable[str], file: str = "") -> JusticeGraphError:
    """No setting has this name: which one may be meant. file: "" for the environment."""
    from difflib import get_close_matches

    # Without what all of them begin with, or every name would be close.
    short = {each.removeprefix(PREFIX).lower(): each for each in sorted(known)}
    close = get_close_matches(name.removeprefix(PREFIX).lower(), short, n=1)
    return JusticeGraphError(
        "JG-CLI-001",
        f"there is no setting {name}" + (f", which stands in {file}" if file else ""),
        (f"Did you mean {short[close[0]]}? " if close else "")
        + "Correct or remove it; docs/operator.md lists all.",
    )
