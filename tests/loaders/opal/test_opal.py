"""Opal fines: draft accounts, tables that hang together, and payments from benefits."""

import csv
from decimal import Decimal
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from loaders.opal.reader import benefit_payments, draft_account
from ontology.identifiers import BASE, document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
ACCOUNT = f"{BASE}Case/opal/defendant-accounts/1"
DEBTOR = f"{BASE}PersonRecord/opal/account-search/1"


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    [sample] = (samples / "opal").glob(f"{expected.name}.*")
    folder.load(sample, draft="24")
    assert differences(expected, folder.live()) == []
    findings = folder.findings()
    assert findings.filter(pl.col("severity") == "violation").is_empty()
    documents = set(folder.releases.documents().collect()["document"])
    assert not expected.documents or documents == {
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    }


def test_every_sample_is_expected_or_a_schema(samples: Path, folder: Folder) -> None:
    found = {file.stem for file in (samples / "opal").iterdir()}
    assert found == {expected.name for expected in EXPECTED} | {"account.schema"}
    report = folder.load(samples / "opal" / "account.schema.json")
    assert [file.status for file in report.files] == ["skipped"]


def test_what_the_tables_sum_to(samples: Path, folder: Folder) -> None:
    """Sums of the columns, added up apart from the loader."""
    folder.load(*(samples / "opal").glob("table-*.csv"))
    live = folder.live()
    accounts, events = live["Case"], live["EventRecord"]
    sums = accounts.select("amountImposed", "amountPaid", "accountBalance").sum().row(0)
    assert sums == (Decimal(6810), Decimal(2075), Decimal(4735))
    by_class = dict(events.group_by("class").agg(pl.col("amount").sum()).rows())
    assert by_class["FineImposed"] == Decimal(7950)
    assert by_class["FinePaid"] == Decimal(1900)
    assert live["PeriodRecord"]["instalmentAmount"].sum() == Decimal(975)


def test_the_linked_tables_hang_on_their_accounts(samples: Path, folder: Folder) -> None:
    folder.load(*(samples / "opal").glob("table-*.csv"))
    live = folder.live()
    accounts = live["Case"]["iri"].to_list()
    for root in ("EventRecord", "PeriodRecord", "Issue"):
        linked = live[root]["inCase"].explode()
        assert linked.null_count() == 0
        assert linked.is_in(accounts).all()


def test_officers_and_notes_are_stored_nowhere(samples: Path, folder: Folder) -> None:
    folder.load(samples / "opal")
    texts = set(folder.texts())
    assert not {"L080JG", "opal-test", "Test User 6", "scenario three note"} & texts
    assert "GDPR compliance breach" not in texts


def test_a_draft_without_an_id_is_known_by_what_it_says(samples: Path, folder: Folder) -> None:
    drafts = sorted((samples / "opal").glob("draft-account-*.json"))
    folder.load(*drafts)
    assert folder.live()["Case"].height == 2
    again = folder.load(*drafts)
    assert (again.loaded, again.release) == (0, None)


