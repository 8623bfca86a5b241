"""Persons, matters and charges from published keys, with the evidence they rest on."""

from linkage.errors import UnknownSchemeError
from linkage.keys import SCHEMES, normalise
from linkage.reading import ahead
from linkage.run import LinkSummary, run

__all__ = ["SCHEMES", "LinkSummary", "UnknownSchemeError", "ahead", "normalise", "run"]
