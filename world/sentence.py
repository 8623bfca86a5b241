"""What follows a sentence: prison, recall, supervision, tags, fines and their payment."""

from datetime import date, timedelta
from random import Random

from world import law
from world.crime import Offenders, poisson
from world.facts import (
    Adjudication,
    Booking,
    Charge,
    Defendant,
    FineAccount,
    History,
    Matter,
    Movement,
    Result,
    Supervision,
    Tag,
)
from world.mistakes import WorldError
from world.people import ADULT, LAST_DAY, NEVER, Company, Person, day_between
from world.settings import Assumptions

NUMBERS = 10_000  # numbers kept for a neighbourhood's supervisions, tags, accounts
BOOKINGS = 1_000
OFFENCES_IN_PRISON = (
    "Disobeys any lawful order",
    "Has in his possession an unauthorised article",
    "Fights with any person",
    "Uses threatening, abusive or insulting words or behaviour",
    "Intentionally fails to work properly",
)


class Sentences:
    """Carries out what courts order, for the people of one neighbourhood."""

    def __init__(
        self, history: History, given: Assumptions, rng: Random, offenders: Offenders
    ) -> None:
        self.history, self.given, self.rng, self.offenders = history, given, rng, offenders

    def carry_out(
        self,
        matter: Matter,
        defendant: Defendant,
        main: tuple[Charge, Result] | None,
        day: date,
    ) -> None:
        """Custody and supervision after a defendant's last hearing; main: of the first charge."""
        person = defendant.party
        if isinstance(person, Company) or person.age_on(day) < ADULT:
            return  # the young are held and supervised outside prisons and probation
        result = main[1] if main else None
        custodial = result is not None and result.code in law.CUSTODIAL
        released: date | None = None
        if defendant.remanded or custodial:
            released = self._custody(matter, defendant, person, result, day)
        if not main or not result:
            return
        if result.code in (law.SUSPENDED[0], law.COMMUNITY[0]) or (custodial and released):
            self._supervise(matter, person, *main, start=released or day)

    # -- custody ------------------------------------------------------------------

    def _custody(
        self,
        matter: Matter,
        defendant: Defendant,
        person: Person,
        result: Result | None,
        day: date,
    ) -> date | None:
        """One custodial journey; the day of release, None where they die inside."""
        rng, given, area = self.rng, self.given, self.history.area
        received = matter.hearings[0].day if defendant.remanded else day
        dies = person.died or NEVER
        if received > LAST_DAY or received >= dies:
            return None
        person.meet_prison()
        sentenced = result is not None and result.code in law.CUSTODIAL
        months = result.months if result and sentenced else 0
        young = person.age_on(received) < 21
        reason = "N" if defendant.remanded else "W" if young else "I"
        prison = area.women if person.sex == "F" else rng.choice(area.prisons)
        movements = [Movement(received, "ADM", reason, "OUT", prison)]
        due, why = day, "NCS"
        if result is None:
            why = "DS"
        elif result.code == law.NOT_GUILTY[0]:
            why = "NG"
        elif sentenced:
            why = "CR"
            served = timedelta(days=max(3, round(30.4 * months * given["custody.served_share"])))
            due = max(received + served, day + timedelta(days=1))
        if other := self.offenders.until(person, received, due):
            if other >= due:
                return other  # served beside another sentence, on the other's booking
            received = other
            if received >= dies:
                return None
            movements = [Movement(received, "ADM", reason, "OUT", prison)]
        start = max(day, received)
        curfew = (
            sentenced
            and 3 <= months <= 48
            and (due - start).days > 45
            and rng.random() < given["custody.curfew_release"]
        )
        conditional = due
        if curfew:
            why = "HR"
            least, most = given["custody.curfew_days"]
            due -= timedelta(days=rng.randint(least, min(most, (due - start).days - 20)))
        if sentenced and months >= 9 and rng.random() < given["custody.transfer"]:
            moved = max(day, received) + timedelta(days=20)
            others = [p for p in area.prisons if p != prison]
            if moved < due and moved < dies and person.sex == "M" and others:
                movements.append(Movement(moved, "ADM", "INT", prison, others[0]))
                prison = others[0]
        if dies <= due:
            movements.append(Movement(dies, "REL", "DEC", prison, "OUT"))
            self._book(matter, person, movements, day if sentenced else None, months, conditional)
            return None
        movements.append(Movement(due, "REL", why, prison, "OUT"))
        if curfew:
            self._tag(person, matter, "home detention curfew", due, conditional)
        if sentenced and months >= 6 and rng.random() < given["custody.recall"]:
            recalled = due + timedelta(days=rng.randint(*given["custody.recall_after"]))
            again = recalled + timedelta(days=given["custody.recall_days"])
            if again < dies and not self.offenders.until(person, recalled, again):
                movements.append(Movement(recalled, "ADM", "L", "OUT", prison))
                movements.append(Movement(again, "REL", "PD", prison, "OUT"))
        self._book(matter, person, movements, day if sentenced else None, months, conditional)
        return due

    def _book(
        self,
        matter: Matter,
        person: Person,
        movements: list[Movement],
        sentenced: date | None,
        months: int,
        release_due: date,
    ) -> None:
        bookings, rng = self.history.bookings, self.rng
        if len(bookings) >= BOOKINGS:
            raise WorldError(
                "JG-WLD-005",
                f"more than {BOOKINGS} custodial journeys in one neighbourhood",
                "Lower population.enrichment in the assumptions.",
            )
        number = self.history.cell * BOOKINGS + len(bookings)
        letter, serial = divmod(number, 90_000)
        booking = Booking(
            id=1_000_001 + number,
            book_number=f"{10_000 + serial}{'ABCDEFGHJKLMNPRSTUVWXYZ'[letter]}",
            person=person,
            matter=matter,
            movements=movements,
            sentenced=sentenced if sentenced and sentenced <= LAST_DAY else None,
            months=months,
            release_due=release_due,
        )
        bookings.append(booking)
        spells = zip(*(iter(m for m in movements if m.reason != "INT"),) * 2, strict=True)
        for entry, leave in spells:
            self.offenders.imprison(person, entry.day, leave.day)
            last = min(leave.day, LAST_DAY)
            years = max(0.0, (last - entry.day).days / 365.25)
            for _ in range(poisson(rng, years * self.given["custody.adjudications"])):
                proved = rng.random() < self.given["custody.adjudication_proved"]
                booking.adjudications.append(
                    Adjudication(
                        id=booking.id * 100 + len(booking.adjudications),
                        charge=rng.choice(OFFENCES_IN_PRISON),
                        day=day_between(rng, entry.day, last),
                        prison=entry.to_agency,
                        finding="PROVED" if proved else "NOT_PROCEED_WITH",
                        days=rng.choice((0, 0, 3, 7, 14)) if proved else 0,
                    )
                )

    # -- community ----------------------------------------------------------------

    def _supervise(
        self, matter: Matter, person: Person, charge: Charge, result: Result, start: date
    ) -> None:
        rng, given = self.rng, self.given
        if start > LAST_DAY or not person.alive_on(start):
            return
        person.meet_probation()
        end = start + timedelta(days=30 * max(result.months // 2, 6))
        custodial = result.code in law.CUSTODIAL
        if not custodial:
            end = start + timedelta(days=30 * result.months)
        if person.died:
            end = min(end, person.died)
        breached = start + timedelta(days=rng.randint(*given["probation.breach_after"]))
        supervision = Supervision(
            id=self._number(len(self.history.supervisions)),
            person=person,
            matter=matter,
            charge=charge,
            result=result,
            start=start,
            end=end,
            requirement=None
            if custodial
            else rng.choices(law.REQUIREMENTS, given["probation.requirement"])[0],
            breached=breached
            if rng.random() < given["probation.breach"] and breached < end
            else None,
            custodial=custodial,
        )
        self.history.supervisions.append(supervision)
        if supervision.requirement and supervision.requirement[0] == "X":
            self._tag(
                person,
                matter,
                "community curfew",
                start,
                start + timedelta(days=given["monitoring.curfew_days"]),
            )
        elif not custodial and rng.random() < given["monitoring.community"]:
            kind = "alcohol" if rng.random() < given["monitoring.alcohol"] else "location"
            end = start + timedelta(days=rng.randint(*given["monitoring.days"]))
            self._tag(person, matter, kind, start, end)

    def bail_tags(self, matter: Matter, until: date) -> None:
        """Curfews with a tag while on bail to the Crown Court."""
        for defendant in matter.defendants:
            person = defendant.party
            tagged = self.rng.random() < self.given["monitoring.bail"]
            if tagged and isinstance(person, Person) and not defendant.remanded:
                self._tag(person, matter, "bail curfew", matter.hearings[0].day, until)

    def _tag(self, person: Person, matter: Matter, kind: str, start: date, end: date) -> None:
        end = min(end, person.died or NEVER)
        if start > LAST_DAY or end <= start:
            return
        violated = self.rng.random() < self.given["monitoring.violation"]
        self.history.tags.append(
            Tag(
                self._number(len(self.history.tags)),
                person,
                matter,
                kind,
                start,
                end,
                day_between(self.rng, start, end) if violated else None,
            )
        )

    # -- money --------------------------------------------------------------------

    def fines(self, matter: Matter, defendant: Defendant, results: list[Result], day: date) -> None:
        """One account for the fines of one defendant at one hearing."""
        rng, given = self.rng, self.given
        fine = sum(r.amount for r in results)
        if not fine or day > LAST_DAY:
            return
        account = FineAccount(
            number=f"{self._number(len(self.history.fines)) - 2_500_000_000:08d}"
            f"{'ABCDEFGHJK'[len(self.history.fines) % 10]}",
            party=defendant.party,
            matter=matter,
            imposed=day,
            fine=fine,
            surcharge=round(fine * given["sentence.surcharge_share"]),
            costs=given["sentence.costs_pounds"],
        )
        self.history.fines.append(account)
        draw = rng.random()
        if draw < given["fines.paid_in_full"]:
            account.payments = [(day + timedelta(days=rng.randint(0, 28)), account.total)]
        elif draw < given["fines.paid_in_full"] + given["fines.instalments"]:
            self._instalments(account)
        else:
            if rng.random() < given["fines.part_paid"]:
                account.payments = [(day + timedelta(days=30), account.total // 5)]
            if rng.random() < given["fines.enforced"]:
                steps = ("further steps notice", "attachment of earnings", "warrant of control")
                when = day
                for step in steps[: rng.randint(1, 3)]:
                    when += timedelta(days=rng.randint(28, 120))
                    account.enforcement.append((when, step))
            if rng.random() < given["fines.written_off"]:
                account.status = "written off"
        account.payments = [p for p in account.payments if p[0] <= LAST_DAY]
        account.enforcement = [e for e in account.enforcement if e[0] <= LAST_DAY]
        if sum(amount for _, amount in account.payments) == account.total:
            account.status = "paid"

    def _instalments(self, account: FineAccount) -> None:
        count = self.rng.randint(*self.given["fines.payments"])
        each, left = account.total // count, account.total
        for number in range(1, count + 1):
            amount = each if number < count else left
            left -= amount
            account.payments.append((account.imposed + timedelta(days=30 * number), amount))

    def _number(self, index: int) -> int:
        return 2_500_000_000 + self.history.cell * NUMBERS + index + 1
