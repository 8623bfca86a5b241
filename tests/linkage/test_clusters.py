"""Sets without conflict, whatever the order of links."""

from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters import connected, without_conflict

SIZE = 8
place = st.integers(0, SIZE - 1)
links = st.lists(st.tuples(place, place, st.integers(0, 2)), max_size=14)
pairs = st.lists(st.tuples(place, place).filter(lambda pair: pair[0] != pair[1]), max_size=4)


@given(links, pairs, st.randoms(use_true_random=False))
def test_the_order_of_links_and_conflicts_does_not_matter(links, pairs, random) -> None:  # type: ignore[no-untyped-def]  # hypothesis gives them
    shuffled = random.sample(links, len(links))
    turned = [(b, a, how) for a, b, how in shuffled]
    one, dropped = without_conflict(SIZE, links, pairs)
    other, turned_dropped = without_conflict(SIZE, turned, pairs[::-1])
    assert one == other
    assert {frozenset(each) for each in dropped} == {frozenset(each) for each in turned_dropped}


@given(links, pairs)
def test_conflicting_ones_are_never_together(
    links: list[tuple[int, int, int]], pairs: list[tuple[int, int]]
) -> None:
    sets, dropped = without_conflict(SIZE, links, pairs)
    assert all(sets[a] != sets[b] for a, b in pairs)
    whole = connected(SIZE, ((a, b) for a, b, _ in links))
    for a, b, _ in links:
        assert (sets[a] == sets[b]) != ((a, b) in dropped)
        if not any(whole[x] == whole[y] == whole[a] for x, y in pairs):
            assert sets[a] == sets[b]


def test_one_tied_to_both_sides_of_a_conflict_stays_alone() -> None:
    many = [(0, number, 0) for number in (1, 2, 3)]
    sets, dropped = without_conflict(6, [*many, (4, 0, 1), (4, 5, 1)], [(0, 5), (3, 5)])
    assert sets == [0, 0, 0, 0, 4, 5]
    assert dropped == {(4, 0), (4, 5)}
