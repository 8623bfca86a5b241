"""The truth beside the extracts: in files of its own that no loader reads."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from world.matters import History


@dataclass(frozen=True)
class Telling:
    """One event as one extract tells it, and who and what it is truly about."""

    person: str
    matter: str
    dataset: str
    event: str  # local name of the event class
    day: date
    status: str  # happened or planned
    charge: int | None = None


@dataclass(frozen=True)
class PersonTold:
    """One person record an extract holds, and the keys it carries as written.

    matter: where the system keeps a person record for each matter; None where it keeps one for
    the person.
    """

    person: str
    matter: str | None
    dataset: str
    key: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]  # (scheme, value), only those fit to link on


class Truth:
    """Collects what the writers tell; written once at the end, sorted."""

    def __init__(self) -> None:
        self.tellings: list[Telling] = []
        self.records: dict[tuple[str, tuple[str, ...]], PersonTold] = {}

    def tell(self, telling: Telling) -> None:
        self.tellings.append(telling)

    def record(
        self,
        person: str,
        dataset: str,
        key: tuple[str, ...],
        keys: dict[str, str | None],
        matter: str | None = None,
    ) -> None:
        carried = tuple(sorted((name, value) for name, value in keys.items() if value))
        self.records[dataset, key] = PersonTold(person, matter, dataset, key, carried)


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def write_truth(folder: Path, history: History, truth: Truth) -> None:
    """persons, companies, matters, tellings, records: one JSON object a line."""
    folder.mkdir(parents=True, exist_ok=True)
    _lines(folder / "persons.jsonl", [{"key": p.key, **asdict(p)} for p in history.people])
    _lines(folder / "companies.jsonl", [{"key": c.key, **asdict(c)} for c in history.companies])
    _lines(
        folder / "matters.jsonl",
        [
            {
                "matter": matter.urn,
                "committed": matter.committed,
                "charged": matter.charged,
                "defendants": [d.party.key for d in matter.defendants],
                "hearings": [{"day": h.day, "type": h.type} for h in matter.hearings],
            }
            for matter in history.matters
        ],
    )
    _lines(
        folder / "tellings.jsonl",
        [
            asdict(t)
            for t in sorted(
                truth.tellings,
                key=lambda t: (t.person, t.day, t.dataset, t.event, t.matter, t.charge or 0),
            )
        ],
    )
    _lines(folder / "records.jsonl", [asdict(r) for _, r in sorted(truth.records.items())])
