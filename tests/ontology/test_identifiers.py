"""Names of records: no collisions, a way back, and columns that agree with scalars."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.identifiers import (
    BASE,
    IdentifierError,
    dataset_of_iri_expr,
    document_id,
    document_id_expr,
    parse_iri,
    record_iri,
    record_iri_expr,
    root_of_iri,
    root_of_iri_expr,
)

DATASET = "nomis/movements"
CHARACTERS = st.characters(exclude_categories=["Cs"])
PARTS = st.text(CHARACTERS, min_size=1, max_size=12)
KEYS = st.lists(PARTS, min_size=1, max_size=4)


def test_an_iri_reads_as_written() -> None:
    iri = record_iri(BASE, "EventRecord", DATASET, ["A1234BC", "2023-01-02", "ADM/INT 50%"])
    assert iri == (
        "https://justicegraph.example/id/EventRecord/nomis/movements/"
        "A1234BC/2023-01-02/ADM%2FINT%2050%25"
    )
    assert document_id(DATASET, ["é", "~"]) == "nomis/movements/%C3%A9/~"


@given(KEYS, KEYS)
def test_different_keys_never_share_an_iri(one: list[str], other: list[str]) -> None:
    same = record_iri(BASE, "Case", DATASET, one) == record_iri(BASE, "Case", DATASET, other)
    assert same == (one == other)


def test_the_cut_between_parts_counts() -> None:
    assert record_iri(BASE, "Case", DATASET, ["ab", "c"]) != record_iri(
        BASE, "Case", DATASET, ["a", "bc"]
    )
    assert record_iri(BASE, "Case", DATASET, ["a/b"]) != record_iri(
        BASE, "Case", DATASET, ["a", "b"]
    )
    assert record_iri(BASE, "Case", DATASET, ["a%2Fb"]) != record_iri(
        BASE, "Case", DATASET, ["a/b"]
    )


@given(KEYS)
def test_an_iri_leads_back_to_its_parts(keys: list[str]) -> None:
    iri = record_iri(BASE, "Case", DATASET, keys)
    assert parse_iri(BASE, iri) == ("Case", DATASET, tuple(keys))
    assert root_of_iri(BASE, iri) == "Case"


@given(
    st.lists(st.tuples(st.none() | st.text(CHARACTERS, max_size=6), PARTS)),
    st.sampled_from([1, 65]),
)
def test_columns_agree_with_scalars(rows: list[tuple[str | None, str]], times: int) -> None:
    """Few rows and many, which are encoded in another way."""
    rows = rows * times
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    made = frame.select(
        iri=record_iri_expr(BASE, "Case", DATASET, ["a", pl.col("b")]),
        document=document_id_expr(DATASET, ["a", "b"]),
    ).with_columns(root=root_of_iri_expr(BASE, "iri"), dataset=dataset_of_iri_expr(BASE, "iri"))
    expected = [
        (record_iri(BASE, "Case", DATASET, [a, b]), document_id(DATASET, [a, b]), "Case", DATASET)
        if a
        else (None, None, None, None)
        for a, b in rows
    ]
    assert made.rows() == expected


@pytest.mark.parametrize("keys", [[], [""], ["a", ""], ["\ud800"]])
def test_a_key_without_content_is_refused(keys: list[str]) -> None:
    with pytest.raises(IdentifierError, match="JG-ONT-020"):
        record_iri(BASE, "Case", DATASET, keys)


@pytest.mark.parametrize("dataset", ["", "nomis", "nomis/", "a/b/c", "No mis/x", "nomis/a%2F"])
def test_a_dataset_has_exactly_one_slash(dataset: str) -> None:
    with pytest.raises(IdentifierError, match="JG-ONT-021"):
        record_iri(BASE, "Case", dataset, ["a"])


def test_a_base_must_end_and_a_root_must_be_a_class() -> None:
    with pytest.raises(IdentifierError, match="JG-ONT-021"):
        record_iri("https://example.org/id", "Case", DATASET, ["a"])
    with pytest.raises(IdentifierError, match="JG-ONT-021"):
        record_iri(BASE, "case/x", DATASET, ["a"])


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/other/Case/nomis/movements/a",
        BASE + "Case/nomis/movements",
        BASE + "Case/nomis/movements/",
        BASE + "Case/nomis/movements/a//b",
        BASE + "Case/nomis/movements/%61",
        BASE + "Case/nomis/movements/a b",
        BASE + "Case/nomis/movements/%c3%a9",
        BASE + "Case/nomis/movements/%FF",
        BASE,
        "",
    ],
)
def test_only_iris_made_here_are_parsed(iri: str) -> None:
    with pytest.raises(IdentifierError, match="JG-ONT-022"):
        parse_iri(BASE, iri)
