"""How records and documents are named.

A record's IRI is base + root class + dataset + key parts, each part percent-encoded and set
apart by "/", so ("ab", "c") and ("a", "bc") never meet. The root class, never the leaf: a
corrected movement reason is a new version of one record, not another record. The scalar and the
Polars functions give the same text (tests/ontology/test_identifiers.py).
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ontology.errors import JusticeGraphError

if TYPE_CHECKING:
    import polars as pl

BASE = "https://justicegraph.example/id/"
_DATASET = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
_ROOT = re.compile(r"[A-Z][A-Za-z]*")
_FEW = 64  # texts that are encoded one by one
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"


class IdentifierError(JusticeGraphError):
    """A key, dataset or IRI cannot name a record. JG-ONT-020 to JG-ONT-022."""


def record_iri(base: str, root: str, dataset: str, keys: Sequence[str]) -> str:
    """The IRI of a record. base ends in "/" or "#"; dataset is a notation of the catalogue.

    Raises IdentifierError for an empty key or key part, and for a dataset or root class that
    is not one.
    """
    return _prefix(base, root, dataset) + _join(keys)


def document_id(dataset: str, keys: Sequence[str]) -> str:
    """The identifier of a document, encoded as in a record's IRI."""
    return _dataset(dataset) + "/" + _join(keys)


def parse_iri(base: str, iri: str) -> tuple[str, str, tuple[str, ...]]:
    """Root class, dataset and key parts of an IRI that `record_iri` made.

    Raises IdentifierError for any other text, also one that only decodes to the same parts.
    """
    root, *rest = iri[len(base) :].split("/") if iri.startswith(base) else [""]
    if len(rest) >= 3:
        dataset, keys = "/".join(rest[:2]), tuple(unquote(part) for part in rest[2:])
        if (
            _ROOT.fullmatch(root)
            and _DATASET.fullmatch(dataset)
            and all(keys)
            and record_iri(base, root, dataset, keys) == iri
        ):
            return root, dataset, keys
    raise IdentifierError(
        "JG-ONT-022", f"{iri!r} is not the IRI of a record", f"Record IRIs begin with {base}."
    )


def root_of_iri(base: str, iri: str) -> str:
    """The root class in a record's IRI. Raises IdentifierError as `parse_iri` does."""
    return parse_iri(base, iri)[0]


def record_iri_expr(
    base: str, root: str, dataset: str, keys: "Sequence[pl.Expr | str]"
) -> "pl.Expr":
    """`record_iri` for columns: key parts are text expressions or column names.

    Null where any part is null or empty, instead of an error.
    """
    return _joined(_prefix(base, root, dataset), keys)


def document_id_expr(dataset: str, keys: "Sequence[pl.Expr | str]") -> "pl.Expr":
    """`document_id` for columns; null where any part is null or empty."""
    return _joined(_dataset(dataset) + "/", keys)


def root_of_iri_expr(base: str, iri: "pl.Expr | str") -> "pl.Expr":
    """The root class in a column of record IRIs; null where the text does not begin as one."""
    return _column(iri).str.extract(f"^{re.escape(base)}([A-Z][A-Za-z]*)/", 1)


def dataset_of_iri_expr(base: str, iri: "pl.Expr | str") -> "pl.Expr":
    """The dataset in a column of record IRIs; null where the text does not begin as one."""
    pattern = f"^{re.escape(base)}[A-Z][A-Za-z]*/({_DATASET.pattern})/"
    return _column(iri).str.extract(pattern, 1)


def _prefix(base: str, root: str, dataset: str) -> str:
    if not base.endswith(("/", "#")):
        raise IdentifierError("JG-ONT-021", f"the base {base!r} has no end", 'End it in "/".')
    if not _ROOT.fullmatch(root):
        raise IdentifierError("JG-ONT-021", f"{root!r} is not a class", "Name a root class.")
    return f"{base}{root}/{_dataset(dataset)}/"


def _dataset(dataset: str) -> str:
    if not _DATASET.fullmatch(dataset):
        raise IdentifierError(
            "JG-ONT-021",
            f"{dataset!r} is not a dataset",
            "Write it as system/name, in small letters, digits and hyphens.",
        )
    return dataset


def _join(keys: Sequence[str]) -> str:
    if not keys or not all(keys):
        raise IdentifierError(
            "JG-ONT-020", f"the key {tuple(keys)!r} has no value or an empty part", "Fill it."
        )
    try:
        return "/".join(quote(part, safe="") for part in keys)
    except UnicodeEncodeError as error:
        raise IdentifierError(
            "JG-ONT-020", "the key holds half a character (a lone surrogate)", "Correct it."
        ) from error


def _column(part: "pl.Expr | str") -> "pl.Expr":
    import polars as pl

    return pl.col(part) if isinstance(part, str) else part


def _joined(prefix: str, keys: "Sequence[pl.Expr | str]") -> "pl.Expr":
    import polars as pl

    if not keys:
        raise IdentifierError("JG-ONT-020", "the key has no parts", "Name at least one column.")
    texts = [_column(part).cast(pl.String) for part in keys]
    whole = pl.concat_str([_encoded(text) for text in texts], separator="/")
    filled = pl.all_horizontal([text.str.len_bytes() > 0 for text in texts])
    return pl.when(filled).then(pl.lit(prefix) + whole)


def _encoded(text: "pl.Expr") -> "pl.Expr":
    import polars as pl

    return text.map_batches(_encode, return_dtype=pl.String, is_elementwise=True)


def _encode(text: "pl.Series") -> "pl.Series":
    """Percent-encoding as `quote(safe="")`: every byte as %XX, then the unreserved ones back.

    "%" stands only where a byte begins, so no replacement can straddle two bytes. Only the rows
    that need it are rewritten: most keys need none. A few are encoded one by one.
    """
    import polars as pl

    if len(text) <= _FEW:
        told = [None if each is None else quote(each, safe="") for each in text]
        return pl.Series(text.name, told, dtype=pl.String)
    odd = text.str.contains(f"[^{_UNRESERVED}]").fill_null(value=False)
    rows = odd.arg_true()
    if rows.is_empty():
        return text
    encoded = (
        text.gather(rows)
        .str.encode("hex")
        .str.to_uppercase()
        .str.replace_all("(..)", "%$1")
        .str.replace_many([f"%{ord(char):02X}" for char in _UNRESERVED], list(_UNRESERVED))
    )
    return text.clone().scatter(rows, encoded)
