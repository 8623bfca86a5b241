"""The alarm: columns and pyshacl disagree about a record.

Either the compiler or pyshacl is wrong about SHACL, so nothing that was screened can be trusted.
"""

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from shapes.errors import ShapesError

if TYPE_CHECKING:
    from shapes.batch import Batch
    from shapes.compiler import Group

# "report": pyshacl's answers stand, and the load goes on; anything else fails it.
ON_DISAGREEMENT = "JUSTICEGRAPH_SHAPES_DISAGREEMENT"
# Folder in which each case is kept; it holds the records' values.
CASES = "JUSTICEGRAPH_SHAPES_CASES"
_log = logging.getLogger(__name__)


def disagreed(
    batch: "Batch",
    group: "Group",
    root: str,
    wrong: "list[tuple[int, str, str, str]]",
    ours: "set[tuple[int, str, str, str]]",
) -> None:
    """Keep the case; raise ShapesError JG-SHP-006 unless told to go on with pyshacl's answer.

    wrong: (row, component, path, value) that only one of the two reports; ours: the columns'.
    """
    row, component, _, _ = wrong[0]
    who = "the columns" if wrong[0] in ours else "pyshacl"
    kept = _keep(batch, group, root, row, component, who)
    said = f"{group.code}: {who} alone would report sh:{component} of row {row} of {root}" + (
        f"; kept as {kept}" if kept else ""
    )
    if os.environ.get(ON_DISAGREEMENT) != "report":
        raise ShapesError(
            "JG-SHP-006",
            said,
            f"Report this as a fault. With {ON_DISAGREEMENT}=report pyshacl's answer is taken; "
            f"{CASES} names a folder for such cases.",
        )
    _log.warning("%s; pyshacl's answer is taken", said)


def _keep(
    batch: "Batch", group: "Group", root: str, row: int, component: str, who: str
) -> Path | None:
    folder = os.environ.get(CASES)
    if not folder:
        return None
    record = batch.frames[root].row(row, named=True)
    case = {
        "shape": group.iri,
        "component": component,
        "reported by": who,
        "root": root,
        "record": {name: cell for name, cell in record.items() if cell not in (None, [])},
    }
    file = Path(folder) / f"{group.code}-{uuid4().hex[:12]}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(case, opened, default=str, indent=1)
    return file
