"""Opal, the courts' fines accounts: the tables of its database, and who owes.

Accounts, sums put on them, payments and enforcement are tables; who owes stands in the search's
table, by name and birth date. A payment is posted when the office enters it, which may be late.
"""

from collections.abc import Iterator
from datetime import date
from random import Random

from world.errors import also_known_as, entered, holds, written
from world.extract import Part
from world.facts import FineAccount, History
from world.law import Offence
from world.people import LAST_DAY, Company
from world.systems.rows import csv_rows
from world.truth import Telling, Truth

SYSTEM = "opal"
NULL = '"NULL"'  # as the search writes what is absent, quotes and all
COLUMNS = {  # of the tables as they stand in the database
    "account-search": (
        "defendant_account_id account_number prosecutor_case_reference last_enforcement "
        "account_status defendant_account_balance completed_date business_unit_id "
        "business_unit_name party_id organisation organisation_name address_line_1 postcode "
        "title forenames surname birth_date national_insurance_number parent_guardian_surname "
        "parent_guardian_forenames alias1 alias2 alias3 alias4 alias5"
    ),
    "defendant-accounts": (
        "defendant_account_id business_unit_id account_number imposed_hearing_date "
        "imposing_court_id amount_imposed amount_paid account_balance account_status "
        "completed_date enforcing_court_id last_hearing_court_id last_hearing_date "
        "last_movement_date last_changed_date last_enforcement originator_name "
        "originator_type allow_writeoffs allow_cheques cheque_clearance_period "
        "credit_trans_clearance_period enf_override_result_id enf_override_enforcer_id "
        "enf_override_tfo_lja_id unit_fine_detail unit_fine_value collection_order "
        "collection_order_date further_steps_notice_date confiscation_order_date "
        "fine_registration_date suspended_committal_date consolidated_account_type "
        "payment_card_requested payment_card_requested_date payment_card_requested_by "
        "prosecutor_case_reference enforcement_case_status originator_id account_type "
        "account_comments account_note_1 account_note_2 account_note_3 jail_days "
        "version_number payment_card_requested_by_name imposed_by_name"
    ),
    "impositions": (
        "imposition_id defendant_account_id posted_date posted_by posted_by_name "
        "original_posted_date result_id imposing_court_id imposed_date imposed_amount "
        "paid_amount offence_id offence_title offence_code creditor_account_id "
        "unit_fine_adjusted unit_fine_units completed original_imposition_id"
    ),
    "transactions": (
        "defendant_transaction_id defendant_account_id posted_date posted_by transaction_type "
        "transaction_amount payment_method payment_reference text status status_date "
        "status_amount write_off_code associated_record_type associated_record_id "
        "imposed_amount posted_by_name"
    ),
    "enforcements": (
        "enforcement_id defendant_account_id posted_date posted_by result_id reason "
        "enforcer_id jail_days result_responses warrant_reference case_reference hearing_date "
        "hearing_court_id posted_by_name earliest_release_date enforcement_account_type"
    ),
}
STATUS = {"paid": "C", "open": "L", "written off": "WO"}
STEPS = {"further steps notice": "FSN", "attachment of earnings": "AEO", "warrant of control": "DW"}
Rows = dict[str, list[dict[str, object]]]


def extracts(history: History, truth: Truth) -> Iterator[Part]:
    """The five tables, which all neighbourhoods add to."""
    rows: Rows = {table: [] for table in COLUMNS}
    for account in history.fines:
        if holds(SYSTEM, account.number, account.imposed, history.seed):
            _account(history, account, rows, truth)
    for table, columns in COLUMNS.items():
        names = columns.split()
        content = csv_rows([row.get(name) for name in names] for row in rows[table])
        yield Part(f"{table}.csv", content, shared=csv_rows([names]))


