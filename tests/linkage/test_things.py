"""Things: the same partition in any order, identifiers that stay."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from linkage.run import _Run
from linkage.things import named
from ontology.identifiers import BASE
from releases.table import Table
from tests.linkage.conftest import Row, World, case, charge, part, person, sets

PNC, OTHER_PNC = "2003/0062845E", "1981/0154257C"
ASN = "1101ZD0100000448754K"
NONE = (None, None, None)
WHO = [("John Smith", "1980-01-02"), ("Jon Smith", "1980-02-01"), ("Mary Baker", "1990-05-06")]

rows = st.lists(
    st.tuples(
        st.sampled_from([*WHO, ("John Smith", "1990-05-06"), ("", None)]),
        st.sampled_from([None, PNC, OTHER_PNC]),
        st.sampled_from([None, "X320741"]),
        st.sampled_from([None, ASN]),
        st.sampled_from([None, "01ZD0303208"]),
    ),
    min_size=2,
    max_size=5,
)


def records(number: int, row: tuple[object, ...]) -> list[Row]:
    (who, born), pnc, crn, asn, urn = row  # type: ignore[misc]  # a drawn row
    name = f"r{number}"
    return [
        person(name, who, born, pncId=[pnc] if pnc else None, crn=crn),
        case(name, urn=urn),
        part(name, name, name, asn=[asn] if asn else None),
        charge(name, name, "TH68001", offenceSequence=1, dataset=f"s{number}/x"),
    ]


@settings(max_examples=12)
@given(rows, st.data())
def test_any_order_and_split_of_loads_gives_the_same_sets(
    rows: list[tuple[object, ...]], data: st.DataObject
) -> None:
    numbered = [records(number, row) for number, row in enumerate(rows)]
    shuffled = data.draw(st.permutations([each for told in numbered for each in told]))
    cut = data.draw(st.integers(1, len(shuffled) - 1))
    with tempfile.TemporaryDirectory() as folder:
        at_once, bit_by_bit = World(Path(folder) / "a"), World(Path(folder) / "b")
        at_once.load(*(each for told in numbered for each in told))
        bit_by_bit.load(*shuffled[:cut])
        bit_by_bit.load(*shuffled[cut:])
        for kind in ("person", "matter", "charge"):
            assert at_once.sets(kind) == bit_by_bit.sets(kind)
        assert set(at_once.table("LinkAssertion")["iri"]) == set(
            bit_by_bit.table("LinkAssertion")["iri"]
        )


Steps = list[list[tuple[int, tuple[object, ...], bool]]]
LINKAGE_TABLES = ("LinkAssertion", "Membership", "Thing")
steps = st.lists(
    st.lists(
        st.tuples(st.integers(0, 5), rows.map(lambda told: told[0]), st.booleans()), max_size=3
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=8)
@given(steps)
def test_looking_only_at_what_was_touched_gives_what_looking_at_everything_gives(
    steps: Steps,
) -> None:
    compare(steps)


@settings(max_examples=4)
@given(steps)
def test_so_it_does_where_rows_are_looked_up(steps: Steps) -> None:
    """The same with an index of each table of more than three rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("releases.index.LEAST", 3)
        patch.setattr("releases.answers.WHOLE", 3)
        compare(steps)


@pytest.mark.soak
@settings(max_examples=400)
@given(steps)
def test_the_same_on_many_histories(steps: Steps) -> None:
    compare(steps)


def compare(steps: Steps) -> None:
    """Records come, change, share parties with others, and go."""
    with tempfile.TemporaryDirectory() as folder:
        scoped, whole = World(Path(folder) / "a"), World(Path(folder) / "b")
        live: dict[str, Row] = {}
        for step in steps:
            told: dict[str, Row] = {}
            gone: dict[str, Row] = {}
            for number, row, goes in step:
                for each in records(number, row):
                    (gone if goes else told)[each["iri"]] = each
                if not goes:
                    # A second part in the case of the next record, for this person.
                    other = part(f"x{number}", f"r{(number + 1) % 6}", f"r{number}")
                    told[other["iri"]] = other
            going = tuple(each for iri, each in gone.items() if iri in live and iri not in told)
            live = {**live, **told}
            for each in going:
                del live[each["iri"]]
            if not told and not going:
                continue
            one = scoped.load(*told.values(), gone=going)
            other_summary = whole.load(*told.values(), gone=going, whole=True)
            assert one == other_summary
            for root in LINKAGE_TABLES:
                assert_frame_equal(
                    scoped.table(root).drop("release", strict=False),
                    whole.table(root).drop("release", strict=False),
                )


