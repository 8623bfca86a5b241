"""The true people and companies of a made-up world. Nobody in it exists."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST_DAY = date(2005, 1, 1)
LAST_DAY = date(2024, 12, 31)
YEARS = 20
NEVER = date.max
ADULT = 18  # years of age

CHECK = "ZABCDEFGHJKLMNPQRTUVWXY"
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# Serial numbers are the person's number, scattered by a factor that shares none with the modulus:
# nobody shares one, and nobody's follows another's.
PNC_MODULUS, PNC_FACTOR = 9_999_991, 7_654_321
CRO_MODULUS, CRO_FACTOR = 999_983, 765_432


@dataclass(frozen=True, slots=True)
class Address:
    number: int
    street: str
    town: str
    postcode: str


@dataclass(slots=True)
class Person:
    """One true person. Identifiers are given when a system first meets them.

    homes: (since, address), names: (since, family name, why), both oldest first. twin_of, mother,
    father and partner are numbers of persons. propensity: 0 for people who never offend, else a
    rate relative to the mean offender's.
    """

    number: int
    given: str
    middle: str
    born: date
    sex: str  # M or F
    ethnicity: str  # of the 18+1 list
    household: int
    names: list[tuple[date, str, str]]
    homes: list[tuple[date, Address]]
    died: date | None = None
    mother: int | None = None
    father: int | None = None
    partner: int | None = None
    twin_of: int | None = None
    propensity: float = 0.0
    aliases: list[tuple[str, str]] = field(default_factory=list)
    pnc: str | None = None
    cro: str | None = None
    prisoner_number: str | None = None
    crn: str | None = None
    master_defendant_id: str | None = None

    @property
    def key(self) -> str:
        return f"P{self.number:07d}"

    @property
    def family(self) -> str:
        """The family name on the last day."""
        return self.names[-1][1]

    @property
    def address(self) -> Address:
        """The home on the last day."""
        return self.homes[-1][1]

    def age_on(self, day: date) -> int:
        """Completed years on the day."""
        born = self.born
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def alive_on(self, day: date) -> bool:
        return self.born <= day and (self.died is None or day < self.died)

    def family_on(self, day: date) -> str:
        return next(
            (name for since, name, _ in reversed(self.names) if since <= day), self.names[0][1]
        )

    def address_on(self, day: date) -> Address:
        return next(
            (address for since, address in reversed(self.homes) if since <= day), self.homes[0][1]
        )

    def meet_police(self, day: date) -> None:
        """First arrest: PNC identifier and CRO number of that year."""
        if self.pnc is None:
            serial = scattered(self.number, PNC_FACTOR, PNC_MODULUS)
            self.pnc = pnc_identifier(day.year, serial)
            serial = scattered(self.number, CRO_FACTOR, CRO_MODULUS)
            letter = _LETTERS[self.number // CRO_MODULUS % 23]
            self.cro = f"{serial}/{day.year % 100:02d}{letter}"

    def meet_prison(self) -> None:
        """First reception: the prisoner number."""
        if self.prisoner_number is None:
            rest, serial = divmod(self.number * 4_567, 9000)
            rest, last = divmod(rest, 23)
            rest, middle = divmod(rest, 23)
            first = _LETTERS[rest % 23]
            self.prisoner_number = f"{first}{1000 + serial:04d}{_LETTERS[middle]}{_LETTERS[last]}"

    def meet_probation(self) -> None:
        """First supervision: the case reference number."""
        if self.crn is None:
            letter, serial = divmod(self.number, 900_000)
            digits = str(100_000 + serial)
            if one_digit(digits):
                digits = digits[0].zfill(6)  # numbers below 100,000 are nobody else's
            self.crn = f"{'XDEFGHJK'[letter]}{digits}"


@dataclass(frozen=True, slots=True)
class Company:
    number: int
    name: str
    address: Address

    @property
    def key(self) -> str:
        return f"C{self.number:06d}"


def pnc_identifier(year: int, serial: int) -> str:
    """PNC identifier with its check letter, yyyy/nnnnnnnC."""
    letter = CHECK[int(f"{year % 100:02d}{serial:07d}") % 23]
    return f"{year}/{serial:07d}{letter}"


def one_digit(digits: str) -> bool:
    """Whether it is one digit repeated: that reads as a placeholder, and is nobody's number."""
    return len(set(digits)) == 1


def scattered(number: int, factor: int, modulus: int) -> int:
    """A serial number of nobody else, with as many digits as the modulus.

    Where it would be one digit repeated it is one of the first nine from the modulus on.
    """
    serial = number * factor % modulus
    digits = f"{serial:0{len(str(modulus))}d}"
    return modulus + (int(digits[0]) - 1) % 9 if one_digit(digits) else serial


def uuid(rng: Random) -> str:
    """A version 4 UUID that depends on the seed only."""
    digits = f"{rng.getrandbits(128):032x}"
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}"
        f"{digits[17:20]}-{digits[20:]}"
    )


def day_between(rng: Random, first: date, last: date) -> date:
    """A day, both ends included; the first where they are in the wrong order."""
    return first + timedelta(days=rng.randrange(max(1, (last - first).days + 1)))
