"""Offences, courts, forces, prisons and requirements that the made-up world uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offence:
    """A CJS offence. mode: summary, either way, indictable. custody: share of convictions.

    home_office: Home Office class and subclass, five digits, as Delius writes them.
    """

    code: str
    home_office: str
    title: str
    mode: str
    custody: float
    company: bool = False


OFFENCES = (
    Offence("TH68010", "04600", "Theft from a shop", "Either way", 0.18),
    Offence("CJ88116", "10501", "Assault by beating", "Summary", 0.10),
    Offence(
        "CD71039", "14900", "Criminal damage to property - value under £5000", "Either way", 0.06
    ),
    Offence(
        "MD71530",
        "09261",
        "Possess a controlled drug of Class B - Cannabis / Cannabis Resin",
        "Either way",
        0.03,
    ),
    Offence(
        "RT88007", "80302", "Drive motor vehicle when alcohol level above limit", "Summary", 0.04
    ),
    Offence(
        "OF61102",
        "00806",
        "Assault a person thereby occasioning them actual bodily harm",
        "Either way",
        0.40,
    ),
    Offence(
        "CJ88144",
        "00826",
        "Possess knife blade / sharp pointed article in a public place - Criminal Justice Act 1988",
        "Either way",
        0.35,
    ),
    Offence("TH68036", "02803", "Burglary dwelling and theft - no violence", "Either way", 0.65),
    Offence("TH68023", "03401", "Robbery", "Indictable", 0.85),
    Offence(
        "MD71239",
        "09279",
        "Possess with intent to supply a controlled drug of Class A - Other",
        "Either way",
        0.75,
    ),
    Offence("OF61016", "00501", "Section 18 - wounding with intent", "Indictable", 0.95),
    Offence("RT88026", "80200", "Drive a motor vehicle dangerously", "Either way", 0.45),
)
OFFENCE_WEIGHTS = (24, 14, 9, 9, 12, 9, 7, 6, 4, 4, 2, 3)
COMPANY_OFFENCE = Offence(
    "RT88191",
    "80900",
    "Use a motor vehicle on a road / public place without third party insurance",
    "Summary",
    0.0,
    True,
)


@dataclass(frozen=True)
class Court:
    """ou: organisation unit code. location: court hearing location of SPI."""

    id: str
    ou: str
    location: str
    name: str
    jurisdiction: str  # MAGISTRATES or CROWN


MAGISTRATES = (
    Court(
        "f8254db1-1683-483e-afb3-b87fde5a0a26",
        "B01LY00",
        "B01LY01",
        "Lavender Hill Magistrates' Court",
        "MAGISTRATES",
    ),
    Court(
        "d9bff7d8-6168-4163-ad77-3b98d61de174",
        "B01OK00",
        "B01OK01",
        "Wimbledon Magistrates' Court",
        "MAGISTRATES",
    ),
    Court(
        "7e967376-eacf-4fca-9b30-21b0c5aad427",
        "B13CC00",
        "B13CC01",
        "Leeds Magistrates' Court",
        "MAGISTRATES",
    ),
    Court(
        "3e0b3ed4-7d9c-4f2a-8d1b-0d5a6f7c9e11",
        "B30PI00",
        "B30PI01",
        "Derby Magistrates' Court",
        "MAGISTRATES",
    ),
)
CROWN = (
    Court(
        "07e45c88-9e5d-3e44-b664-d5345bb13be2", "C01CY00", "C01CY00", "Croydon Crown Court", "CROWN"
    ),
    Court(
        "9b583616-049b-30f9-a14f-028a53b7cfe8",
        "C05LV00",
        "C05LV00",
        "Liverpool Crown Court",
        "CROWN",
    ),
    Court(
        "b1f4a1c2-5f0e-4a56-9d53-3f7d1b7e2a90", "C13LE00", "C13LE00", "Leeds Crown Court", "CROWN"
    ),
)
CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXY"
FORCES = (
    ("01", "ZD", "Metropolitan Police"),
    ("13", "BA", "West Yorkshire Police"),
    ("30", "DE", "Derbyshire Police"),
)

REQUIREMENTS = (
    ("W", "Unpaid Work"),
    ("F", "Rehabilitation Activity Requirement (RAR)"),
    ("7", "Alcohol Treatment"),
    ("X", "Curfew"),
)
PRISONS = (("LEI", "LEEDS"), ("MDI", "MOORLAND"), ("WWI", "WANDSWORTH"), ("LPI", "LIVERPOOL"))
