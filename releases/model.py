"""What this folder needs to know of the model."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import polars as pl


class Schemas(Protocol):
    """The record tables of a model (ontology.Model is one)."""

    @property
    def roots(self) -> Sequence[str]:
        """Names of the root record classes."""

    def table_schema(self, root: str) -> Mapping[str, pl.DataType]:
        """System columns and properties of a root class's table."""


def fingerprint(model: Schemas) -> str:
    """A hash of all tables' columns and types: which shape of model wrote a release."""
    lines = (
        f"{root} {column} {kind!r}"
        for root in sorted(model.roots)
        for column, kind in sorted(model.table_schema(root).items())
    )
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()
