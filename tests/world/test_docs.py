"""docs/world.md prints the settings the code reads, and the truth holds the columns it names."""

from pathlib import Path

from tests.world.reading import truth
from world import generate
from world.dictionary import DICTIONARY
from world.settings import Assumptions
from world.tables import PAGE, with_tables


def test_the_page_prints_what_the_code_reads() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_tables(text) == text, "python -m world.tables --write puts them in"


def test_every_assumption_has_a_basis_and_a_source() -> None:
    for row in Assumptions().rows.values():
        assert row.basis in ("near", "assumed"), row.name
        assert len(row.source) > 15, row.name
        assert row.unit, row.name


def test_every_assumption_is_used() -> None:
    """A row that no code reads would say that something is assumed which is not."""
    code = "".join(
        path.read_text(encoding="utf-8") for path in (PAGE.parent.parent / "world").rglob("*.py")
    )
    composed = {"court.guilty_plea_crown", "court.guilty_plea_magistrates"}
    unused = [name for name in Assumptions().rows if f'"{name}"' not in code]
    assert set(unused) <= composed, unused


def test_offence_groups_share_out_all_crime_and_all_outcomes() -> None:
    groups = Assumptions().groups
    assert 97 < sum(g.share for g in groups) < 103
    for g in groups:
        outcomes = g.charged + g.caution + g.community + g.unnamed + g.unsupported
        assert 85 < outcomes + g.evidential + g.unsolved + g.not_public_interest <= 100, g.name


def test_the_truth_has_the_columns_of_the_dictionary_and_all_are_filled(tmp_path: Path) -> None:
    generate(500, 2, tmp_path / "w")
    filled = {name: dict.fromkeys(columns, 0) for name, columns in DICTIONARY.items()}
    for name in DICTIONARY:
        for row in truth(tmp_path / "w", name):
            assert list(row) == list(DICTIONARY[name])
            for column, value in row.items():
                filled[name][column] += value not in (None, [], "", 0)
    empty = [(n, c) for n, columns in filled.items() for c, seen in columns.items() if not seen]
    assert empty == []
