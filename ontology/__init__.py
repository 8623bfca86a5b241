"""The one model that every stage reads: terms, codes, catalogue, and how records are named."""

from ontology.checking import Finding, Use, check
from ontology.errors import JusticeGraphError
from ontology.formatting import reformat
from ontology.model import Model
from ontology.terms import (
    Class,
    Concept,
    Crosswalk,
    DataGap,
    Dataset,
    Hole,
    Organisation,
    Property,
    Scheme,
    Stage,
    System,
)

__all__ = [
    "Class",
    "Concept",
    "Crosswalk",
    "DataGap",
    "Dataset",
    "Finding",
    "Hole",
    "JusticeGraphError",
    "Model",
    "Organisation",
    "Property",
    "Scheme",
    "Stage",
    "System",
    "Use",
    "check",
    "reformat",
]
