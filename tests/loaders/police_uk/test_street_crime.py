"""police.uk street crime: the real file of Surrey, June 2022.

The expected figures were counted in the file with awk (rows, empty Crime IDs, identical rows,
types, outcomes, rows without an area), not by running the loader.
"""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from loaders.catalogue import FOLDER
from loaders.mapping_yaml import read_mapping
from loaders.report import LoadReport
from ontology.model import Model
from tests.loaders.conftest import Desk

ROWS, WITHOUT_ID, TWINS = 7874, 1529, 361
TYPES = {
    "Violence and sexual offences": 2533,
    "Public order": 851,
    "Other theft": 666,
    "Criminal damage and arson": 646,
    "Vehicle crime": 486,
    "Shoplifting": 337,
    "Burglary": 280,
    "Drugs": 163,
    "Other crime": 130,
    "Bicycle theft": 126,
    "Theft from the person": 57,
    "Possession of weapons": 39,
    "Robbery": 31,
}
OUTCOMES = {
    "Investigation complete; no suspect identified": 2502,
    "Unable to prosecute suspect": 2102,
    "Status update unavailable": 733,
    "Further investigation is not in the public interest": 272,
    "Awaiting court outcome": 256,
    "Local resolution": 255,
    "Action to be taken by another organisation": 95,
    "Formal action is not in the public interest": 62,
    "Further action is not in the public interest": 38,
    "Offender given a caution": 30,
}
NAME = "2022-06-surrey-street.csv"


def _desk(folder: Path) -> Desk:
    mapping = read_mapping(FOLDER / "police_uk" / "street-crime.yaml")
    return Desk(folder, Model.default(), [mapping])


@pytest.fixture(scope="module")
def loaded(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, LoadReport]:
    desk = _desk(tmp_path_factory.mktemp("police-uk"))
    return desk, desk.load(samples / "police-uk" / NAME)


def _notations(desk: Desk, root: str, column: str) -> Counter[str]:
    labels = {concept.iri: concept.notation for concept in desk.model.concepts.values()}
    return Counter(labels[iri] for iri in desk.state(root)[column].drop_nulls())


def test_every_row_counts(loaded: tuple[Desk, LoadReport]) -> None:
    desk, report = loaded
    assert (report.read, report.loaded, report.rejected) == (ROWS, ROWS, 0)
    assert desk.state("RecordedCrime").height == ROWS - WITHOUT_ID
    assert desk.state("Incident").height == WITHOUT_ID
    assert desk.findings().filter(pl.col("severity") == "violation").is_empty()
    assert report.unknown == []


def test_identical_rows_without_an_id_are_incidents_of_their_own(
    loaded: tuple[Desk, LoadReport],
) -> None:
    incidents = loaded[0].state("Incident")
    assert incidents["iri"].n_unique() == WITHOUT_ID
    assert incidents["hash"].n_unique() == WITHOUT_ID - TWINS
    assert incidents.group_by("hash").len()["len"].max() == 9
    assert incidents["crimeReference"].null_count() == WITHOUT_ID


def test_types_and_outcomes_are_codes(loaded: tuple[Desk, LoadReport]) -> None:
    desk, _ = loaded
    assert _notations(desk, "RecordedCrime", "crimeType") == TYPES
    assert _notations(desk, "RecordedCrime", "lastOutcome") == OUTCOMES
    assert _notations(desk, "Incident", "crimeType") == {"Anti-social behaviour": WITHOUT_ID}


def test_the_first_row_as_it_stands_in_the_file(loaded: tuple[Desk, LoadReport]) -> None:
    crimes = loaded[0].state("RecordedCrime")
    first = crimes.filter(pl.col("crimeReference").str.starts_with("6c918130fdb15bbd"))
    row = first.row(0, named=True)
    assert row["iri"].endswith("/RecordedCrime/police-uk/street-crime/" + row["crimeReference"])
    assert (row["recordedDate"], row["version"]) == (date(2022, 6, 1), "2022-06")
    assert row["datePrecision"].endswith("/date-precision/month")
    assert (row["longitude"], row["latitude"]) == (Decimal("-0.780518"), Decimal("51.341241"))
    assert row["location"] == "On or near Madox Brown End"
    assert (row["lsoaCode"], row["lsoaName"]) == ("E01016199", "Bracknell Forest 015E")


def test_the_force_is_the_publisher_wherever_the_area_lies(
    loaded: tuple[Desk, LoadReport],
) -> None:
    crimes = loaded[0].state("RecordedCrime")
    assert set(crimes["reportedBy"]) == {"Surrey Police"}
    brent = crimes.filter(pl.col("lsoaName") == "Brent 014D")
    assert brent["fallsWithin"].to_list() == ["Surrey Police"]
    assert crimes["lsoaName"].null_count() == 244


def test_the_file_again_under_another_name_changes_nothing(
    loaded: tuple[Desk, LoadReport], samples: Path
) -> None:
    desk, _ = loaded
    copy = desk.write("surrey.csv", (samples / "police-uk" / NAME).read_bytes())
    report = desk.load(copy)
    assert (report.duplicates.unchanged, report.release) == (ROWS, None)


def test_a_later_month_tells_a_crime_anew_and_an_older_one_does_not(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
        "Crime type,Last outcome category,Context\n"
    )
    row = "k1,2022-06,Surrey Police,Surrey Police,,,,,,Drugs,{},\n"
    june = desk.write("2022-06-surrey-street.csv", header + row.format("Under investigation"))
    july = desk.write("2022-07-surrey-street.csv", header + row.format("Local resolution"))
    assert desk.load(july).loaded == 1
    assert desk.load(june).duplicates.superseded == 1
    assert _notations(desk, "RecordedCrime", "lastOutcome") == {"Local resolution": 1}
