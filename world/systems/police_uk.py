"""What police forces publish on data.police.uk: street-level crime and outcomes, nobody named.

One CSV a force and month, as in the site's archive, which all neighbourhoods of a force add to.
A crime is put at a map point of its street, never where it happened. A cancelled crime is in no
file. Court outcomes are matched to crimes by the publisher, and often are not.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from random import Random

from world.errors import holds
from world.extract import Part
from world.facts import Crime, History, Matter, Place
from world.law import CUSTODIAL
from world.people import LAST_DAY
from world.places import AREAS
from world.settings import systems
from world.systems.rows import csv_rows
from world.truth import Truth

SYSTEM = "police-uk"
PLACE = ["Longitude", "Latitude", "Location", "LSOA code", "LSOA name"]
FIRST = ["Crime ID", "Month", "Reported by", "Falls within", *PLACE]
HEADERS = {
    "street": [*FIRST, "Crime type", "Last outcome category", "Context"],
    "outcomes": [*FIRST, "Outcome type"],
}
ANTISOCIAL = "Anti-social behaviour"
CATEGORIES = {"TH68001": "Theft from the person", "TH68006": "Bicycle theft"}
CHARGED = "Suspect charged"
OUTCOMES = {
    "1": CHARGED,
    "2": "Offender given a caution",
    "3": "Offender given a caution",
    "8": "Local resolution",
    "10": "Formal action is not in the public interest",
    "14": "Unable to prosecute suspect",
    "15": "Unable to prosecute suspect",
    "16": "Unable to prosecute suspect",
    "18": "Investigation complete; no suspect identified",
    "20": "Action to be taken by another organisation",
}
COURT_OUTCOMES = dict.fromkeys(sorted(CUSTODIAL), "Offender sent to prison") | {
    "1015": "Offender fined",
    "1018": "Offender given conditional discharge",
    "1097": "Offender otherwise dealt with",
    "1115": "Offender given suspended prison sentence",
    "1116": "Offender given community sentence",
    "2004": "Defendant found not guilty",
    "2050": "Court case unable to proceed",
    "2051": "Court case unable to proceed",
}
CENTRES = {code: (east, north) for area in AREAS for code, _, east, north in area.lsoas}
Rows = dict[tuple[str, str], list[list[str]]]  # by kind of file and month


def extracts(history: History, _: Truth) -> Iterator[Part]:
    """The rows of a neighbourhood for its force's files. Nobody is told of."""
    rows: Rows = {}
    for incident in history.incidents:
        if holds(SYSTEM, f"{incident.place}", incident.recorded, history.seed):
            first = _first(history, "", incident.recorded, incident.place)
            _add(rows, "street", incident.recorded, [*first, ANTISOCIAL, "", ""])
    matters = {matter.urn: matter for matter in history.matters}
    for crime in history.crimes:
        if crime.cancelled is None and holds(SYSTEM, crime.id, crime.recorded, history.seed):
            _crime(history, crime, matters.get(crime.matter or ""), rows)
    for (kind, month), lines in sorted(rows.items()):
        name = f"{month}/{month}-{history.area.slug}-{kind}.csv"
        yield Part(name, csv_rows(lines), shared=csv_rows([HEADERS[kind]]))


def _crime(history: History, crime: Crime, matter: Matter | None, rows: Rows) -> None:
    """Its row in the street file, and a row for each outcome."""
    outcomes: list[tuple[date, str]] = []
    if crime.outcome and crime.outcome_day:
        outcomes.append((crime.outcome_day, OUTCOMES[crime.outcome]))
    last = outcomes[-1][1] if outcomes else "Under investigation"
    if last == CHARGED:
        last = "Awaiting court outcome"
        if ended := _court_outcome(history, crime, matter):
            last = ended[1]
            outcomes.append(ended)
    type_ = CATEGORIES.get(crime.offence.code, crime.group.category)
    first = _first(history, crime.id, crime.recorded, crime.place)
    _add(rows, "street", crime.recorded, [*first, type_, last, ""])
    for day, outcome in outcomes:
        if systems()[SYSTEM].covers(day):
            first = _first(history, crime.id, day, crime.place)
            _add(rows, "outcomes", day, [*first, outcome])


def _court_outcome(
    history: History, crime: Crime, matter: Matter | None
) -> tuple[date, str] | None:
    """What the court made of the crime's first charge, where the publisher could match it."""
    charges = [c for d in matter.defendants for c in d.charges] if matter else []
    charge = next((c for c in charges if c.crime == crime.reference), None)
    if matter is None or charge is None:
        return None
    final = [
        r for h in matter.hearings for r in h.results.get(charge.id, ()) if r.category == "FINAL"
    ]
    if not final or final[-1].day > LAST_DAY:
        return None
    unmatched = systems()[SYSTEM].other["court_result_unmatched"]
    if Random(f"{history.seed}/{SYSTEM}/court/{crime.id}").random() < unmatched:
        return final[-1].day, "Court result unavailable"
    return final[-1].day, COURT_OUTCOMES[final[-1].code]


def _first(history: History, ident: str, day: date, place: Place) -> list[str]:
    """The columns that both files begin with."""
    published = history.area.published
    where = ["", "", "No Location", "", ""]
    rng = Random(f"{history.seed}/{SYSTEM}/place/{ident or place}")
    if rng.random() >= systems()[SYSTEM].other["no_location"]:
        longitude, latitude = _point(history.seed, place.lsoa, place.street)
        street = f"On or near {place.street}"
        where = [longitude, latitude, street, place.lsoa, place.lsoa_name]
    return [ident, f"{day:%Y-%m}", published, published, *where]


@cache
def _point(seed: int, lsoa: str, street: str) -> tuple[str, str]:
    """The map point of a street in a small area: longitude and latitude."""
    rng = Random(f"{seed}/{SYSTEM}/point/{lsoa}/{street}")
    east, north = CENTRES[lsoa]
    longitude, latitude = east + rng.uniform(-0.01, 0.01), north + rng.uniform(-0.006, 0.006)
    return f"{longitude:.6f}", f"{latitude:.6f}"


def _add(rows: Rows, kind: str, day: date, row: list[str]) -> None:
    rows.setdefault((kind, f"{day:%Y-%m}"), []).append(row)
