"""What the commands of `justicegraph shapes` read: a file of shapes, and the records loaded."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from loaders.errors import nearest
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    import rdflib

    from ontology import Model
    from releases import Releases
    from shapes import Shapes

BATCH = 100_000
"""Records judged at a time; the documents of a batch are whole, as when they were loaded."""


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
    name = local(term).rpartition(":")[2].strip(",.;")
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    found = (n for n, line in enumerate(text.splitlines(), 1) if name and word.search(line))
    return next(found, 0)


def at(file: Path, text: str, term: str) -> str:
    """A file, and the line where a term stands in it."""
    line = line_of(text, term)
    return f"{file} line {line}" if line else str(file)


def local(term: object) -> str:
    """The local name of an IRI."""
    return str(term).replace("/", "#").rpartition("#")[2]


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
