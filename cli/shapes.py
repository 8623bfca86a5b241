"""`justicegraph shapes`: a rule explained, and a file of shapes tried on what is loaded."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import typer

from cli.output import json_line, say, table
from cli.workspace import Workspace
from loaders.errors import nearest
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

    from ontology import Model
    from releases import Releases
    from shapes import Rule, Shapes
    from shapes.compiler import Constraint

BATCH = 100_000
"""Records judged at a time; the documents of a batch are whole, as when they were loaded."""
SHOWN = 5
"""Records of one shape that people are shown; --json gives them all."""
Shown = dict[str, dict[str, list[dict[str, Any]]]]
"""Some of the records that changed, by change and shape."""
CHANGES = {"new": "fails now, did not before", "gone": "failed before, does not now"}


def explain_command(shape: str, file: Path | None, *, data: Path | None, json: bool) -> None:
    """What a rule says, constraint by constraint, who judges it, and what that costs."""
    from shapes import compiler
    from shapes.checker import default_shapes

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

    node = URIRef(rule.iri)
    holders = [node, *shapes.graph.subjects(SH.property, node)]
    targets = {
        f"{str(kind).removeprefix(str(SH))} {_local(value)}"
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


TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")


def _local(term: object) -> str:
    return str(term).replace("/", "#").rpartition("#")[2]


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


def check_command(file: Path, *, data: Path | None, json: bool) -> None:
    """Who fails the shapes of a file, beside who fails the product's shapes of the same IRIs.

    Exit code 1 when a record fails that does not fail before.
    """
    from shapes.checker import default_shapes

    workspace = Workspace(data)
    shapes = read_shapes(file)
    present = default_shapes()
    before = only(present, [iri for iri in shapes.by_iri if iri in present.by_iri])
    releases, model = workspace.releases, workspace.model
    if not releases.current:
        raise JusticeGraphError(
            "JG-CLI-003", f"{workspace.folder} holds no release", "Load something first."
        )
    counts: Counter[tuple[str, str]] = Counter()
    shown: Shown = {change: {} for change in CHANGES}
    records = 0
    for frames in batches(releases, model):
        records += sum(frame.height for frame in frames.values())
        told = compared(frames, model, before, shapes)
        for shape, change, number in told.group_by("shape", "change").len().iter_rows():
            counts[shape, change] += number
        for row in told.iter_rows(named=True):
            if json:
                json_line({"kind": "record", **row})
            elif row["change"] in shown:
                like = shown[row["change"]].setdefault(row["shape"], [])
                like += [row] if len(like) < SHOWN else []
    rows = [
        {
            "code": rule.code,
            "iri": rule.iri,
            "severity": rule.severity,
            "known": rule.iri in present.by_iri,
            **{change: counts[rule.iri, change] for change in ("same", *CHANGES)},
        }
        for rule in shapes.rules.values()
    ]
    if json:
        for row in rows:
            json_line({"kind": "shape", **row, "records": records})
    else:
        print_checked(file, rows, shown, records)
    if any(row["new"] for row in rows):
        raise typer.Exit(1)


def read_shapes(file: Path) -> "Shapes":
    """The shapes of one file alone.

    Errors, each with the line: JG-ONT-001 no Turtle; JG-LINT-020 for a term that the ontology
    does not have; JG-SHP-003, JG-SHP-004 for a shape that lacks what a report
    needs or that cannot be checked.
    """
    from ontology import Model
    from ontology.turtle import read
    from shapes import Shapes, ShapesError, compiler

    graph = read(file)
    text = file.read_text(encoding="utf-8")
    unknown = sorted(
        unknown_terms(graph, Model.default()), key=lambda term: (line_of(text, term), term)
    )
    if unknown:
        more = f" ({len(unknown) - 1} more like it)" if unknown[1:] else ""
        known = [*Model.default().properties, *Model.default().classes]
        raise JusticeGraphError(
            "JG-LINT-020",
            f"{at(file, text, unknown[0])}: the ontology has no jg:{unknown[0]}{more}",
            nearest(unknown[0], known),
        )
    try:
        shapes = Shapes.of(graph)
        compiler.compile(shapes, Model.default())
    except ShapesError as error:
        named = next((word for word in error.cause.split() if line_of(text, word)), "")
        raise ShapesError(
            error.code, f"{at(file, text, named)}: {error.cause}", error.fix
        ) from error
    if not shapes.rules:
        raise JusticeGraphError(
            "JG-CLI-019",
            f"{file} holds no shape that could report",
            "Give a node shape a target, such as sh:targetClass, and constraints.",
        )
    return shapes


def unknown_terms(graph: "rdflib.Graph", model: "Model") -> set[str]:
    """Names of our namespace that a shapes graph uses and that mean nothing."""
    from ontology.namespaces import JG
    from shapes.checker import default_shapes

    said = {str(term) for term in default_shapes().graph.predicates() if str(term).startswith(JG)}
    known = said | {f"{JG}{name}" for name in (*model.properties, *model.classes)}
    used = {str(term) for triple in graph for term in triple[1:]}
    return {term.removeprefix(JG) for term in used - known if term.startswith(JG)}


def line_of(text: str, term: str) -> int:
    """The line of a file where a term stands first, by its local name; 0 where it does not."""
    name = _local(term).rpartition(":")[2].strip(",.;")
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    found = (n for n, line in enumerate(text.splitlines(), 1) if name and word.search(line))
    return next(found, 0)


def at(file: Path, text: str, term: str) -> str:
    line = line_of(text, term)
    return f"{file} line {line}" if line else str(file)


def only(shapes: "Shapes", iris: list[str]) -> "Shapes":
    """These shapes by themselves, with what they refer to and the targets they are judged on."""
    import rdflib

    from shapes import Shapes

    graph = rdflib.Graph(bind_namespaces="none")
    for iri in iris:
        for triple in alone(shapes.graph, rdflib.URIRef(iri)):
            graph.add(triple)
    return Shapes(graph)


def alone(graph: "rdflib.Graph", shape: "Node") -> "rdflib.Graph":
    """One reporting shape of a graph: all below it, and the targets of the shapes it is in."""
    import rdflib
    from rdflib import RDF, SH

    found = rdflib.Graph(bind_namespaces="none")
    seen, queue = {shape}, [shape]
    while queue:
        node = queue.pop()
        for predicate, value in graph.predicate_objects(node):
            if predicate == SH.property and node == shape:
                continue
            found.add((node, predicate, value))
            below = isinstance(value, rdflib.BNode) or predicate in (SH.node, SH["not"], RDF.first)
            if below and value not in seen:
                seen.add(value)
                queue.append(value)
    for parent in graph.subjects(SH.property, shape):
        found.add((parent, RDF.type, SH.NodeShape))
        found.add((parent, SH.property, shape))
        for target in TARGETS:
            for value in graph.objects(parent, SH[target]):
                found.add((parent, SH[target], value))
    return found


def batches(
    releases: "Releases", model: "Model", size: int = BATCH
) -> Iterator[dict[str, pl.DataFrame]]:
    """The live records, by root class, some whole documents at a time."""
    if not releases.current:
        return
    told = [
        releases.state(root, columns=["document"]).group_by("document").len().collect()
        for root in model.roots
    ]
    documents = (
        pl.concat(told)
        .group_by("document")
        .agg(pl.col("len").sum())
        .sort("document")
        .with_columns(part=pl.col("len").cum_sum() // size)
    )
    for part in documents.partition_by("part", maintain_order=True):
        frames = {
            root: releases.state(root, documents=part["document"]).collect() for root in model.roots
        }
        yield {root: frame for root, frame in frames.items() if not frame.is_empty()}


def compared(
    frames: Mapping[str, pl.DataFrame], model: "Model", before: "Shapes", after: "Shapes"
) -> pl.DataFrame:
    """Who fails one set of shapes or another: a row for each shape and record.

    Columns shape (IRI), code, change (new, gone, same), iri, path, value (masked by the
    sensitivity of its property), severity, message; sorted.
    """
    key = ["shape", "root", "row"]
    failed, fails = (_by_iri(frames, model, one) for one in (before, after))
    old = failed.join(fails, on=key, how="anti").with_columns(change=pl.lit("gone"))
    both = fails.join(failed, on=key, how="semi").with_columns(change=pl.lit("same"))
    new = fails.join(failed, on=key, how="anti").with_columns(change=pl.lit("new"))
    told = pl.concat([old, both, new]).sort("code", "change", "iri")
    return told.select("shape", "code", "change", "iri", "path", "value", "severity", "message")


def _by_iri(frames: Mapping[str, pl.DataFrame], model: "Model", shapes: "Shapes") -> pl.DataFrame:
    import shapes as checking
    from loaders.masking import masked

    found = checking.check(frames, model, shapes=shapes)
    iris = {rule.code: rule.iri for rule in shapes.rules.values()}
    values = [
        masked(value, model.properties[path].sensitivity) if path in model.properties else ""
        for path, value in found.select("path", "value").iter_rows()
    ]
    return found.with_columns(
        code="shape",
        shape=pl.col("shape").replace_strict(iris, default=None, return_dtype=pl.String),
        value=pl.Series(values, dtype=pl.String),
    ).unique(["shape", "root", "row"], keep="first", maintain_order=True)


def print_checked(
    file: Path,
    rows: list[dict[str, Any]],
    shown: "Shown",
    records: int,
) -> None:
    table(
        f"{file.name} on {records:,} loaded records",
        ("shape", "severity", "fail before", "fail now", "newly", "no longer"),
        [
            (
                row["code"],
                row["severity"],
                row["same"] + row["gone"] if row["known"] else "no such shape",
                row["same"] + row["new"],
                row["new"],
                row["gone"],
            )
            for row in rows
        ],
    )
    for change, said in CHANGES.items():
        listed = [row for like in shown[change].values() for row in like]
        if listed:
            table(
                f"Who {said}",
                ("shape", "record", "property", "value", "what is wrong"),
                [
                    (one["code"], one["iri"], one["path"], one["value"], one["message"])
                    for one in listed
                ],
            )
        total = sum(row[change] for row in rows)
        if total > len(listed):
            say(f"and {total - len(listed):,} more: --json lists all.")
    if not any(row["new"] or row["gone"] for row in rows):
        say("Nobody fails who did not, and nobody passes who did not.")
