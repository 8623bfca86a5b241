"""From charge to last order: hearings, pleas, verdicts and results of criminal matters."""

from datetime import date, timedelta
from random import Random

from world import law
from world.disposal import disposal
from world.facts import Charge, Defendant, Hearing, Matter, Result
from world.law import GRAVE
from world.people import ADULT, Person, uuid
from world.places import Court
from world.sentence import Sentences
from world.settings import Assumptions


class Courts:
    """Takes matters through the courts; sentences are carried out by Sentences."""

    def __init__(self, given: Assumptions, rng: Random, sentences: Sentences) -> None:
        self.given, self.rng, self.sentences = given, rng, sentences

    def hear(self, matter: Matter) -> None:
        """From the first hearing to the last, for a matter begun by charge."""
        rng, given, defendants = self.rng, self.given, matter.defendants
        remanded = any(d.remanded for d in defendants)
        wait = (
            1
            if remanded
            else max(1, round(rng.gauss(given["court.bail_days"], given["court.bail_days_spread"])))
        )
        day = sitting(matter.charged + timedelta(days=wait), saturday=remanded)
        first = Hearing(uuid(rng), self._magistrates(matter), day, "First hearing")
        matter.hearings.append(first)
        if self._abated(matter, first):
            return
        youth = all(self._young(d, matter.charged) for d in defendants)
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

    def on_the_papers(self, matter: Matter, day: date) -> None:
        """A single justice's decision; a trial where the defendant pleads not guilty."""
        rng = self.rng
        [charge] = matter.defendants[0].charges
        hearing = Hearing(uuid(rng), self._magistrates(matter), day, "Single Justice Procedure")
        matter.hearings.append(hearing)
        if rng.random() < self.given["court.sjp_pleads"]:
            charge.plea = (
                "GUILTY" if rng.random() < self.given["court.sjp_guilty"] else "NOT_GUILTY"
            )
            charge.plea_day = matter.charged + timedelta(days=rng.randint(3, 21))
        if charge.plea == "NOT_GUILTY":
            last = self._adjourn(matter, hearing, hearing.court, rng.randint(40, 120), "Trial")
            self._verdicts(matter, last.day)
            self._dispose(matter, last)
        else:
            charge.verdict, charge.verdict_day = "GUILTY", day
            self._dispose(matter, hearing)

    def _magistrates(self, matter: Matter) -> Court:
        return self.rng.choice(matter.area.magistrates)

    # -- the course of a matter ---------------------------------------------------

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
                result = disposal(self.rng, self.given, charge, defendant, hearing)
                hearing.results.setdefault(charge.id, []).append(result)
                results.append((charge, result))
            self.sentences.fines(matter, defendant, [r for _, r in results], hearing.day)
            self.sentences.carry_out(matter, defendant, results[0], hearing.day)


def sitting(day: date, *, saturday: bool = False) -> date:
    """The day, or the next on which courts sit: no Sundays, Saturdays for first remands only."""
    weekday = day.weekday()
    if weekday == 6 or (weekday == 5 and not saturday):
        return day + timedelta(days=7 - weekday)
    return day