def _account(history: History, account: FineAccount, rows: Rows, truth: Truth) -> None:
    rng = Random(f"{history.seed}/{SYSTEM}/{account.number}")
    ident = int(account.number[:-1])
    payments = [(entered(SYSTEM, rng, day), pounds) for day, pounds in account.payments]
    payments = [(day, pounds) for day, pounds in payments if day <= LAST_DAY]
    paid = sum(pounds for _, pounds in payments)
    settled = paid == account.total
    known = {
        "defendant_account_id": ident,
        "account_number": account.number,
        "business_unit_id": int(history.area.force),
        "prosecutor_case_reference": account.matter.urn,
        "account_status": STATUS[
            "open" if account.status == "paid" and not settled else account.status
        ],
        "last_enforcement": STEPS[account.enforcement[-1][1]] if account.enforcement else None,
    }
    completed = _time(payments[-1][0]) if settled else None
    court = next(h.court.ou for h in account.matter.hearings if h.day == account.imposed)
    rows["defendant-accounts"].append(
        known
        | {
            "imposed_hearing_date": _time(account.imposed),
            "imposing_court_id": court,
            "enforcing_court_id": court,
            "amount_imposed": _pounds(account.total),
            "amount_paid": _pounds(paid),
            "account_balance": _pounds(account.total - paid),
            "completed_date": completed,
            "last_changed_date": _time(
                max(
                    [
                        account.imposed,
                        *(d for d, _ in payments),
                        *(d for d, _ in account.enforcement),
                    ]
                )
            ),
            "originator_name": history.area.name,
            "originator_type": "NEW",
            "collection_order": "true",
            "collection_order_date": _time(account.imposed),
            "account_type": "Fine",
            "version_number": 1 + len(payments) + len(account.enforcement),
        }
    )
    _debtor(history, account, known, completed, _pounds(account.total - paid), rows, truth)
    _tell(account, "defendant-accounts", "EnforcementStep", account.imposed, truth)
    _impositions(account, ident, court, paid, rows, truth)
    for index, (day, pounds) in enumerate(payments):
        row = _row("defendant_transaction_id", ident, index, day) | {
            "transaction_type": "PAYMNT",
            "transaction_amount": _pounds(pounds),
            "payment_method": rng.choice(("CT", "CQ", "NC")),
            "status": "C",
            "status_date": _time(day),
        }
        rows["transactions"].append(row)
        _tell(account, "transactions", "FinePaid", day, truth)
    for index, (day, step) in enumerate(account.enforcement):
        row = _row("enforcement_id", ident, index, day)
        rows["enforcements"].append(row | {"result_id": STEPS[step], "hearing_court_id": court})
        _tell(account, "enforcements", "EnforcementStep", day, truth)


def _impositions(
    account: FineAccount, ident: int, court: str, paid: int, rows: Rows, truth: Truth
) -> None:
    """A fine for each offence fined, then surcharge and costs under the first offence."""
    hearing = next(h for h in account.matter.hearings if h.day == account.imposed)
    fined: list[tuple[str, Offence, int]] = []
    for defendant in account.matter.defendants:
        if defendant.party is account.party:
            for charge in defendant.charges:
                pounds = sum(r.amount for r in hearing.results.get(charge.id, ()))
                if pounds:
                    fined.append(("FO", charge.offence, pounds))
    first = fined[0][1]
    sums = [*fined, ("FVS", first, account.surcharge), ("FCOST", first, account.costs)]
    for index, (code, offence, pounds) in enumerate(sums):
        met = min(pounds, paid)
        paid -= met
        row = _row("imposition_id", ident, index, account.imposed) | {
            "result_id": code,
            "imposing_court_id": court,
            "imposed_date": _time(account.imposed),
            "imposed_amount": _pounds(pounds),
            "paid_amount": _pounds(met),
            "offence_title": offence.title,
            "offence_code": offence.code,
        }
        rows["impositions"].append(row)
        _tell(account, "impositions", "FineImposed", account.imposed, truth)


def _debtor(
    history: History,
    account: FineAccount,
    known: dict[str, object],
    completed: str | None,
    balance: str,
    rows: Rows,
    truth: Truth,
) -> None:
    party, ident = account.party, known["defendant_account_id"]
    row: dict[str, object] = dict.fromkeys(COLUMNS["account-search"].split(), NULL)
    row |= {name: NULL if value is None else value for name, value in known.items()}
    row |= {
        "defendant_account_balance": balance,
        "completed_date": completed or NULL,
        "business_unit_name": history.area.town,
        "party_id": ident,
    }
    if isinstance(party, Company):
        home = party.address
        row |= {"organisation": "true", "organisation_name": party.name}
    else:
        home = party.address_on(account.imposed)
        record = written(party, SYSTEM, history.seed, account.number, account.imposed)
        names = also_known_as(party, account.imposed)[:5]
        row |= {f"alias{n}": " ".join(name) for n, name in enumerate(names, start=1)}
        row |= {
            "organisation": "false",
            "title": "Mr" if party.sex == "M" else "Ms",
            "forenames": f"{record.given} {record.middle}".strip(),
            "surname": record.family,
            "birth_date": _time(record.born),
        }
        truth.record(party.key, "opal/account-search", (str(ident),), {}, account.matter.urn)
    row |= {"address_line_1": f"{home.number} {home.street}", "postcode": home.postcode}
    rows["account-search"].append(row)


def _row(name: str, ident: int, index: int, day: date) -> dict[str, object]:
    return {name: ident * 100 + index, "defendant_account_id": ident, "posted_date": _time(day)}


def _tell(account: FineAccount, table: str, event: str, day: date, truth: Truth) -> None:
    if not isinstance(account.party, Company):
        party, urn = account.party.key, account.matter.urn
        truth.tell(Telling(party, urn, f"opal/{table}", event, day, "happened"))


def _time(day: date) -> str:
    return f"{day} 00:00:00.000"


def _pounds(sum_: int) -> str:
    return f"{sum_}.00"
