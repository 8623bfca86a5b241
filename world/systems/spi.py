"""Elements that the messages of the Standard Prosecution Interface share, both ways."""

from datetime import date

from lxml import etree

from world.errors import Written
from world.facts import Charge

NS = "http://www.dca.gov.uk/xmlschemas/libra"
GENDER = {"M": "1", "F": "2"}


def message(name: str, flow: str, prefix: str) -> etree._Element:
    """The root of a message; prefix: of the namespace, as its sender writes it."""
    told = {
        "Flow": flow,
        "Interface": "LibraStandardProsecutorPolice",
        "SchemaVersion": "0.6g",
    }
    return etree.Element(f"{{{NS}}}{name}", told, nsmap={prefix: NS})


def add(parent: etree._Element, name: str, text: str | None = None, ns: str = NS) -> etree._Element:
    """A child element; nothing but the element where text is None."""
    element = etree.SubElement(parent, f"{{{ns}}}{name}")
    if text is not None:
        element.text = text
    return element


def add_person(individual: etree._Element, record: Written, sex: str) -> None:
    """Name, birth date, sex and PNC identifier."""
    person = add(individual, "PersonDefendant")
    details = add(person, "BasePersonDetails")
    name = add(details, "PersonName")
    add(name, "PersonTitle", "Mr" if sex == "M" else "Ms")
    add(name, "PersonGivenName1", record.given)
    if record.middle:
        add(name, "PersonGivenName2", record.middle)
    add(name, "PersonFamilyName", record.family)
    add(details, "Birthdate", record.born.isoformat())
    add(details, "Gender", GENDER[sex])
    if record.pnc:
        add(person, "PNCidentifier", record.pnc)


def add_offence(
    offence: etree._Element, charge: Charge, arrested: date, sequence: str, wording: str
) -> None:
    """Which offence, in which words, when committed, charged and arrested for."""
    base = add(offence, "BaseOffenceDetails")
    add(base, "OffenceSequenceNumber", sequence)
    add(base, "OffenceCode", charge.offence.code)
    add(base, "OffenceWording", wording)
    timing = add(base, "OffenceTiming")
    add(timing, "OffenceDateCode", "1")
    add(add(timing, "OffenceStart"), "OffenceDateStartDate", charge.committed.isoformat())
    add(base, "ChargeDate", charge.laid.isoformat())
    add(base, "ArrestDate", arrested.isoformat())
