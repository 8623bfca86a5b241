"""What goes wrong on the way: a few messages about nobody, spoilt as real ones are.

They tell no truth: a right loader refuses each of them, wholly or in part, and says why.
"""

from collections.abc import Iterator
from random import Random

import orjson

from world.extract import Part
from world.facts import History

CUT_SHORT = b'{"hearing": {"id": "cut-short", "prosecutionCases": [{"id": "'
NO_URN = """<?xml version="1.0" encoding="utf-8"?>
<NewCaseMessage xmlns="http://www.dca.gov.uk/xmlschemas/libra" Flow="NewCasesFromThePolice">
  <Case><PTIURN></PTIURN><CaseInitiation>C</CaseInitiation>
    <Defendant><ProsecutorReference>2401ZD0100000000001A</ProsecutorReference></Defendant>
  </Case>
</NewCaseMessage>
"""


def extracts(history: History) -> Iterator[tuple[str, Part]]:
    """(system, part): one of each kind a neighbourhood."""
    number = history.cell
    rng = Random(f"{history.seed}/spoilt/{number}")
    yield "common-platform", Part("interrupted.json", CUT_SHORT)
    yield "police-spi", Part("spoilt/no-urn.xml", NO_URN.encode())
    crn = f"Z{900000 + number:06d}"
    impossible = {
        "offenderId": 2900000000 + number,
        "firstName": "Nobody",
        "surname": "Atall",
        "dateOfBirth": f"{rng.randint(1950, 1999)}-02-30",
        "gender": "Male",
        "otherIds": {"crn": crn},
        "contactDetails": {},
        "offenderManagers": [{"probationArea": {"code": "N02"}, "active": True}],
    }
    yield "delius", Part(f"spoilt/offender-all-{crn}.json", orjson.dumps(impossible))
    yield "nomis", Part("spoilt/readme.txt", b"Extract of movements, see ticket.\n")
