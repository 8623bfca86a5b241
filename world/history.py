"""One neighbourhood's whole history, made from the seed and its number alone."""

from functools import lru_cache
from pathlib import Path
from random import Random

from world.civil import CountyCourt
from world.court import Courts
from world.crime import CrimeMaker, Offenders
from world.facts import History
from world.family import FamilyCourts
from world.people import LAST_DAY, Person
from world.population import CELL, populate
from world.prosecution import Prosecutors
from world.sentence import Sentences
from world.settings import assumptions


def cells(persons: int) -> int:
    """How many neighbourhoods a world of so many persons has; all but the last are full."""
    return -(-persons // CELL)


def size(cell: int, persons: int) -> int:
    """How many persons live in a neighbourhood."""
    return min(CELL, persons - cell * CELL)


def live(cell: int, persons: int, seed: int, given: Path) -> History:
    """The history of one neighbourhood of a world; given: the file of assumptions."""
    told = assumptions(given)
    population = populate(cell, size(cell, persons), seed, told)
    history = History(
        cell,
        seed,
        population.area,
        population.people,
        population.companies,
        population.households,
        population.separations,
    )
    rng = Random(f"{seed}/history/{cell}")
    offenders = Offenders(population.people, told)
    maker = CrimeMaker(history, told, rng, offenders, _next(cell, persons, seed, given))
    courts = Courts(told, rng, Sentences(history, told, rng, offenders))
    prosecutors = Prosecutors(history, told, rng, courts)
    enrichment = told["population.enrichment"]
    crimes = [(day, True) for day in maker.days(told["crime.recorded"] * enrichment)]
    charges = [(day, False) for day in maker.days(told["court.summary_charges"] * enrichment)]
    for day, recorded in sorted(crimes + charges):
        if recorded:
            crime = maker.crime(day)
            if crime.outcome == "1" and crime.outcome_day and crime.outcome_day <= LAST_DAY:
                prosecutors.charge(crime)
        else:
            person = offenders.draw(rng, day)
            if person and person.age_on(day) >= 17:
                prosecutors.summary(person, day)
    for company in history.companies:
        prosecutors.company(company)
    prosecutors.single_justice()
    maker.incidents()
    FamilyCourts(history, told, Random(f"{seed}/family/{cell}")).run()
    CountyCourt(history, told, Random(f"{seed}/civil/{cell}")).run()
    return history


def _next(cell: int, persons: int, seed: int, given: Path) -> list[Person]:
    """The people next door, some of whom are victims here: only what populate says of them."""
    count = cells(persons)
    if count == 1:
        return []
    return _people((cell + 1) % count, size((cell + 1) % count, persons), seed, given)


@lru_cache(maxsize=2)
def _people(cell: int, count: int, seed: int, given: Path) -> list[Person]:
    return populate(cell, count, seed, assumptions(given)).people
