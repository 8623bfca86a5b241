"""Checking what standards teams and integrators write, and making a world to try it on."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.output import json_line, say, table
from cli.progress import bar
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from loaders.review import Review


SHAPES = Path(__file__).resolve().parent.parent / "shapes"


def ontology_check_command(*, json: bool) -> None:
    from loaders import review
    from ontology import check
    from ontology.checking import Use

    uses = [
        Use("class" if name[0].isupper() else "property", name, place)
        for name, place in review.names_used().items()
    ]
    findings = check([SHAPES], uses)
    for finding in findings:
        if json:
            json_line(asdict(finding))
        else:
            say(str(finding))
    if findings:
        raise typer.Exit(1)
    if not json:
        say("The ontology is whole: every term is complete, and none is used undefined.")


def map_check_command(samples: Path | None, source: str | None, *, json: bool) -> None:
    """Columns with their evidence, what is not mapped and why, and what has drifted."""
    from loaders.review import review
    from ontology import Model

    folder = samples_folder(samples)
    found = review(Model.default(), folder)
    if source is not None and source not in {column.source for column in found.columns}:
        raise JusticeGraphError(
            "JG-CLI-008", f"no source is called {source!r}", "justicegraph sources lists them."
        )
    if json:
        for kind, items in (
            ("column", found.columns),
            ("unmapped", found.omissions),
            ("finding", found.findings),
        ):
            for item in items:
                json_line({"kind": kind, **asdict(item)})
    else:
        print_review(found, source)
        if folder is None:
            say("No sample files here: mappings were checked against the ontology only.")
        else:
            say(f"{found.samples} sample files compared.")
    if found.findings:
        raise typer.Exit(1)


def print_review(found: "Review", source: str | None) -> None:
    if source is None:
        marks = {"V": "printed", "S": "source system", "C": "catalogue", "I": "inferred"}
        names = sorted({column.source for column in found.columns})
        table(
            "Mappings",
            ("source", "columns", *(f"{m} {text}" for m, text in marks.items()), "not mapped"),
            [
                (
                    name,
                    sum(c.source == name for c in found.columns),
                    *(
                        sum(c.source == name and c.evidence == mark for c in found.columns)
                        for mark in marks
                    ),
                    sum(o.source == name for o in found.omissions),
                )
                for name in names
            ],
        )
    else:
        table(
            f"{source}: what each property is read from",
            ("record", "property", "read from", "evidence"),
            [
                (c.block, c.property, c.reads, c.evidence)
                for c in found.columns
                if c.source == source
            ],
        )
        table(
            f"{source}: what is not mapped",
            ("field", "why"),
            [(o.pattern, o.reason) for o in found.omissions if o.source == source],
        )
    for finding in found.findings:
        say(f"{finding.where}: {finding.code} {finding.message}. {finding.fix}")


def world_command(
    out: Path,
    persons: int,
    seed: int,
    *,
    workers: int,
    systems: list[str] | None,
    resume: bool,
    assumptions: Path | None,
    json: bool,
) -> None:
    from world import WorldError, generate
    from world.settings import ASSUMPTIONS

    with bar("World") as move:
        try:
            made = generate(
                persons,
                seed,
                out,
                workers=workers,
                systems=systems or None,
                resume=resume,
                given=assumptions or ASSUMPTIONS,
                progress=lambda done, of: move(done, of, "neighbourhoods"),
            )
        except WorldError as error:
            raise JusticeGraphError(error.code, error.cause, error.fix) from error
    if json:
        json_line(asdict(made))
        return
    table(
        f"A world of {persons:,} persons in {out}",
        ("recorded crimes", "prosecutions", "files", "megabytes", "events told"),
        [
            (
                made.crimes,
                made.matters,
                made.files,
                round(made.bytes / 1e6, 1),
                made.tellings,
            )
        ],
    )
    say(f"Extracts: {out / 'extracts'}    Truth, which no loader reads: {out / 'truth'}")


def samples_folder(named: Path | None) -> Path | None:
    """The folder of sample files: named, or in JUSTICEGRAPH_SAMPLES, or beside the checkout."""
    if named is not None:
        return named
    if setting := os.environ.get("JUSTICEGRAPH_SAMPLES"):
        return Path(setting)
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return beside if beside.is_dir() else None
