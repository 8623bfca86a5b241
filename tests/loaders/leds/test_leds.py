"""Disposals and answers of the Law Enforcement Data Service."""

from json import dumps, loads
from pathlib import Path

import polars as pl
import pytest

from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]


def test_every_sample_has_an_expectation(samples: Path) -> None:
    found = {file.stem for file in (samples / "leds").iterdir()}
    assert found == {expected.name for expected in EXPECTED}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "leds" / f"{expected.name}.json")
    [file] = report.files
    assert (file.status, file.source, file.rejected) == ("loaded", expected.dataset, 0)
    assert differences(expected, folder.live()) == []


def test_a_disposal_after_two_findings_is_refused_not_dated_by_one(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    told = loads((samples / "leds" / "asn-query-response-001.json").read_text("utf-8"))
    [offence, *_] = told["disposals"][0]["offences"]
    [finding] = offence["adjudications"]
    other = {**finding, "adjudicationId": "b", "appearanceNumber": 1, "disposalDate": "2012-01-01"}
    offence["adjudications"].append(other)
    (tmp_path / "two.json").write_text(dumps(told))
    folder.load(tmp_path / "two.json")
    assert folder.live()["DecisionRecord"].height == 2
    violations = folder.findings().filter(pl.col("severity") == "violation")
    assert violations["code"].to_list() == ["JG-LOD-022"]
    assert violations["path"].to_list() == ["disposals[0].offences[0].disposalResults[0]"]
