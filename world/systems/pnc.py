"""The Police National Computer, as it answers an enquiry about somebody who is being charged.

One answer a person, of the last time they were charged in the days covered: what had ended until
the day before, each charge among convictions (CV), acquittals (NG) or other ends (NC), and what
was impending (IP), which alone carries an arrest summons number.
"""

from collections.abc import Iterator
from datetime import date

from lxml import etree

from world.errors import Written, holds, written
from world.extract import Part
from world.facts import Charge, Defendant, History, Matter
from world.law import SENTENCES
from world.people import Person
from world.truth import Telling, Truth

SYSTEM = "pnc"
DATASET = "pnc/enquiry"
SECTIONS = {"CVS": "CV", "NCS": "NC", "NGS": "NG"}
ADJUDICATIONS = {"CV": "G", "NC": "", "NG": "N"}
PLEAS = {"GUILTY": "1", "NOT_GUILTY": "2"}
Charged = tuple[Matter, Defendant]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """A file an answer, as the service gives them."""
    charged: dict[int, list[Charged]] = {}
    for matter in history.matters:
        if matter.route == "charge":
            for defendant in matter.defendants:
                if isinstance(defendant.party, Person):
                    charged.setdefault(defendant.party.number, []).append((matter, defendant))
    for number, known in sorted(charged.items()):
        person = known[0][1].party
        assert isinstance(person, Person)
        days = [
            m.charged
            for m, _ in known
            if holds(SYSTEM, f"{number}/{m.urn}", m.charged, history.seed)
        ]
        if days:
            answer = _answer(history, person, known, max(days), truth)
            yield Part(f"enquiry-{str(person.pnc).replace('/', '-')}.xml", answer)


def _answer(
    history: History, person: Person, known: list[Charged], day: date, truth: Truth
) -> bytes:
    record = written(person, SYSTEM, history.seed, "", day)
    assert record.pnc
    root = etree.Element("CPE02")
    body = etree.SubElement(root, "NMS")
    told = {
        "PNCID": record.pnc,
        "Filename": f"{record.family}/{record.given}".upper(),
        "CRO-NO": record.cro or "",
        "DOB": f"{record.born:%d%m%Y}",
        "SEX": person.sex,
    }
    etree.SubElement(etree.SubElement(body, "PIS"), "PI1", told)
    impending = etree.SubElement(body, "IPS")
    sections = {prefix: etree.SubElement(body, name) for name, prefix in SECTIONS.items()}
    keys = {"pnc": record.pnc if record.pnc_is_valid else None, "cro": record.cro}
    truth.record(person.key, DATASET, (record.pnc,), keys)
    numbers = dict.fromkeys(sections, 0)
    for matter, defendant in sorted(known, key=lambda one: one[0].charged):
        if matter.hearings[-1].day < day:
            for prefix, section in sections.items():
                charges = [c for c in defendant.charges if _section(c) == prefix]
                if charges:
                    numbers[prefix] += 1
                    case = _case(section, prefix, numbers[prefix], matter, record)
                    for charge in charges:
                        _ended(case, prefix, matter, charge, person, truth)
        elif matter.charged <= day:
            truth.record(person.key, DATASET, (record.pnc,), {"asn": defendant.asn})
            _impending(impending, matter, defendant, record)
            first = matter.hearings[0].day
            truth.tell(Telling(person.key, matter.urn, DATASET, "Hearing", first, "planned"))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _section(charge: Charge) -> str:
    """Where a charge that has ended stands; a guilty plea is a conviction."""
    if charge.verdict == "GUILTY" or charge.plea == "GUILTY":
        return "CV"
    return "NG" if charge.verdict == "NOT_GUILTY" else "NC"


def _case(
    section: etree._Element, prefix: str, number: int, matter: Matter, record: Written
) -> etree._Element:
    last = matter.hearings[-1]
    told = {
        "CASE-NUMBER": str(number),
        "COURT-CASE-REF": f"{last.day:%y}/{last.court.lja}/{matter.number + 1}",
        "CONVICTION-DATE": f"{last.day:%d%m%Y}",
        "COURT-CODE": last.court.lja,
        "COURT-NAME": last.court.name.upper(),
        "FILENAME-ALIAS-NAME": _filename(record),
        "CASE-STATUS-MARKER": "C",
    }
    return etree.SubElement(section, f"{prefix}3", told)


def _ended(
    case: etree._Element, prefix: str, matter: Matter, charge: Charge, person: Person, truth: Truth
) -> None:
    last = matter.hearings[-1]
    told = _charge(case, f"{prefix}4", charge, ADJUDICATIONS[prefix])
    results = last.results.get(charge.id, [])
    for result in results:
        disposal = {
            "APPR-NO": "00",
            "DISPOSAL-OUTPUT1": result.label.upper(),
            "DISPL-CODE": result.code,
            "DISPL-DUR": f"M{result.months}" if result.months else "",
            "FINE-AMNT-DISPOSAL": f"{result.amount}.00",
        }
        etree.SubElement(told, f"{prefix}5", disposal)
    events = ["Verdict"] if ADJUDICATIONS[prefix] else []
    if any(result.code in SENTENCES for result in results):
        events.append("Sentence")
    for event in events:
        telling = Telling(
            person.key, matter.urn, DATASET, event, last.day, "happened", charge.sequence
        )
        truth.tell(telling)


def _impending(
    impending: etree._Element, matter: Matter, defendant: Defendant, record: Written
) -> None:
    first = matter.hearings[0]
    arrest = {
        "OCC-NMBR": f"{1 + len(impending):03d}",
        "ARREST-SUMMONS-REF": defendant.asn,
        "PROS-AGNT": "CPS",
        "FILENAME-ALIAS-NAME": _filename(record),
    }
    told = etree.SubElement(impending, "IP3", arrest)
    for charge in defendant.charges:
        hearing = {
            "COURT-SENTENCE-DATE": f"{first.day:%d%m%Y}",
            "COURT-CODE": first.court.lja,
            "COURT-NAME": first.court.name.upper(),
        }
        etree.SubElement(_charge(told, "IP4", charge, ""), "IP5", hearing)


def _charge(parent: etree._Element, name: str, charge: Charge, adjudication: str) -> etree._Element:
    told = {
        "ARREST-CHARGE-NUMBER": str(charge.sequence),
        "COURT-CHARGE-NUMBER": str(charge.sequence),
        "ADJUDICATION": adjudication,
        "OFF-DECODE": charge.offence.title.upper(),
        "OFFENCE-START-DATE": f"{charge.committed:%d%m%Y}",
        "OFF-CODE-CJS": charge.offence.code,
        "PLEA": PLEAS.get(charge.plea or "", "") if adjudication else "",
    }
    return etree.SubElement(parent, name, told)


def _filename(record: Written) -> str:
    return f"{record.family}, {record.given}".upper()
