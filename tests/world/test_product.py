"""What the product's keys and code lists make of the world's identifiers and codes."""

from pathlib import Path

import pytest

from linkage.keys import normalise
from ontology.model import Model
from tests.world.reading import rows
from world import generate, law

OF_PERSONS = {
    "pnc": "pnc",
    "cro": "cro",
    "prisoner_number": "prisonerNumber",
    "crn": "crn",
    "master_defendant_id": "masterDefendantId",
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("product") / "w"
    generate(300, 4, out)
    return out / "truth"


def test_no_identifier_is_a_placeholder_to_linkage(truth: Path) -> None:
    found = {
        (OF_PERSONS[column], person[column])
        for person in rows(truth / "persons.jsonl")
        for column in OF_PERSONS
        if person[column]
    }
    for matter in rows(truth / "matters.jsonl"):
        found.add(("urn", matter["matter"]))
        found |= {("asn", charge["asn"]) for charge in matter["charges"]}
    found |= {("familyCase", case["case"]) for case in rows(truth / "family_cases.jsonl")}
    for record in rows(truth / "records.jsonl"):
        found |= {(scheme, value) for scheme, value in record["keys"]}
    schemes = {scheme for scheme, _ in found}
    assert schemes == {*OF_PERSONS.values(), "urn", "asn", "familyCase"}
    assert [known for known in sorted(found) if normalise(*known) is None] == []


def test_every_code_of_the_law_stands_in_a_list_of_the_product() -> None:
    model = Model.default()
    told = {("cjs-offence", code) for code in law.BY_CODE}
    told |= {("home-office-offence", o.home_office) for o in law.BY_CODE.values()}
    told |= {("outcome-type", code) for code in law.OUTCOMES}
    unknown = [c for c in sorted(told) if model.concept_iri(*c) not in model.concepts]
    assert unknown == []
