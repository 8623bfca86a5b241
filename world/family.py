"""Family justice: divorce, disputes between parents, and care proceedings."""

from datetime import date, timedelta
from random import Random

from world.crime import spread_over
from world.facts import FamilyCase, History
from world.mistakes import WorldError
from world.people import FIRST_DAY, LAST_DAY, Person, day_between, one_digit
from world.places import AREAS
from world.population import Separation
from world.settings import Assumptions

CASES_A_YEAR = 40  # numbers kept for a neighbourhood in a year of its court, by kind of case
CONDITIONAL = ("COND", "Conditional order of divorce")
FINAL = ("FIN", "Final order of divorce")
CARE_ORDERS = (
    ("C32A", "Care order"),
    ("C43A", "Special guardianship order"),
    ("C35A", "Supervision order"),
    ("ORDNOM", "No order made"),
)
PRIVATE_ORDERS = (
    ("C43", "Child arrangements order"),
    ("C37", "Order for a report by the local authority"),
    ("G63", "Application withdrawn"),
)
INTERIM = ("C33", "Interim care order")


class FamilyCourts:
    """Makes the family cases of one neighbourhood."""

    def __init__(self, history: History, given: Assumptions, rng: Random) -> None:
        self.history, self.given, self.rng = history, given, rng
        self._numbered: dict[tuple[str, int], int] = {}
        self._by_number = {p.number: p for p in history.people}

    def run(self) -> None:
        for parted in self.history.separations:
            self._parted(parted)
        self._care()
        self.history.family_cases.sort(key=lambda case: (case.applied, case.number))

    def _parted(self, parted: Separation) -> None:
        rng, given = self.rng, self.given
        if parted.married and rng.random() < given["family.divorce"]:
            case = self._case(
                "divorce",
                "D",
                parted.day + timedelta(days=rng.randint(90, 900)),
                [parted.first.key],
                [parted.second],
                [],
                given["family.divorce_days"],
            )
            if case and case.ended:
                middle = case.applied + (case.ended - case.applied) * 2 / 3
                case.orders = [(middle, *CONDITIONAL), (case.ended, *FINAL)]
        if parted.children and rng.random() < given["family.private_law"]:
            case = self._case(
                "private",
                "P",
                parted.day + timedelta(days=rng.randint(30, 700)),
                [(parted.first if rng.random() < 0.6 else parted.second).key],
                [],
                parted.children,
                given["family.private_law_days"],
            )
            if case:
                applied = case.applicants[0]
                case.respondents = [parted.second if applied == parted.first.key else parted.first]
                if case.ended:
                    order = rng.choices(PRIVATE_ORDERS, given["family.private_orders"])[0]
                    case.orders.append((case.ended, *order))

    def _care(self) -> None:
        """Care applications; offending parents are three times as likely to meet one."""
        rng, given = self.rng, self.given
        rate = given["family.public_law"] * given["population.enrichment"]
        families: dict[int, list[Person]] = {}
        for person in self.history.people:
            if person.mother:
                families.setdefault(person.mother, []).append(person)
        for number in sorted(families):
            mother, children = self._by_number[number], families[number]
            parents = [mother, *self._father(children)]
            likely = rate * given["family.offending_parents"][any(p.propensity for p in parents)]
            last: date | None = None
            for child in children:
                start, end = max(child.born, FIRST_DAY), child.born + timedelta(days=17 * 365)
                years = max(0.0, (min(end, LAST_DAY) - start).days / 365.25)
                again = last is not None and child.born > last
                share = given["family.public_law_return"] if again else likely * years
                if years and rng.random() < share:
                    first = min(start + timedelta(days=20), LAST_DAY)
                    until = (
                        min(first + timedelta(days=900), end, LAST_DAY)
                        if again
                        else min(end, LAST_DAY)
                    )
                    last = self._care_case(child, children, parents, day_between(rng, first, until))

    def _care_case(
        self, child: Person, children: list[Person], parents: list[Person], day: date
    ) -> date | None:
        living = [
            c
            for c in children
            if c is child
            or (
                c.alive_on(day)
                and c.age_on(day) < 17
                and self.rng.random() < self.given["family.siblings"]
            )
        ]
        if not child.alive_on(day):
            return None
        case = self._case(
            "care",
            "C",
            day,
            [f"{self.history.area.town} Council"],
            [p for p in parents if p.alive_on(day)],
            living,
            self.given["family.public_law_days"],
        )
        if case is None:
            return None
        case.orders.append((min(case.applied + timedelta(days=6), LAST_DAY), *INTERIM))
        if case.ended:
            order = self.rng.choices(CARE_ORDERS, self.given["family.care_orders"])[0]
            case.orders.append((case.ended, *order))
        return day

    def _father(self, children: list[Person]) -> list[Person]:
        number = children[0].father
        return [self._by_number[number]] if number else []

    def _case(
        self,
        kind: str,
        letter: str,
        applied: date,
        applicants: list[str],
        respondents: list[Person],
        children: list[Person],
        days: list[int],
    ) -> FamilyCase | None:
        rng = self.rng
        if not FIRST_DAY <= applied <= LAST_DAY:
            return None
        if not all(
            self.history.person(a).alive_on(applied)
            for a in applicants
            if a[0] == "P" and a[1:].isdigit()
        ):
            return None
        due = applied + timedelta(days=rng.randint(*days))
        ended = due if due <= LAST_DAY else None
        year = applied.year
        index = self._numbered.get((letter, year), 0)
        self._numbered[letter, year] = index + 1
        first = self.history.cell // len(AREAS) * CASES_A_YEAR
        if index + 1 >= CASES_A_YEAR:
            raise WorldError(
                "JG-WLD-005",
                f"{CASES_A_YEAR} family cases of one kind and year in one neighbourhood",
                "Lower population.enrichment in the assumptions.",
            )
        serial = f"{first + index + 1:05d}"
        if one_digit(serial):
            serial = f"{first + CASES_A_YEAR:05d}"
        court = self.history.area.family
        case = FamilyCase(
            number=f"{court[1][:2].upper()}{year % 100:02d}{letter}{serial}",
            kind=kind,
            court=court,
            applied=applied,
            applicants=applicants,
            respondents=respondents,
            children=children,
            ended=ended,
        )
        if kind != "divorce":
            case.hearings = spread_over(
                rng, applied + timedelta(days=5), min(due, LAST_DAY), rng.randint(1, 4)
            )
            if ended:
                case.hearings.append(ended)
        self.history.family_cases.append(case)
        return case
