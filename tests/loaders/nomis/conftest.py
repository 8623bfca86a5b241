"""Files loaded into a data folder of the test's own."""

from pathlib import Path

import pytest

from tests.loaders.nomis.told import Tell, Told


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Load files in one load; the folder is new in each test, and kept between its calls."""
    told = Told(tmp_path / "data")

    def load(*files: Path, **params: str) -> Told:
        told.load(files, params)
        return told

    return load
