"""A disk that is full or broken: told with a code, and what was committed stays."""

import resource
from pathlib import Path

import polars as pl
import pytest

from releases import TableFailedError
from releases.table import Table

SCHEMA = {"iri": pl.String(), "release": pl.Int64()}


@pytest.fixture
def table(tmp_path: Path) -> Table:
    made = Table(tmp_path / "Case", SCHEMA, tmp_path / "index")
    made.append(pl.DataFrame({"iri": ["a"], "release": [1]}, schema=SCHEMA))
    return made


def test_rows_that_cannot_be_written_are_told_and_the_table_stays(table: Table) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        with pytest.raises(TableFailedError, match="Case"):
            table.append(pl.DataFrame({"iri": ["b"], "release": [2]}, schema=SCHEMA))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert table.scan().collect()["iri"].to_list() == ["a"]


def test_a_log_that_cannot_be_read_is_told(table: Table) -> None:
    for entry in (table.folder / "_delta_log").iterdir():
        entry.write_text("not a log")
    with pytest.raises(TableFailedError) as told:
        Table(table.folder, SCHEMA, table.folder / "index").files()
    assert told.value.code == "JG-REL-007"
