"""What prosecutors send to the court: submissions, and a prosecution as the court takes it up."""

from pathlib import Path

import polars as pl
import pytest

from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
REJECTED = {"initiate-cc-prosecution": ["JG-LOD-023"]}


def test_every_sample_has_an_expectation(samples: Path) -> None:
    found = {file.stem for file in (samples / "prosecutor-initiation").iterdir()}
    assert found == {expected.name for expected in EXPECTED}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "prosecutor-initiation" / f"{expected.name}.json")
    [file] = report.files
    assert (file.status, file.source) == ("loaded", expected.dataset)
    assert differences(expected, folder.live()) == []
    rejects = folder.findings().filter(pl.col("effect") == "record")["code"].to_list()
    assert rejects == REJECTED.get(expected.name, [])
    assert folder.releases.documents().collect()["document"].to_list() == [
        document_id(expected.dataset, wanted["key"]) for wanted in expected.documents
    ]


def test_a_charge_and_a_summons_of_one_reference_are_one_case(
    samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "prosecutor-initiation")
    live = folder.live()
    assert [file.status for file in report.files] == ["loaded"] * 3
    assert live["Case"].height == 1
    assert folder.releases.documents().collect().height == 3
    # A defendant of either, four in all, and the two of the template.
    defendants = live["Participation"].filter(pl.col("role").str.ends_with("/defendant"))
    assert defendants.height == 6
    assert (live["EventRecord"]["class"] == "FirstHearing").sum() == 3


def test_informants_and_officers_are_stored_nowhere(samples: Path, folder: Folder) -> None:
    folder.load(samples / "prosecutor-initiation")
    words = {word for text in folder.texts() for word in text.replace("/", " ").split()}
    assert {"Vega", "OIC", "informant", "vegaoic@test.dom"} & words == set()
    # The informant Adam: the second name of three defendants is all that is left of the word.
    assert "Adam" not in folder.texts()
