"""police.uk outcomes, and stop and search: small files under the published headers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from loaders.catalogue import FOLDER
from loaders.mapping_yaml import read_mapping
from ontology.model import Model
from tests.loaders.conftest import Desk

OUTCOMES = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Outcome type\n"
)
SEARCHES = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,"
    "Age range,Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,"
    "Outcome,Outcome linked to object of search,Removal of more than just outer clothing\n"
)
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)
PLACE = "Surrey Police,Surrey Police,-0.780518,51.341241,On or near High Street,{},{}"
BRENT = PLACE.format("E01000543", "Brent 014D")
SEARCH = (
    "Person search,2022-06-30T23:30:00+00:00,False,,51.1,-0.2,Male,18-24,"
    "White - English/Welsh/Scottish/Northern Irish/British,White,"
    "Misuse of Drugs Act 1971 (section 23),Controlled drugs,Arrest,True,False\n"
)
BARE = "Vehicle search,2022-06-01T12:00:00+00:00,,,,,,,,,,,A no further action disposal,,\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    names = ("street-crime", "outcomes", "stop-and-search")
    mappings = [read_mapping(FOLDER / "police_uk" / f"{name}.yaml") for name in names]
    return Desk(tmp_path, Model.default(), mappings)


def _labels(desk: Desk, column: str) -> list[str]:
    labels = {concept.iri: concept.notation for concept in desk.model.concepts.values()}
    return sorted(labels[iri] for iri in desk.state("EventRecord")[column])


def test_an_outcome_is_of_the_crime_of_the_street_file(desk: Desk) -> None:
    row = f"k1,2022-07,{BRENT},"
    desk.write("2022-07-surrey-outcomes.csv", OUTCOMES + row + "Local resolution\n")
    desk.write(
        "2022-06-surrey-street.csv", STREET + f"k1,2022-06,{BRENT},Drugs,Under investigation,\n"
    )
    report = desk.load()
    assert (report.read, report.loaded, report.rejected) == (2, 2, 0)
    [event] = desk.state("EventRecord").rows(named=True)
    assert (event["class"], event["eventDate"]) == ("CrimeOutcome", date(2022, 7, 1))
    assert event["datePrecision"].endswith("/date-precision/month")
    assert event["outcomeType"].endswith("/police-uk-outcome/Local%20resolution")
    assert event["ofCrime"] == desk.state("RecordedCrime")["iri"].item()
    # The row lies in Brent, and its force is the one that published it.
    assert (event["lsoaName"], event["reportedBy"]) == ("Brent 014D", "Surrey Police")


def test_outcomes_of_one_crime_are_several_and_told_twice_they_are_one(desk: Desk) -> None:
    charged = f"k1,2022-06,{BRENT},Suspect charged\n"
    later = f"k1,2022-08,{BRENT},Offender fined\n"
    first = desk.load(desk.write("2022-06-surrey-outcomes.csv", OUTCOMES + charged + charged))
    assert (first.loaded, first.duplicates.unchanged) == (1, 1)
    desk.load(desk.write("2022-08-surrey-outcomes.csv", OUTCOMES + charged + later))
    assert _labels(desk, "outcomeType") == ["Offender fined", "Suspect charged"]


def test_outcomes_without_a_crime_id_are_linked_to_nothing_and_all_count(desk: Desk) -> None:
    row = f",2022-06,{BRENT},Unable to prosecute suspect\n"
    desk.write("2022-06-surrey-outcomes.csv", OUTCOMES + row + row)
    assert desk.load().loaded == 2
    events = desk.state("EventRecord")
    assert (events.height, events["ofCrime"].null_count()) == (2, 2)
    findings = desk.findings()
    assert set(findings["code"]) == {"JG-EVT-006"}
    assert set(findings["severity"]) == {"warning"}


@pytest.mark.parametrize("batch", [1, 2, 20_000])
def test_a_batch_ends_anywhere_and_spans_files(desk: Desk, batch: int) -> None:
    row = f",2022-06,{BRENT},Unable to prosecute suspect\n"
    desk.write("2022-06-kent-outcomes.csv", OUTCOMES + row * 3)
    desk.write("2022-06-surrey-outcomes.csv", OUTCOMES + row * 4)
    *names, last = OUTCOMES.strip().split(",")
    *cells, outcome = row.strip().split(",")
    other = ",".join([last, *names]) + "\n" + ",".join([outcome, *cells]) + "\n"
    desk.write("2022-06-sussex-outcomes.csv", other)
    report = desk.load(batch=batch)
    told = [(file.read, file.loaded, file.unchanged) for file in report.files]
    # Of the second file's rows three are those of the first; it has a fourth. Cells in another
    # order are another content.
    assert told in ([(3, 3, 0), (4, 1, 3), (1, 1, 0)], [(3, 0, 3), (4, 4, 0), (1, 1, 0)])
    assert (report.read, report.loaded, desk.state("EventRecord").height) == (8, 5, 5)


def test_an_unknown_outcome_is_kept_and_counted(desk: Desk) -> None:
    desk.write("2022-06-surrey-outcomes.csv", OUTCOMES + f"k1,2022-06,{BRENT},Exiled\n")
    report = desk.load()
    assert [(code.scheme, code.code, code.count) for code in report.unknown] == [
        ("police-uk-outcome", "Exiled", 1)
    ]
    assert desk.state("EventRecord")["outcomeType"].item().endswith("/Exiled")


def test_a_search_is_an_event_and_makes_no_person(desk: Desk) -> None:
    desk.write("2022-06-surrey-stop-and-search.csv", SEARCHES + SEARCH)
    assert desk.load().loaded == 1
    [event] = desk.state("EventRecord").rows(named=True)
    # Half past eleven at night by the clock of UTC in summer is the next day in London.
    assert (event["class"], event["eventDate"]) == ("StopAndSearch", date(2022, 7, 1))
    assert event["eventDateTime"] == datetime(2022, 6, 30, 23, 30, tzinfo=UTC)
    assert (event["reportedBy"], event["searchType"]) == ("surrey", "Person search")
    assert (event["searchedSex"], event["ageRange"]) == ("Male", "18-24")
    assert event["searchedEthnicity"].startswith("White - English")
    assert (event["inOperation"], event["outcomeLinkedToObject"]) == (False, True)
    assert (event["searchOutcome"], event["moreThanOuterClothing"]) == ("Arrest", False)
    assert (event["latitude"], event["longitude"]) == (Decimal("51.1"), Decimal("-0.2"))
    assert desk.state("PersonRecord").is_empty()


def test_the_same_bare_row_of_two_forces_is_two_searches(desk: Desk) -> None:
    for force in ("surrey", "kent"):
        desk.write(f"2022-06-{force}-stop-and-search.csv", SEARCHES + BARE + BARE)
    report = desk.load()
    assert (report.read, report.loaded) == (4, 4)
    events = desk.state("EventRecord")
    assert sorted(events["reportedBy"]) == ["kent", "kent", "surrey", "surrey"]
    assert events["inOperation"].null_count() == 4
    again = desk.load(desk.inbox / "2022-06-kent-stop-and-search.csv")
    assert (again.duplicates.unchanged, again.release) == (2, None)


def test_a_search_without_a_date_is_refused(desk: Desk) -> None:
    row = SEARCH.replace("2022-06-30T23:30:00+00:00", "")
    desk.write("2022-06-surrey-stop-and-search.csv", SEARCHES + row + BARE)
    report = desk.load()
    assert (report.loaded, report.rejected) == (1, 1)
    refused = desk.findings().filter(pl.col("effect") == "document")
    assert refused["code"].to_list() == ["JG-LOD-020"]
