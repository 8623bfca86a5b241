"""The files of the truth: one JSON object a line, none of which a loader reads."""

from collections.abc import Iterable, Iterator
from typing import Any

from world.dictionary import DICTIONARY
from world.facts import Crime, Defendant, FamilyCase, Hearing, History, Matter
from world.people import Address, Person
from world.truth import Truth

Row = dict[str, Any]


def rows(name: str, history: History, truth: Truth) -> Iterator[Row]:
    """The rows of one file for one neighbourhood, with the columns of DICTIONARY[name]."""
    columns = DICTIONARY[name]
    for values in _VALUES[name](history, truth):
        yield dict(zip(columns, values, strict=True))


def _persons(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    for p in history.people:
        yield (
            p.key,
            p.given,
            p.middle,
            p.family,
            p.names,
            p.born,
            p.died,
            p.sex,
            p.ethnicity,
            p.household,
            _address(p.address),
            [{"since": since, **_address(home)} for since, home in p.homes],
            _key(p.mother),
            _key(p.father),
            _key(p.partner),
            _key(p.twin_of),
            p.propensity,
            p.aliases,
            p.pnc,
            p.cro,
            p.prisoner_number,
            p.crn,
            p.master_defendant_id,
        )


def _companies(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return ((c.key, c.name, _address(c.address)) for c in history.companies)


def _crimes(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (_crime(crime, history.area.force) for crime in history.crimes)


def _crime(crime: Crime, force: str) -> tuple[Any, ...]:
    return (
        crime.reference,
        crime.id,
        force,
        crime.group.name,
        crime.offence.code,
        crime.committed,
        crime.recorded,
        crime.place.lsoa,
        crime.victims,
        _keys(crime.offenders),
        _keys(crime.suspects),
        crime.flags,
        crime.outcome,
        crime.outcome_day,
        crime.cancelled,
        [
            {"suspect": d.suspect.key, "referred": d.referred, "day": d.day, "decision": d.decision}
            for d in crime.decisions
        ],
        crime.matter,
    )


def _matters(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    for matter in history.matters:
        yield (
            matter.urn,
            matter.case_id,
            matter.area.force,
            matter.route,
            matter.committed,
            matter.charged,
            [d.party.key for d in matter.defendants],
            [_hearing(hearing) for hearing in matter.hearings],
            [row for d in matter.defendants for row in _charges(matter, d)],
        )


def _hearing(hearing: Hearing) -> Row:
    return {
        "day": hearing.day,
        "type": hearing.type,
        "court": hearing.court.name,
        "jurisdiction": hearing.court.jurisdiction,
        "outcome": hearing.outcome,
    }


def _charges(matter: Matter, defendant: Defendant) -> Iterator[Row]:
    for charge in defendant.charges:
        yield {
            "defendant": defendant.party.key,
            "id": charge.id,
            "asn": defendant.asn,
            "sequence": charge.sequence,
            "offence": charge.offence.code,
            "crime": charge.crime,
            "plea": charge.plea,
            "plea_day": charge.plea_day,
            "verdict": charge.verdict,
            "verdict_day": charge.verdict_day,
            "results": [
                {
                    "day": r.day,
                    "code": r.code,
                    "label": r.label,
                    "months": r.months,
                    "pounds": r.amount,
                }
                for hearing in matter.hearings
                for r in hearing.results.get(charge.id, [])
            ],
        }


def _custody(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    for b in history.bookings:
        yield (
            b.book_number,
            b.person.key,
            b.matter.urn,
            b.sentenced,
            b.months,
            b.release_due,
            [
                {
                    "day": m.day,
                    "type": m.type,
                    "reason": m.reason,
                    "from": m.from_agency,
                    "to": m.to_agency,
                }
                for m in b.movements
            ],
            [
                {
                    "id": a.id,
                    "charge": a.charge,
                    "day": a.day,
                    "prison": a.prison,
                    "finding": a.finding,
                    "days": a.days,
                }
                for a in b.adjudications
            ],
        )


def _supervision(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (
        (
            s.id,
            s.person.key,
            s.matter.urn,
            s.result.code,
            s.start,
            s.end,
            s.requirement,
            s.breached,
        )
        for s in history.supervisions
    )


def _tags(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (
        (t.id, t.person.key, t.matter.urn, t.kind, t.start, t.end, t.violation)
        for t in history.tags
    )


def _fines(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (
        (
            f.number,
            f.party.key,
            f.matter.urn,
            f.imposed,
            f.fine,
            f.surcharge,
            f.costs,
            f.payments,
            f.enforcement,
            f.status,
        )
        for f in history.fines
    )


def _family(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (_family_case(case) for case in history.family_cases)


def _family_case(case: FamilyCase) -> tuple[Any, ...]:
    return (
        case.number,
        case.kind,
        case.court[1],
        case.applied,
        case.applicants,
        _keys(case.respondents),
        _keys(case.children),
        case.hearings,
        case.orders,
        case.ended,
    )


def _civil(history: History, _: Truth) -> Iterable[tuple[Any, ...]]:
    return (
        (c.number, c.kind, c.court, c.claimant.key, _keys(c.defendants), c.amount, c.events)
        for c in history.civil_claims
    )


def _records(_: History, truth: Truth) -> Iterable[tuple[Any, ...]]:
    return ((r.person, r.matter, r.dataset, r.key, r.keys) for r in truth.records())


def _tellings(_: History, truth: Truth) -> Iterable[tuple[Any, ...]]:
    return (
        (t.person, t.matter, t.dataset, t.event, t.day, t.status, t.charge)
        for t in truth.tellings()
    )


_VALUES = {
    "persons": _persons,
    "companies": _companies,
    "crimes": _crimes,
    "matters": _matters,
    "custody": _custody,
    "supervision": _supervision,
    "tags": _tags,
    "fines": _fines,
    "family_cases": _family,
    "civil_claims": _civil,
    "records": _records,
    "tellings": _tellings,
}


def _key(number: int | None) -> str | None:
    return None if number is None else f"P{number:07d}"


def _keys(people: Iterable[Person]) -> list[str]:
    return [person.key for person in people]


def _address(address: Address) -> Row:
    return {
        "number": address.number,
        "street": address.street,
        "town": address.town,
        "postcode": address.postcode,
    }
