"""The alarm: columns and pyshacl disagree about a record.

Either the compiler or pyshacl is wrong about SHACL, so nothing that was screened can be trusted:
the load fails. The case is kept as record frames that a test can read.
"""

import json
import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import polars as pl

from shapes.errors import ShapesError

# "report": pyshacl's answers stand, and the load goes on; anything else fails it.
ON_DISAGREEMENT = "JUSTICEGRAPH_SHAPES_DISAGREEMENT"
_log = logging.getLogger(__name__)

Said = tuple[int, str, str, str]


def disagreed(shape: str, root: str, wrong: list[Said], ours: set[Said], kept: Path | None) -> None:
    """Raise ShapesError JG-SHP-006, unless told to go on with pyshacl's answer.

    wrong: (row, component, path, value) that only one of the two reports; ours: the columns';
    kept: where the case lies.
    """
    row, component, path, _ = wrong[0]
    who = "the columns alone" if wrong[0] in ours else "pyshacl alone"
    said = f"{shape}: {who} would report sh:{component} {path} of row {row} of {root}"
    said += f"; the case is kept in {kept}" if kept else ""
    if os.environ.get(ON_DISAGREEMENT) != "report":
        raise ShapesError(
            "JG-SHP-006",
            said,
            f"Report this as a fault; {ON_DISAGREEMENT}=report takes pyshacl's answer meanwhile.",
        )
    _log.warning("%s; pyshacl's answer is taken", said)


def keep(
    folder: Path, shape: str, root: str, wrong: list[Said], frames: Mapping[str, pl.DataFrame]
) -> Path:
    """Write a case: one Parquet file a root class, and `case.json`. For its owner's eyes only."""
    case = folder / f"{shape.rpartition('/')[2]}-{uuid4().hex[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    case.mkdir(mode=0o700)
    for name, frame in frames.items():
        frame.write_parquet(case / f"{name}.parquet")
    said = {"shape": shape, "root": root, "differs": [one[1:3] for one in wrong]}
    (case / "case.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    return case


def frames_of(case: Path) -> dict[str, pl.DataFrame]:
    """The record frames of a kept case, as `shapes.check` takes them."""
    return {file.stem: pl.read_parquet(file) for file in sorted(case.glob("*.parquet"))}


def forget(folder: Path) -> None:
    """Remove all cases: they hold people's data, and none of it is needed to go on."""
    shutil.rmtree(folder, ignore_errors=True)