def test_the_numbers_of_police_and_prison_join_the_debtor_to_others(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    """Empty in the samples, and named in the schema."""
    text = (samples / "opal" / "draft-account-adult.json").read_text()
    told = {"pnc_id": "2003/0062845E", "prison_number": "A1234AB", "nationality_1": "British"}
    for name, value in told.items():
        text = text.replace(f'"{name}": null', f'"{name}": "{value}"')
    file = tmp_path / "draft.json"
    file.write_text(text.replace('"aliases": null', '"aliases": [{"alias_surname": "Other"}]'))
    folder.load(file)
    live = folder.live()
    person = live["PersonRecord"].row(0, named=True)
    assert (person["pncId"], person["prisonerNumber"]) == (["2003/0062845E"], ["A1234AB"])
    assert person["nationality"] == "British"
    assert live["Alias"]["aliasOf"].to_list() == [person["iri"]]


def test_a_payment_reaches_the_debtor_of_the_account(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    """The search's first account, given the number of a table's: one id, two files."""
    for name in ("table-defendant-accounts", "table-defendant-transactions"):
        text = (samples / "opal" / f"{name}.csv").read_text()
        (tmp_path / f"{name}.csv").write_text(text.replace("99000000000001", "1"))
    folder.load(tmp_path / "table-defendant-transactions.csv")
    folder.load(tmp_path / "table-defendant-accounts.csv")
    folder.load(samples / "opal" / "defendant-account-search.csv")
    live = folder.live()
    paid = live["EventRecord"].filter(pl.col("inCase").list.contains(ACCOUNT))
    payment = paid.filter(pl.col("class") == "FinePaid")
    assert payment["amount"].to_list() == [Decimal(10)]
    [part] = payment["ofParticipation"].explode()
    owes = live["Participation"].filter(pl.col("iri") == part)
    assert owes["party"].to_list() == [DEBTOR]
    assert DEBTOR in live["PersonRecord"]["iri"].to_list()


def test_a_company_s_account_waits_for_nobody(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    """The search's one organisation, given the number of a table's account."""
    search = (samples / "opal" / "defendant-account-search.csv").read_text()
    [row] = [row for row in csv.DictReader(StringIO(search)) if row["organisation"] == "true"]
    number = row["defendant_account_id"]
    for name in ("table-defendant-accounts", "table-defendant-transactions"):
        text = (samples / "opal" / f"{name}.csv").read_text()
        rows = [line for line in text.splitlines() if "99000000000001" in line]
        kept = [text.splitlines()[0], *rows]
        (tmp_path / f"{name}.csv").write_text("\n".join(kept).replace("99000000000001", number))
    report = folder.load(*tmp_path.glob("*.csv"), samples / "opal" / "defendant-account-search.csv")
    assert list(report.unresolved) == []
    live = folder.live()
    [part] = live["EventRecord"].filter(pl.col("class") == "FinePaid")["ofParticipation"].explode()
    [party] = live["Participation"].filter(pl.col("iri") == part)["party"]
    [name] = live["OrganisationRecord"].filter(pl.col("iri") == party)["name"]
    assert name == row["organisation_name"]


@pytest.mark.parametrize(
    ("reference", "joined"), [("12345", False), ("PCR-1", False), ("01ZD0303208", True)]
)
def test_a_prosecutor_s_reference_joins_only_where_it_is_a_urn(
    samples: Path, folder: Folder, tmp_path: Path, reference: str, joined: bool
) -> None:
    text = (samples / "opal" / "draft-account-adult.json").read_text()
    for number in ("1", "2"):
        (tmp_path / f"{number}.json").write_text(
            text.replace('"12345"', f'"{reference}"').replace("FNAME", f"Name {number}")
        )
    folder.load(*sorted(tmp_path.glob("?.json")))
    folder.link()
    members = folder.live()["Membership"].filter(pl.col("linkKind").str.ends_with("/matter"))
    assert members["member"].n_unique() == 2
    assert members["thing"].n_unique() == (1 if joined else 2)


def test_other_movements_than_payments_are_reported(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    text = (samples / "opal" / "table-defendant-transactions.csv").read_text()
    file = tmp_path / "transactions.csv"
    file.write_text(text.replace("PAYMNT,10.00", "WRTOFF,10.00"))
    report = folder.load(file)
    assert (report.read, report.loaded, report.rejected) == (12, 11, 1)
    assert folder.findings()["code"].to_list() == ["JG-LOD-034"]


def test_pence_become_pounds_and_a_payment_taken_back_is_cancelled(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    text = (samples / "opal" / "pacs-payments.xml").read_text()
    back = text.replace("<DetailAmountType>1000", "<DetailAmountType>0000000199", 1).replace(
        "<DetailAmountSign>+", "<DetailAmountSign>-", 1
    )
    file = tmp_path / "schedule.xml"
    file.write_text(back)
    folder.load(file)
    told = folder.live()["EventRecord"].sort("iri").select("amount", "status").rows()
    assert [(amount, status.rpartition("/")[2]) for amount, status in told] == [
        (Decimal("1.99"), "cancelled"),
        (Decimal(50), "happened"),
    ]


def test_what_is_no_schedule_or_account_is_left_to_others() -> None:
    assert list(benefit_payments({"PacsTppSchedule": None})) == []
    assert list(benefit_payments([1])) == []
    assert list(draft_account({"account_type": "Fine"})) == []
    [made] = benefit_payments({"PacsTppSchedule": {"DocumentDetail": {"DetailAmountType": "x"}}})
    assert made["PacsTppSchedule"]["DocumentDetail"] == [{"DetailAmountType": "x"}]
