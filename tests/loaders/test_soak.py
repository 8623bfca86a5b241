"""Large input: memory stays bounded (make soak)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loaders.conftest import HEARINGS

# Not ru_maxrss: a child inherits there what its parent took.
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="peak memory is read from /proc"
    ),
]
MEGABYTE = 1 << 20
LINE = 500 * MEGABYTE

CHILD = """
import json, sys
from pathlib import Path
import loaders
from loaders.mapping_yaml import read_mapping
from ontology.model import Model
from releases import Releases
model = Model.default()
releases = Releases.open(Path(sys.argv[1]) / "data", model)
mappings = [read_mapping(Path(name)) for name in sys.argv[3:]]
with releases.write() as writer:
    report = loaders.load([Path(sys.argv[2])], releases, writer, model, mappings=mappings)
    writer.commit({})
file = report.files[0]
status = Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
print(json.dumps([file.status, file.reason, file.read, file.loaded, file.rejected, peak]))
"""


def _load(folder: Path, file: Path, *mappings: Path) -> tuple[str, str, int, int, int, int]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(file), *map(str, mappings)],
        check=True,
        capture_output=True,
        text=True,
    )
    status, reason, read, loaded, rejected, peak = json.loads(done.stdout)
    return status, reason, read, loaded, rejected, peak


def _long(file: Path, before: bytes, after: bytes) -> None:
    with file.open("wb") as out:
        out.write(before)
        for _ in range(LINE // MEGABYTE):
            out.write(b"x" * MEGABYTE)
        out.write(after)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "court" / "source.yaml"
    file.parent.mkdir()
    file.write_text(HEARINGS)
    return file


def test_a_json_message_of_500_mb_is_refused(tmp_path: Path, small: Path) -> None:
    file = tmp_path / "a.json"
    _long(file, b'{"hearing": {"id": "', b'"}}')
    status, reason, _, _, _, peak = _load(tmp_path, file, small)
    assert (status, reason[:10]) == ("unreadable", "JG-LOD-007")
    assert peak < 400


def test_a_line_of_500_mb_does_not_stop_the_other_lines(tmp_path: Path, small: Path) -> None:
    file = tmp_path / "a.jsonl"
    line = b'{"hearing": {"id": "h%d", "day": "2024-05-01"}}\n'
    _long(file, line % 1 + b'{"hearing": "', b'"}\n' + line % 2)
    status, _, read, loaded, rejected, peak = _load(tmp_path, file, small)
    assert (status, read, loaded, rejected) == ("loaded", 3, 2, 1)
    assert peak < 600


def test_a_csv_line_of_500_mb_is_refused(tmp_path: Path) -> None:
    from loaders.catalogue import FOLDER

    file = tmp_path / "2022-06-surrey-street.csv"
    header = (
        b"Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,"
        b"LSOA name,Crime type,Last outcome category,Context\n"
    )
    _long(file, header + b"k1,2022-06,", b",,,,,,,Drugs,,\n")
    mapping = FOLDER / "police_uk" / "street-crime.yaml"
    status, reason, _, _, _, peak = _load(tmp_path, file, mapping)
    assert (status, reason[:10]) == ("unreadable", "JG-LOD-007")
    assert peak < 400
