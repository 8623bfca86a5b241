"""New cases from the police: SPI NewCaseMessage XML, the cases of a neighbourhood and year."""

from collections.abc import Iterator

from lxml import etree

from world.errors import also_known_as, holds, written
from world.extract import Part
from world.facts import Defendant, History, Matter
from world.people import Address, Company, Person
from world.systems.spi import add, add_offence, add_person, message
from world.truth import Telling, Truth

DATASET = "police-spi/new-case"
ADDRESS_NS = "http://www.govtalk.gov.uk/people/bs7666"


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """A message a year, of the cases charged in it."""
    years: dict[int, list[Matter]] = {}
    for matter in history.matters:
        if matter.route == "charge" and holds(
            "police-spi", matter.urn, matter.charged, history.seed
        ):
            years.setdefault(matter.charged.year, []).append(matter)
    for year in sorted(years):
        yield Part(f"new-cases-{year}.xml", _message(years[year], truth, history.seed))


def _message(matters: list[Matter], truth: Truth, seed: int) -> bytes:
    root = message("NewCaseMessage", "NewCasesFromThePolice", "m")
    for matter in matters:
        _case(root, matter, truth, seed)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _case(root: etree._Element, matter: Matter, truth: Truth, seed: int) -> None:
    case = add(root, "Case")
    add(case, "PTIURN", matter.urn)
    add(case, "OriginatingOrganisation", f"1{matter.force[0]}HQ00")
    add(case, "CaseInitiation", "C")
    add(case, "CPSorganisation", matter.area.cps)
    first = matter.hearings[0]
    initial = add(case, "InitialHearing")
    add(initial, "CourtHearingLocation", first.court.location)
    add(initial, "DateOfHearing", first.day.isoformat())
    add(initial, "TimeOfHearing", "10:00:00.0000000-00:00")
    officer = add(add(case, "OtherPartyOfficerInCase"), "OfficerName")
    add(officer, "PersonGivenName1", "Neverstored")
    add(officer, "PersonFamilyName", "Officerson")
    for defendant in matter.defendants:
        _defendant(case, matter, defendant, truth, seed)


def _address(parent: etree._Element, home: Address) -> None:
    address = add(parent, "Address")
    add(address, "PAON", str(home.number), ADDRESS_NS)
    add(address, "StreetDescription", home.street, ADDRESS_NS)
    add(address, "Town", home.town, ADDRESS_NS)
    add(address, "PostCode", home.postcode, ADDRESS_NS)


def _defendant(
    case: etree._Element, matter: Matter, defendant: Defendant, truth: Truth, seed: int
) -> None:
    element = add(case, "Defendant")
    add(element, "ProsecutorReference", defendant.asn)
    party = defendant.party
    if isinstance(party, Company):
        corporate = add(element, "PoliceCorporateDefendant")
        add(add(corporate, "OrganisationName"), "OrganisationName", party.name)
        _address(corporate, party.address)
    else:
        record = written(party, "police-spi", seed, matter.urn, matter.charged)
        individual = add(element, "PoliceIndividualDefendant")
        for given, family in also_known_as(party, matter.charged):
            alias = add(individual, "Alias")
            add(alias, "PersonGivenName1", given)
            add(alias, "PersonFamilyName", family)
        add_person(individual, record, party.sex)
        _address(individual, party.address_on(matter.charged))
        ethnicity = add(individual, "PersonEthnicity")
        add(ethnicity, "SelfDefinedEthnicity", party.ethnicity)
        if record.cro:
            add(individual, "CROnumber", record.cro)
        add(individual, "CustodyStatus", "C" if defendant.remanded else "U")
        truth.record(
            party.key,
            DATASET,
            (matter.urn, defendant.asn),
            {
                "pnc": record.pnc if record.pnc_is_valid else None,
                "asn": defendant.asn,
                "cro": record.cro,
            },
            matter.urn,
        )
        _tell(matter, defendant, party, truth)
    for charge in defendant.charges:
        wording = f"On {charge.committed:%d/%m/%Y}: {charge.offence.title}"
        add_offence(
            add(element, "Offence"), charge, defendant.arrested, str(charge.sequence), wording
        )


def _tell(matter: Matter, defendant: Defendant, person: Person, truth: Truth) -> None:
    for charge in defendant.charges:
        for event, day in (("Arrest", defendant.arrested), ("ChargeLaid", charge.laid)):
            truth.tell(
                Telling(person.key, matter.urn, DATASET, event, day, "happened", charge.sequence)
            )
    truth.tell(
        Telling(person.key, matter.urn, DATASET, "FirstHearing", matter.hearings[0].day, "planned")
    )
