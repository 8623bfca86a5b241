"""Civil justice: money claims and landlords' possession claims."""

from datetime import date, timedelta
from random import Random

from world.crime import poisson
from world.facts import CivilClaim, History
from world.people import ADULT, FIRST_DAY, LAST_DAY, YEARS, Person, day_between
from world.settings import Assumptions


class CountyCourt:
    """Makes the claims against the people of one neighbourhood."""

    def __init__(self, history: History, given: Assumptions, rng: Random) -> None:
        self.history, self.given, self.rng = history, given, rng

    def run(self) -> None:
        rng, given, people = self.rng, self.given, self.history.people
        for _ in range(poisson(rng, given["civil.money_claims"] * YEARS * len(people))):
            person, day = rng.choice(people), day_between(rng, FIRST_DAY, LAST_DAY)
            if person.age_on(day) >= ADULT and person.alive_on(day):
                self._money(person, day)
        for household in self.history.households:
            if not household.renting:
                continue
            if rng.random() < given["civil.possession"] * YEARS:
                day = day_between(rng, FIRST_DAY, LAST_DAY)
                tenants = [
                    p
                    for p in household.members
                    if p.age_on(day) >= ADULT and p.alive_on(day) and not p.mother and not p.father
                ]
                if tenants:
                    self._possession(tenants, day)
        self.history.civil_claims.sort(key=lambda claim: (claim.events[0][0], claim.number))

    def _money(self, person: Person, day: date) -> None:
        rng, given = self.rng, self.given
        events = [(day, "claim issued")]
        draw = rng.random()
        if draw < given["civil.default_judgment"]:
            judged = day + timedelta(days=rng.randint(19, 60))
            events.append((judged, "judgment by default"))
            if rng.random() < given["civil.warrants"]:
                when = judged + timedelta(days=rng.randint(30, 200))
                events.append((when, "warrant of control issued"))
        elif draw < given["civil.default_judgment"] + given["civil.defended"]:
            events.append((day + timedelta(days=rng.randint(14, 33)), "defence filed"))
            events.append((day + timedelta(days=rng.randint(60, 120)), "allocated to small claims"))
            if rng.random() < given["civil.heard"]:
                heard = day + timedelta(days=rng.randint(200, 420))
                events.append((heard, "hearing"))
                won = rng.random() < given["civil.won"]
                events.append((heard, "judgment for claimant" if won else "claim dismissed"))
            else:
                events.append((day + timedelta(days=rng.randint(120, 300)), "settled"))
        else:
            events.append((day + timedelta(days=rng.randint(5, 40)), "paid"))
        amount = min(25_000, round(60 + rng.lognormvariate(6.6, 1.0)))
        self._claim("money", [person], amount, events)

    def _possession(self, tenants: list[Person], day: date) -> None:
        rng, given = self.rng, self.given
        events = [(day, "claim issued")]
        heard = day + timedelta(days=rng.randint(42, 80))
        events.append((heard, "hearing"))
        if rng.random() < given["civil.possession_order"]:
            outright = rng.random() < given["civil.outright"]
            events.append((heard, "outright order" if outright else "suspended order"))
            if rng.random() < given["civil.possession_taken"] / given["civil.possession_order"]:
                warrant = heard + timedelta(days=rng.randint(20, 90))
                events.append((warrant, "warrant of possession issued"))
                events.append((warrant + timedelta(days=rng.randint(25, 80)), "possession taken"))
        else:
            events.append((heard, "claim dismissed"))
        self._claim("possession", tenants, rng.randint(800, 6500), events)

    def _claim(
        self, kind: str, defendants: list[Person], amount: int, events: list[tuple[date, str]]
    ) -> None:
        history = self.history
        number = len(history.civil_claims)
        year = "ABCDEFGHJKLMNPQRTUVW"[events[0][0].year - FIRST_DAY.year]
        history.civil_claims.append(
            CivilClaim(
                number=f"{year}{history.cell:04d}{number:04d}",
                kind=kind,
                court=history.area.county,
                claimant=self.rng.choice(history.companies),
                defendants=defendants,
                amount=amount,
                events=[event for event in events if event[0] <= LAST_DAY],
            )
        )
