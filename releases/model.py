"""What this folder needs to know of the model."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import polars as pl


class Schemas(Protocol):
    """The record tables of a model (ontology.Model is one)."""

    @property
    def roots(self) -> Sequence[str]:
        """Names of the root record classes."""

    @property
    def digest(self) -> str:
        """Which ontology this is."""

    def table_schema(self, root: str) -> Mapping[str, pl.DataType]:
        """System columns and properties of a root class's table."""
