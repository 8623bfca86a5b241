"""From releases to the graph, by difference: one retained release after the other.

A killed projection leaves the store at the last release it committed; the next one removes what
lies above and goes on from there. Numbers are never used again, so a release that the store has
and the releases no longer list was undone.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from graph.errors import OtherFolderError
from graph.port import Store
from ontology import Model
from releases import Release, Releases

BATCH = 10_000
PART = 30_000
"""Rows of a table whose changes are found together: finding them holds them in memory."""


@dataclass(frozen=True)
class Progress:
    """What a projection is at: release number, root class, records written so far in all."""

    release: int
    root: str
    records: int


def project(
    releases: Releases,
    store: Store,
    model: Model,
    progress: Callable[[Progress], None] | None = None,
) -> int:
    """Bring the store to the current release; returns how many record versions were written.

    Also undoes and retires in the store what was undone and retired in the releases. Run it
    while nobody else writes. Raises OtherFolderError.
    """
    require_own(releases, store)
    live = releases.live()
    if not live:
        store.clear()
        return 0
    store.clean()
    reached = _common(store, live)
    history = [each for each in releases.list(above=reached) if each.status != "undone"]
    if store.follows() != releases.folder_id:
        store.follow(releases.folder_id)
    written = 0
    for since, release in zip([0, *live], live, strict=False):
        if release <= reached:
            continue
        rows = _rows([each for each in history if since < each.number <= release])
        batches = _batches(releases, model, since, release, rows, written, progress)
        counted = _Counted(batches)
        store.apply(release, counted)
        store.commit(release)
        written += counted.records
    store.retain(live[0])
    return written


def rebuild(
    releases: Releases,
    store: Store,
    model: Model,
    progress: Callable[[Progress], None] | None = None,
) -> int:
    """Make the store anew from the retained releases; its content is as if it had followed them."""
    store.clear()
    return project(releases, store, model, progress)


def require_own(releases: Releases, store: Store) -> None:
    """Raise OtherFolderError where the store holds releases of another data folder."""
    if store.follows() not in (None, releases.folder_id) and store.current():
        raise OtherFolderError(str(releases.folder))


def _common(store: Store, live: Sequence[int]) -> int:
    """The newest release that the store and the releases share; what is above it is undone."""
    current = store.current()
    shared = max((number for number in live if number <= current), default=0)
    if shared == 0:
        if current:
            store.clear()
        return 0
    if shared < current:
        store.undo(shared)
    return shared


class _Counted:
    """Batches that remember how many records went through."""

    def __init__(self, batches: Iterator[tuple[str, pl.DataFrame]]) -> None:
        self._batches = batches
        self.records = 0

    def __iter__(self) -> Iterator[tuple[str, pl.DataFrame]]:
        for root, frame in self._batches:
            self.records += frame.height
            yield root, frame


def _batches(
    releases: Releases,
    model: Model,
    since: int,
    until: int,
    rows: dict[str, int],
    written: int,
    progress: Callable[[Progress], None] | None,
) -> Iterator[tuple[str, pl.DataFrame]]:
    for root, frame in _frames(releases, model, since, until, rows):
        for batch in frame.iter_slices(BATCH):
            yield root, batch
            written += batch.height
            if progress is not None:
                progress(Progress(until, root, written))


def _frames(
    releases: Releases, model: Model, since: int, until: int, rows: dict[str, int]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What changed, by root class; little of it is found side by side."""
    if since and sum(rows.values()) <= PART:
        touched = [root for root in model.roots if rows.get(root)]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            found = threads.map(
                lambda root: releases.changes(root, since, until).collect(), touched
            )
            yield from zip(touched, found, strict=True)
        return
    for root in model.roots:
        for frame in _parts(releases, root, since, until, rows.get(root, 0)):
            yield root, frame


def _parts(
    releases: Releases, root: str, since: int, until: int, rows: int
) -> Iterator[pl.DataFrame]:
    """What changed in a table. rows: how many were written to it; PART of them are held at once."""
    if not since:
        with TemporaryDirectory() as apart:
            for frame in releases.versions(root, [until], PART, Path(apart)):
                yield frame.drop("since", "until").with_columns(op=pl.lit("put"))
        return
    parts = -(-rows // PART)
    for part in range(parts):
        changes = releases.changes(root, since, until, part=(part, parts))
        yield from changes.collect_batches(chunk_size=BATCH, maintain_order=False)


def _rows(releases: list[Release]) -> dict[str, int]:
    """How many rows these releases have written, by root class."""
    rows: dict[str, int] = {}
    for release in releases:
        for root, counts in release.counts.items():
            rows[root] = rows.get(root, 0) + sum(counts.values())
    return rows
