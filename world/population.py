"""One neighbourhood's people: households, families, moves, names, deaths, over twenty years."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from random import Random

from world.names import FAMILY, FEMALE, MALE, TRADES
from world.people import (
    FIRST_DAY,
    LAST_DAY,
    YEARS,
    Address,
    Company,
    Person,
    day_between,
)
from world.places import AREAS, STREETS, Area
from world.settings import Assumptions

CELL = 500  # persons of a full neighbourhood
COMPANIES = CELL  # numbers kept for a neighbourhood's companies


@dataclass(frozen=True, slots=True)
class Separation:
    """A couple that parted: married couples may divorce, parents may go to court."""

    first: Person
    second: Person
    children: list[Person]
    married: date | None
    day: date


@dataclass(frozen=True, slots=True)
class Household:
    """People who lived together on the first day, or who were born to them."""

    number: int
    members: list[Person]
    renting: bool
    moved: list[date]


@dataclass(frozen=True, slots=True)
class Population:
    """What (seed, cell) alone decides about a neighbourhood: nothing of justice yet."""

    cell: int
    area: Area
    people: list[Person]
    companies: list[Company]
    households: list[Household]
    separations: list[Separation]


def populate(cell: int, size: int, seed: int, given: Assumptions) -> Population:
    """The `size` persons of a cell; their numbers follow those of the cells before it."""
    return _Builder(cell, size, seed, given).build()


class _Builder:
    def __init__(self, cell: int, size: int, seed: int, given: Assumptions) -> None:
        self.rng = Random(f"{seed}/population/{cell}")
        self.cell, self.size, self.given = cell, size, given
        self.area = AREAS[cell % len(AREAS)]
        self.people: list[Person] = []
        self.households: list[Household] = []
        self.separations: list[Separation] = []

    def build(self) -> Population:
        rng, given = self.rng, self.given
        couples = given["population.couple_households"]
        lone = couples + given["population.lone_parent_households"]
        while len(self.people) < self.size:
            draw = rng.random()
            left = self.size - len(self.people)
            if draw < couples and left > 1:
                self._couple()
            elif draw < lone and left > 1:
                self._lone_parent()
            else:
                self._single()
        companies = [
            Company(
                self.cell * COMPANIES + number,
                f"{rng.choice(FAMILY)} {rng.choice(TRADES)} "
                f"{'Ltd' if rng.random() < 0.8 else 'plc'}",
                self._address(),
            )
            for number in range(1, 1 + max(1, round(self.size * given["court.companies"])))
        ]
        return Population(
            self.cell, self.area, self.people, companies, self.households, self.separations
        )

    # -- households ---------------------------------------------------------------

    def _single(self) -> None:
        home, ethnicity = self._address(), self._ethnicity()
        person = self._person(self._sex(), self._adult_birth(), self._family(), home, ethnicity)
        self._settle([person])
        if self.rng.random() < self.given["population.twins"] and len(self.people) < self.size:
            self._settle([self._twin(person, self._address())])

    def _lone_parent(self) -> None:
        home, ethnicity = self._address(), self._ethnicity()
        sex = "F" if self.rng.random() < self.given["population.lone_mothers"] else "M"
        parent = self._person(sex, self._adult_birth(), self._family(), home, ethnicity)
        children = self._children(
            parent if sex == "F" else None, parent if sex == "M" else None, home, ethnicity
        )
        self._settle([parent, *children])

    def _couple(self) -> None:
        rng, given = self.rng, self.given
        home, ethnicity = self._address(), self._ethnicity()
        born = self._adult_birth()
        same_sex = rng.random() < given["population.same_sex"]
        sex = self._sex() if same_sex else "M"
        first = self._person(sex, born, self._family(), home, ethnicity)
        later = born + timedelta(days=round(rng.gauss(700, 1100)))
        second = self._person(sex if same_sex else "F", later, self._family(), home, ethnicity)
        first.partner, second.partner = second.number, first.number
        together = max(first.born, second.born) + timedelta(days=rng.randint(20 * 365, 30 * 365))
        married = None
        if rng.random() < given["population.marries"]:
            married = together + timedelta(days=rng.randint(100, 2500))
            if married > LAST_DAY:
                married = None
            elif not same_sex and rng.random() < given["population.takes_name"]:
                second.names.append((married, first.names[0][1], "marriage"))
        children: list[Person] = []
        if not same_sex and rng.random() < given["population.couples_with_children"]:
            children = self._children(second, first, home, ethnicity)
        self._settle([first, second, *children])
        self._part(first, second, children, max(together, married or together), married)

    def _part(
        self,
        first: Person,
        second: Person,
        children: list[Person],
        since: date,
        married: date | None,
    ) -> None:
        wait = self.rng.expovariate(self.given["population.separations"])
        if wait > 80:
            return
        day = since + timedelta(days=round(365 * wait))
        if not FIRST_DAY <= day <= LAST_DAY or not (first.alive_on(day) and second.alive_on(day)):
            return
        leaver = first if self.rng.random() < self.given["population.man_leaves"] else second
        leaver.homes = [*(home for home in leaver.homes if home[0] < day), (day, self._address())]
        if len(second.names) > 1 and self.rng.random() < self.given["population.former_name"]:
            maiden = second.names[0][1]
            second.names.append((day + timedelta(days=400), maiden, "divorce"))
            if second.names[-1][0] > LAST_DAY:
                second.names.pop()
        minors = [c for c in children if c.born <= day and c.age_on(day) < 18 and c.alive_on(day)]
        self.separations.append(Separation(first, second, minors, married, day))

    def _children(
        self, mother: Person | None, father: Person | None, home: Address, ethnicity: str
    ) -> list[Person]:
        rng, given = self.rng, self.given
        bearer = mother or father
        assert bearer is not None
        children: list[Person] = []
        born = bearer.born + timedelta(
            days=rng.randint(*(365 * age for age in given["population.mother_age"]))
        )
        mean = given["population.children_mean"]
        count = 1 + sum(rng.random() < (mean - 1) / 2.4 for _ in range(3))
        family = (father or bearer).names[0][1]
        for _ in range(count):
            if len(self.people) >= self.size or born > LAST_DAY:
                break
            child = self._person(self._sex(), born, family, home, ethnicity)
            child.mother = mother.number if mother else None
            child.father = father.number if father else None
            children.append(child)
            if rng.random() < given["population.twins"] and len(self.people) < self.size:
                children.append(self._twin(child, home))
            born += timedelta(days=rng.randint(500, 1500))
        return children

    # -- persons ------------------------------------------------------------------

    def _person(self, sex: str, born: date, family: str, home: Address, ethnicity: str) -> Person:
        rng, given = self.rng, self.given
        names = MALE if sex == "M" else FEMALE
        person = Person(
            number=self.cell * CELL + len(self.people) + 1,
            given=rng.choice(names),
            middle=rng.choice(names) if rng.random() < 0.5 else "",
            born=born,
            sex=sex,
            ethnicity=ethnicity,
            household=self.cell * CELL + len(self.households) + 1,
            names=[(born, family, "birth")],
            homes=[(max(born, FIRST_DAY), home)],
            died=self._death(born),
        )
        ever = given["offending.ever_male" if sex == "M" else "offending.ever_female"]
        if rng.random() < ever * given["population.enrichment"] ** 0.5:
            skew = given["offending.skew"]
            rate = given["offending.female_rate"] if sex == "F" else 1.0
            person.propensity = round(rate * (0.02 + rng.gammavariate(skew, 1 / skew)), 4)
            if rng.random() < given["population.alias"]:
                person.aliases.append((rng.choice(names), family))
        if rng.random() < given["population.name_change_other"] * YEARS:
            day = day_between(rng, FIRST_DAY, LAST_DAY)
            if person.age_on(day) >= 18 and person.alive_on(day):
                person.names.append((day, self._family(), "deed poll"))
        self.people.append(person)
        return person

    def _twin(self, person: Person, home: Address) -> Person:
        names = [n for n in (MALE if person.sex == "M" else FEMALE) if n != person.given]
        twin = self._person(person.sex, person.born, person.names[0][1], home, person.ethnicity)
        twin.given, twin.middle = self.rng.choice(names), ""
        twin.twin_of, twin.mother, twin.father = person.number, person.mother, person.father
        return twin

    def _death(self, born: date) -> date | None:
        """A day of death by a Gompertz law, given that nobody died before the first day."""
        rate = self.given["population.mortality_at_30"]
        growth = self.given["population.mortality_growth"]
        start = max(0.0, (FIRST_DAY - born).days / 365.25)
        before = rate / growth * exp(growth * (start - 30))
        age = 30 + log((before + self.rng.expovariate(1.0)) * growth / rate) / growth
        day = born + timedelta(days=round(min(age, 130) * 365.25))
        return day if day <= LAST_DAY else None

    # -- homes and names ------------------------------------------------------------

    def _settle(self, members: list[Person]) -> None:
        """Moves of the household; children leave it as young adults."""
        rng = self.rng
        day = FIRST_DAY
        moved: list[date] = []
        while True:
            day += timedelta(days=1 + round(365 * rng.expovariate(self.given["population.moves"])))
            if day > LAST_DAY:
                break
            moved.append(day)
        homes = [(day, self._address()) for day in moved]
        for person in members:
            leaves = LAST_DAY
            if person.mother or person.father:
                leaves = person.born + timedelta(
                    days=rng.randint(*(365 * age for age in self.given["population.leaves_home"]))
                )
            first = max(person.born, FIRST_DAY)
            start = next((a for d, a in reversed(homes) if d <= first), person.homes[0][1])
            person.homes = [(first, start)]
            person.homes += [(d, a) for d, a in homes if first < d < leaves]
            if leaves < LAST_DAY:
                person.homes = [home for home in person.homes if home[0] < leaves] or [
                    (first, start)
                ]
                person.homes.append((max(leaves, first), self._address()))
        number = self.cell * CELL + len(self.households) + 1
        renting = rng.random() < self.given["civil.renting"]
        self.households.append(Household(number, members, renting, moved))

    def _address(self) -> Address:
        rng = self.rng
        inward = f"{rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}"
        postcode = f"{self.area.postcode}{rng.randint(1, 19)} {inward}"
        return Address(rng.randint(1, 180), rng.choice(STREETS), self.area.town, postcode)

    def _adult_birth(self) -> date:
        return day_between(self.rng, date(1935, 1, 1), date(1996, 12, 31))

    def _sex(self) -> str:
        return "M" if self.rng.random() < self.given["population.male"] else "F"

    def _family(self) -> str:
        return self.rng.choice(FAMILY)

    def _ethnicity(self) -> str:
        codes, weights = (
            self.given["population.ethnicity_codes"],
            self.given["population.ethnicity"],
        )
        found: str = self.rng.choices(codes, weights)[0]
        return found
