"""What every store promises (graph/port.py), once for each store."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from graph import (
    BadCursorError,
    BadFilterError,
    Filter,
    Op,
    ReleaseNotHeldError,
    Store,
    Story,
    TooLongError,
    UnknownClassError,
    UnknownFieldError,
    WrongReleaseError,
)
from tests.graph.frames import code, frame, iri

CASE = iri("Case", "c1")
PERSON = iri("PersonRecord", "p1")
PART = iri("Participation", "a1")
HEARING = iri("EventRecord", "h1")


def load(store: Store, release: int, *batches: object) -> None:
    store.apply(release, batches)  # type: ignore[arg-type]  # frames as they come from frame()
    store.commit(release)


@pytest.fixture
def case(store: Store) -> Store:
    """One person on one case with a hearing and a plan, at release 1."""
    load(
        store,
        1,
        frame("PersonRecord", {"key": "p1", "familyName": "Okoro", "pncId": ["12/1A", "13/2B"],
                               "birthDate": date(1985, 2, 28), "sex": code("sex", "2")}),
        frame("CriminalCase", {"key": "c1", "urn": "01AB123"}),
        frame("Participation", {"key": "a1", "inCase": [CASE], "party": PERSON,
                                "asn": ["ASN1"], "youth": False}),
        frame("Hearing", {"key": "h1", "eventDate": date(2021, 3, 1), "ofParticipation": [PART],
                          "eventDateTime": datetime(2021, 3, 1, 10, 0, 0, 5, UTC),
                          "sequence": 2, "status": code("event-status", "happened")}),
        frame("Plea", {"key": "e2", "eventDate": date(2021, 4, 1), "ofParticipation": [PART]}),
        frame("Disposal", {"key": "d1", "decidedAt": HEARING, "amount": Decimal("100.50")}),
    )  # fmt: skip
    return store


def test_a_store_starts_empty_and_answers_nothing(store: Store) -> None:
    assert store.current() == 0
    assert store.nodes([CASE], 0) == {}
    assert list(store.content(0)) == []
    with pytest.raises(ReleaseNotHeldError):
        store.nodes([CASE], 1)


def test_a_node_has_its_values_back_with_their_types(case: Store) -> None:
    found = case.nodes([HEARING, iri("EventRecord", "none"), PERSON], 1)
    assert list(found) == [HEARING, PERSON]
    hearing, person = found.values()
    assert hearing.cls == "Hearing"
    assert hearing.dataset == "test/records"
    assert hearing.document == "test/records/h1"
    assert hearing.since == 1
    assert hearing.properties == {
        "eventDate": date(2021, 3, 1),
        "eventDateTime": datetime(2021, 3, 1, 10, 0, 0, 5, UTC),
        "sequence": 2,
        "status": code("event-status", "happened"),
    }
    assert hearing.links == {"ofParticipation": [PART]}
    assert person.properties["pncId"] == ["12/1A", "13/2B"]
    disposal = case.nodes([iri("DecisionRecord", "d1")], 1)[iri("DecisionRecord", "d1")]
    assert str(disposal.properties["amount"]) == "100.5"
    assert case.nodes([PART], 1)[PART].properties["youth"] is False


def test_nothing_uncommitted_is_seen(case: Store) -> None:
    case.apply(2, [frame("CriminalCase", {"key": "c1", "urn": "NEW"}, {"key": "c2"})])
    assert case.nodes([CASE], 1)[CASE].properties["urn"] == "01AB123"
    assert [n.iri for n in case.find("Case", [], 1, 10).nodes] == [CASE]
    with pytest.raises(ReleaseNotHeldError):
        case.nodes([CASE], 2)


def test_a_put_replaces_and_the_old_release_answers_as_before(case: Store) -> None:
    load(case, 2, frame("CriminalCase", {"key": "c1", "caseNumber": "T1"}))
    assert case.nodes([CASE], 1)[CASE].properties == {"urn": "01AB123"}
    assert case.nodes([CASE], 2)[CASE].properties == {"caseNumber": "T1"}
    assert case.nodes([CASE], 2)[CASE].since == 2


def test_changing_only_a_case_still_reaches_its_hearings(case: Store) -> None:
    load(case, 2, frame("CriminalCase", {"key": "c1", "urn": "01AB999"}))
    types = ["inCase", "ofParticipation"]
    assert case.reach([CASE], types, 2, ["EventRecord"]) == [iri("EventRecord", "e2"), HEARING]
    assert case.incoming([CASE], None, 2) == {CASE: [("inCase", PART)]}


def test_a_deleted_record_is_gone_from_then_on_with_its_links(case: Store) -> None:
    load(case, 2, frame("Hearing", {"key": "h1"}, op="delete"))
    assert HEARING in case.nodes([HEARING], 1)
    assert case.nodes([HEARING], 2) == {}
    assert case.incoming([PART], ["ofParticipation"], 2) == {
        PART: [("ofParticipation", iri("EventRecord", "e2"))]
    }
    # the decision still points at it: an unresolved link is kept, and answers
    assert case.incoming([HEARING], None, 2) == {
        HEARING: [("decidedAt", iri("DecisionRecord", "d1"))]
    }


def test_a_link_may_come_before_its_target(store: Store) -> None:
    load(store, 1, frame("Participation", {"key": "a1", "inCase": [CASE]}))
    assert store.incoming([CASE], ["inCase"], 1) == {CASE: [("inCase", PART)]}
    load(store, 2, frame("CriminalCase", {"key": "c1"}))
    assert store.reach([CASE], ["inCase"], 2) == [PART]


def test_applying_a_batch_again_changes_nothing(case: Store) -> None:
    batch = frame("CriminalCase", {"key": "c1", "relatedCase": [iri("Case", "c0")]})
    gone = frame("Hearing", {"key": "h1"}, op="delete")
    for _ in range(3):
        case.apply(2, [batch, gone])
    case.commit(2)
    once = set(case.content(2))
    assert (CASE, "relatedCase", iri("Case", "c0")) in once
    assert len(list(case.content(2))) == len(once)
    assert case.nodes([CASE], 1)[CASE].properties == {"urn": "01AB123"}
    assert HEARING in case.nodes([HEARING], 1)


def test_another_batch_for_the_same_release_replaces_the_first(case: Store) -> None:
    case.apply(2, [frame("CriminalCase", {"key": "c1", "urn": "WRONG"})])
    case.apply(2, [frame("CriminalCase", {"key": "c1", "urn": "RIGHT"})])
    case.commit(2)
    assert case.nodes([CASE], 2)[CASE].properties == {"urn": "RIGHT"}


def test_a_committed_release_cannot_be_written(case: Store) -> None:
    with pytest.raises(WrongReleaseError):
        case.apply(1, [frame("CriminalCase", {"key": "c9"})])
    with pytest.raises(WrongReleaseError):
        case.commit(1)


def test_clean_removes_what_an_abandoned_write_left(
    case: Store, reopen: Callable[[], Store]
) -> None:
    before = set(case.content(1))
    case.apply(2, [frame("CriminalCase", {"key": "c1", "urn": "X"}, {"key": "c2"}),
                   frame("Hearing", {"key": "h1"}, op="delete")])  # fmt: skip
    again = reopen()
    again.clean()
    load(again, 5, frame("Plea", {"key": "e9"}))
    assert set(again.content(5)) == before == set(again.content(1))
    assert again.nodes([CASE], 5)[CASE].since == 1
    assert HEARING in again.nodes([HEARING], 5)


def test_clean_of_an_abandoned_first_release_leaves_nothing(store: Store) -> None:
    store.apply(1, [frame("CriminalCase", {"key": "c1"})])
    store.clean()
    load(store, 2, frame("Plea", {"key": "e1"}))
    assert store.nodes([CASE], 2) == {}


def test_undo_goes_back_and_numbers_go_on(case: Store) -> None:
    before = set(case.content(1))
    load(case, 2, frame("CriminalCase", {"key": "c1", "urn": "X"}))
    load(case, 3, frame("Hearing", {"key": "h1"}, op="delete"))
    case.undo(1)
    assert case.current() == 1
    assert set(case.content(1)) == before
    with pytest.raises(ReleaseNotHeldError):
        case.nodes([CASE], 2)
    load(case, 4, frame("CriminalCase", {"key": "c1", "urn": "Y"}))
    assert case.nodes([CASE], 4)[CASE].properties == {"urn": "Y"}
    for undone in (2, 3):
        with pytest.raises(ReleaseNotHeldError):
            case.nodes([CASE], undone)
    assert case.nodes([CASE], 1)[CASE].properties == {"urn": "01AB123"}


def test_retain_drops_older_releases_and_keeps_the_rest(case: Store) -> None:
    load(case, 2, frame("CriminalCase", {"key": "c1", "urn": "X"}))
    load(case, 3, frame("CriminalCase", {"key": "c1", "urn": "Y"}))
    second, third = set(case.content(2)), set(case.content(3))
    case.retain(2)
    assert (set(case.content(2)), set(case.content(3))) == (second, third)
    assert case.nodes([CASE], 2)[CASE].properties == {"urn": "X"}
    assert case.nodes([HEARING], 3)[HEARING].since == 2
    with pytest.raises(ReleaseNotHeldError) as caught:
        case.nodes([CASE], 1)
    assert "releases 2 to 3" in caught.value.cause


def test_forget_erases_a_record_from_every_release(case: Store) -> None:
    load(case, 2, frame("PersonRecord", {"key": "p1", "familyName": "Okoro-Smith"}))
    case.forget([PERSON, iri("PersonRecord", "unknown")])
    for release in (1, 2):
        assert case.nodes([PERSON], release) == {}
        assert case.incoming([PERSON], None, release) == {PERSON: []}
        assert PERSON not in {item for row in case.content(release) for item in row}
        assert case.nodes([PART], release)[PART].links == {"inCase": [CASE]}
        assert case.find("PersonRecord", [], release, 5).nodes == []
    load(case, 3, frame("PersonRecord", {"key": "p2", "sex": code("sex", "1")}))
    two = iri("PersonRecord", "p2")
    assert case.nodes([two], 3)[two].properties == {"sex": code("sex", "1")}


def test_clear_empties(case: Store) -> None:
    case.clear()
    assert case.current() == 0
    load(case, 7, frame("CriminalCase", {"key": "c7"}))
    assert [node.iri for node in case.find("Case", [], 7, 5).nodes] == [iri("Case", "c7")]


def test_content_tells_links_and_codes_as_of_a_release(case: Store) -> None:
    assert set(case.content(1)) == {
        (PERSON, "sex", code("sex", "2")),
        (PART, "inCase", CASE),
        (PART, "party", PERSON),
        (HEARING, "ofParticipation", PART),
        (HEARING, "status", code("event-status", "happened")),
        (iri("EventRecord", "e2"), "ofParticipation", PART),
        (iri("DecisionRecord", "d1"), "decidedAt", HEARING),
    }


def test_reach_ends_on_a_cycle_and_leaves_out_what_was_asked(store: Store) -> None:
    one, two = iri("Case", "1"), iri("Case", "2")
    load(store, 1, frame("CriminalCase", {"key": "1", "relatedCase": [two, one]},
                         {"key": "2", "relatedCase": [one]}))  # fmt: skip
    assert store.reach([one], ["relatedCase"], 1) == [two]
    assert store.reach([one, two], ["relatedCase"], 1) == []
    assert store.reach([one], [], 1) == []
    assert store.reach([one], ["relatedCase"], 1, []) == []
    assert store.reach([one], ["relatedCase"], 1, ["EventRecord"]) == []


def test_reach_follows_only_what_was_live(case: Store) -> None:
    load(case, 2, frame("Participation", {"key": "a1", "party": PERSON}))
    types = ["inCase", "ofParticipation", "decidedAt"]
    assert case.reach([CASE], types, 2) == []
    assert case.reach([CASE], types, 1) == [iri("DecisionRecord", "d1"),
                                            iri("EventRecord", "e2"), HEARING, PART]  # fmt: skip


# -- find


def found(store: Store, cls: str, *filters: Filter, release: int = 1) -> list[str]:
    page = store.find(cls, filters, release, 100)
    return [node.iri.rpartition("/")[2] for node in page.nodes]


def test_find_by_class_includes_subclasses(case: Store) -> None:
    assert found(case, "EventRecord") == ["e2", "h1"]
    assert found(case, "Plea") == ["e2"]
    assert found(case, "Sentence") == []
    assert found(case, "Issue") == []


@pytest.mark.parametrize(
    ("cls", "item", "expected"),
    [
        ("PersonRecord", Filter("familyName", Op.EQ, "Okoro"), ["p1"]),
        ("PersonRecord", Filter("familyName", Op.EQ, "okoro"), []),
        ("PersonRecord", Filter("pncId", Op.EQ, "13/2B"), ["p1"]),
        ("PersonRecord", Filter("pncId", Op.IN, ["x", "12/1A", "13/2B"]), ["p1"]),
        ("PersonRecord", Filter("pncId", Op.IN, []), []),
        ("PersonRecord", Filter("birthDate", Op.EQ, "1985-02-28"), ["p1"]),
        ("PersonRecord", Filter("sex", Op.EQ, "2"), ["p1"]),
        ("PersonRecord", Filter("sex", Op.EQ, code("sex", "1")), []),
        ("Participation", Filter("asn", Op.EQ, "ASN1"), ["a1"]),
        ("Participation", Filter("youth", Op.EQ, "false"), ["a1"]),
        ("Participation", Filter("youth", Op.EQ, True), []),
        ("Participation", Filter("party", Op.EQ, PERSON), ["a1"]),
        ("Participation", Filter("inCase", Op.IN, [CASE, PERSON]), ["a1"]),
        ("EventRecord", Filter("eventDate", Op.FROM, date(2021, 3, 1)), ["e2", "h1"]),
        ("EventRecord", Filter("eventDate", Op.FROM, "2021-03-02"), ["e2"]),
        ("EventRecord", Filter("eventDate", Op.TO, "2021-03-01"), ["h1"]),
        ("EventRecord", Filter("eventDateTime", Op.TO, "2021-03-01"), ["h1"]),
        ("EventRecord", Filter("eventDateTime", Op.TO, "2021-03-01T10:00:00Z"), []),
        ("EventRecord", Filter("eventDateTime", Op.FROM, "2021-03-01T11:00:00+01:00"), ["h1"]),
        ("EventRecord", Filter("sequence", Op.FROM, 3), []),
        ("EventRecord", Filter("sequence", Op.EQ, "2"), ["h1"]),
        ("DecisionRecord", Filter("amount", Op.EQ, "100.5"), ["d1"]),
        ("DecisionRecord", Filter("amount", Op.FROM, Decimal("100.5000001")), []),
        ("EventRecord", Filter("dataset", Op.EQ, "test/records"), ["e2", "h1"]),
        ("EventRecord", Filter("dataset", Op.IN, ["other/one"]), []),
        ("EventRecord", Filter("document", Op.EQ, "test/records/e2"), ["e2"]),
    ],
)
def test_find_by_one_filter(case: Store, cls: str, item: Filter, expected: list[str]) -> None:
    assert found(case, cls, item) == expected


def test_filters_are_all_needed(case: Store) -> None:
    both = [Filter("eventDate", Op.FROM, "2021-03-01"), Filter("eventDate", Op.TO, "2021-03-31")]
    assert found(case, "EventRecord", *both) == ["h1"]


def test_a_shared_code_finds_the_source_codes_that_mean_it(store: Store) -> None:
    load(store, 1, frame("PersonRecord", {"key": "p1", "sex": code("cp-gender", "FEMALE")},
                         {"key": "p2", "sex": code("cp-gender", "MALE")}))  # fmt: skip
    assert found(store, "PersonRecord", Filter("sex", Op.EQ, "2")) == ["p1"]
    male = Filter("sex", Op.EQ, code("cp-gender", "MALE"))
    assert found(store, "PersonRecord", male) == ["p2"]


def test_find_answers_at_the_release_asked(case: Store) -> None:
    load(case, 2, frame("CriminalCase", {"key": "c1", "urn": "NEW"}))
    assert found(case, "Case", Filter("urn", Op.EQ, "01AB123"), release=1) == ["c1"]
    assert found(case, "Case", Filter("urn", Op.EQ, "01AB123"), release=2) == []
    assert found(case, "Case", Filter("urn", Op.EQ, "NEW"), release=1) == []


@pytest.mark.parametrize("count", [30, 7_000])
def test_pages_give_every_record_once_and_in_order(store: Store, count: int) -> None:
    # beyond 5,000 a store may walk instead of sorting; the answer is the same
    rows = [{"key": f"h{i:05}", "eventDate": date(2021, 1, 1 + i % 2)} for i in range(count)]
    load(store, 1, frame("Hearing", *rows), frame("CriminalCase", {"key": "c"}))
    filters = [Filter("eventDate", Op.EQ, "2021-01-01")]
    keys: list[str] = []
    after = None
    while True:
        page = store.find("EventRecord", filters, 1, 999 if count > 999 else 10, after)
        keys += [node.iri.rpartition("/")[2] for node in page.nodes]
        after = page.end
        if not page.has_next:
            break
    assert keys == [f"h{i:05}" for i in range(0, count, 2)]
    assert store.find("EventRecord", filters, 1, 10, after).nodes == []


def test_wrong_questions_say_what_is_allowed(case: Store) -> None:
    with pytest.raises(UnknownClassError, match="Did you mean Hearing"):
        case.find("Hearng", [], 1, 10)
    with pytest.raises(UnknownClassError):
        case.find("Record", [], 1, 10)
    with pytest.raises(UnknownFieldError, match="Did you mean pncId"):
        case.find("PersonRecord", [Filter("pncid", Op.EQ, "1")], 1, 10)
    with pytest.raises(BadFilterError, match="not a date"):
        case.find("PersonRecord", [Filter("birthDate", Op.EQ, "28/02/1985")], 1, 10)
    for wrong in (
        Filter("familyName", Op.FROM, "A"),
        Filter("familyName", Op.EQ, ["A"]),
        Filter("familyName", Op.IN, "A"),
        Filter("sex", Op.TO, "F"),
        Filter("dataset", Op.FROM, "a"),
        Filter("familyName", Op.EQ, 3),
        Filter("familyName", Op.EQ, "\ud800"),
    ):
        with pytest.raises(BadFilterError):
            case.find("PersonRecord", [wrong], 1, 10)
    with pytest.raises(BadFilterError, match="has no code 'F'"):
        case.find("PersonRecord", [Filter("sex", Op.EQ, "F")], 1, 10)
    for number in ("9" * 30, "NaN", "2.5", True):
        with pytest.raises(BadFilterError):
            case.find("EventRecord", [Filter("sequence", Op.EQ, number)], 1, 10)
    with pytest.raises(BadFilterError, match="many instants"):
        case.find("EventRecord", [Filter("eventDateTime", Op.EQ, "2021-03-01")], 1, 10)
    for cursor in ("x", "é", "%%%%", "/w=="):
        with pytest.raises(BadCursorError):
            case.find("PersonRecord", [], 1, 10, cursor)


def test_a_value_is_never_a_query(case: Store) -> None:
    for text in ("' OR 1=1 --", 'x"; DROP TABLE node; --', "}) DETACH DELETE n //"):
        assert found(case, "PersonRecord", Filter("familyName", Op.EQ, text)) == []
        assert case.nodes([text], 1) == {}
        assert case.reach([text], [text], 1, [text]) == []
    assert case.nodes(["\ud800", PERSON], 1).keys() == {PERSON}


# -- things


@pytest.fixture
def linked(store: Store) -> Store:
    """Two records of one person, one of them only at medium; and a case of a matter."""

    def membership(key: str, member: str, thing: str, kind: str, level: str) -> dict[str, object]:
        return {
            "key": key,
            "member": member,
            "thing": iri("Thing", thing),
            "linkKind": code("thing-kind", kind),
            "threshold": code("threshold", level),
        }

    load(
        store,
        1,
        frame("PersonRecord", {"key": "p1"}, {"key": "p2"}),
        frame("CriminalCase", {"key": "c1"}),
        frame("Person", {"key": "t1"}, {"key": "t2"},
              {"key": "old", "replacedBy": [iri("Thing", "older"), iri("Thing", "t1")]},
              {"key": "older", "replacedBy": [iri("Thing", "t2"), iri("Thing", "old")]}),
        frame("Matter", {"key": "m1"}),
        frame(
            "Membership",
            membership("1", PERSON, "t1", "person", "high"),
            membership("2", PERSON, "t1", "person", "medium"),
            membership("3", iri("PersonRecord", "p2"), "t2", "person", "high"),
            membership("4", iri("PersonRecord", "p2"), "t1", "person", "medium"),
            membership("5", CASE, "m1", "matter", "high"),
        ),
    )  # fmt: skip
    return store


def test_things_by_threshold(linked: Store) -> None:
    two = iri("PersonRecord", "p2")
    asked = [PERSON, two, CASE, "none"]
    assert linked.things(asked, "person", "high", 1) == {
        PERSON: iri("Thing", "t1"),
        two: iri("Thing", "t2"),
    }
    assert linked.things([two], "person", "medium", 1) == {two: iri("Thing", "t1")}
    assert linked.things([two], "person", "low", 1) == {}
    for level in ("high", "low"):
        assert linked.things(asked, "matter", level, 1) == {CASE: iri("Thing", "m1")}


def test_members_by_threshold(linked: Store) -> None:
    two = iri("PersonRecord", "p2")
    assert linked.members(iri("Thing", "t1"), "high", 1) == [PERSON]
    assert linked.members(iri("Thing", "t1"), "medium", 1) == [PERSON, two]
    assert linked.members(iri("Thing", "m1"), "low", 1) == [CASE]
    assert linked.members(iri("Thing", "none"), "low", 1) == []


def test_a_retired_thing_answers_with_what_replaced_it(linked: Store) -> None:
    both = [PERSON, iri("PersonRecord", "p2")]
    assert linked.members(iri("Thing", "old"), "high", 1) == both
    assert linked.members(iri("Thing", "older"), "high", 1) == both


# -- story


LINKS = ["party", "ofParticipation", "inCase"]


@pytest.fixture
def told(linked: Store) -> Store:
    """What leads to the first of the linked records, at release 1; changed at 2."""
    load(
        linked,
        2,
        frame("Participation", {"key": "a1", "party": PERSON, "inCase": [CASE]}),
        frame("Hearing", {"key": "h1", "ofParticipation": [PART], "courtName": "A",
                          "inCase": [iri("Case", "absent")]}),
    )  # fmt: skip
    load(linked, 3, frame("Hearing", {"key": "h1", "ofParticipation": [PART], "courtName": "B"}))
    return linked


def ask_story(store: Store, item: str, level: str, release: int | None, most: int = 99) -> Story:
    return store.story(item, "person", level, ["party", "ofParticipation"], LINKS, release, most)


def test_a_story_is_what_the_verbs_answer(told: Store) -> None:
    thing, two = iri("Thing", "t1"), iri("PersonRecord", "p2")
    absent = iri("Case", "absent")
    story = ask_story(told, PERSON, "high", 2)
    assert (story.release, story.current) == (2, 3)
    assert story.things == {PERSON: thing}
    assert story.members == {PERSON: [], thing: [PERSON]}
    assert story.reached == [HEARING, PART]
    assert story.nodes.keys() == {PERSON, thing, HEARING, PART, CASE, absent}
    assert story.nodes[absent] is None
    asked = [PERSON, thing, HEARING, PART, CASE]
    assert [story.nodes[item] for item in asked] == list(told.nodes(asked, 2).values())
    newest = ask_story(told, PERSON, "high", None)
    assert newest.release == 3
    assert absent not in newest.nodes
    hearing = newest.nodes[HEARING]
    assert hearing is not None
    assert hearing.properties == {"courtName": "B"}
    of_thing = ask_story(told, thing, "medium", 2)
    assert of_thing.things == {PERSON: thing, two: thing}
    assert of_thing.members == {thing: [PERSON, two]}
    assert of_thing.reached == story.reached


def test_a_story_of_a_retired_thing_and_of_nothing(told: Store) -> None:
    old, one, two = (iri("Thing", key) for key in ("old", "t1", "t2"))
    both = [PERSON, iri("PersonRecord", "p2")]
    story = ask_story(told, old, "high", 1)
    assert story.things == dict(zip(both, (one, two), strict=True))
    assert story.members == {old: both, one: [PERSON], two: [both[1]]}
    assert story.reached == []
    for item in ("none", "\ud800"):
        empty = ask_story(told, item, "high", None)
        assert (empty.things, empty.members) == ({item: None}, {item: []})
        assert (empty.reached, empty.nodes) == ([], {item: None})
    with pytest.raises(ReleaseNotHeldError):
        ask_story(told, PERSON, "high", 9)


def test_a_story_that_is_too_long_brings_no_nodes(told: Store) -> None:
    story = ask_story(told, PERSON, "high", 2, most=1)
    assert (story.reached, story.nodes) == ([HEARING, PART], {})


def test_a_story_of_an_empty_store(store: Store) -> None:
    story = ask_story(store, PERSON, "high", None)
    assert (story.release, story.current, story.nodes) == (0, 0, {PERSON: None})


# -- deadline


def test_a_runaway_question_is_stopped(store: Store) -> None:
    rows = [{"key": f"h{i:06}", "courtName": "a"} for i in range(20_000)]
    load(store, 1, frame("Hearing", *rows))
    never = [Filter("courtName", Op.EQ, "b")]
    with pytest.raises(TooLongError), store.limited(0.0):
        store.find("Hearing", never, 1, 10)
    with store.limited(60):
        assert store.find("Hearing", never, 1, 10).nodes == []
    assert store.find("Hearing", never, 1, 10).nodes == []
