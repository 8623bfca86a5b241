"""Make a world: true people and what happened to them, and what each system holds of them."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import orjson

from world.history import cells
from world.mistakes import WorldError
from world.settings import ASSUMPTIONS, assumptions
from world.settings import SYSTEMS as SETTINGS
from world.systems import SYSTEMS
from world.writing import BUNDLES, Counts, Plan, bundle, join, write_cell

MOST = 6_000_000  # persons: as many as all kinds of identifiers have numbers for
MANIFEST = "world.json"
Progress = Callable[[int, int], None]


def generate(
    persons: int,
    seed: int,
    out: Path,
    *,
    workers: int = 1,
    systems: Iterable[str] | None = None,
    resume: bool = False,
    given: Path = ASSUMPTIONS,
    progress: Progress | None = None,
) -> Counts:
    """Write `out`/extracts/<system>/... in each system's real format, and `out`/truth/*.jsonl.

    The same persons, seed, systems and assumptions give the same bytes, for any number of workers
    (processes). systems: names of those wanted, all unless given. given: a file of assumptions.
    `out` must be absent or empty, a world is never mixed with another; with resume it may hold the
    beginning of the same world, which is then finished. progress is called with neighbourhoods
    done and in all. Memory holds one neighbourhood of 500 persons a worker.

    Errors: JG-WLD-001 when there are too few or too many persons, -002 when out holds something,
    -003 when out holds the beginning of another world, -004 for a bad file of assumptions, -005
    when they make a neighbourhood too busy for its numbers, -006 for a system that is not there.
    """
    if not 1 <= persons <= MOST:
        raise WorldError(
            "JG-WLD-001",
            f"a world of {persons} persons",
            f"Ask for at least one, at most {MOST:,}.",
        )
    wanted = tuple(SYSTEMS) if systems is None else tuple(dict.fromkeys(systems))
    if unknown := [name for name in wanted if name not in SYSTEMS]:
        raise WorldError(
            "JG-WLD-006", f"no system {', '.join(unknown)}", f"Known: {', '.join(SYSTEMS)}."
        )
    assumptions(given)
    plan = Plan(persons, seed, wanted, str(given))
    told = _begin(plan, out, resume=resume)
    if told is not None:
        return told
    left = [cell for cell in range(cells(persons)) if not bundle(out, cell).exists()]
    done = cells(persons) - len(left)
    for _ in _run(plan, left, out, workers):
        done += 1
        if progress:
            progress(done, cells(persons))
    counts = join(plan, out)
    _write(out / MANIFEST, {"world": _identity(plan), "counts": asdict(counts)})
    shutil.rmtree(out / BUNDLES)
    return counts


def _identity(plan: Plan) -> dict[str, object]:
    """What must be equal for two runs to make the same world."""
    files = (Path(plan.assumptions), SETTINGS)
    return {
        "persons": plan.persons,
        "seed": plan.seed,
        "systems": list(plan.systems),
        "settings": [sha256(path.read_bytes()).hexdigest() for path in files],
    }


def _begin(plan: Plan, out: Path, *, resume: bool) -> Counts | None:
    """Prepare the folder; the counts where the same world stands there finished."""
    identity = _identity(plan)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not resume:
            raise WorldError(
                "JG-WLD-002",
                f"{out} is not an empty folder",
                "Name a new folder, or empty this one, or resume the world begun there.",
            )
        manifest, plans = out / MANIFEST, out / BUNDLES / MANIFEST
        found = manifest if manifest.exists() else plans
        told = orjson.loads(found.read_bytes()) if found.exists() else {}
        if told.get("world") != identity:
            raise WorldError(
                "JG-WLD-003",
                f"{out} does not hold the beginning of this world",
                "Resume with the persons, seed, systems and assumptions it was begun with.",
            )
        if manifest.exists():
            shutil.rmtree(out / BUNDLES, ignore_errors=True)
            return Counts(**told["counts"])
        return None
    (out / BUNDLES).mkdir(parents=True)
    _write(out / BUNDLES / MANIFEST, {"world": identity})
    return None


def _write(path: Path, content: dict[str, object]) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    os.replace(part, path)


def _run(plan: Plan, left: list[int], out: Path, workers: int) -> Iterator[None]:
    """Write the neighbourhoods that are left; one step each."""
    if workers <= 1 or len(left) < 2:
        for cell in left:
            write_cell(plan, cell, out)
            yield
        return
    with _pool(min(workers, len(left))) as pool:
        waiting: set[Future[None]] = set()
        ahead = iter(left)
        while True:
            for cell in ahead:
                waiting.add(pool.submit(write_cell, plan, cell, out))
                if len(waiting) >= 2 * workers:
                    break
            if not waiting:
                return
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose outstanding work is dropped when the caller stops or fails."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
