"""What each system gets wrong, misses and does late; how often stands in systems.toml."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from world.people import CHECK, LAST_DAY, Person
from world.settings import systems


@dataclass(frozen=True, slots=True)
class Written:
    """A person as one system wrote them down."""

    given: str
    middle: str
    family: str
    born: date
    pnc: str | None
    cro: str | None

    @property
    def pnc_is_valid(self) -> bool:
        if self.pnc is None:
            return False
        digits, letter = self.pnc[2:4] + self.pnc[5:12], self.pnc[12]
        return CHECK[int(digits) % 23] == letter


def misspell(rng: Random, name: str) -> str:
    """One slip of the typist: two letters swapped, one doubled, or one dropped."""
    if len(name) < 4:
        return name + name[-1]
    at = rng.randrange(1, len(name) - 1)
    slip = rng.randrange(3)
    if slip == 0:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if slip == 1:
        return name[:at] + name[at] + name[at:]
    return name[:at] + name[at + 1 :]


def written(
    person: Person, system: str, seed: int, occasion: str = "", day: date = LAST_DAY
) -> Written:
    """The person as `system` writes them, by the name they bore on the day.

    The same occasion always reads the same. A system that keeps one record a person writes the
    name of the last day.
    """
    rates = systems()[system]
    rng = Random(f"{seed}/written/{system}/{person.number}/{occasion}")
    record = Written(
        person.given, person.middle, person.family_on(day), person.born, person.pnc, person.cro
    )
    if rng.random() < rates.misspelt:
        if rng.random() < 0.5:
            record = replace(record, family=misspell(rng, record.family))
        else:
            record = replace(record, given=misspell(rng, record.given))
    if rng.random() < rates.swapped_birth_date and record.born.day <= 12:
        record = replace(
            record, born=record.born.replace(month=record.born.day, day=record.born.month)
        )
    if rng.random() < rates.missing_pnc:
        record = replace(record, pnc=None)
    elif record.pnc and rng.random() < rates.wrong_pnc_letter:
        wrong = CHECK[(CHECK.index(record.pnc[-1]) + 1) % 23]
        record = replace(record, pnc=record.pnc[:-1] + wrong)
    if rng.random() < rates.missing_cro:
        record = replace(record, cro=None)
    return record


def also_known_as(person: Person, day: date) -> list[tuple[str, str]]:
    """Aliases and former names a system could know on the day: (given, family)."""
    current = person.family_on(day)
    former = [(person.given, name) for since, name, _ in person.names if since <= day]
    return person.aliases + [name for name in former if name[1] != current]


def holds(system: str, key: str, day: date, seed: int) -> bool:
    """Whether the extract holds what happened on the day and is known there by `key`."""
    settings = systems()[system]
    if not settings.covers(day):
        return False
    return settings.share >= 1 or Random(f"{seed}/held/{system}/{key}").random() < settings.share


def entered(system: str, rng: Random, day: date) -> date:
    """The day on which the system learns of what happened on `day`."""
    settings = systems()[system]
    if rng.random() < settings.late:
        return day + timedelta(days=rng.randint(2, max(2, settings.late_days)))
    return day
