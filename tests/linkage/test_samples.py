"""Real prisoners of one sample share police numbers under different names and birth dates."""

from pathlib import Path

import pytest

from linkage import run
from loaders import load
from ontology import Model
from ontology.identifiers import BASE
from releases import Releases


@pytest.fixture(scope="module")
def prison(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Releases:
    releases = Releases.open(tmp_path_factory.mktemp("prison"), Model.default())
    with releases.write() as writer:
        load([samples / "nomis"], releases, writer, Model.default())
        run(releases, writer, Model.default())
        writer.commit()
    return releases


def prisoner(number: str) -> str:
    return f"{BASE}PersonRecord/nomis/prisoner-search/{number}"


def test_one_pnc_under_two_names_and_births_is_flagged(prison: Releases) -> None:
    links = prison.state("LinkAssertion").collect().rows(named=True)
    found = {
        (row["left"], row["right"], row["keyScheme"], row["keyValue"]): (row["linked"], row["flag"])
        for row in links
        if row["left"] == prisoner("A7089EZ")
    }
    pair = (prisoner("A7089EZ"), prisoner("A7090BA"))
    assert found == {
        (*pair, "pnc", "2008/0359381C"): (False, ["conflict"]),
        (*pair, "cro", "400862/08W"): (False, ["conflict"]),
    }


def test_prisoners_are_as_many_people_as_their_numbers_but_one(prison: Releases) -> None:
    """Of all prisoners only A7090AB and A7090AE have key, name and birth date in common."""
    rows = prison.state("Membership", columns=["iri", "member", "thing"]).collect().rows()
    people = {member: thing for iri, member, thing in rows if "/person/high/" in iri}
    searched = {member: thing for member, thing in people.items() if "/prisoner-search/" in member}
    joined = [prisoner("A7090AB"), prisoner("A7090AE")]
    assert len({searched[member] for member in joined}) == 1
    assert len(set(searched.values())) == len(searched) - 1
