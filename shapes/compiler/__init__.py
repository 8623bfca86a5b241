"""The compiler of SHACL shapes: for each constraint a Polars expression, or the reason why not.

What was compiled is used without RDF; rdflib and pyshacl are loaded when shapes are compiled, and
when pyshacl is asked.
"""

from typing import TYPE_CHECKING

from shapes.compiler.compiled import Compiled
from shapes.compiler.constraint import Constraint
from shapes.compiler.covered import COVERED

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.rules import Shapes

__all__ = ["COVERED", "Compiled", "Constraint", "compile"]


def compile(shapes: "Shapes", model: "Model") -> Compiled:  # noqa: A001 - what it is called
    """Compile shapes over a model; kept, so that a second call costs nothing."""
    return shapes.compiled(model)
