"""Common Platform messages that other systems' samples hold: what was read in them beforehand."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.loaders.common_platform.loading import Folder


def events(folder: Folder) -> Counter[str]:
    """`Class status` of the live events."""
    rows = folder.live()["EventRecord"].select("class", "status").iter_rows()
    return Counter(f"{name} {status.rpartition('/')[2]}" for name, status in rows)


def test_days_of_a_week_whose_results_are_not_shared_are_plans(
    samples: Path, folder: Folder
) -> None:
    folder.load(samples / "electronic-monitoring" / "community-order-trail-hearing.json")
    assert events(folder) == {
        "FirstHearing happened": 1,
        "FirstHearing planned": 7,
        "Appearance happened": 1,
        "Plea happened": 1,
        "Verdict happened": 1,
        # The tag that the court orders, from 18 October to 18 May.
        "TagStart planned": 1,
        "TagEnd planned": 1,
    }


def test_sent_for_trial_in_custody_is_a_remand_decision_too(samples: Path, folder: Folder) -> None:
    folder.load(samples / "electronic-monitoring" / "bail-curfew-hearing.json")
    told = events(folder)
    assert told["SentForTrial happened"] == told["RemandDecision happened"] == 1
    remand = folder.live()["EventRecord"].filter(pl.col("class") == "RemandDecision")
    assert remand.get_column("remandStatus").item().endswith("cjs-remand-status/P")


def test_a_cracked_trial_of_two_days_with_an_application_of_old_form(
    samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "listing" / "hearing-results-multiday-cracked.json")
    live = folder.live()
    hearings = live["EventRecord"].filter(pl.col("class") == "Hearing").sort("eventDate")
    days = [day.isoformat() for day in hearings.get_column("eventDate")]
    assert days == ["2019-11-08", "2019-12-08"]
    assert hearings.get_column("hearingOutcome").str.ends_with("/Cracked").all()
    assert set(live["PersonRecord"].get_column("familyName")) >= {"Torrini", "Hammes", "Ryan"}
    roles = Counter(role.rpartition("/")[2] for role in live["Participation"].get_column("role"))
    assert (roles["applicant"], roles["respondent"]) == (1, 1)
    # The offence ends before it starts: that charge is rejected, and nothing else.
    rejects = folder.findings().filter(pl.col("effect") == "record").get_column("code")
    assert (report.rejected, rejects.to_list()) == (1, ["JG-ISS-005"])


def test_a_defendant_whom_only_the_hearing_names_is_a_person(samples: Path, folder: Folder) -> None:
    folder.load(samples / "cps" / "prosecution-case-with-cps-defendant-id.json")
    people = folder.live()["PersonRecord"]
    seen = people.filter(pl.col("fullName").is_not_null())
    assert seen.get_column("fullName").to_list() == ["Marian Kerluke"]
    assert people.height == 3
    # `%s` is a key of the source like any other.
    assert people.get_column("iri").str.ends_with("/%25s").sum() == 1


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("listing/hearing-results-multiday-cracked.json", ("Barnes",)),
        ("pnc/new-case-from-police.xml", ("COPPERFIELD", "PWR01")),
    ],
)
def test_clerks_and_officers_of_these_messages_are_stored_nowhere(
    file: str, names: tuple[str, ...], samples: Path, folder: Folder
) -> None:
    assert all(name in (samples / file).read_text("utf-8") for name in names)
    folder.load(samples / file)
    assert not [text for text in folder.texts() if any(name in text for name in names)]
