"""What comes to court: charges, summonses and single justice notices, with their defendants."""

from datetime import date, timedelta
from random import Random

from world import law
from world.court import Courts
from world.crime import poisson
from world.facts import Charge, Crime, Defendant, History, Matter
from world.law import COMPANY_OFFENCE, GRAVE, SJP_OFFENCES, SUMMARY_CHARGES, Offence
from world.mistakes import WorldError
from world.people import (
    ADULT,
    FIRST_DAY,
    LAST_DAY,
    YEARS,
    Company,
    Person,
    day_between,
    one_digit,
    uuid,
)
from world.places import AREAS
from world.settings import Assumptions

MATTERS = 2000  # numbers kept for a neighbourhood in its unit's year
CELLS_OF_UNIT = 50


class Prosecutors:
    """Brings people and companies of one neighbourhood before the courts."""

    def __init__(self, history: History, given: Assumptions, rng: Random, courts: Courts) -> None:
        self.history, self.given, self.rng, self.courts = history, given, rng, courts
        block, slot = divmod(history.cell // len(AREAS), CELLS_OF_UNIT)
        self._first = slot * MATTERS
        letters = law.CHECK_LETTERS
        self._unit = (
            letters[block // len(letters)] + letters[block % len(letters)]
            if block
            else history.area.unit
        )

    # -- what comes to court ------------------------------------------------------

    def charge(self, crime: Crime) -> None:
        """Prosecute a charged crime's suspects."""
        assert crime.outcome_day
        arrested = min(
            crime.outcome_day,
            crime.recorded + timedelta(days=self.rng.randint(*self.given["court.arrest_days"])),
        )
        living = [s for s in crime.suspects if s.alive_on(crime.outcome_day)]
        if not living:
            return
        defendants = [
            self._defendant(person, arrested, crime.committed, crime.offence, crime)
            for person in living
        ]
        crime.matter = self._proceed(defendants, crime.committed, crime.outcome_day).urn

    def summary(self, person: Person, day: date) -> None:
        """Prosecute somebody for an offence that is not notifiable."""
        weights = [o.weight for o in SUMMARY_CHARGES]
        offence = self.rng.choices(SUMMARY_CHARGES, weights)[0]
        defendant = self._defendant(person, day, day, offence, None)
        self._proceed([defendant], day, day + timedelta(days=self.rng.choice((0, 0, 1, 14, 28))))

    def company(self, company: Company) -> None:
        """Prosecute a company, once, for a motoring offence."""
        day = day_between(self.rng, FIRST_DAY, LAST_DAY - timedelta(days=90))
        charge = Charge(uuid(self.rng), 1, COMPANY_OFFENCE, day, day)
        self._proceed([Defendant(uuid(self.rng), company, self._asn(day), day, [charge])], day, day)

    def single_justice(self) -> None:
        """Single justice procedure: adults at random, decided on the papers."""
        rng, given = self.rng, self.given
        people = self.history.people
        weights = [o.weight for o in SJP_OFFENCES]
        for _ in range(poisson(rng, given["court.sjp"] * YEARS * len(people))):
            person, day = rng.choice(people), day_between(rng, FIRST_DAY, LAST_DAY)
            if person.age_on(day) >= ADULT and person.alive_on(day):
                self._single(person, day, rng.choices(SJP_OFFENCES, weights)[0])

    def _single(self, person: Person, committed: date, offence: Offence) -> None:
        rng = self.rng
        notice = committed + timedelta(days=rng.randint(*self.given["court.sjp_notice_days"]))
        decided = notice + timedelta(days=rng.randint(*self.given["court.sjp_decision_days"]))
        if decided > LAST_DAY or not person.alive_on(decided):
            return
        charge = Charge(uuid(rng), 1, offence, committed, notice)
        defendant = Defendant(
            uuid(rng), person, self._asn(notice), notice, [charge], represented=False
        )
        matter = self._matter([defendant], committed, notice, "sjp")
        self.courts.on_the_papers(matter, decided)

    # -- parties ------------------------------------------------------------------

    def _defendant(
        self,
        person: Person,
        arrested: date,
        committed: date,
        offence: Offence,
        crime: Crime | None,
    ) -> Defendant:
        rng, given = self.rng, self.given
        count = 1 + rng.choices(range(4), given["court.charges_per_defendant"])[0]
        offences = [offence]
        if count > 1:
            others = law.OFFENCES[offence.group] if offence.group else SUMMARY_CHARGES
            offences += rng.choices(others, [o.weight for o in others], k=count - 1)
        charges = [
            Charge(
                uuid(rng),
                number,
                each,
                committed,
                arrested,
                crime.reference if crime and number == 1 else None,
            )
            for number, each in enumerate(offences, start=1)
        ]
        person.meet_police(arrested)
        person.master_defendant_id = person.master_defendant_id or uuid(rng)
        return Defendant(
            uuid(rng),
            person,
            self._asn(arrested),
            arrested,
            charges,
            remanded=offence.custody > GRAVE
            and person.age_on(arrested) >= ADULT
            and rng.random() < given["court.remanded"],
            represented=rng.random() < given["court.represented"],
        )

    def _asn(self, day: date) -> str:
        area, rng = self.history.area, self.rng
        serial = f"{rng.randrange(10**11):011d}{rng.choice(law.CHECK_LETTERS)}"
        return f"{day.year % 100:02d}{area.force}{area.unit}01{serial}"

    def _proceed(self, defendants: list[Defendant], committed: date, charged: date) -> Matter:
        charged = max(charged, *(d.arrested for d in defendants), committed)
        for defendant in defendants:
            for charge in defendant.charges:
                charge.laid = charged
        matter = self._matter(defendants, committed, charged, "charge")
        self.courts.hear(matter)
        return matter

    def _matter(
        self, defendants: list[Defendant], committed: date, charged: date, route: str
    ) -> Matter:
        history = self.history
        number = len(history.matters)
        if number >= MATTERS - 1:  # the last one is for a number that reads as a placeholder
            raise WorldError(
                "JG-WLD-005",
                f"more than {MATTERS} prosecutions in one neighbourhood",
                "Lower population.enrichment in the assumptions.",
            )
        digits = f"{self._first + number:05d}{charged.year % 100:02d}"
        if one_digit(digits):
            digits = f"{self._first + MATTERS - 1:05d}{charged.year % 100:02d}"
        urn = f"{history.area.force}{self._unit}{digits}"
        matter = Matter(
            number, urn, uuid(self.rng), history.area, route, committed, charged, defendants
        )
        history.matters.append(matter)
        return matter
