"""One neighbourhood written down, and the neighbourhoods' parts put together.

A neighbourhood's own files go to extracts/<system>/c00017/ at once. What it adds to files that all
share, and to the truth, waits in one bundle, .cells/00017.zip, whose appearance (one rename) says
that the neighbourhood is done. A killed run therefore leaves whole bundles, and files that the
same neighbourhood will write again, the same.
"""

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path

import orjson

from world.dictionary import DICTIONARY
from world.extract import Part
from world.facts import History
from world.history import cells, live
from world.systems import SYSTEMS, spoilt
from world.truth import Truth
from world.truth_files import rows

BUNDLES = ".cells"
COUNTS = "counts.json"
HEADERS = "headers/"


@dataclass(frozen=True)
class Plan:
    """What decides every byte of a world."""

    persons: int
    seed: int
    systems: tuple[str, ...]
    assumptions: str  # path of the file


@dataclass(frozen=True)
class Counts:
    """What was made. files and bytes are of the extracts, truth excluded."""

    persons: int = 0
    companies: int = 0
    crimes: int = 0
    matters: int = 0
    files: int = 0
    bytes: int = 0
    tellings: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


def bundle(out: Path, cell: int) -> Path:
    return out / BUNDLES / f"{cell:05d}.zip"


def write_cell(plan: Plan, cell: int, out: Path) -> None:
    """Make one neighbourhood and write its files and its bundle; nothing where it is done."""
    done = bundle(out, cell)
    if done.exists():
        return
    history = live(cell, plan.persons, plan.seed, Path(plan.assumptions))
    truth = Truth()
    told = ((system, part) for system in plan.systems for part in SYSTEMS[system](history, truth))
    damaged = ((s, part) for s, part in spoilt.extracts(history) if s in plan.systems)
    started = done.with_suffix(f".{os.getpid()}.part")  # a killed run's worker may live on a while
    with zipfile.ZipFile(started, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        files, size = _extracts(chain(told, damaged), parts, cell, out)
        for name in DICTIONARY:
            lines = (orjson.dumps(row) + b"\n" for row in rows(name, history, truth))
            parts.writestr(f"truth/{name}.jsonl", b"".join(lines))
        counts = _counts(history, truth, files, size)
        parts.writestr(COUNTS, orjson.dumps(counts))
    os.replace(started, done)


def _extracts(
    told: Iterable[tuple[str, Part]], parts: zipfile.ZipFile, cell: int, out: Path
) -> tuple[int, int]:
    """Own files to their places, shared parts to the bundle: (own files, bytes of all)."""
    files = size = 0
    for system, part in told:
        size += len(part.content)
        if part.shared is None:
            path = out / "extracts" / system / f"c{cell:05d}" / part.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part.content)
            files += 1
        else:
            name = f"extracts/{system}/{part.path}"
            parts.writestr(name, part.content)
            if part.shared:
                parts.writestr(HEADERS + name, part.shared)
    return files, size


def _counts(history: History, truth: Truth, files: int, size: int) -> Counts:
    return Counts(
        len(history.people),
        len(history.companies),
        len(history.crimes),
        len(history.matters),
        files,
        size,
        len(truth.tellings()),
    )


def join(plan: Plan, out: Path) -> Counts:
    """Put the bundles together, in the neighbourhoods' order; files begun before are redone."""
    total = Counts()
    begun: set[str] = set()
    for cell in range(cells(plan.persons)):
        with zipfile.ZipFile(bundle(out, cell)) as parts:
            headers = {name for name in parts.namelist() if name.startswith(HEADERS)}
            for name in parts.namelist():
                if name == COUNTS:
                    total += Counts(**orjson.loads(parts.read(name)))
                elif name not in headers:
                    path = out / name
                    fresh = name not in begun
                    if fresh:
                        begun.add(name)
                        path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("wb" if fresh else "ab") as stream:
                        if fresh and HEADERS + name in headers:
                            size = stream.write(parts.read(HEADERS + name))
                            total += Counts(bytes=size)
                        stream.write(parts.read(name))
    shared = sum(name.startswith("extracts/") for name in begun)
    return total + Counts(files=shared)
