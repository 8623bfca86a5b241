"""`justicegraph ask` and `justicegraph journey`: GraphQL without a server, audited all the same."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from cli.load import pairs
from cli.output import err, say, table
from cli.pipeline import bring_up_to_date
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from api import ApiSettings

JOURNEY = """
query ($identifier: IdentifierInput!, $kind: ThingKind!, $status: [EventStatus!]!) {
  journey(identifier: $identifier, kind: $kind, status: $status) {
    subject { id }
    events { seq date precision status label charge decision court system orderedBy
             simultaneousWith reportedBy { dataset document } }
    context { release { number } headline caveats datasets { dataset records } }
  }
}
"""


def api_settings(workspace: Workspace) -> "ApiSettings":
    """What the API is told, from the settings of this process."""
    from api import ApiSettings

    settings = workspace.settings
    return ApiSettings(
        folder=workspace.folder,
        base=settings.base,
        graphiql=settings.graphiql,
        introspection=settings.introspection,
        debug=settings.debug,
        query_seconds=settings.query_seconds,
    )


def answer(
    workspace: Workspace, document: str, variables: Mapping[str, Any], role: str
) -> dict[str, Any]:
    """One question asked as a role, at the current release."""
    from api import Access, Role, execute

    if role not in {item.value for item in Role}:
        names = ", ".join(item.value for item in Role)
        raise JusticeGraphError("JG-CLI-006", f"there is no role {role!r}", f"Use one of {names}.")
    bring_up_to_date(workspace)
    return execute(
        document,
        variables,
        Access(Role(role)),
        releases=workspace.releases,
        store=workspace.store,
        model=workspace.model,
        settings=api_settings(workspace),
    )


def ask_command(file: str, var: list[str], role: str, *, data: Path | None) -> None:
    if file == "-":
        document = sys.stdin.read()
    else:
        try:
            document = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise JusticeGraphError(
                "JG-CLI-007", f"{file} cannot be read: {error}", "Name a text file, or -."
            ) from error
    variables = typed(document, pairs(var, "--var"))
    answered = answer(Workspace(data), document, variables, role)
    sys.stdout.buffer.write(orjson.dumps(answered, option=orjson.OPT_INDENT_2) + b"\n")
    if answered.get("errors"):
        raise typer.Exit(1)


def typed(document: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Variables as their declared types read them: text as it is, all else as JSON."""
    from graphql import GraphQLSyntaxError, Visitor, parse, visit

    declared: dict[str, str] = {}

    class Declarations(Visitor):
        def enter_variable_definition(self, node: Any, *_: Any) -> None:
            kind = node.type
            while hasattr(kind, "type"):
                if kind.kind == "list_type":
                    return
                kind = kind.type
            declared[node.variable.name.value] = kind.name.value

    try:
        visit(parse(document), Declarations())
    except GraphQLSyntaxError:
        return dict(given)  # the answer says what is wrong with it
    return {
        name: value if declared.get(name) in TEXTS else as_json(value)
        for name, value in given.items()
    }


TEXTS = frozenset({"String", "ID", "Date"})


def as_json(value: str) -> Any:
    """A value as JSON where it is JSON, as text otherwise (names of enums)."""
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def journey_command(identifier: str, kind: str, *, planned: bool, data: Path | None) -> None:
    scheme, value = next(iter(pairs([identifier], "journey").items()))
    print_journey(Workspace(data), scheme, value, kind, planned=planned)


def print_journey(
    workspace: Workspace, scheme: str, value: str, kind: str, *, planned: bool = False
) -> dict[str, Any]:
    """A journey as a table, and the records behind it; returns the answer."""
    status = ["HAPPENED", "PLANNED", "CANCELLED"] if planned else ["HAPPENED"]
    answered = answer(
        workspace,
        JOURNEY,
        {
            "identifier": {"scheme": scheme, "value": value},
            "kind": kind.upper(),
            "status": status,
        },
        "operator",
    )
    for problem in answered.get("errors") or []:
        extensions = problem.get("extensions", {})
        sentences = filter(None, (problem["message"], extensions.get("fix")))
        told = " ".join(f"{sentence.rstrip('.')}." for sentence in sentences)
        err().print(f"{extensions.get('code', 'JG-API')}: {told}", markup=False)
    journey = (answered.get("data") or {}).get("journey")
    if not journey:
        raise typer.Exit(1)
    context = journey["context"]
    say(context["headline"] or "")
    table(
        f"{kind.capitalize()} with {scheme} {value}, release {context['release']['number']}",
        ("", "date", "event", "detail", "court", "told by", "in its record"),
        [
            (
                event["seq"],
                event["date"] if event["precision"] == "DAY" else event["date"][:7],
                event["label"] if event["status"] == "HAPPENED" else f"{event['label']} (planned)",
                "; ".join(filter(None, (event["charge"], event["decision"]))),
                event["court"],
                event["reportedBy"][0]["dataset"],
                ", ".join(
                    record["document"].removeprefix(record["dataset"] + "/")
                    for record in event["reportedBy"]
                ),
            )
            for event in journey["events"]
        ],
    )
    for caveat in context["caveats"]:
        say(caveat)
    return dict(journey)
