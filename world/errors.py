"""What each system gets wrong about the people it records, and how often.

All rates stand in RATES, one line a system; docs/world.md lists them.
"""

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from world.people import PNC_CHECK, Person


@dataclass(frozen=True)
class Rates:
    """Shares (0 to 1) of records in which a thing goes wrong."""

    misspelt: float
    swapped_birth_date: float
    missing_pnc: float
    wrong_pnc_letter: float
    missing_cro: float


RATES = {
    "police-spi": Rates(0.03, 0.010, 0.08, 0.01, 0.30),
    "common-platform": Rates(0.02, 0.005, 0.20, 0.01, 0.50),
    "court-results-spi": Rates(0.03, 0.010, 0.12, 0.01, 1.00),
    "nomis": Rates(0.04, 0.010, 0.05, 0.01, 0.10),
    "delius": Rates(0.03, 0.010, 0.15, 0.01, 0.25),
}


@dataclass(frozen=True)
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
        return PNC_CHECK[int(digits) % 23] == letter


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


def written(person: Person, system: str, seed: int, occasion: str = "") -> Written:
    """The person as `system` writes them; the same occasion always reads the same."""
    rates = RATES[system]
    rng = Random(f"{seed}/written/{system}/{person.number}/{occasion}")
    record = Written(
        person.given, person.middle, person.family, person.born, person.pnc, person.cro
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
        wrong = PNC_CHECK[(PNC_CHECK.index(record.pnc[-1]) + 1) % 23]
        record = replace(record, pnc=record.pnc[:-1] + wrong)
    if rng.random() < rates.missing_cro:
        record = replace(record, cro=None)
    return record
