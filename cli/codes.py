"""`justicegraph codes`: published lists into releases, and what the crosswalks say."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import json_line, say, table
from cli.pipeline import import_codes
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    from loaders.code_lists import ImportReport

SHOWN = 20


def import_command(
    file: Path,
    edition: str,
    name: str | None,
    said: dict[str, str],
    columns: str | None,
    *,
    dry_run: bool,
    data: Path | None,
    json: bool,
) -> None:
    try:
        day = date.fromisoformat(edition)
    except ValueError as error:
        raise JusticeGraphError(
            "JG-CLI-020", f"--date {edition} is no date", "Write YYYY-MM-DD."
        ) from error
    report = import_codes(
        Workspace(data),
        file,
        edition=day,
        name=name,
        said=said,
        columns=tuple(columns.split(",")) if columns else (),
        dry_run=dry_run,
    )
    if json:
        json_line(
            {
                "release": report.release,
                "dataset": report.dataset,
                "schemes": report.schemes,
                **report.counts(),
                "codes": len(report.coded.codes),
                "ended": report.ended,
                "conflict": report.conflict,
                "noticed": [vars(each) for each in report.coded.noticed],
            }
        )
    else:
        print_import(report, dry_run=dry_run)


def print_import(report: "ImportReport", *, dry_run: bool) -> None:
    coded = report.coded
    say(
        f"{report.dataset}: {coded.read:,} rows read: {len(coded.codes):,} codes,"
        f" {coded.repeated:,} rows repeat one, {coded.rejected:,} rejected."
    )
    schemes = report.schemes
    more = f" and {len(schemes) - 5:,} more" if len(schemes) > 5 else ""
    say(f"Schemes: {', '.join(schemes[:5])}{more}.")
    if report.ended:
        say(f"{report.ended:,} codes are no longer in it: they stay, with an end.")
    if report.superseded:
        say("A newer edition is held: this one changes nothing.")
    if report.conflict:
        say("Another content has the same date: give the later one the later --date.")
    doubtful = [each for each in coded.noticed if each.severity != "info"]
    if doubtful:
        table(
            "Noticed",
            ("rule", "where", "value", "what is wrong", "what to do"),
            [(n.code, n.place, n.value, n.message, n.fix) for n in doubtful[:SHOWN]],
        )
        if len(doubtful) > SHOWN:
            say(f"and {len(doubtful) - SHOWN:,} more: --json lists all.")
    if report.release is not None:
        say(f"Release {report.release}.")
    else:
        say("Nothing was written." if dry_run else "Nothing changed: no new release.")


def lists_command(*, data: Path | None, json: bool) -> None:
    import polars as pl

    from loaders.code_lists.description import published

    releases = Workspace(data).releases
    imported: dict[str, tuple[int, str]] = {}
    if releases.current:
        lists = releases.state("CodeList", columns=["dataset", "editionDate"])
        codes = releases.state("ListedCode", columns=["dataset"]).group_by("dataset").len()
        dated = lists.group_by("dataset").agg(pl.col("editionDate").max())
        for name, edition, count in dated.join(codes, on="dataset").collect().iter_rows():
            imported[name.partition("/")[2]] = (count, edition.isoformat())
    rows: list[dict[str, object]] = []
    for name in sorted({*published(), *imported}):
        known = published().get(name)
        count, edition = imported.get(name, (0, ""))
        rows.append(
            {
                "list": name,
                "scheme": known.scheme if known else name,
                "source": known.source if known else "",
                "edition": edition,
                "codes": count,
            }
        )
    if json:
        for row in rows:
            json_line(row)
        return
    table("Code lists", tuple(rows[0]), [tuple(row.values()) for row in rows])


def crosswalk_command(source: str | None, target: str | None, *, json: bool) -> None:
    from ontology import Class, Model

    model = Model.default()
    if source is None or target is None:
        rows = [
            {
                "from": each.source_scheme,
                "to": each.target_scheme,
                "mappings": len(model.mappings(each.source_scheme, each.target_scheme)),
                "evidence": each.evidence,
            }
            for each in model.crosswalks.values()
            if source in (None, each.source_scheme)
        ]
        title = "Crosswalks"
    else:
        pairs = model.mappings(source, target)
        rows = [
            {
                "from": one.notation,
                "label": one.label,
                "relation": relation,
                "to": other.name if isinstance(other, Class) else other.notation,
                "means": other.label,
            }
            for one, relation, other in pairs
        ]
        title = f"{source} to {target}"
    if json:
        for row in rows:
            json_line(row)
    elif rows:
        table(title, tuple(rows[0]), [tuple(row.values()) for row in rows])
    else:
        raise JusticeGraphError(
            "JG-CLI-021",
            f"there is no crosswalk from {source} to {target or 'any other scheme'}",
            "justicegraph codes crosswalk lists those there are.",
        )
