"""What the extracts tell, kept beside them: who and what each record is truly about."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Telling:
    """One event as one extract tells it, and who and what it is truly about.

    matter: the URN of the prosecution, or the number of the family case or civil claim.
    """

    person: str
    matter: str
    dataset: str
    event: str  # local name of the event class
    day: date
    status: str  # happened or planned
    charge: int | None = None


@dataclass(frozen=True, slots=True)
class PersonTold:
    """One person record an extract holds, and the keys it carries, in the form of persons.jsonl.

    matter: where the system keeps a person record for each matter; None where it keeps one for
    the person.
    """

    person: str
    matter: str | None
    dataset: str
    key: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]  # (scheme, value), only those fit to link on


class Truth:
    """Collects what the systems' modules tell of one neighbourhood."""

    def __init__(self) -> None:
        self._tellings: list[Telling] = []
        self._records: dict[tuple[str, tuple[str, ...]], PersonTold] = {}

    def tell(self, telling: Telling) -> None:
        self._tellings.append(telling)

    def record(
        self,
        person: str,
        dataset: str,
        key: tuple[str, ...],
        keys: dict[str, str | None],
        matter: str | None = None,
    ) -> None:
        """A record told again, as of another arrest, carries the keys of both tellings."""
        carried = {(name, value) for name, value in keys.items() if value}
        if known := self._records.get((dataset, key)):
            carried |= set(known.keys)
        told = PersonTold(person, matter, dataset, key, tuple(sorted(carried)))
        self._records[dataset, key] = told

    def tellings(self) -> list[Telling]:
        """Sorted by person and day."""
        return sorted(
            self._tellings,
            key=lambda t: (t.person, t.day, t.dataset, t.event, t.matter, t.charge or 0),
        )

    def records(self) -> list[PersonTold]:
        """Sorted by dataset and key."""
        return [record for _, record in sorted(self._records.items())]
