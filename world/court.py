"""From charge to last order: hearings, pleas, verdicts and results of criminal matters."""

from datetime import date, timedelta
from random import Random

from world import law
from world.crime import poisson
from world.facts import Charge, Crime, Defendant, Hearing, History, Matter, Result
from world.law import COMPANY_OFFENCE, SJP_OFFENCES, SUMMARY_CHARGES, Offence
from world.mistakes import WorldError
from world.people import FIRST_DAY, LAST_DAY, YEARS, Company, Person, day_between, one_digit, uuid
from world.places import AREAS, Court
from world.sentence import Sentences
from world.settings import Assumptions

MATTERS = 2000  # numbers kept for a neighbourhood in its unit's year
CELLS_OF_UNIT = 50
ADULT = 18
GRAVE = 0.22  # custodial share from which an offence often goes to the Crown Court


class Courts:
    """Takes what is charged through the courts; sentences are carried out by Sentences."""

    def __init__(
        self, history: History, given: Assumptions, rng: Random, sentences: Sentences
    ) -> None:
        self.history, self.given, self.rng, self.sentences = history, given, rng, sentences
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
        hearing = Hearing(uuid(rng), self._magistrates(), decided, "Single Justice Procedure")
        matter.hearings.append(hearing)
        if rng.random() < self.given["court.sjp_pleads"]:
            charge.plea = (
                "GUILTY" if rng.random() < self.given["court.sjp_guilty"] else "NOT_GUILTY"
            )
            charge.plea_day = notice + timedelta(days=rng.randint(3, 21))
        if charge.plea == "NOT_GUILTY":
            last = self._adjourn(matter, hearing, hearing.court, rng.randint(40, 120), "Trial")
            self._verdicts(matter, last.day)
            self._dispose(matter, last)
        else:
            charge.verdict, charge.verdict_day = "GUILTY", decided
            self._dispose(matter, hearing)

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

    def _magistrates(self) -> Court:
        return self.rng.choice(self.history.area.magistrates)

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

    # -- the course of a matter ---------------------------------------------------

    def _proceed(self, defendants: list[Defendant], committed: date, charged: date) -> Matter:
        rng, given = self.rng, self.given
        charged = max(charged, *(d.arrested for d in defendants), committed)
        for defendant in defendants:
            for charge in defendant.charges:
                charge.laid = charged
        matter = self._matter(defendants, committed, charged, "charge")
        remanded = any(d.remanded for d in defendants)
        wait = (
            1
            if remanded
            else max(1, round(rng.gauss(given["court.bail_days"], given["court.bail_days_spread"])))
        )
        day = sitting(charged + timedelta(days=wait), saturday=remanded)
        first = Hearing(uuid(rng), self._magistrates(), day, "First hearing")
        matter.hearings.append(first)
        if self._abated(matter, first):
            return matter
        youth = all(self._young(d, charged) for d in defendants)
        grave = any(c.offence.mode == "Indictable" for d in defendants for c in d.charges)
        serious = any(c.offence.custody > GRAVE for d in defendants for c in d.charges)
        crown = grave or (
            serious and not youth and rng.random() < min(1.0, 2 * given["court.crown_share"])
        )
        key = "court.guilty_plea_crown" if crown else "court.guilty_plea_magistrates"
        guilty = {d.id: rng.random() < given[key] for d in defendants}
        dropped = rng.random() < given["court.dropped"]
        if crown:
            self._crown(matter, guilty, dropped=dropped)
        else:
            self._summary_trial(matter, guilty, dropped=dropped)
        return matter

    @staticmethod
    def _young(defendant: Defendant, day: date) -> bool:
        return isinstance(defendant.party, Person) and defendant.party.age_on(day) < ADULT

    def _summary_trial(self, matter: Matter, guilty: dict[str, bool], *, dropped: bool) -> None:
        rng, given, first = self.rng, self.given, matter.hearings[0]
        self._plead(matter, first.day, guilty if not dropped else {})
        if all(guilty.values()) and not dropped:
            if rng.random() < given["court.plea_at_first"]:
                self._dispose(matter, first)
                return
            last = self._adjourn(
                matter,
                first,
                first.court,
                rng.randint(*given["court.report_days_magistrates"]),
                "Sentence",
            )
            if not self._abated(matter, last):
                self._dispose(matter, last)
            return
        days = rng.randint(*given["court.trial_days_magistrates"])
        self._try(matter, first, first.court, days, dropped=dropped)

    def _crown(self, matter: Matter, guilty: dict[str, bool], *, dropped: bool) -> None:
        rng, first, court = self.rng, matter.hearings[0], matter.area.crown
        for defendant in matter.defendants:
            code, label = (
                ("4560", "Sent to Crown Court for trial in custody")
                if defendant.remanded
                else ("4558", "Sent to Crown Court for trial on unconditional bail")
            )
            for charge in defendant.charges:
                first.results[charge.id] = [
                    Result(uuid(rng), code, label, "INTERMEDIARY", first.day)
                ]
        day = sitting(first.day + timedelta(days=self.given["court.ptph_days"]))
        ptph = Hearing(uuid(rng), court, day, "Plea and Trial Preparation (PTPH)")
        first.next = ptph
        matter.hearings.append(ptph)
        self.sentences.bail_tags(matter, ptph.day)
        if self._abated(matter, ptph):
            return
        self._plead(matter, ptph.day, guilty if not dropped else {})
        if all(guilty.values()) and not dropped:
            last = self._adjourn(
                matter, ptph, court, rng.randint(*self.given["court.report_days_crown"]), "Sentence"
            )
            if not self._abated(matter, last):
                self._dispose(matter, last)
            return
        days = rng.randint(*self.given["court.trial_days_crown"])
        if any(d.remanded for d in matter.defendants):
            days = min(days, rng.randint(*self.given["court.custody_limit"]))
        self._try(matter, ptph, court, days, dropped=dropped)

    def _try(
        self, matter: Matter, hearing: Hearing, court: Court, days: int, *, dropped: bool
    ) -> None:
        rng = self.rng
        trial = self._adjourn(matter, hearing, court, days, "Trial")
        while rng.random() < self.given["court.ineffective_trial"] and len(matter.hearings) < 5:
            trial.outcome = "ineffective"
            trial = self._adjourn(
                matter, trial, court, rng.randint(*self.given["court.relisted_days"]), "Trial"
            )
        if self._abated(matter, trial):
            return
        if dropped:
            trial.outcome = "cracked"
            self._end(
                matter,
                trial,
                *(
                    law.NO_EVIDENCE
                    if rng.random() < self.given["court.no_evidence"]
                    else law.WITHDRAWN
                ),
            )
            return
        self._verdicts(matter, trial.day)
        self._dispose(matter, trial)

    def _adjourn(
        self, matter: Matter, hearing: Hearing, court: Court, days: int, kind: str
    ) -> Hearing:
        rng = self.rng
        for defendant in matter.defendants:
            code, label = (
                ("4531", "Remanded in custody (bail refused)")
                if defendant.remanded
                else ("4542", "Remanded on unconditional bail")
            )
            for charge in defendant.charges:
                hearing.results.setdefault(charge.id, []).append(
                    Result(uuid(rng), code, label, "INTERMEDIARY", hearing.day)
                )
        following = Hearing(uuid(rng), court, sitting(hearing.day + timedelta(days=days)), kind)
        hearing.next = following
        matter.hearings.append(following)
        return following

    @staticmethod
    def _plead(matter: Matter, day: date, guilty: dict[str, bool]) -> None:
        """Each defendant pleads to all charges; without an entry, not guilty."""
        for defendant in matter.defendants:
            for charge in defendant.charges:
                charge.plea = "GUILTY" if guilty.get(defendant.id) else "NOT_GUILTY"
                charge.plea_day = day

    def _verdicts(self, matter: Matter, day: date) -> None:
        for defendant in matter.defendants:
            convicted = self.rng.random() < self.given["court.convicted_after_trial"]
            for charge in defendant.charges:
                if charge.plea != "GUILTY":
                    charge.verdict = "GUILTY" if convicted else "NOT_GUILTY"
                    charge.verdict_day = day

    def _abated(self, matter: Matter, hearing: Hearing) -> bool:
        """Whether a defendant died before the hearing: the matter ends there, withdrawn."""
        dead = any(
            isinstance(d.party, Person) and not d.party.alive_on(hearing.day)
            for d in matter.defendants
        )
        if dead:
            self._end(matter, hearing, *law.WITHDRAWN)
        return dead

    def _end(self, matter: Matter, hearing: Hearing, code: str, label: str) -> None:
        """All charges end without a verdict; who was remanded goes free."""
        for defendant in matter.defendants:
            for charge in defendant.charges:
                result = Result(uuid(self.rng), code, label, "FINAL", hearing.day)
                hearing.results.setdefault(charge.id, []).append(result)
            self.sentences.carry_out(matter, defendant, None, hearing.day)

    # -- disposals ----------------------------------------------------------------

    def _dispose(self, matter: Matter, hearing: Hearing) -> None:
        for defendant in matter.defendants:
            results: list[tuple[Charge, Result]] = []
            for charge in defendant.charges:
                result = self._disposal(charge, defendant, hearing)
                hearing.results.setdefault(charge.id, []).append(result)
                results.append((charge, result))
            self.sentences.fines(matter, defendant, [r for _, r in results], hearing.day)
            self.sentences.carry_out(matter, defendant, results[0], hearing.day)

    def _disposal(self, charge: Charge, defendant: Defendant, hearing: Hearing) -> Result:
        rng, given, day = self.rng, self.given, hearing.day

        def final(kind: tuple[str, str], months: int = 0, amount: int = 0) -> Result:
            return Result(uuid(rng), *kind, "FINAL", day, months, amount)

        if charge.verdict == "NOT_GUILTY":
            return final(law.NOT_GUILTY)
        age = defendant.party.age_on(day) if isinstance(defendant.party, Person) else 99
        principal = charge.sequence == 1
        custody = charge.offence.custody if principal else 0.0
        if age < ADULT:
            custody *= given["sentence.youth_custody"]
        if rng.random() < custody:
            months = rng.choices(
                given["sentence.custody_months"], given["sentence.custody_weights"]
            )[0]
            if hearing.court.jurisdiction == "MAGISTRATES":
                months = min(months, 6)
            if age < ADULT:
                return final(law.DETENTION_TRAINING, max(4, min(months, 24)))
            return final(law.YOUNG_OFFENDERS if age < 21 else law.IMPRISONMENT, months)
        if age < ADULT and principal:
            return final(law.REFERRAL_ORDER, 6)
        amount = rng.choices(given["sentence.fine_pounds"], given["sentence.fine_weights"])[0]
        fined = given["sentence.fine_magistrates"]
        if charge.offence.custody > GRAVE:
            fined *= given["sentence.grave_fines"]
        if not principal or not custody or isinstance(defendant.party, Company):
            return final(law.FINE, amount=amount)
        draw = rng.random()
        if draw < fined:
            return final(law.FINE, amount=amount)
        draw = (draw - fined) / (1 - fined) * (1 - given["sentence.fine_magistrates"])
        if draw < given["sentence.discharge"]:
            return final(law.CONDITIONAL_DISCHARGE, 12)
        if draw < given["sentence.discharge"] + given["sentence.suspended"]:
            return final(law.SUSPENDED, given["probation.order_months"])
        return final(law.COMMUNITY, given["probation.order_months"])


def sitting(day: date, *, saturday: bool = False) -> date:
    """The day, or the next on which courts sit: no Sundays, Saturdays for first remands only."""
    weekday = day.weekday()
    if weekday == 6 or (weekday == 5 and not saturday):
        return day + timedelta(days=7 - weekday)
    return day
