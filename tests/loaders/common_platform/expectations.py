"""Expectations written by reading the sample files: facts about the records they must become.

One YAML file a sample, of the sample's name:
    dataset    of every record
    documents  key of each document; version as the beginning of its text
    counts     live records a root class; a class not named has none
    events     "Class status" to number; all events of the sample
    records    root class to some records: key, class, and properties. `code S/N` is a concept,
               `link Root part part` a record of the same dataset, null an absent value.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from ontology.identifiers import BASE, record_iri

CODES = "https://w3id.org/justicegraph/code/"
Facts = dict[str, Any]


@dataclass(frozen=True)
class Expectation:
    """What one sample file must become."""

    name: str
    dataset: str
    documents: list[Facts]
    counts: dict[str, int]
    events: dict[str, int]
    records: dict[str, list[Facts]]


def read(file: Path) -> Expectation:
    """The expectation of one YAML file."""
    stated = yaml.safe_load(file.read_text("utf-8"))
    return Expectation(
        file.stem,
        stated["dataset"],
        stated["documents"],
        stated["counts"],
        stated["events"],
        stated["records"],
    )


def differences(expected: Expectation, frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """What the live records (one frame a root class) lack or have too much; empty when right."""
    found = {root: frame.height for root, frame in frames.items() if frame.height}
    said = [
        f"{root}: {n} expected, {found.get(root, 0)} live"
        for root, n in expected.counts.items()
        if found.get(root, 0) != n
    ]
    said += [
        f"{root}: {n} live, none expected"
        for root, n in found.items()
        if root not in expected.counts
    ]
    said += _events(expected, frames.get("EventRecord"))
    for root, records in expected.records.items():
        rows = (
            {row["iri"]: row for row in frames[root].iter_rows(named=True)}
            if root in frames
            else {}
        )
        for facts in records:
            iri = record_iri(BASE, root, expected.dataset, [str(part) for part in facts["key"]])
            row = rows.get(iri)
            if row is None:
                said.append(f"{root} {facts['key']}: not live")
                continue
            for name, value in facts.items():
                wanted = _value(value, expected.dataset)
                if name != "key" and _shown(row.get(name)) != wanted:
                    said.append(f"{root} {facts['key']} {name}: {row.get(name)!r} for {value!r}")
    return said


def _events(expected: Expectation, frame: pl.DataFrame | None) -> list[str]:
    if frame is None:
        return ["no events"] if expected.events else []
    found = Counter(
        f"{name} {str(status).rpartition('/')[2]}"
        for name, status in frame.select("class", "status").iter_rows()
    )
    return [
        f"{name}: {expected.events.get(name, 0)} expected, {found.get(name, 0)} live"
        for name in sorted(expected.events.keys() | found.keys())
        if expected.events.get(name, 0) != found.get(name, 0)
    ]


def _value(value: Any, dataset: str) -> Any:
    if isinstance(value, list):
        return sorted(_value(item, dataset) for item in value)
    if isinstance(value, str) and value.startswith("code "):
        return CODES + value.removeprefix("code ")
    if isinstance(value, str) and value.startswith("link "):
        _, root, *key = value.split(" ")
        return record_iri(BASE, root, dataset, key)
    return _shown(value)


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(_shown(item) for item in value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, float)):
        return float(value)
    return value
