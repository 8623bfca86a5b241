"""What the newer systems' extracts hold of the truth, read as files and never by a loader."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.world.reading import Rows, lines, truth
from world import generate
from world.settings import systems
from world.systems.cafcass import core_case_reference

SYSTEMS = (
    "police-uk",
    "cps",
    "opal",
    "electronic-monitoring",
    "sjp",
    "prosecutor-initiation",
    "cafcass",
    "adjudications",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven neighbourhoods, so that one force has two."""
    out = tmp_path_factory.mktemp("extracts") / "w"
    generate(3010, 13, out, systems=SYSTEMS)
    return out


def table(world: Path, pattern: str) -> Rows:
    found: Rows = []
    for path in sorted(world.glob(f"extracts/{pattern}")):
        with path.open(encoding="utf-8", newline="") as stream:
            found += csv.DictReader(stream)
    return found


def test_police_uk_names_nobody_and_has_one_file_a_force_and_month(world: Path) -> None:
    paths = list((world / "extracts" / "police-uk").rglob("*.csv"))
    assert len({p.name for p in paths}) == len(paths)
    slugs = {p.name[8:].removesuffix("-street.csv") for p in paths if "street" in p.name}
    assert len(slugs) == 6
    people = truth(world, "persons")
    words = {cell for p in paths for cell in p.read_text(encoding="utf-8").split(",")}
    assert not words & {p[name] for p in people for name in ("key", "pnc", "cro") if p[name]}
    streets = {w for w in words if w.startswith("On or near ")}
    assert len(streets) < 20, "map points are of streets, not of homes"


def test_police_uk_holds_the_crimes_recorded_in_its_years_but_the_cancelled(world: Path) -> None:
    rows = table(world, "police-uk/*/*-street.csv")
    crimes = {c["id"]: c for c in truth(world, "crimes") if c["recorded"] >= "2022"}
    told = [row for row in rows if row["Crime type"] != "Anti-social behaviour"]
    assert len({row["Crime ID"] for row in told}) == len(told)
    for row in told:
        crime = crimes[row["Crime ID"]]
        assert crime["cancelled"] is None
        assert crime["recorded"].startswith(row["Month"])
    kept = sum(c["cancelled"] is None for c in crimes.values())
    assert len(told) / kept == pytest.approx(systems()["police-uk"].share, abs=0.01)
    behaviour = [row for row in rows if row["Crime type"] == "Anti-social behaviour"]
    assert behaviour
    assert not any(row["Crime ID"] or row["Last outcome category"] for row in behaviour)


def test_an_outcome_published_is_of_a_crime_published(world: Path) -> None:
    crimes = {row["Crime ID"] for row in table(world, "police-uk/*/*-street.csv")}
    outcomes = table(world, "police-uk/*/*-outcomes.csv")
    assert {row["Crime ID"] for row in outcomes} <= crimes
    kinds = Counter(row["Outcome type"] for row in outcomes)
    assert kinds["Investigation complete; no suspect identified"] > kinds["Suspect charged"] > 0
    assert kinds["Court result unavailable"] > 0


def test_the_cps_holds_charged_cases_and_those_it_decided_against(world: Path) -> None:
    cases = lines(world, "extracts/cps/*.jsonl")
    urns = [case["urn"] for case in cases]
    assert len(set(urns)) == len(urns)
    matters = {m["matter"]: m for m in truth(world, "matters")}
    for case in cases:
        kinds = [party["_party_type"][0] for party in case["parties"]]
        if case["caseStatusCode"] == "CHARGED":
            assert matters[case["urn"]]["route"] == "charge"
            assert kinds.count("DEFENDANT") == len(matters[case["urn"]]["defendants"])
        else:
            assert case["urn"] not in matters
            assert "DEFENDANT" not in kinds
            assert not any("asn" in party for party in case["parties"])
    assert len({case["caseStatusCode"] for case in cases}) == 2
    for case in cases:
        for party in case["parties"]:
            if party["_party_type"] == ["VICTIM"]:
                assert not {"pncId", "asn", "offences"} & set(party)


