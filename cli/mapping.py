"""`justicegraph map new` and `map try`: a mapping from an example, and what it makes of a file."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.load import by_source, pairs
from cli.output import err, json_line, say, table
from cli.progress import bar
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from loaders import LoadReport
    from loaders.mapping import SourceMapping
    from ontology import Model
    from releases import Releases

_NOT_SHOWN = ("hash", "release", "version")


def map_new_command(example: Path, source: str, out: Path | None) -> None:
    from loaders.catalogue import read_mappings
    from loaders.drafting import catalogue_entry, draft
    from loaders.examples import read_example
    from ontology import Model

    organisation, slash, name = source.partition("/")
    if not (organisation and slash and name) or "/" in name:
        raise JusticeGraphError(
            "JG-CLI-016", f"the source {source!r}", "Write organisation/name: nomis/movements."
        )
    model = Model.default()
    text = draft(read_example(example), source, model, read_mappings())
    if out is None:
        typer.echo(text, nl=False)
    else:
        if out.exists():
            raise JusticeGraphError("JG-CLI-017", f"{out} exists", "Name another file.")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        say(f"{out}: every line is a guess. Try it: justicegraph map try {example} --mapping {out}")
    if source not in model.datasets:
        err().print(
            f"\nThe catalogue has no {source} yet. Add it to ontology/catalogue.ttl:\n\n"
            f"{catalogue_entry(source)}",
            markup=False,
        )


def map_try_command(
    file: Path,
    mapping: Path | None,
    source: str | None,
    with_: list[str],
    *,
    records: int,
    json: bool,
) -> None:
    """The file goes the whole way of a load, into a folder that is thrown away."""
    import loaders
    from loaders.catalogue import named, read_mappings
    from loaders.mapping_yaml import read_mapping
    from ontology import Model
    from releases import Releases

    known = [read_mapping(mapping)] if mapping is not None else read_mappings()
    only = known[0].source if mapping is not None else source
    model = _with_dataset(Model.default(), named(known, only)) if only else Model.default()
    with tempfile.TemporaryDirectory(prefix="justicegraph-try-") as folder:
        releases = Releases.open(Path(folder), model)
        with bar("Try") as progress, releases.write() as writer:
            report = loaders.load(
                [file],
                releases,
                writer,
                model,
                source=only,
                params=pairs(with_, "--with"),
                mappings=known,
                progress=progress,
            )
            writer.commit(report.counts())
        findings = releases.findings(writer.load).collect().to_dicts()
        made = _records(releases, model, records) if releases.current else iter(())
        if json:
            _as_json(report, made, findings)
        else:
            _print(report, made, findings, records)
    if report.exit_code or report.skipped:
        raise typer.Exit(1)


def _with_dataset(model: "Model", mapping: "SourceMapping") -> "Model":
    """The model, with the dataset of a mapping that is not in the catalogue yet."""
    from ontology.terms import Dataset

    if mapping.source in model.datasets:
        return model
    err().print(
        f"The catalogue has no {mapping.source} yet: map check will ask for it.", markup=False
    )
    entry = Dataset("", "", "", "", "", "", mapping.source, "", "", (), None, None)
    return replace(model, datasets={**model.datasets, mapping.source: entry})


def _records(releases: "Releases", model: "Model", most: int) -> Iterator[dict[str, Any]]:
    """The records made, so many of each root class."""
    for root in model.roots:
        for row in releases.state(root).sort("iri").head(most).collect().iter_rows(named=True):
            yield {
                name: value
                for name, value in row.items()
                if value is not None and value != [] and name not in _NOT_SHOWN
            }


def _as_json(
    report: "LoadReport", made: Iterator[dict[str, Any]], findings: list[dict[str, Any]]
) -> None:
    json_line({"kind": "counts", **report.counts()})
    for record in made:
        json_line({"kind": "record", **record})
    for finding in findings:
        json_line({"kind": "finding", **finding})


def _print(
    report: "LoadReport",
    made: Iterator[dict[str, Any]],
    findings: list[dict[str, Any]],
    records: int,
) -> None:
    table(
        "Would load",
        ("source", "files", "read", "loaded", "rejected", "duplicates"),
        by_source(report),
    )
    for file in report.files:
        if file.reason:
            say(f"{file.path}: {file.reason}")
    for record in made:
        table(
            f"{record['class']} {record['iri']}",
            ("property", "value"),
            [(name, value) for name, value in record.items() if name not in ("iri", "class")],
        )
    if report.loaded:
        say(f"Shown: up to {records} of each kind of record; --records N shows more.")
    if findings:
        kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for each in findings:
            kinds.setdefault((each["code"], each["message"], each["fix"]), []).append(each)
        table(
            "Findings",
            ("times", "first at", "code", "value", "what", "fix"),
            [
                (len(found), found[0]["path"], code, found[0]["value"], message, fix)
                for (code, message, fix), found in kinds.items()
            ],
        )
    say("Nothing was kept.")
