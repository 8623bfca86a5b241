"""SHACL shapes of the records, the lexical gate in front of them, and the checker.

`check(frames, model)` says what the shapes find in a batch; `lexical.cast` reads a column of
text as one XSD datatype. pyshacl is loaded at the first check, not on import.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shapes.errors import ShapesError

if TYPE_CHECKING:
    import polars as pl

    from ontology.model import Model
    from shapes.compiler.constraint import Rule
    from shapes.rules import Shapes

__all__ = ["DISAGREEMENTS", "RECORD", "Rule", "Shapes", "ShapesError", "check"]

# Folder of the record shapes in force.
RECORD = Path(__file__).parent / "record"
# Folder, within the data folder, of what columns and pyshacl disagreed on.
DISAGREEMENTS = "disagreements"


def check(
    frames: "Mapping[str, pl.DataFrame]",
    model: "Model",
    *,
    shapes: "Shapes | None" = None,
    cases: Path | None = None,
) -> "pl.DataFrame":
    """What the shapes say about a batch of records; see `shapes.checker.check`."""
    from shapes.checker import check

    return check(frames, model, shapes=shapes, cases=cases)


def __getattr__(name: str) -> object:
    if name == "Rule":
        from shapes.compiler.constraint import Rule

        return Rule
    if name == "Shapes":
        from shapes.rules import Shapes

        return Shapes
    raise AttributeError(f"module 'shapes' has no attribute {name!r}")
