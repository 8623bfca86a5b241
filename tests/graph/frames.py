"""Small record frames, written by hand."""

from typing import Any

import polars as pl

from ontology import Model

BASE = "https://example.org/id/"
MODEL = Model.default()


def iri(root: str, key: str) -> str:
    return f"{BASE}{root}/test/records/{key}"


def code(scheme: str, notation: str) -> str:
    return MODEL.concept_iri(scheme, notation)


def frame(cls: str, *rows: dict[str, Any], op: str = "put") -> tuple[str, pl.DataFrame]:
    """(root, frame) of records of a class; each row has `key`, maybe `document`, and properties."""
    root = MODEL.root_of(cls)
    assert root
    schema = {**MODEL.table_schema(root), "op": pl.String()}
    data = [
        {
            "iri": iri(root, row["key"]),
            "class": cls,
            "dataset": "test/records",
            "document": f"test/records/{row.get('document', row['key'])}",
            "version": "",
            "hash": repr(sorted(row.items())),
            "op": op,
            **{name: value for name, value in row.items() if name not in ("key", "document")},
        }
        for row in rows
    ]
    return root, pl.DataFrame(data, schema=schema)
