"""The order of events: partial, the same for any input order, never by identifier."""

from datetime import UTC, date, datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from api.order import DatePrecision, OrderRule, Place, Telling, arrange

RANKS = {"Charge": 1, "Hearing": 2, "Plea": 3, "Sentence": 4}


def before(a: str, b: str) -> bool:
    return a in RANKS and b in RANKS and RANKS[a] < RANKS[b]


def telling(
    cls: str,
    when: str,
    *,
    precision: str = "day",
    source: str = "cp/hearing",
    document: str = "d1",
    sequence: int | None = None,
    at: int | None = None,
    tag: str = "",
) -> Telling:
    day = date.fromisoformat(when)
    instant = None if at is None else datetime(day.year, day.month, day.day, at, tzinfo=UTC)
    return Telling(
        cls, day, DatePrecision(precision), source, document, sequence, instant, (cls, source, tag)
    )


def shown(tellings: list[Telling]) -> list[tuple[str, int, str, int]]:
    return [
        (tellings[p.index].cls, p.seq, p.rule.name, len(p.simultaneous))
        for p in arrange(tellings, before)
    ]


def test_different_days_are_ordered_by_date() -> None:
    assert shown([telling("Plea", "2024-02-01"), telling("Sentence", "2024-01-01")]) == [
        ("Sentence", 1, "DATE", 0),
        ("Plea", 2, "DATE", 0),
    ]


def test_one_day_is_ordered_by_class_then_source_and_ties_share_a_number() -> None:
    day = "2024-01-01"
    assert shown(
        [
            telling("Sentence", day, tag="b"),
            telling("Sentence", day, tag="a"),
            telling("Hearing", day),
            telling("Transfer", "2024-01-02", sequence=2),
            telling("Release", "2024-01-02", sequence=1),
            telling("Recall", "2024-01-03"),
        ]
    ) == [
        ("Hearing", 1, "CLASS", 0),
        ("Sentence", 2, "NONE", 1),
        ("Sentence", 2, "NONE", 1),
        ("Release", 4, "SOURCE", 0),
        ("Transfer", 5, "SOURCE", 0),
        ("Recall", 6, "DATE", 0),
    ]


def test_sequences_of_different_documents_and_clocks_of_different_datasets_do_not_compare() -> None:
    day = "2024-01-01"
    apart = [
        telling("Release", day, sequence=1, document="d1"),
        telling("Recall", day, sequence=2, document="d2"),
        telling("Return", day, at=9, source="nomis/movement"),
        telling("Escape", day, at=10, source="delius/event"),
    ]
    assert {(seq, rule) for _, seq, rule, _ in shown(apart)} == {(1, "NONE")}
    clock = [telling("Release", day, at=15), telling("Recall", day, at=9, document="d2")]
    assert [row[:3] for row in shown(clock)] == [("Recall", 1, "SOURCE"), ("Release", 2, "SOURCE")]


def test_a_month_is_not_ordered_within_itself() -> None:
    tellings = [
        telling("Hearing", "2024-03-10"),
        telling("Charge", "2024-03-01", precision="month"),
        telling("Plea", "2024-04-01"),
        telling("Sentence", "2024-02-29"),
    ]
    assert shown(tellings) == [
        ("Sentence", 1, "DATE", 0),
        ("Charge", 2, "NONE", 1),
        ("Hearing", 2, "NONE", 1),
        ("Plea", 4, "DATE", 0),
    ]


def test_a_sequence_that_contradicts_the_order_of_classes_is_not_believed() -> None:
    day = "2024-01-01"
    circle = [
        telling("Charge", day, sequence=3),
        telling("Hearing", day, sequence=1),
        telling("Other", day, sequence=2),
    ]
    placed = {circle[p.index].cls: p for p in arrange(circle, before)}
    assert placed["Charge"].seq < placed["Hearing"].seq
    assert placed["Other"].rule is OrderRule.NONE
    assert set(placed["Other"].simultaneous) == {0, 1}


tellings_made = st.lists(
    st.builds(
        lambda cls, day, precision, document, sequence, tag: telling(
            cls,
            f"2024-01-0{day}",
            precision=precision,
            document=document,
            sequence=sequence,
            tag=str(tag),
        ),
        st.sampled_from(["Charge", "Hearing", "Plea", "Sentence", "Other", "Another"]),
        st.integers(1, 3),
        st.sampled_from(["day", "day", "day", "month"]),
        st.sampled_from(["d1", "d2"]),
        st.one_of(st.none(), st.integers(1, 4)),
        st.integers(0, 10**6),
    ),
    max_size=9,
    unique_by=lambda made: made.tiebreak,
)


def relation(places: list[Place]) -> set[tuple[int, int]]:
    """Pairs (a, b) of which a stands before b, as the answer tells it."""
    seq = {p.index: p.seq for p in places}
    undecided = {(p.index, other) for p in places for other in p.simultaneous}
    return {
        (a, b) for a in seq for b in seq if a != b and (a, b) not in undecided and seq[a] < seq[b]
    }


@settings(max_examples=200)
@given(tellings_made, st.randoms(use_true_random=False))
def test_the_order_is_partial_consistent_and_the_same_for_any_input(
    tellings: list[Telling], random: Random
) -> None:
    places = arrange(tellings, before)
    pairs = relation(places)
    undecided = {(p.index, other) for p in places for other in p.simultaneous}
    assert all((b, a) in undecided for a, b in undecided)
    for a in range(len(tellings)):
        for b in range(len(tellings)):
            if a != b:
                assert ((a, b) in pairs) + ((b, a) in pairs) + ((a, b) in undecided) == 1
    assert all((a, d) in pairs for a, b in pairs for c, d in pairs if b == c)
    for p in places:
        assert p.seq == 1 + sum((other, p.index) in pairs for other in range(len(tellings)))
        assert (p.rule is OrderRule.NONE) == bool(p.simultaneous)
    mixed = list(tellings)
    random.shuffle(mixed)
    again = arrange(mixed, before)
    assert [(tellings[p.index], p.seq, p.rule) for p in places] == [
        (mixed[p.index], p.seq, p.rule) for p in again
    ]
