"""What the police's, Libra's and the monitoring contractor's records hold of the truth."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from tests.world.reading import Rows, lines, truth
from world import generate
from world.settings import systems

SYSTEMS = ("leds", "libra", "pnc", "electronic-monitoring")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("records") / "w"
    generate(500, 17, out, systems=SYSTEMS)
    return out


def charges(world: Path) -> dict[str, Rows]:
    """Charges by arrest summons number."""
    found: dict[str, Rows] = {}
    for matter in truth(world, "matters"):
        for charge in matter["charges"]:
            found.setdefault(charge["asn"], []).append({**charge, "of": matter})
    return found


def test_leds_tells_how_the_charges_of_an_arrest_ended(world: Path) -> None:
    true, people = charges(world), {p["key"]: p for p in truth(world, "persons")}
    answers = lines(world, "extracts/leds/*.jsonl")
    persons: dict[str, set[str]] = {}
    for answer in answers:
        told = true[answer["asn"].replace("/", "")]
        [case] = answer["disposals"]
        last = told[0]["of"]["hearings"][-1]
        assert case["convictionDate"] == last["day"] <= "2024-12-31"
        assert len(case["offences"]) == len(told)
        for offence, charge in zip(case["offences"], told, strict=True):
            assert offence["cjsOffenceCode"] == charge["offence"]
            assert [str(d["disposalCode"]) for d in offence["disposalResults"]] == [
                r["code"] for r in charge["results"] if r["day"] == last["day"]
            ]
            [found] = offence["adjudications"]
            assert (found["adjudication"] == "Guilty") == (
                charge["verdict"] == "GUILTY" or charge["plea"] == "GUILTY"
            )
        person = people[told[0]["defendant"]]
        year, number = answer["longPersonUrn"].split("/")
        assert person["pnc"] == f"{year}/{number.zfill(8)}"
        persons.setdefault(answer["personId"], set()).add(person["key"])
    assert {len(keys) for keys in persons.values()} == {1}
    ended = [
        asn
        for asn, rows in true.items()
        if rows[0]["of"]["route"] == "charge"
        and rows[0]["defendant"].startswith("P")
        and "2009" <= rows[0]["of"]["hearings"][-1]["day"] <= "2024-12-31"
    ]
    assert len(answers) / len(ended) == pytest.approx(systems()["leds"].share, abs=0.015)


def test_libra_lists_each_defendant_for_each_hearing_in_a_magistrates_court(world: Path) -> None:
    told = Counter((m["urn"], m["sessionStartTime"][:10]) for m in lines(world, "extracts/libra/*"))
    expected: Counter[tuple[str, str]] = Counter()
    for matter in truth(world, "matters"):
        for hearing in matter["hearings"] if matter["route"] == "charge" else ():
            if hearing["jurisdiction"] == "MAGISTRATES" and "2018" <= hearing["day"] < "2023":
                expected[matter["matter"], hearing["day"]] += len(matter["defendants"])
    assert not told - expected
    assert told.total() / expected.total() == pytest.approx(systems()["libra"].share, abs=0.015)


def test_a_libra_number_is_of_one_defendant_in_one_case(world: Path) -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    for message in lines(world, "extracts/libra/*"):
        who = message["urn"], message["defendantName"]
        seen.setdefault(f"{message['caseNo']}/{message['cId']}", set()).add(who)
    assert {len(who) for who in seen.values()} == {1}
    numbers = [number.split("/")[1] for number in seen]
    assert len(set(numbers)) == len(numbers)


def test_the_pnc_answers_what_had_ended_and_what_was_impending(world: Path) -> None:
    true, people = charges(world), {p["pnc"]: p for p in truth(world, "persons")}
    by_person: dict[str, Rows] = {}
    for rows in true.values():
        by_person.setdefault(rows[0]["defendant"], []).extend(rows)
    impending = ended = 0
    for path in sorted(world.glob("extracts/pnc/*/*.xml")):
        told = etree.parse(path).getroot()
        [person] = told.iter("PI1")
        known = by_person[people[person.get("PNCID")]["key"]]
        asns = {arrest.get("ARREST-SUMMONS-REF") for arrest in told.iter("IP3")}
        assert asns <= {charge["asn"] for charge in known}
        assert any(true[asn][0]["of"]["charged"] >= "2024" for asn in asns)
        counted = Counter(charge["offence"] for charge in known)
        for name, plain in (("CV4", True), ("NG4", False), ("NC4", False), ("IP4", False)):
            for charge in told.iter(name):
                counted[charge.get("OFF-CODE-CJS")] -= 1
                assert (charge.get("ADJUDICATION") == "G") == plain
                ended += name != "IP4"
        assert min(counted.values()) >= 0, "no charge is told that was not laid"
        impending += len(asns)
    assert impending > 5
    assert ended > impending


def test_a_wearer_is_told_once_with_numbers_that_are_theirs(world: Path) -> None:
    told = lines(world, "extracts/electronic-monitoring/wearers-*.jsonl")
    orders = lines(world, "extracts/electronic-monitoring/orders-*.jsonl")
    assert len(told) == len({order["case_id"] for order in orders})
    people = truth(world, "persons")
    for column, scheme in (("nomis_id", "prisoner_number"), ("delius_id", "crn")):
        numbers = [wearer[column] for wearer in told if wearer[column]]
        assert 0 < len(numbers) < len(told)
        assert set(numbers) <= {p[scheme] for p in people}
    records = [r for r in truth(world, "records") if r["dataset"].endswith("device-wearers")]
    assert len(records) == len(told)
