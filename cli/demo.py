"""`make demo`: a made-up world through the whole path, told to a person as it goes."""

import os
import shutil
import sys
from pathlib import Path

import orjson

from cli.ask import print_journey
from cli.inspect import rejects_command
from cli.load import print_loaded
from cli.output import say
from cli.pipeline import Loaded, run_load
from cli.progress import bar
from cli.serve import serve_command
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError
from world import generate
from world.systems import SYSTEMS

FOLDER = Path("var/demo")
PERSONS = 250


def widest_told(truth: Path) -> str:
    """The PNC of the person whom the most systems tell most of, by the truth beside the world."""
    systems: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for line in (truth / "tellings.jsonl").read_bytes().splitlines():
        telling = orjson.loads(line)
        systems.setdefault(telling["person"], set()).add(telling["dataset"].partition("/")[0])
        counts[telling["person"]] = counts.get(telling["person"], 0) + 1
    keyed = {
        record["person"]
        for line in (truth / "records.jsonl").read_bytes().splitlines()
        for record in [orjson.loads(line)]
        if record["dataset"] == "nomis/prisoner-search" and "pnc" in dict(record["keys"])
    }
    best = max(
        (person for person in systems if person in keyed),
        key=lambda person: (len(systems[person]), -counts[person], person),
    )
    for line in (truth / "persons.jsonl").read_bytes().splitlines():
        person = orjson.loads(line)
        if person["key"] == best:
            return str(person["pnc"])
    raise AssertionError(f"{best} is told of, but is no person of the world")


def systems_loaded(loaded: Loaded) -> str:
    """How many systems' files became records, and which."""
    names = {
        file.source.partition("/")[0] for file in loaded.report.files if file.source and file.loaded
    }
    return f"{len(names)} ({', '.join(sorted(names))})"


def start_afresh(workspace: Workspace) -> None:
    """An empty graph for the demo's empty releases; a server that is not ours is never emptied.

    Errors: JG-CLI-010 when NEO4J_URI names somebody else's database and it holds something.
    """
    if workspace.settings.store == "sqlite" or workspace.store.current() == 0:
        return
    from graph.neo4j.local import LocalServer

    ours = LocalServer(Path(".neo4j"))
    if ours.pid() is None or ours.address().uri != os.environ.get("NEO4J_URI"):
        raise JusticeGraphError(
            "JG-CLI-010",
            f"the Neo4j database holds release {workspace.store.current()} of something else",
            "Name an empty database, or unset NEO4J_URI to let make start one.",
        )
    workspace.store.clear()


def demo() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    made = generate(PERSONS, 1, FOLDER / "world")
    say(
        f"1. A world of {made.persons} people who do not exist: {made.matters} matters, told by "
        f"{len(SYSTEMS)} systems in {made.files} files of their real formats, with errors of "
        "their own."
    )
    workspace = Workspace(FOLDER / "data")
    start_afresh(workspace)
    say("\n2. Loaded, checked against the shapes, linked and committed as one release:\n")
    with bar("Load") as progress:
        loaded = run_load(workspace, [FOLDER / "world" / "extracts"], progress=progress)
    print_loaded(loaded, dry_run=False)
    say(f"Systems loaded: {systems_loaded(loaded)}.")
    say("\n3. What was rejected, why, and what to do about it:\n")
    rejects_command(all_=False, severity="violation", csv=None, data=FOLDER / "data", json=False)
    say("\n4. One person's journey across the systems, each event with the record behind it:\n")
    print_journey(workspace, "pnc", widest_told(FOLDER / "world" / "truth"), "person")
    if os.environ.get("CI"):
        say("\n5. CI is set: not serving. Otherwise: justicegraph serve --data var/demo/data")
        return
    say("\n5. Serving. Ask it yourself:\n")
    serve_command(None, None, data=FOLDER / "data")


if __name__ == "__main__":
    try:
        demo()
    except JusticeGraphError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
