"""A process that loads, projects and retires without end, for tests to kill."""

import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from graph import open_store, project
from releases import Releases
from tests.graph.frames import MODEL, code, frame, iri

CASES = 150
KEEP = 2


def batches(mark: int) -> list[tuple[str, pl.DataFrame]]:
    """Records that differ from mark to mark: changed, moved to another case, there and not."""
    chosen = random.Random(mark)
    cases = [
        {"key": f"c{i}", "urn": f"mark {mark}", "relatedCase": [iri("Case", f"c{i // 7}")],
         "initiationCode": code("case-initiation", chosen.choice("CRZ"))}
        for i in range(CASES) if chosen.random() < 0.8
    ]  # fmt: skip
    events = [
        {"key": f"e{i}", "inCase": [iri("Case", f"c{chosen.randrange(CASES)}")]}
        for i in range(3 * CASES)
    ]
    gone = [{"key": f"c{i}"} for i in range(CASES) if chosen.random() < 0.1]
    return [
        frame("CriminalCase", *cases),
        frame("Hearing", *events),
        frame("CriminalCase", *gone, op="delete"),
    ]


def load(releases: Releases, mark: int) -> None:
    """One release; what is both put and deleted is put."""
    with releases.write() as writer:
        for root, batch in reversed(batches(mark)):
            gone = batch.filter(pl.col("op") == "delete").select("iri", "document")
            writer.delete(root, gone)
            writer.put(root, batch.filter(pl.col("op") == "put").drop("op"))
        writer.commit({})


def begin(
    folder: Path, kind: str, seed: int, said: "Connection[str, None]", environment: dict[str, str]
) -> None:
    """Go on for ever; says what it is about to do first, so that the test knows it runs."""
    os.environ.update(environment)
    releases = Releases.open(folder, MODEL)
    store = open_store(kind, folder, MODEL)
    said.send("project")
    mark = seed
    while True:
        for what in ("project", "load", "project", "retain", "project"):
            if what == "load":
                load(releases, mark)
            elif what == "retain":
                releases.retain(KEEP)
            else:
                project(releases, store, MODEL)
        mark += 1
