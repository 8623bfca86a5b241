"""The justicegraph command: what each subcommand is called and takes. The work is elsewhere."""

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ontology.errors import JusticeGraphError

_OBJECTS = 50_000
"""Made, and not freed by counting references, before garbage is looked for."""

app = typer.Typer(
    name="justicegraph",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
map_app = typer.Typer(help="Mappings: how sources become records.", no_args_is_help=True)
ontology_app = typer.Typer(help="The ontology.", no_args_is_help=True)
keys_app = typer.Typer(help="API keys: who may ask what.", no_args_is_help=True)
shapes_app = typer.Typer(help="Shapes: what a record must be.", no_args_is_help=True)
codes_app = typer.Typer(help="Code lists and crosswalks.", no_args_is_help=True)
catalogue_app = typer.Typer(help="The catalogue of datasets.", no_args_is_help=True)
graph_app = typer.Typer(help="The graph store.", no_args_is_help=True)
app.add_typer(map_app, name="map")
app.add_typer(ontology_app, name="ontology")
app.add_typer(keys_app, name="keys")
app.add_typer(graph_app, name="graph")
app.add_typer(codes_app, name="codes")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(shapes_app, name="shapes")


def print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"justicegraph {version('justicegraph')}")
        raise typer.Exit


@app.callback()
def justicegraph(
    _: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """A semantic knowledge graph of justice records."""


Data = Annotated[Path | None, typer.Option("--data", help="Data folder (JUSTICEGRAPH_DATA).")]
Json = Annotated[bool, typer.Option("--json", help="For machines: JSON lines.")]


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; folders are walked.")],
    source: Annotated[
        str | None, typer.Option(help="The source; recognised by content when not named.")
    ] = None,
    mode: Annotated[str, typer.Option(help="delta or snapshot.")] = "delta",
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="A key outside the file: name=value.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Read and check, write nothing.")] = False,
    follow: Annotated[
        bool, typer.Option(help="Go on with each file that comes, until interrupted.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Load extracts into a new release. Exit 1: some file was unreadable; 2: nothing changed."""
    from cli.load import load_command

    load_command(
        paths, source, mode, with_ or [], dry_run=dry_run, follow=follow, data=data, json=json
    )


@app.command()
def sources(json: Json = False) -> None:
    """The sources that can be loaded, and how each is recognised."""
    from cli.inspect import sources_command

    sources_command(json=json)


@map_app.command("new")
def map_new(
    example: Annotated[Path, typer.Argument(help="An example file of the source.")],
    source: Annotated[str, typer.Option(help="What it is called: organisation/name.")],
    out: Annotated[Path | None, typer.Option(help="The file to write; else it is printed.")] = None,
) -> None:
    """Draft a mapping from an example: paths, types, likely properties. Everything is a guess."""
    from cli.mapping import map_new_command

    map_new_command(example, source, out)


@map_app.command("try")
def map_try(
    file: Annotated[Path, typer.Argument(help="A file of the source.")],
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file; else one that is there, by content.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The source, when content does not tell.")
    ] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="A key outside the file: name=value.")
    ] = None,
    records: Annotated[int, typer.Option(min=1, help="How many of each kind to show.")] = 3,
    json: Json = False,
) -> None:
    """Show the records a file would make, and what would be refused, without loading."""
    from cli.mapping import map_try_command

    map_try_command(file, mapping, source, with_ or [], records=records, json=json)


