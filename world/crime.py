"""Crime as it happens and as police record it: offenders, victims, outcomes, charging decisions."""

from bisect import bisect
from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate
from math import exp, log
from random import Random

from world.facts import ChargingDecision, Crime, History, Incident, Place
from world.law import OFFENCES, Offence
from world.people import ADULT, FIRST_DAY, LAST_DAY, YEARS, Person, day_between
from world.places import STREETS
from world.settings import Assumptions, OffenceGroup

RESPONSIBLE = 10  # years of age
SPAN = (LAST_DAY - FIRST_DAY).days


def poisson(rng: Random, mean: float) -> int:
    """A Poisson number; for large means rounded from the normal."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, total = 0, rng.expovariate(1.0)
    while total < mean:
        count += 1
        total += rng.expovariate(1.0)
    return count


class Offenders:
    """Draws who offends on a day: by propensity and age, alive and not in prison."""

    def __init__(self, people: list[Person], given: Assumptions) -> None:
        self._people = [p for p in people if p.propensity]
        self._peak, self._spread = given["offending.peak_age"], given["offending.spread"]
        self._years: dict[int, list[float]] = {}
        self._inside: dict[int, list[tuple[date, date]]] = {}

    def imprison(self, person: Person, start: date, end: date) -> None:
        self._inside.setdefault(person.number, []).append((start, end))

    def free(self, person: Person, day: date) -> bool:
        return not any(a <= day < b for a, b in self._inside.get(person.number, ()))

    def until(self, person: Person, start: date, end: date) -> date | None:
        """The last day of the prison spells that overlap [start, end); None where none does."""
        spells = self._inside.get(person.number, ())
        return max((b for a, b in spells if a < end and start < b), default=None)

    def draw(self, rng: Random, day: date, but: Person | None = None) -> Person | None:
        """Somebody other than `but`; None where six draws find nobody who could."""
        weights = self._years.get(day.year)
        if weights is None:
            weigh = self._weigher(day.year)
            weights = self._years[day.year] = list(accumulate(map(weigh, self._people)))
        if not weights or not weights[-1]:
            return None
        for _ in range(6):
            person = self._people[bisect(weights, rng.random() * weights[-1])]
            if (
                person is not but
                and person.alive_on(day)
                and person.age_on(day) >= RESPONSIBLE
                and self.free(person, day)
            ):
                return person
        return None

    def _weigher(self, year: int) -> Callable[[Person], float]:
        centre = log(self._peak - 9)

        def weight(person: Person) -> float:
            age = year - person.born.year
            if age <= 9 or (person.died and person.died.year < year):
                return 0.0
            return person.propensity * exp(-((log(age - 9) - centre) ** 2) / (2 * self._spread**2))

        return weight


class CrimeMaker:
    """Makes recorded crimes of a neighbourhood; what is charged goes to the courts."""

    def __init__(
        self,
        history: History,
        given: Assumptions,
        rng: Random,
        offenders: Offenders,
        neighbours: list[Person],
    ) -> None:
        self.history, self.given, self.rng, self.offenders = history, given, rng, offenders
        self.neighbours = neighbours
        self._shares = [group.share for group in given.groups]
        overlap = given["offending.victim_offender_overlap"]
        self._victims = list(
            accumulate(1 + (overlap - 1) * bool(p.propensity) for p in history.people)
        )

    def days(self, rate: float) -> list[date]:
        """Days on which something happens at `rate` a person and year, in order."""
        mean = rate * YEARS * len(self.history.people)
        return sorted(
            FIRST_DAY + timedelta(days=self.rng.randrange(SPAN))
            for _ in range(poisson(self.rng, mean))
        )

    def incidents(self) -> None:
        rate = self.given["crime.antisocial"]
        self.history.incidents = [Incident(day, self._place()) for day in self.days(rate)]

    def crime(self, committed: date) -> Crime:
        """One crime, recorded, with its outcome; suspects where the outcome needs them."""
        rng, given, history = self.rng, self.given, self.history
        group = rng.choices(given.groups, self._shares)[0]
        offence = pick(rng, group)
        recorded = committed
        if rng.random() < given["crime.report_delay"]:
            mean = given["crime.report_days"][group.name == "sexual offences"]
            recorded = min(LAST_DAY, committed + timedelta(days=1 + int(rng.expovariate(1 / mean))))
        place = f"{history.area.force}{history.cell:05d}{len(history.crimes):05d}"
        crime = Crime(
            id=f"{rng.getrandbits(256):064x}",
            reference=f"{place}/{recorded.year % 100:02d}",
            group=group,
            offence=offence,
            committed=committed,
            recorded=recorded,
            place=self._place(),
            victims=[],
            offenders=[],
        )
        history.crimes.append(crime)
        offender = self.offenders.draw(rng, committed)
        if offender:
            crime.offenders.append(offender)
            if rng.random() < given["offending.co_offending"]:
                other = self.offenders.draw(rng, committed, offender)
                if other:
                    crime.offenders.append(other)
        self._victim(crime)
        if "knife" in offence.title or (
            group.name == "robbery" and rng.random() < given["crime.knife_robbery"]
        ):
            crime.flags.append("knife")
        self._outcome(crime)
        return crime

    def _place(self) -> Place:
        rng = self.rng
        code, name, east, north = rng.choice(self.history.area.lsoas)
        return Place(
            code,
            name,
            round(east + rng.uniform(-0.01, 0.01), 6),
            round(north + rng.uniform(-0.006, 0.006), 6),
            rng.choice(STREETS),
        )

    # -- victims ------------------------------------------------------------------

    def _victim(self, crime: Crime) -> None:
        rng, group = self.rng, crime.group
        if group.victim == "none":
            return
        if group.victim == "business":
            crime.victims.append(rng.choice(self.history.companies).key)
            return
        offender = crime.offenders[0] if crime.offenders else None
        domestic = group.category == "Violence and sexual offences" and (
            rng.random() < self.given["crime.domestic_violence"]
        )
        if domestic and offender:
            home = [
                p
                for p in self._family(offender)
                if p not in crime.offenders and p.alive_on(crime.committed)
            ]
            if home:
                crime.victims.append(rng.choice(home).key)
                crime.flags.append("domestic abuse")
                return
        for _ in range(8):
            person = self._anybody()
            old_enough = group.victim != "person" or person.age_on(crime.committed) >= 8
            if person.alive_on(crime.committed) and person not in crime.offenders and old_enough:
                crime.victims.append(person.key)
                return

    def _family(self, person: Person) -> list[Person]:
        first = self.history.people[0].number
        numbers = [person.partner, person.mother, person.father]
        return [self.history.people[n - first] for n in numbers if n]

    def _anybody(self) -> Person:
        rng = self.rng
        if self.neighbours and rng.random() < self.given["offending.victim_elsewhere"]:
            person = rng.choice(self.neighbours)
            self.history.neighbours[person.key] = person
            return person
        return self.history.people[bisect(self._victims, rng.random() * self._victims[-1])]

    # -- outcomes -----------------------------------------------------------------

    def _outcome(self, crime: Crime) -> None:
        rng, group = self.rng, crime.group
        delay = group.days * exp(rng.gauss(0, self.given["crime.outcome_spread"]))
        day = crime.recorded + timedelta(days=round(delay))
        if rng.random() < self.given["crime.cancelled"]:
            crime.cancelled = min(day, LAST_DAY)
            return
        kinds = (
            ("1", group.charged),
            ("3", group.caution),
            ("8", group.community),
            ("14", group.unnamed),
            ("16", group.unsupported),
            ("15", group.evidential),
            ("18", group.unsolved),
            ("10", group.not_public_interest),
        )
        draw = rng.random() * 100
        outcome = "20"
        for kind, share in kinds:
            draw -= share
            if draw < 0:
                outcome = kind
                break
        if outcome in ("1", "3", "8", "15", "16", "10"):
            if not crime.offenders:
                outcome = "18"
            else:
                crime.suspects = list(crime.offenders)
        if outcome == "1":
            outcome = self._charging(crime, day)
        young = crime.suspects and crime.suspects[0].age_on(day) < ADULT
        if outcome == "1" and young and rng.random() < self.given["crime.youth_diversion"]:
            outcome = "3" if rng.random() < self.given["crime.youth_caution"] else "8"
        if outcome == "3" and young:
            outcome = "2"
        if day <= LAST_DAY:
            crime.outcome, crime.outcome_day = outcome, day
        if crime.victims and outcome == "14" and group.victim == "none":
            crime.outcome = "18"

    def _charging(self, crime: Crime, day: date) -> str:
        """Prosecutors decide the graver cases; the police the others. The outcome type."""
        rng, given = self.rng, self.given
        if crime.group.name == "shop theft" or crime.offence.mode == "Summary":
            return "1"
        if rng.random() >= given["cps.referred"]:
            return "1"
        median = given["cps.days_median"]
        referred = max(
            crime.recorded,
            day - timedelta(days=round(median * exp(rng.gauss(0, given["cps.days_spread"])))),
        )
        decision = "charge"
        if rng.random() < given["cps.no_further_action"]:
            evidential = rng.random() < given["cps.evidential"]
            decision = f"no further action ({'evidential' if evidential else 'public interest'})"
        crime.decisions = [
            ChargingDecision(suspect, referred, day, decision) for suspect in crime.suspects
        ]
        if decision == "charge":
            return "1"
        return "15" if "evidential" in decision else "10"


def pick(rng: Random, group: OffenceGroup) -> Offence:
    """An offence of the group, by weight."""
    offences = OFFENCES[group.name]
    return rng.choices(offences, [o.weight for o in offences])[0]


def spread_over(rng: Random, first: date, last: date, count: int) -> list[date]:
    """`count` days between two days, in order."""
    return sorted(day_between(rng, first, last) for _ in range(count))
