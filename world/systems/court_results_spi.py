"""Results from the magistrates' courts to the police: SPI ResultedCaseMessage XML.

Only hearings that ended a matter in a magistrates' court are sent.
"""

from collections.abc import Iterator

from lxml import etree

from world.errors import holds, written
from world.extract import Part
from world.facts import Charge, Defendant, Hearing, History, Matter
from world.law import SENTENCES
from world.people import Company
from world.systems.spi import add, add_offence, add_person, message
from world.truth import Telling, Truth

DATASET = "court-results-spi/resulted-case"
PLEA = {"GUILTY": "1", "NOT_GUILTY": "2"}
FINDING = {"GUILTY": "G", "NOT_GUILTY": "N"}


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """A message a year: the last magistrates' hearing of each matter that ended there."""
    years: dict[int, list[Matter]] = {}
    for matter in history.matters:
        last = matter.hearings[-1]
        ended_here = last.court.jurisdiction == "MAGISTRATES" and matter.route == "charge"
        if ended_here and holds("court-results-spi", matter.urn, last.day, history.seed):
            years.setdefault(last.day.year, []).append(matter)
    for year in sorted(years):
        yield Part(f"results-{year}.xml", _message(years[year], truth, history.seed))


def _message(matters: list[Matter], truth: Truth, seed: int) -> bytes:
    root = message("ResultedCaseMessage", "ResultedCasesForThePolice", "DC")
    for matter in matters:
        _session(root, matter, matter.hearings[-1], truth, seed)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _session(
    root: etree._Element, matter: Matter, hearing: Hearing, truth: Truth, seed: int
) -> None:
    session = add(root, "Session")
    court_hearing = add(session, "CourtHearing")
    when = add(court_hearing, "Hearing")
    add(when, "CourtHearingLocation", hearing.court.location)
    add(when, "DateOfHearing", hearing.day.isoformat())
    add(when, "TimeOfHearing", "10:00:00")
    add(court_hearing, "PSAcode", hearing.court.lja)
    case = add(session, "Case")
    add(case, "PTIURN", matter.urn)
    for defendant in matter.defendants:
        _defendant(case, matter, defendant, hearing, truth, seed)


def _defendant(
    case: etree._Element,
    matter: Matter,
    defendant: Defendant,
    hearing: Hearing,
    truth: Truth,
    seed: int,
) -> None:
    element = add(case, "Defendant")
    add(element, "ProsecutorReference", defendant.asn)
    party = defendant.party
    if isinstance(party, Company):
        corporate = add(element, "CourtCorporateDefendant")
        add(add(corporate, "OrganisationName"), "OrganisationName", party.name)
        add(corporate, "PresentAtHearing", "A")
    else:
        record = written(party, "court-results-spi", seed, matter.urn, hearing.day)
        individual = add(element, "CourtIndividualDefendant")
        add_person(individual, record, party.sex)
        add(individual, "BailStatus", "C" if defendant.remanded else "U")
        address = add(add(individual, "Address"), "SimpleAddress")
        home = party.address_on(hearing.day)
        add(address, "AddressLine1", f"{home.number} {home.street}")
        add(address, "AddressLine2", home.town)
        add(individual, "PresentAtHearing", "Y" if party.alive_on(hearing.day) else "N")
        truth.record(
            party.key,
            DATASET,
            (matter.urn, defendant.asn),
            {"pnc": record.pnc if record.pnc_is_valid else None, "asn": defendant.asn},
            matter.urn,
        )
        _tell(matter, defendant, hearing, truth)
    for charge in defendant.charges:
        _offence(element, charge, defendant, hearing)


def _offence(
    element: etree._Element, charge: Charge, defendant: Defendant, hearing: Hearing
) -> None:
    offence = add(element, "Offence")
    add_offence(offence, charge, defendant.arrested, f"{charge.sequence:03d}", charge.offence.title)
    if charge.plea:
        add(offence, "Plea", PLEA[charge.plea])
    add(offence, "FinalDisposalIndicator", "Y")
    finding = _finding(charge)
    if finding == "GUILTY":
        add(offence, "ConvictionDate", hearing.day.isoformat())
    if finding:
        add(offence, "Finding", FINDING[finding])
    for result in hearing.results.get(charge.id, []):
        told = add(offence, "Result")
        add(told, "ResultCode", result.code)
        add(told, "ResultText", f"{result.label}.")
        if result.amount:
            add(add(told, "Outcome"), "ResultAmountSterling", f"{result.amount}.00")


def _finding(charge: Charge) -> str | None:
    """A verdict, or the guilty plea that stands for one; nothing where the charge was dropped."""
    return charge.verdict or ("GUILTY" if charge.plea == "GUILTY" else None)


def _tell(matter: Matter, defendant: Defendant, hearing: Hearing, truth: Truth) -> None:
    assert not isinstance(defendant.party, Company)
    person = defendant.party.key

    def tell(event: str, charge: Charge | None = None) -> None:
        number = charge.sequence if charge else None
        truth.tell(Telling(person, matter.urn, DATASET, event, hearing.day, "happened", number))

    tell("Hearing")
    tell("Appearance")
    for charge in defendant.charges:
        for event, day in (("Arrest", defendant.arrested), ("ChargeLaid", charge.laid)):
            truth.tell(
                Telling(person, matter.urn, DATASET, event, day, "happened", charge.sequence)
            )
        if charge.plea:
            tell("Plea", charge)
        if _finding(charge):
            tell("Verdict", charge)
        for result in hearing.results.get(charge.id, []):
            if result.code in SENTENCES:
                tell("Sentence", charge)
