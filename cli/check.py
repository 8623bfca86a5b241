"""Checking what standards teams and integrators write, and making a world to try it on."""

import os
from pathlib import Path

import typer

from cli.output import json_line, say, table


def ontology_check_command(*, json: bool) -> None:
    import ontology.check

    from loaders import review

    findings = ontology.check.check(
        [Path(__file__).resolve().parent.parent / "shapes"], review.names_used()
    )
    for finding in findings:
        if json:
            json_line(
                {
                    "code": finding.code,
                    "term": finding.term,
                    "file": finding.file,
                    "message": finding.message,
                    "fix": finding.fix,
                }
            )
        else:
            say(f"{finding.file}: {finding.code} {finding.term}: {finding.message} {finding.fix}")
    if findings:
        raise typer.Exit(1)
    if not json:
        say("The ontology is whole: every term is complete, and none is used undefined.")


def world_command(out: Path, persons: int, seed: int, *, json: bool) -> None:
    from world import generate

    made = generate(persons, seed, out)
    if json:
        json_line(made.__dict__)
        return
    table(
        f"A world of {persons:,} persons in {out}",
        ("matters", "companies", "files", "megabytes", "events told"),
        [
            (
                made.matters,
                made.companies,
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