def test_opal_s_tables_add_up_to_the_truth(world: Path) -> None:
    accounts = {row["account_number"]: row for row in table(world, "opal/defendant-accounts.csv")}
    known = {f["account"]: f for f in truth(world, "fines")}
    sums: Counter[str] = Counter()
    for row in table(world, "opal/impositions.csv"):
        sums[row["defendant_account_id"]] += int(float(row["imposed_amount"]))
    late = 0
    for number, row in accounts.items():
        fine = known[number]
        owed = fine["fine"] + fine["surcharge"] + fine["costs"]
        assert sums[row["defendant_account_id"]] == owed == int(float(row["amount_imposed"]))
        assert float(row["account_balance"]) == owed - float(row["amount_paid"])
        assert (row["completed_date"] == "") == (float(row["account_balance"]) > 0)
        late += float(row["amount_paid"]) < sum(pounds for _, pounds in fine["payments"])
    assert 0 < late < len(accounts) / 50, "payments of the last days are not posted yet"
    debtors = table(world, "opal/account-search.csv")
    assert {row["account_number"] for row in debtors} == set(accounts)


def test_tags_are_orders_of_one_wearer_number_a_person(world: Path) -> None:
    orders = {
        o["order_id"]: o for o in lines(world, "extracts/electronic-monitoring/orders-*.jsonl")
    }
    wearers: dict[str, set[str]] = {}
    for tag in truth(world, "tags"):
        if order := orders.get(f"EMO{tag['id']}"):
            wearers.setdefault(order["case_id"], set()).add(tag["person"])
            assert order["order_start"].startswith(tag["start"])
            assert order["magistrate_court_case_reference_number"] in ("", tag["matter"])
    assert wearers
    assert {len(people) for people in wearers.values()} == {1}


def test_single_justice_cases_are_decided_or_referred(world: Path) -> None:
    cases = {c["id"]: c for c in lines(world, "extracts/sjp/cases-*.jsonl")}
    decisions = {d["caseId"]: d for d in lines(world, "extracts/sjp/decisions-*.jsonl")}
    referred = {i for i, c in cases.items() if c["status"] == "REFERRED_FOR_COURT_HEARING"}
    assert referred
    assert set(decisions) == set(cases) - referred
    for ident, case in cases.items():
        [offence] = case["defendant"]["offences"]
        assert (offence.get("plea") == "NOT_GUILTY") == (ident in referred)
        if ident in decisions:
            assert ("verdict" in decisions[ident]) == ("plea" not in offence)


def test_submissions_are_some_of_the_charged_cases(world: Path) -> None:
    told = lines(world, "extracts/prosecutor-initiation/*.jsonl")
    charged = {
        m["matter"]
        for m in truth(world, "matters")
        if m["route"] == "charge" and m["charged"] >= "2021"
    }
    urns = {message["prosecutionSubmissionDetails"]["urn"] for message in told}
    assert urns < charged
    assert len(urns) / len(charged) == pytest.approx(0.35, abs=0.05)


def test_cafcass_is_told_of_cases_about_children(world: Path) -> None:
    told = lines(world, "extracts/cafcass/*.jsonl")
    cases = {c["case"]: c for c in truth(world, "family_cases")}
    found = Counter[str]()
    for answer in told:
        [case] = answer["cases"]
        data = case.get("caseData") or case["case_data"]
        true = cases[data.get("familyManCaseNumber") or data["familymanCaseNumber"]]
        assert len(data["children"]) == len(true["children"]) > 0
        assert len(data["respondents"]) == len(true["respondents"])
        found[true["kind"]] += 1
    assert set(found) == {"care", "private"}


def test_a_core_case_reference_ends_in_the_digit_of_luhn() -> None:
    for cell, index in ((0, 0), (17, 3), (11_999, 99)):
        digits = [int(d) for d in str(core_case_reference(cell, index))]
        assert len(digits) == 16
        doubled = [d * 2 - 9 * (d > 4) for d in digits[::2]]
        assert (sum(doubled) + sum(digits[1::2])) % 10 == 0


def test_adjudications_are_of_prisoners(world: Path) -> None:
    charges = [c for prisoner in lines(world, "extracts/adjudications/*.jsonl") for c in prisoner]
    numbers = {p["prisoner_number"] for p in truth(world, "persons") if p["prisoner_number"]}
    assert {c["prisonerNumber"] for c in charges} <= numbers
    for charge in charges:
        assert (charge["status"] == "CHARGE_PROVED") == bool(charge["punishments"])
