"""Make a world: true people and matters, and what five systems hold of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ontology.errors import JusticeGraphError
from world import common_platform, court_results_spi, delius, nomis, police_spi, spoilt
from world.matters import History
from world.people import make_companies, make_people
from world.truth import Truth, write_truth

Writer = Callable[[History, Truth, int], Iterator[tuple[str, bytes]]]

SYSTEMS: dict[str, Writer] = {
    "police-spi": police_spi.extracts,
    "common-platform": common_platform.extracts,
    "court-results-spi": court_results_spi.extracts,
    "nomis": nomis.extracts,
    "delius": delius.extracts,
}


@dataclass(frozen=True)
class WorldSummary:
    """What was made. files and bytes are of the extracts, truth excluded."""

    persons: int
    companies: int
    matters: int
    files: int
    bytes: int
    tellings: int


def generate(persons: int, seed: int, out: Path) -> WorldSummary:
    """Write `out`/extracts/<system>/... in each system's real format, and `out`/truth/*.jsonl.

    The same persons and seed give the same bytes. `out` must be absent or empty: a world is
    never mixed with another.

    Errors: JG-WLD-001 when persons is below 1, JG-WLD-002 when out holds something.
    """
    if persons < 1:
        raise JusticeGraphError(
            "JG-WLD-001", f"a world of {persons} persons", "Ask for at least one."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise JusticeGraphError(
            "JG-WLD-002", f"{out} is not an empty folder", "Name a new folder, or empty this one."
        )
    people = make_people(persons, seed)
    companies = make_companies(max(1, persons // 100), seed)
    history = History(people, companies, seed)
    truth = Truth()
    files = size = 0
    told = (
        (system, name, content)
        for system, extracts in SYSTEMS.items()
        for name, content in extracts(history, truth, seed)
    )
    for system, name, content in chain(told, spoilt.extracts(history, seed)):
        path = out / "extracts" / system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files += 1
        size += len(content)
    write_truth(out / "truth", history, truth)
    return WorldSummary(
        persons, len(companies), len(history.matters), files, size, len(truth.tellings)
    )
