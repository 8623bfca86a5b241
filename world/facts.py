"""What truly happened, as plain facts: the whole truth of one neighbourhood is a History."""

from dataclasses import dataclass, field
from datetime import date

from world.law import Offence
from world.people import Company, Person
from world.places import Area, Court
from world.population import Household, Separation
from world.settings import OffenceGroup


@dataclass(frozen=True, slots=True)
class Place:
    """Where a crime was recorded: a small area of the 2011 census and a street in it."""

    lsoa: str
    lsoa_name: str
    longitude: float
    latitude: float
    street: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Anti-social behaviour: recorded, and not a crime."""

    recorded: date
    place: Place


@dataclass(frozen=True, slots=True)
class ChargingDecision:
    """A prosecutor's decision about one suspect of one crime. decision: charge, no further action
    (evidential) or no further action (public interest)."""

    suspect: Person
    referred: date
    day: date
    decision: str


@dataclass(slots=True)
class Crime:
    """A recorded crime, and how it ended.

    id: 64 hexadecimal digits, as data.police.uk publishes. reference: the force's own number.
    victims: keys of persons or companies, of this neighbourhood or the next. offenders: who truly
    did it; suspects: whom the police identified. outcome: outcome type (law.OUTCOMES), None while
    there is none. flags: domestic abuse, knife.
    """

    id: str
    reference: str
    group: OffenceGroup
    offence: Offence
    committed: date
    recorded: date
    place: Place
    victims: list[str]
    offenders: list[Person]
    suspects: list[Person] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    decisions: list[ChargingDecision] = field(default_factory=list)
    outcome: str | None = None
    outcome_day: date | None = None
    cancelled: date | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One result ordered by a court, with its CJS code and category."""

    id: str
    code: str
    label: str
    category: str  # FINAL, INTERMEDIARY, ANCILLARY
    day: date
    months: int = 0
    amount: int = 0  # pounds


@dataclass(slots=True)
class Charge:
    """crime: reference of the recorded crime it came from, None where there is none."""

    id: str
    sequence: int
    offence: Offence
    committed: date
    laid: date
    crime: str | None = None
    plea: str | None = None  # GUILTY or NOT_GUILTY
    plea_day: date | None = None
    verdict: str | None = None  # GUILTY or NOT_GUILTY
    verdict_day: date | None = None


@dataclass(slots=True)
class Defendant:
    """One party on one matter. arrested: for a summons or notice, the day it was issued."""

    id: str
    party: Person | Company
    asn: str
    arrested: date
    charges: list[Charge]
    remanded: bool = False
    represented: bool = True


@dataclass(slots=True)
class Hearing:
    id: str
    court: Court
    day: date
    type: str
    results: dict[str, list[Result]] = field(default_factory=dict)  # by charge id
    next: "Hearing | None" = None
    outcome: str = "effective"  # of a trial listing: effective, ineffective, cracked


@dataclass(slots=True)
class Matter:
    """One prosecution. route: charge (police charge, open court), sjp (single justice procedure:
    one hearing on the papers, in no extract of the open courts)."""

    number: int
    urn: str
    case_id: str
    area: Area
    route: str
    committed: date
    charged: date
    defendants: list[Defendant]
    hearings: list[Hearing] = field(default_factory=list)

    @property
    def force(self) -> tuple[str, str, str]:
        return self.area.force, self.area.unit, self.area.name


@dataclass(frozen=True, slots=True)
class Movement:
    day: date
    type: str  # ADM or REL
    reason: str
    from_agency: str
    to_agency: str


@dataclass(slots=True)
class Adjudication:
    """A disciplinary charge in prison. finding: PROVED or NOT_PROCEED_WITH; days: added days."""

    id: int
    charge: str
    day: date
    prison: str
    finding: str
    days: int


@dataclass(slots=True)
class Booking:
    """One custodial journey of one person in prison. release_due: conditional release."""

    id: int
    book_number: str
    person: Person
    matter: Matter
    movements: list[Movement]
    sentenced: date | None
    months: int
    release_due: date | None
    adjudications: list[Adjudication] = field(default_factory=list)


@dataclass(slots=True)
class Supervision:
    """A sentence, or custody with licence, under supervision by probation."""

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


@dataclass(frozen=True, slots=True)
class Tag:
    """Electronic monitoring. kind: bail curfew, home detention curfew, community curfew, location,
    alcohol."""

    id: int
    person: Person
    matter: Matter
    kind: str
    start: date
    end: date
    violation: date | None


@dataclass(slots=True)
class FineAccount:
    """What one defendant owes after one hearing, in pounds, and what came of it.

    payments: (day, pounds). enforcement: (day, step). status: paid, open, written off.
    """

    number: str
    party: Person | Company
    matter: Matter
    imposed: date
    fine: int
    surcharge: int
    costs: int
    payments: list[tuple[date, int]] = field(default_factory=list)
    enforcement: list[tuple[date, str]] = field(default_factory=list)
    status: str = "open"

    @property
    def total(self) -> int:
        return self.fine + self.surcharge + self.costs


@dataclass(slots=True)
class FamilyCase:
    """kind: care (public law), private (child arrangements) or divorce. Applicants of care cases
    are local authorities. orders: (day, code, label)."""

    number: str
    kind: str
    court: tuple[str, str]
    applied: date
    applicants: list[str]
    respondents: list[Person]
    children: list[Person]
    hearings: list[date] = field(default_factory=list)
    orders: list[tuple[date, str, str]] = field(default_factory=list)
    ended: date | None = None


@dataclass(slots=True)
class CivilClaim:
    """kind: money or possession. amount: pounds (of a possession claim, the arrears).
    events: (day, what), the first of them issue."""

    number: str
    kind: str
    court: str
    claimant: Company
    defendants: list[Person]
    amount: int
    events: list[tuple[date, str]]


@dataclass(slots=True)
class History:
    """Everything that truly happened in one neighbourhood, in the order it was made."""

    cell: int
    seed: int
    area: Area
    people: list[Person]
    companies: list[Company]
    households: list[Household]
    separations: list[Separation]
    incidents: list[Incident] = field(default_factory=list)
    crimes: list[Crime] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    supervisions: list[Supervision] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    fines: list[FineAccount] = field(default_factory=list)
    family_cases: list[FamilyCase] = field(default_factory=list)
    civil_claims: list[CivilClaim] = field(default_factory=list)
    neighbours: dict[str, Person] = field(default_factory=dict)  # victims of the next cell, by key

    def person(self, key: str) -> Person:
        """The person of a key that stands in this history."""
        if key in self.neighbours:
            return self.neighbours[key]
        return self.people[int(key[1:]) - self.people[0].number]
