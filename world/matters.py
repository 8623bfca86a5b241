"""What truly happened: matters from arrest to last order, custody and supervision.

Rates here are plausible, not calibrated: docs/world.md says what the world is good for.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from world.law import (
    CHECK_LETTERS,
    COMPANY_OFFENCE,
    CROWN,
    FORCES,
    MAGISTRATES,
    OFFENCE_WEIGHTS,
    OFFENCES,
    PRISONS,
    REQUIREMENTS,
    Court,
    Offence,
)
from world.people import (
    FIRST_YEAR,
    LAST_DAY,
    Company,
    Person,
    day_between,
    pnc_identifier,
    uuid,
)


@dataclass(frozen=True)
class Result:
    """One result ordered by a court, with its CJS code and category."""

    id: str
    code: str
    label: str
    category: str  # FINAL, INTERMEDIARY, ANCILLARY
    day: date
    months: int = 0
    amount: int = 0


@dataclass
class Charge:
    id: str
    sequence: int
    offence: Offence
    committed: date
    laid: date
    plea: str | None = None  # GUILTY or NOT_GUILTY
    plea_day: date | None = None
    verdict: str | None = None  # GUILTY or NOT_GUILTY
    verdict_day: date | None = None


@dataclass
class Defendant:
    """One party on one matter."""

    id: str
    party: Person | Company
    asn: str
    arrested: date
    charges: list[Charge]
    remanded: bool = False
    represented: bool = True


@dataclass
class Hearing:
    id: str
    court: Court
    day: date
    type: str
    results: dict[str, list[Result]] = field(default_factory=dict)  # by charge id
    next: "Hearing | None" = None


@dataclass
class Matter:
    number: int
    urn: str
    case_id: str
    force: tuple[str, str, str]
    committed: date
    charged: date
    defendants: list[Defendant]
    hearings: list[Hearing] = field(default_factory=list)


@dataclass
class Movement:
    day: date
    type: str  # ADM or REL
    reason: str
    from_agency: str
    to_agency: str


@dataclass
class Booking:
    """One custodial journey of one person in NOMIS."""

    id: int
    book_number: str
    person: Person
    matter: Matter
    movements: list[Movement]
    sentenced: date | None
    months: int
    release_due: date | None


@dataclass
class Supervision:
    """One Delius event: a sentence, or custody with licence, under supervision."""

    id: int
    person: Person
    matter: Matter
    charge: Charge
    result: Result
    start: date
    end: date
    requirement: tuple[str, str] | None
    breached: date | None
    custodial: bool


class History:
    """Everything that truly happened, made once from people, companies and a seed."""

    def __init__(self, people: list[Person], companies: list[Company], seed: int) -> None:
        self.people = people
        self.companies = companies
        self.seed = seed
        self.matters: list[Matter] = []
        self.bookings: list[Booking] = []
        self.supervisions: list[Supervision] = []
        for person in people:
            rng = Random(f"{seed}/history/{person.number}")
            if rng.random() < 0.45:
                continue
            for _ in range(1 + min(4, int(rng.expovariate(1.1)))):
                self._matter(rng, person)
        for company in companies:
            self._company_matter(Random(f"{seed}/company/{company.number}"), company)

    # -- matters -------------------------------------------------------------

    def _matter(self, rng: Random, person: Person) -> None:
        first = max(date(FIRST_YEAR, 1, 1), date(person.born.year + 18, 12, 31))
        if first > LAST_DAY - timedelta(days=30):
            return
        committed = day_between(rng, first, LAST_DAY - timedelta(days=20))
        defendants = [self._defendant(rng, person, committed)]
        if rng.random() < 0.08:
            other = self.people[(person.number + rng.randrange(1, 9)) % len(self.people)]
            if other is not person and other.age_on(committed) >= 18:
                defendants.append(self._defendant(rng, other, committed))
                offence = defendants[0].charges[0].offence
                defendants[1].charges[0].offence = offence
        self._proceed(rng, defendants, committed)

    def _company_matter(self, rng: Random, company: Company) -> None:
        committed = day_between(rng, date(FIRST_YEAR, 1, 1), LAST_DAY - timedelta(days=90))
        charge = Charge(uuid(rng), 1, COMPANY_OFFENCE, committed, committed)
        asn = self._asn(rng, committed)
        self._proceed(rng, [Defendant(uuid(rng), company, asn, committed, [charge])], committed)

    def _asn(self, rng: Random, day: date) -> str:
        force = rng.choice(FORCES)
        serial = f"{rng.randrange(10**11):011d}{rng.choice(CHECK_LETTERS)}"
        return f"{day.year % 100:02d}{force[0]}{force[1]}01{serial}"

    def _defendant(self, rng: Random, person: Person, committed: date) -> Defendant:
        offences = rng.choices(OFFENCES, OFFENCE_WEIGHTS, k=rng.choice((1, 1, 1, 2, 2, 3)))
        arrested = committed + timedelta(days=rng.choice((0, 0, 0, 1, 2, 9)))
        charges = [
            Charge(uuid(rng), number, offence, committed, arrested)
            for number, offence in enumerate(offences, start=1)
        ]
        if person.pnc is None:
            person.pnc = pnc_identifier(arrested.year, rng.randrange(1, 900000))
            letter = rng.choice(CHECK_LETTERS)
            person.cro = f"{rng.randrange(1, 400000)}/{arrested.year % 100:02d}{letter}"
        if person.master_defendant_id is None:
            person.master_defendant_id = uuid(rng)
        return Defendant(
            uuid(rng),
            person,
            self._asn(rng, arrested),
            arrested,
            charges,
            remanded=any(c.offence.custody > 0.6 for c in charges) and rng.random() < 0.6,
            represented=rng.random() < 0.85,
        )

    def _proceed(self, rng: Random, defendants: list[Defendant], committed: date) -> None:
        latest = max(d.arrested for d in defendants)
        charged = latest + timedelta(
            days=0 if defendants[0].remanded else rng.choice((0, 1, 1, 14, 35))
        )
        for defendant in defendants:
            for charge in defendant.charges:
                charge.laid = charged
        force = rng.choice(FORCES)
        number = len(self.matters) + 1
        matter = Matter(
            number,
            f"{force[0]}{force[1]}{number % 100000:05d}{charged.year % 100:02d}",
            uuid(rng),
            force,
            committed,
            charged,
            defendants,
        )
        self.matters.append(matter)
        wait = 1 if any(d.remanded for d in defendants) else rng.randint(7, 35)
        first = Hearing(
            uuid(rng), rng.choice(MAGISTRATES), charged + timedelta(days=wait), "First hearing"
        )
        matter.hearings.append(first)
        charges = [c for d in defendants for c in d.charges]
        to_crown = any(
            c.offence.mode == "Indictable" or (c.offence.custody > 0.3 and rng.random() < 0.5)
            for c in charges
        )
        guilty = rng.random() < 0.68
        if to_crown:
            self._send_to_crown(rng, matter, guilty)
        elif guilty and rng.random() < 0.6:
            self._plead(matter, first.day, guilty=True)
            self._sentence(rng, matter, first)
        else:
            self._plead(matter, first.day, guilty=guilty)
            days, kind = (21, "Sentence") if guilty else (rng.randint(60, 150), "Trial")
            last = self._adjourn(rng, matter, first, first.court, days, kind)
            if not guilty:
                self._verdict(rng, matter, last.day)
            self._sentence(rng, matter, last)

    def _send_to_crown(self, rng: Random, matter: Matter, guilty: bool) -> None:
        first = matter.hearings[0]
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
        court = rng.choice(CROWN)
        ptph = Hearing(
            uuid(rng), court, first.day + timedelta(days=28), "Plea and Trial Preparation (PTPH)"
        )
        first.next = ptph
        matter.hearings.append(ptph)
        self._plead(matter, ptph.day, guilty=guilty)
        if guilty:
            last = self._adjourn(rng, matter, ptph, court, 30, "Sentence")
        else:
            trial = self._adjourn(rng, matter, ptph, court, rng.randint(120, 500), "Trial")
            self._verdict(rng, matter, trial.day)
            last = trial
        self._sentence(rng, matter, last)

    def _adjourn(
        self, rng: Random, matter: Matter, hearing: Hearing, court: Court, days: int, kind: str
    ) -> Hearing:
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
        following = Hearing(uuid(rng), court, hearing.day + timedelta(days=days), kind)
        hearing.next = following
        matter.hearings.append(following)
        return following

    @staticmethod
    def _plead(matter: Matter, day: date, *, guilty: bool) -> None:
        for defendant in matter.defendants:
            for charge in defendant.charges:
                charge.plea = "GUILTY" if guilty else "NOT_GUILTY"
                charge.plea_day = day

    @staticmethod
    def _verdict(rng: Random, matter: Matter, day: date) -> None:
        for defendant in matter.defendants:
            convicted = rng.random() < 0.6
            for charge in defendant.charges:
                charge.verdict = "GUILTY" if convicted else "NOT_GUILTY"
                charge.verdict_day = day

    # -- disposals, custody, supervision --------------------------------------

    def _sentence(self, rng: Random, matter: Matter, hearing: Hearing) -> None:
        for defendant in matter.defendants:
            main: tuple[Charge, Result] | None = None
            for charge in defendant.charges:
                result = self._disposal(rng, charge, hearing.day)
                hearing.results.setdefault(charge.id, []).append(result)
                if charge.sequence == 1:
                    main = (charge, result)
            if isinstance(defendant.party, Person) and main is not None:
                self._afterwards(rng, matter, defendant, *main, hearing.day)

    @staticmethod
    def _disposal(rng: Random, charge: Charge, day: date) -> Result:
        if charge.verdict == "NOT_GUILTY":
            return Result(uuid(rng), "2004", "Not guilty", "FINAL", day)
        draw = rng.random()
        custody = charge.offence.custody if charge.sequence == 1 else 0.0
        if draw < custody:
            months = rng.choice((2, 4, 6, 9, 12, 18, 24, 36))
            return Result(uuid(rng), "1002", "Imprisonment", "FINAL", day, months=months)
        if charge.offence.company or charge.sequence > 1 or draw < custody + 0.4:
            amount = rng.choice((80, 120, 200, 350, 500, 1000))
            return Result(uuid(rng), "1015", "Fine", "FINAL", day, amount=amount)
        if draw < custody + 0.5:
            return Result(uuid(rng), "1018", "Conditional discharge", "FINAL", day, months=12)
        if draw < custody + 0.6:
            return Result(uuid(rng), "1115", "Suspended sentence order", "FINAL", day, months=12)
        return Result(uuid(rng), "1116", "Community order", "FINAL", day, months=12)

    def _afterwards(
        self,
        rng: Random,
        matter: Matter,
        defendant: Defendant,
        charge: Charge,
        result: Result,
        day: date,
    ) -> None:
        person = defendant.party
        assert isinstance(person, Person)
        released: date | None = None
        if defendant.remanded or result.code == "1002":
            released = self._custody(rng, matter, defendant, result, day)
        if result.code in ("1115", "1116") or (result.code == "1002" and released):
            start = released or day
            if start > LAST_DAY:
                return
            person.crn = person.crn or f"X{100000 + person.number:06d}"
            end = start + timedelta(days=30 * max(result.months // 2, 6))
            self.supervisions.append(
                Supervision(
                    id=2500000000 + len(self.supervisions) + 1,
                    person=person,
                    matter=matter,
                    charge=charge,
                    result=result,
                    start=start,
                    end=end,
                    requirement=None if result.code == "1002" else rng.choice(REQUIREMENTS),
                    breached=start + timedelta(days=60) if rng.random() < 0.15 else None,
                    custodial=result.code == "1002",
                )
            )

    def _custody(
        self, rng: Random, matter: Matter, defendant: Defendant, result: Result, day: date
    ) -> date | None:
        """The booking of one custodial journey; returns the day of release, if any is due."""
        person = defendant.party
        assert isinstance(person, Person)
        received = matter.hearings[0].day if defendant.remanded else day
        if received > LAST_DAY:
            return None
        if person.prisoner_number is None:
            letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
            person.prisoner_number = (
                f"{letters[person.number // 89991 % 23]}{1000 + person.number % 8999:04d}"
                f"{letters[person.number // 23 % 23]}{letters[person.number % 23]}"
            )
        prison = rng.choice(PRISONS)[0]
        reason = "N" if defendant.remanded else "I"
        movements = [Movement(received, "ADM", reason, "OUT", prison)]
        sentenced = result.code == "1002"
        if sentenced:
            served = timedelta(days=max(3, 15 * result.months))
            due = max(received + served, day + timedelta(days=1))
        else:
            due = day
        if sentenced and result.months >= 9 and rng.random() < 0.4:
            moved = day + timedelta(days=20)
            other = rng.choice([code for code, _ in PRISONS if code != prison])
            movements.append(Movement(moved, "ADM", "INT", prison, other))
            prison = other
        movements.append(Movement(due, "REL", "CR", prison, "OUT"))
        if sentenced and result.months >= 12 and rng.random() < 0.2:
            recalled = due + timedelta(days=rng.randint(20, 90))
            movements.append(Movement(recalled, "ADM", "L", "OUT", prison))
            movements.append(Movement(recalled + timedelta(days=28), "REL", "CR", prison, "OUT"))
        self.bookings.append(
            Booking(
                id=1000000 + len(self.bookings) + 1,
                book_number=f"{38000 + len(self.bookings)}A",
                person=person,
                matter=matter,
                movements=movements,
                sentenced=day if sentenced and day <= LAST_DAY else None,
                months=result.months if sentenced else 0,
                release_due=due,
            )
        )
        return due
