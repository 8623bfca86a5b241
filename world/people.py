"""The true people and companies of a made-up world. Nobody in it exists."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST_YEAR = 2019
LAST_DAY = date(2024, 12, 31)

MALE = (
    "James Daniel Thomas Mohammed Jack Ryan Liam Kyle Aaron Callum Dean Lee Craig Darren Wayne "
    "Stephen Gareth Rhys Owen Dylan Imran Tariq Kwame Tomasz Piotr Andrei Connor Jordan Nathan "
    "Marcus Leon Tyrone Joshua Samuel Adam Luke Harvey Reece Scott Gavin"
).split()
FEMALE = (
    "Emma Chloe Sarah Jessica Amy Gemma Leanne Stacey Kerry Donna Aisha Fatima Zainab Agnieszka "
    "Mia Ellie Megan Bethan Cerys Siân Rebecca Lauren Kelly Natasha Danielle Shannon Paige Jade "
    "Charlotte Hannah Grace Abigail Nicole Tanya Michelle Lisa Joanne Tracey Amina Folake"
).split()
FAMILY = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker "
    "White Roberts Green Hall Wood Jackson Clarke Patel Khan Ahmed Hussain Ali Begum Singh Kaur "
    "Okafor Mensah Adeyemi Kowalski Nowak Popescu Harker Pugh Llewellyn O'Connor O'Brien "
    "McAllister Fletcher Barker Cooper Mason Turner Parker Hughes Edwards Collins Stewart Morris "
    "Rogers Reed Cook Morgan Bell Murphy Bailey Cox Ward Brooks Kelly Sanders Price Bennett Barnes "
    "Ross Henderson Coleman Perry Powell Long Patterson Hayes Foster Sutcliffe Ramsbottom Oyelaran"
).split()
STREETS = (
    "Station Road|High Street|Church Lane|Mill Lane|Victoria Road|Albert Street|Park Avenue|"
    "Queens Road|Chapel Street|Heol Fawr|New Street|Canal Walk|Priory Close|Larch Grove"
).split("|")
TOWNS = (
    ("Leeds", "LS"),
    ("Bradford", "BD"),
    ("Derby", "DE"),
    ("Croydon", "CR"),
    ("Cardiff", "CF"),
    ("Bristol", "BS"),
    ("Stevenage", "SG"),
    ("Liverpool", "L"),
)
TRADES = "Haulage Scaffolding Waste Roofing Foods Lettings Motors Recycling Plant".split()
ETHNICITY = (
    ("W1", 70),
    ("W9", 7),
    ("A2", 6),
    ("B1", 4),
    ("B2", 4),
    ("M1", 3),
    ("A1", 3),
    ("O9", 3),
)
PNC_CHECK = "ZABCDEFGHJKLMNPQRTUVWXY"


@dataclass
class Address:
    number: int
    street: str
    town: str
    postcode: str


@dataclass
class Person:
    """One true person. Identifiers are given when a system first meets them."""

    number: int
    given: str
    middle: str
    family: str
    born: date
    sex: str  # M or F
    ethnicity: str  # of the 18+1 list
    address: Address
    twin_of: int | None = None
    pnc: str | None = None
    cro: str | None = None
    prisoner_number: str | None = None
    crn: str | None = None
    master_defendant_id: str | None = None
    aliases: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"P{self.number:07d}"

    def age_on(self, day: date) -> int:
        """Completed years on the day."""
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)


@dataclass(frozen=True)
class Company:
    number: int
    name: str
    address: Address

    @property
    def key(self) -> str:
        return f"C{self.number:05d}"


def pnc_identifier(year: int, serial: int) -> str:
    """PNC identifier with its check letter, yyyy/nnnnnnnC."""
    letter = PNC_CHECK[int(f"{year % 100:02d}{serial:07d}") % 23]
    return f"{year}/{serial:07d}{letter}"


def uuid(rng: Random) -> str:
    """A version 4 UUID that depends on the seed only."""
    digits = f"{rng.getrandbits(128):032x}"
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}"
        f"{digits[17:20]}-{digits[20:]}"
    )


def day_between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def make_address(rng: Random) -> Address:
    town, area = rng.choice(TOWNS)
    inward = f"{rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}"
    postcode = f"{area}{rng.randint(1, 19)} {inward}"
    return Address(rng.randint(1, 180), rng.choice(STREETS), town, postcode)


def make_people(count: int, seed: int) -> list[Person]:
    """`count` true people; about one in sixty has a twin, who is the next in the list."""
    people: list[Person] = []
    codes, weights = zip(*ETHNICITY, strict=True)
    while len(people) < count:
        number = len(people) + 1
        rng = Random(f"{seed}/person/{number}")
        sex = "M" if rng.random() < 0.78 else "F"
        born = day_between(rng, date(1955, 1, 1), date(2006, 12, 31))
        person = Person(
            number=number,
            given=rng.choice(MALE if sex == "M" else FEMALE),
            middle=rng.choice(MALE if sex == "M" else FEMALE) if rng.random() < 0.5 else "",
            family=rng.choice(FAMILY),
            born=born,
            sex=sex,
            ethnicity=rng.choices(codes, weights)[0],
            address=make_address(rng),
        )
        if rng.random() < 0.15:
            person.aliases.append((rng.choice(MALE if sex == "M" else FEMALE), person.family))
        people.append(person)
        if rng.random() < 1 / 60 and len(people) < count:
            names = [name for name in (MALE if sex == "M" else FEMALE) if name != person.given]
            people.append(
                Person(
                    number=number + 1,
                    given=rng.choice(names),
                    middle="",
                    family=person.family,
                    born=born,
                    sex=sex,
                    ethnicity=person.ethnicity,
                    address=person.address,
                    twin_of=number,
                )
            )
    return people


def make_companies(count: int, seed: int) -> list[Company]:
    rng = Random(f"{seed}/companies")
    return [
        Company(
            number,
            f"{rng.choice(FAMILY)} {rng.choice(TRADES)} {'Ltd' if rng.random() < 0.8 else 'plc'}",
            make_address(rng),
        )
        for number in range(1, count + 1)
    ]