def test_a_load_reads_no_file_twice_and_none_that_its_process_wrote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the totals of things and links are counted on, not again from all of them."""
    scans: Counter[Path] = Counter()
    original = Table.scan_files

    def counting(table: Table, files: list[Path], **also: Any) -> pl.LazyFrame:
        scans.update(files)
        return original(table, files, **also)

    monkeypatch.setattr(Table, "scan_files", counting)
    world.load(*(each for number in range(4) for each in records(number, (WHO[0], PNC, *NONE))))
    scans.clear()
    assert world.load(*records(9, (WHO[0], PNC, *NONE))).persons == 1
    assert not scans
    another = World(world.releases.folder)
    assert another.load(*records(11, (WHO[0], PNC, *NONE))).persons == 1
    assert {"Membership", "Thing", "LinkAssertion"} <= {file.parent.name for file in scans}
    # Once for what tells whether a record reads otherwise now, once for what is asked besides.
    assert max(scans.values()) <= 2


def test_what_reads_as_before_is_not_linked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another document tells of the same records: nothing of linkage is asked or written."""
    told = records(1, (WHO[0], PNC, *NONE))
    first = world.load(*told)
    monkeypatch.setattr(_Run, "_link", None)
    again = world.load(*({**each, "document": "another"} for each in told))
    assert (again.persons, again.links, again.written) == (first.persons, first.links, 0)


def test_a_touched_record_leaves_others_alone(world: World) -> None:
    """What is written for one record among many concerns that record only."""
    world.load(*(each for number in range(8) for each in records(number, lone(number))))
    summary = world.load(person("r3", "Mary Baker", "1990-05-06", crn="X320741"))
    # The keys of its membership at the highest threshold.
    assert summary.written == 1
    assert summary.persons == 8


def lone(number: int) -> tuple[object, ...]:
    return ("Mary Baker", "1990-05-06"), None, None, None, None


def test_an_identifier_stays_when_records_join(world: World) -> None:
    world.load(person("b", *WHO[0], pncId=[PNC]))
    (before,) = world.things()
    world.load(person("a", *WHO[0], pncId=[PNC]))
    assert world.things() == {before: frozenset("ab")}


def test_two_become_one_and_the_old_identifier_says_so(world: World) -> None:
    world.load(
        person("a", *WHO[0], pncId=[PNC]),
        person("b", *WHO[0], pncId=[PNC]),
        person("c", *WHO[0], crn="X320741"),
    )
    owner = {members: thing for thing, members in world.things().items()}
    large, small = owner[frozenset("ab")], owner[frozenset("c")]
    world.load(person("d", *WHO[0], crn="X320741", pncId=[PNC]))
    assert world.things() == {large: frozenset("abcd")}
    things = {row["iri"]: row["replacedBy"] for row in world.table("Thing").to_dicts()}
    assert things == {large: None, small: [large]}


def test_a_split_keeps_the_identifier_on_the_larger_part(world: World) -> None:
    bridge = person("d", *WHO[0], crn="X320741", pncId=[PNC])
    world.load(
        person("a", *WHO[0], pncId=[PNC]),
        person("b", *WHO[0], pncId=[PNC]),
        person("c", *WHO[0], crn="X320741"),
        bridge,
    )
    (thing,) = world.things()
    world.load(gone=(bridge,))
    assert world.sets() == sets("a b", "c")
    assert world.things()[thing] == frozenset("ab")


def test_a_retired_identifier_comes_back_with_its_records(world: World) -> None:
    world.load(person("a", *WHO[0], pncId=[PNC]), person("b", *WHO[0], pncId=[PNC]))
    world.load(person("z", *WHO[0], crn="X320741"))
    bridge = person("y", *WHO[0], crn="X320741", pncId=[PNC])
    before = world.things()
    world.load(bridge)
    world.load(gone=(bridge,))
    assert world.things() == before
    assert world.table("Thing")["replacedBy"].null_count() == 2


def test_a_thing_whose_records_all_went_still_answers(world: World) -> None:
    row = person("a", *WHO[0])
    world.load(row)
    (thing,) = world.things()
    world.load(person("b", *WHO[2]), gone=(row,))
    things = {row["iri"]: row["replacedBy"] for row in world.table("Thing").to_dicts()}
    assert things[thing] is None
    assert thing not in world.things()


def test_undo_brings_the_old_things_back(world: World) -> None:
    world.load(person("a", *WHO[0], pncId=[PNC]))
    before = world.things()
    world.load(person("b", *WHO[0], pncId=[PNC]))
    world.releases.undo(1)
    assert world.things() == before


def test_the_largest_overlap_keeps_the_identifier() -> None:
    sets_now = pl.DataFrame({"member": ["a", "b", "c"], "set": [0, 1, 1]})
    previous = pl.DataFrame({"member": ["a", "b", "c"], "thing": ["t1"] * 3})
    things = dict(named(BASE, "person", sets_now, previous).members.iter_rows())
    assert things["b"] == things["c"] == "t1"
    assert things["a"].startswith(f"{BASE}Thing/justicegraph/linkage/person/")


def test_ties_of_overlap_go_to_the_smallest_iri() -> None:
    sets_now = pl.DataFrame({"member": ["a", "b"], "set": [0, 0]})
    previous = pl.DataFrame({"member": ["a", "b"], "thing": ["t2", "t1"]})
    result = named(BASE, "person", sets_now, previous)
    assert result.members["thing"].unique().to_list() == ["t1"]
    assert result.retired.rows() == [("t2", ["t1"])]