@map_app.command("check")
def map_check(
    samples: Annotated[
        Path | None, typer.Option(help="Folder of sample files (JUSTICEGRAPH_SAMPLES).")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only this source, in full.")] = None,
    json: Json = False,
) -> None:
    """Check every mapping against the ontology and its samples; exit 1 when one drifts."""
    from cli.check import map_check_command

    map_check_command(samples, source, json=json)


@ontology_app.command("check")
def ontology_check(json: Json = False) -> None:
    """Check that every term is complete and none is used undefined; exit 1 otherwise."""
    from cli.check import ontology_check_command

    ontology_check_command(json=json)


@shapes_app.command("explain")
def shapes_explain(
    shape: Annotated[str, typer.Argument(help="Its code (JG-PER-002), name or IRI.")],
    file: Annotated[
        Path | None, typer.Option(help="A file of shapes; the product's own otherwise.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """What a shape says in English, who judges it, and what that costs on loaded records."""
    from cli.shapes_explain import explain_command

    explain_command(shape, file, data=data, json=json)


@shapes_app.command("check")
def shapes_check(
    file: Annotated[Path, typer.Argument(help="A file of shapes, in Turtle.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Who fails a file's shapes on loaded records, before and after. Exit 1: somebody newly."""
    from cli.shapes_check import check_command

    check_command(file, data=data, json=json)


@app.command()
def rejects(
    all_: Annotated[bool, typer.Option("--all", help="Of every load, not only the last.")] = False,
    severity: Annotated[str, typer.Option(help="violation, warning, info or any.")] = "violation",
    csv: Annotated[Path | None, typer.Option(help="Write them to this CSV file.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """What was not loaded, why, and what to do about it."""
    from cli.inspect import rejects_command

    rejects_command(all_=all_, severity=severity, csv=csv, data=data, json=json)


@app.command()
def releases(data: Data = None, json: Json = False) -> None:
    """The releases that can be asked."""
    from cli.inspect import releases_command

    releases_command(data=data, json=json)


@app.command()
def status(data: Data = None, json: Json = False) -> None:
    """Where everything stands: release, graph, records, unresolved links, unknown codes."""
    from cli.inspect import status_command

    status_command(data=data, json=json)


@app.command()
def undo(
    to: Annotated[int, typer.Argument(help="The release to go back to.")],
    data: Data = None,
) -> None:
    """Take back the releases above one; their numbers are not used again."""
    from cli.upkeep import undo_command

    undo_command(to, data=data)


@app.command()
def retain(
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many releases (JUSTICEGRAPH_KEEP).")
    ] = None,
    data: Data = None,
) -> None:
    """Retire the oldest releases; the newest ones answer as before."""
    from cli.upkeep import retain_command

    retain_command(keep, data=data)


@app.command()
def forget(
    iris: Annotated[list[str], typer.Argument(help="IRIs of records, or of a person thing.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Erase records from every release, store and list. Cannot be taken back."""
    from cli.upkeep import forget_command

    forget_command(iris, yes=yes, data=data, json=json)


@app.command()
def ask(
    file: Annotated[str, typer.Argument(help="A GraphQL document, or - for standard input.")],
    var: Annotated[list[str] | None, typer.Option(help="A variable: name=value.")] = None,
    role: Annotated[str, typer.Option(help="As which role.")] = "operator",
    data: Data = None,
) -> None:
    """Ask GraphQL without a server. Exit 1 when the answer has errors."""
    from cli.ask import ask_command

    ask_command(file, var or [], role, data=data)


@app.command()
def journey(
    identifier: Annotated[str, typer.Argument(help="scheme=value, for example pnc=2003/0062845E.")],
    kind: Annotated[str, typer.Option(help="person or matter.")] = "person",
    planned: Annotated[bool, typer.Option(help="Also what is planned or was cancelled.")] = False,
    data: Data = None,
) -> None:
    """One person's or matter's journey as a table, as the local operator."""
    from cli.ask import journey_command

    journey_command(identifier, kind, planned=planned, data=data)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address (JUSTICEGRAPH_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port (JUSTICEGRAPH_PORT); 0: a free one.")
    ] = None,
    data: Data = None,
) -> None:
    """Serve GraphQL and the query page."""
    from cli.serve import serve_command

    serve_command(host, port, data=data)


@keys_app.command("add")
def keys_add(
    role: Annotated[str, typer.Option(help="analyst, practitioner or operator.")],
    project: Annotated[str, typer.Option(help="For which project, or whom.")],
    dataset: Annotated[
        list[str] | None, typer.Option(help="Only these datasets; all when not named.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Until it expires.")] = 365,
    data: Data = None,
) -> None:
    """Make a key. It is shown once and stored only as a hash."""
    from cli.keys import add_command

    add_command(role, project, dataset or [], days, data=data)


@keys_app.command("list")
def keys_list(data: Data = None, json: Json = False) -> None:
    """The keys there are; never the keys themselves."""
    from cli.keys import list_command

    list_command(data=data, json=json)


@keys_app.command("revoke")
def keys_revoke(key: Annotated[str, typer.Argument(help="Its id.")], data: Data = None) -> None:
    """Take a key away, at once."""
    from cli.keys import revoke_command

    revoke_command(key, data=data)


@app.command()
def export(
    format_: Annotated[str, typer.Option("--format", help="turtle or nquads.")] = "turtle",
    out: Annotated[Path | None, typer.Option(help="The file; standard output otherwise.")] = None,
    release: Annotated[int | None, typer.Option(help="Which release; the current one.")] = None,
    data: Data = None,
) -> None:
    """Write the records of a release as RDF."""
    from cli.upkeep import export_command

    export_command(format_, out, release, data=data)


@codes_app.command("import")
def codes_import(
    file: Annotated[Path, typer.Argument(help="A published list: CSV, JSON or Turtle.")],
    date: Annotated[str, typer.Option(help="The day of which the list is: YYYY-MM-DD.")],
    name: Annotated[
        str | None, typer.Option("--list", help="A list described in `codes lists`.")
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help="The scheme it fills, as records name it.")
    ] = None,
    notation: Annotated[
        str | None, typer.Option(help="Column of the code, or a text with {column} in it.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of its meaning, likewise.")] = None,
    welsh: Annotated[str | None, typer.Option(help="Column of its meaning in Welsh.")] = None,
    broader: Annotated[str | None, typer.Option(help="Column of the code above it.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="Column of its first day.")] = None,
    valid_to: Annotated[str | None, typer.Option(help="Column of its last day.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Who published it, and where it was taken from.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Names of the columns of a CSV without a header: a,b,c.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Read and check, write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Turn a published list into a code scheme of a new release."""
    from cli.codes import import_command

    said = {
        "scheme": scheme,
        "notation": notation,
        "label": label,
        "welsh": welsh,
        "broader": broader,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "source": source,
    }
    import_command(
        file,
        date,
        name,
        {option: text for option, text in said.items() if text is not None},
        columns,
        dry_run=dry_run,
        data=data,
        json=json,
    )


@codes_app.command("lists")
def codes_lists(data: Data = None, json: Json = False) -> None:
    """The lists that can be imported by name, and those that are."""
    from cli.codes import lists_command

    lists_command(data=data, json=json)


@codes_app.command("crosswalk")
def codes_crosswalk(
    source: Annotated[str | None, typer.Argument(help="From this scheme.")] = None,
    target: Annotated[str | None, typer.Argument(help="To this scheme.")] = None,
    json: Json = False,
) -> None:
    """The crosswalks between schemes and their evidence, or the mappings of one."""
    from cli.codes import crosswalk_command

    crosswalk_command(source, target, json=json)


@catalogue_app.command("export")
def catalogue_export(
    out: Annotated[Path | None, typer.Option(help="The file; standard output otherwise.")] = None,
    data: Data = None,
) -> None:
    """Write the catalogue as DCAT in Turtle, with the coverage of what is loaded."""
    from cli.catalogue import export_command

    export_command(out, data=data)


@graph_app.command("rebuild")
def graph_rebuild(
    online: Annotated[
        bool, typer.Option("--online", help="Over Bolt, never by neo4j-admin's import.")
    ] = False,
    data: Data = None,
) -> None:
    """Build the graph anew from the releases. Exit 1: commands are printed for you to run."""
    from cli.upkeep import rebuild_command

    rebuild_command(online=online, data=data)


@graph_app.command("schema")
def graph_schema() -> None:
    """The constraints and indexes of Neo4j, as the model makes them."""
    from cli.upkeep import schema_command

    schema_command()


@app.command()
def world(
    out: Annotated[Path, typer.Option(help="A new folder.")],
    persons: Annotated[int, typer.Option(help="How many true persons.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes; the bytes are the same for any number.")
    ] = 1,
    system: Annotated[
        list[str] | None, typer.Option(help="Only this system's extract; all when not named.")
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Finish the same world, begun in the folder.")
    ] = False,
    assumptions: Annotated[
        Path | None, typer.Option(help="Rates other than those of world/assumptions.toml.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a world of people who do not exist, and their records as each system would hold them."""
    from cli.check import world_command

    world_command(
        out,
        persons,
        seed,
        workers=workers,
        systems=system,
        resume=resume,
        assumptions=assumptions,
        json=json,
    )


def main() -> NoReturn:
    """Run the command. Exit codes: 0 done, 1 done in part, 2 not done, 130 interrupted."""
    # What a command makes first is programs, which are no garbage: looking through them every 700
    # objects, and once more at the end, takes an eighth of the time of a load of one message.
    gc.set_threshold(_OBJECTS)
    try:
        app(standalone_mode=True)
    except JusticeGraphError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Interrupted. What was committed before stands.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"JG-CLI-010: {where}{error.strerror or error}. "
            "Check the path, its permissions and the space left.",
            file=sys.stderr,
        )
        sys.exit(2)
    finally:
        gc.freeze()
    sys.exit(0)
