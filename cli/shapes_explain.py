"""`justicegraph shapes explain`: what a rule says, who judges it, what that costs."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from cli.output import json_line, say, table
from cli.shape_files import batches, local, read_shapes
from cli.workspace import Workspace
from loaders.errors import nearest
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from ontology import Model
    from shapes import Rule, Shapes
    from shapes.compiler import Constraint


def explain_command(shape: str, file: Path | None, *, data: Path | None, json: bool) -> None:
    """What a rule says, constraint by constraint, who judges it, and what that costs."""
    from shapes import compiler
    from shapes.checker import default_shapes
    from shapes.excerpt import only

    workspace = Workspace(data)
    shapes = read_shapes(file) if file else default_shapes()
    frames = next(batches(workspace.releases, workspace.model), {})
    for rule in asked_for(shape, shapes):
        alone = only(shapes, [rule.iri])
        constraints = [
            one
            for one in compiler.compile(alone, workspace.model).constraints
            if one.iri == rule.iri
        ]
        cost = measured(alone, workspace.model, frames)
        if json:
            json_line(explained(shapes, rule, constraints) | cost)
        else:
            print_explained(explained(shapes, rule, constraints), cost)


def asked_for(name: str, shapes: "Shapes") -> list["Rule"]:
    """The rules of that code, IRI or local name; of a shape that has no code, those in it.

    Errors: JG-CLI-018 when there is none, naming the nearest.
    """
    from rdflib import SH, URIRef

    known = {rule.code.lower(): rule for rule in shapes.rules.values()}
    known |= {rule.iri.rpartition("/")[2].lower(): rule for rule in shapes.rules.values()}
    if name in shapes.by_iri:
        return [shapes.by_iri[name]]
    if name.lower() in known:
        return [known[name.lower()]]
    gathers = {str(node): node for node in shapes.graph.subjects(SH.property, None)}
    for iri, node in gathers.items():
        if name in (iri, iri.rpartition("/")[2]) and isinstance(node, URIRef):
            inner = {str(each) for each in shapes.graph.objects(node, SH.property)}
            return [rule for rule in shapes.rules.values() if rule.iri in inner]
    raise JusticeGraphError(
        "JG-CLI-018", f"no shape is called {name!r}", nearest(name.upper(), shapes.rules)
    )


def explained(shapes: "Shapes", rule: "Rule", constraints: list["Constraint"]) -> dict[str, Any]:
    """A rule as one JSON object: what it says, whom it targets, and each constraint."""
    from rdflib import SH, SKOS, URIRef

    from shapes.excerpt import TARGETS

    node = URIRef(rule.iri)
    holders = [node, *shapes.graph.subjects(SH.property, node)]
    targets = {
        f"{str(kind).removeprefix(str(SH))} {local(value)}"
        for holder in holders
        for kind in TARGETS
        for value in shapes.graph.objects(holder, SH[kind])
    }
    return {
        "code": rule.code,
        "iri": rule.iri,
        "label": rule.label,
        "severity": rule.severity,
        "says": str(shapes.graph.value(node, SKOS.definition) or rule.message),
        "message": rule.message,
        "fix": rule.fix,
        "targets": sorted(targets),
        "constraints": [
            {
                "path": one.path,
                "component": one.component,
                "english": one.english,
                "where": one.where,
                "expression": one.expression,
                "reason": one.reason,
            }
            for one in constraints
        ],
    }


def measured(
    shapes: "Shapes", model: "Model", frames: Mapping[str, pl.DataFrame]
) -> dict[str, Any]:
    """What judging these shapes costs on loaded records; nothing where none are loaded.

    records: how many were judged; asked: how many pyshacl had to judge too; seconds.
    """
    import shapes as checking
    from shapes import compiler

    if not frames:
        return {"records": 0, "asked": None, "seconds": None}
    screened = compiler.compile(shapes, model).screen(frames)
    asked = screened.filter(pl.col("answer") == "unknown").select("root", "row").n_unique()
    start = time.perf_counter()
    checking.check(frames, model, shapes=shapes)
    return {
        "records": sum(frame.height for frame in frames.values()),
        "asked": asked,
        "seconds": round(time.perf_counter() - start, 4),
    }


def print_explained(told: Mapping[str, Any], cost: Mapping[str, Any]) -> None:
    say(f"{told['code']}: {told['label']} ({told['severity']})")
    say(told["says"])
    say(f"To do: {told['fix']}")
    say(f"Judges: {', '.join(told['targets'])}")
    table(
        "Constraints",
        ("path", "component", "in English", "judged by"),
        [
            (
                one["path"],
                f"sh:{one['component']}",
                one["english"],
                "columns" if one["where"] == "columns" else f"pyshacl: {one['reason']}",
            )
            for one in told["constraints"]
        ],
    )
    for one in told["constraints"]:
        if one["expression"]:
            say(f"sh:{one['component']} passes where {one['expression']}")
    if cost["records"]:
        say(
            f"Cost: {cost['seconds'] * 1000:,.1f} ms for {cost['records']:,} loaded records; "
            f"{cost['asked']:,} of them were judged by pyshacl too."
        )
    else:
        say("Cost: not measured, since nothing is loaded. docs/shapes.md has what each costs.")
