"""The rules of the records, on a small source."""

import json
import random
from collections.abc import Callable
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loaders
from loaders.report import Contract, Rejections
from tests.loaders.conftest import HEARINGS, Desk, case, defendant, hearing

Open = Callable[..., Desk]
T1, T2, T3 = (f"2024-05-0{day}T10:00:00Z" for day in (1, 2, 3))


def test_a_reshared_document_removes_what_it_no_longer_holds(desk: Open) -> None:
    first = hearing("h1", T1, cases=[case("c1", defendant("d1"), defendant("d2"))])
    second = hearing("h1", T2, cases=[case("c1", defendant("d2"), defendant("d3"))])
    forwards, backwards = desk(), desk()
    forwards.take(first)
    forwards.take(second)
    backwards.take(second)
    late = backwards.take(first)
    assert forwards.keys("PersonRecord") == ["d2", "d3"]
    assert forwards.content() == backwards.content()
    assert (late.release, late.duplicates.superseded, late.loaded) == (None, 6, 0)


def test_loading_twice_makes_no_release_and_counts_what_was_there(desk: Open) -> None:
    one = desk()
    message = hearing("h1", T1, cases=[case("c1", defendant("d1"))])
    assert one.take(message).release == 1
    again = one.take(message)
    assert again.release is None
    assert (again.read, again.duplicates.unchanged) == (4, 4)
    assert one.releases.current == 1


def test_keys_that_look_alike_joined_are_kept_apart(desk: Open) -> None:
    one = desk()
    one.take(hearing("h1", cases=[case("ab", defendant("c")), case("a", defendant("bc"))]))
    assert [iri.split("/")[-2:] for iri in one.state("PersonRecord")["iri"]] == [
        ["a", "bc"],
        ["ab", "c"],
    ]


def test_an_ill_typed_cell_rejects_its_record_alone_and_is_masked(desk: Open) -> None:
    one = desk()
    report = one.take(
        hearing("h1", cases=[case("c1", defendant("d1", birth="31 May 1985"), defendant("d2"))])
    )
    assert (report.read, report.loaded, report.rejected) == (6, 5, 1)
    assert one.keys("PersonRecord") == ["d2"]
    assert one.keys("Participation") == ["d1", "d2"]
    finding = one.findings().filter(pl.col("code") == "JG-LOD-023").row(0, named=True)
    assert finding["path"] == "hearing.cases[0].defendants[0]"
    assert (finding["field"], finding["value"]) == ("birthDate", "99 AAA 9999")
    assert finding["iri"].endswith("/c1/d1")
    assert finding["effect"] == "record"


def test_the_link_to_a_rejected_record_is_kept_and_counted_as_unresolved(desk: Open) -> None:
    one = desk()
    report = one.take(hearing("h1", cases=[case("c1", defendant("d1", birth="soon"))]))
    assert [(each.property, each.dataset, each.count) for each in report.unresolved] == [
        ("party", "common-platform/hearing-resulted", 1)
    ]
    assert one.state("Participation")["party"][0].endswith(
        "/PersonRecord/common-platform/hearing-resulted/c1/d1"
    )
    good = one.take(hearing("h1", T2, cases=[case("c1", defendant("d1"))]))
    assert good.unresolved == []


def test_a_missing_key_of_an_owned_record_refuses_the_document(desk: Open) -> None:
    one = desk()
    report = one.take(hearing("h1", cases=[case("", defendant("d1"))]), hearing("h2"))
    assert [(file.loaded, file.rejected) for file in report.files] == [(0, 4), (1, 0)]
    assert "JG-LOD-024" in one.findings()["code"].to_list()
    assert one.keys("EventRecord") == ["h2"]


def test_a_missing_key_of_a_record_that_is_not_owned_rejects_that_record(desk: Open) -> None:
    one = desk()
    report = one.take(hearing("h1", cases=[case("c1", defendant(""), defendant("d2"))]))
    assert (report.loaded, report.rejected) == (4, 2)
    assert one.keys("PersonRecord") == ["d2"]


def test_a_rejected_new_version_leaves_the_old_one_stale(desk: Open) -> None:
    good = hearing("h1", T1, cases=[case("c1", defendant("d1", birth="1985-02-03"))])
    bad = hearing("h1", T2, cases=[case("c1", defendant("d1", birth="1985-02-30"))])
    for order, stale in ([good, bad], [0, 1]), ([bad, good], [0, 0]):
        one = desk()
        assert [one.take(message).stale for message in order] == stale
        person = one.state("PersonRecord").row(0, named=True)
        assert str(person["birthDate"]) == "1985-02-03"
        assert person["version"] < one.state("Participation")["version"][0]


def test_a_refused_new_version_leaves_the_old_document(desk: Open) -> None:
    good = hearing("h1", T1, cases=[case("c1", defendant("d1"))])
    bad = hearing("h1", T2, cases=[case("", defendant("d1"))])
    # Hearing, case, person and participation stay as they were told before.
    for order, stale in ([good, bad], [0, 4]), ([bad, good], [0, 0]):
        one = desk()
        assert [one.take(message).stale for message in order] == stale
        assert one.keys("Case") == ["c1"]
        assert one.releases.stale().collect()["document"].to_list() == [
            "common-platform/hearing-resulted/h1"
        ]


def test_what_a_document_tells_twice_is_one_record(desk: Open) -> None:
    one = desk()
    report = one.take(
        hearing(
            "h1",
            cases=[
                case("c1", defendant("d1", pncs=["A", "B"], birth="1985-02-03")),
                case("c1", defendant("d1", pncs=["B", "C"], gender="MALE", birth="1985-02-04")),
            ],
        )
    )
    assert (report.read, report.loaded, report.duplicates.unchanged) == (7, 4, 3)
    person = one.state("PersonRecord").row(0, named=True)
    assert person["pncId"] == ["A", "B", "C"]
    assert str(person["birthDate"]) == "1985-02-03"
    assert person["sex"].endswith("/cp-gender/MALE")
    conflict = one.findings().filter(pl.col("code") == "JG-LOD-031").row(0, named=True)
    assert "birthDate" in conflict["message"]
    assert conflict["severity"] == "warning"


def test_unknown_codes_are_kept_counted_and_reported_once(desk: Open) -> None:
    one = desk()
    people = [defendant(f"d{number}", gender="XX") for number in range(3)]
    report = one.take(hearing("h1", cases=[case("c1", *people)]))
    assert [(each.scheme, each.count) for each in report.unknown] == [("cp-gender", 3)]
    assert set(one.state("PersonRecord")["sex"]) == {
        "https://w3id.org/justicegraph/code/cp-gender/XX"
    }
    [found] = one.findings().filter(pl.col("code") == "JG-LOD-030").iter_rows(named=True)
    assert (found["field"], found["value"]) == ("sex", "XX")


def test_an_unknown_code_gets_the_nearest_known_one(desk: Open) -> None:
    one = desk()
    one.take(hearing("h1", cases=[case("c1", defendant("d1", gender="FEMAL"))]))
    [found] = one.findings().filter(pl.col("code") == "JG-LOD-030").iter_rows(named=True)
    assert found["fix"].endswith("Nearest known: FEMALE (Female).")


def test_a_load_says_what_it_was_made_with(desk: Open) -> None:
    one = desk()
    first = one.take(hearing("h1")).made_with
    assert one.take(hearing("h2")).made_with == first
    changed = desk(HEARINGS + "\n# corrected\n").take(hearing("h1")).made_with
    assert changed["shapes"] == first["shapes"]
    assert set(changed["mappings"]) == {"common-platform/hearing-resulted"}
    assert changed["mappings"] != first["mappings"]


def test_a_target_in_another_document_is_linked_whichever_comes_first(desk: Open) -> None:
    text = HEARINGS.replace(
        "caseStatus: status",
        'caseStatus: status\n      relatedCase: {to: case, key: ["related[]"]}',
    )
    one = desk(text)
    report = one.take(hearing("h1", cases=[case("c1", related=["c2", "c3"])]))
    assert [(each.property, each.target, each.count) for each in report.unresolved] == [
        ("relatedCase", "Case", 2)
    ]
    assert one.take(hearing("h2", cases=[case("c2")])).unresolved == []
    assert [iri[-2:] for iri in one.state("Case")["relatedCase"][0]] == ["c2", "c3"]


def test_all_true_links_every_record_of_the_block_in_the_document_alone(desk: Open) -> None:
    one = desk()
    one.take(
        hearing("h1", cases=[case("c1", defendant("d1")), case("c2", defendant("d2"))]),
        hearing("h2", cases=[case("c3", defendant("d3"))]),
    )
    told = one.state("EventRecord").select("iri", "ofParticipation").iter_rows()
    assert [(iri[-2:], [link[-5:] for link in links]) for iri, links in told] == [
        ("h1", ["c1/d1", "c2/d2"]),
        ("h2", ["c3/d3"]),
    ]


def test_a_day_is_the_day_in_london(desk: Open) -> None:
    one = desk()
    one.take(
        hearing("h1", day="2024-09-08T23:30:00.000Z"), hearing("h2", day="2024-01-08T23:30:00Z")
    )
    assert one.state("EventRecord")["eventDate"].cast(pl.String).to_list() == [
        "2024-09-09",
        "2024-01-08",
    ]


def test_the_same_version_with_other_content_is_reported_and_any_order_agrees(desk: Open) -> None:
    messages = [hearing("h1", T1, cases=[case("c1", status=status)]) for status in ("A", "B")]
    states = []
    for order in permutations(messages):
        one = desk()
        for message in order:
            one.take(message)
        states.append(one.content())
        assert "JG-LOD-041" in one.findings()["code"].to_list()
    assert states[0] == states[1]


SNAPSHOT = HEARINGS.replace(
    "evidence: V", "evidence: V\ncomplete: true\ncontract: {max_removed: 0.5}"
)


def test_a_snapshot_removes_what_it_does_not_hold(desk: Open) -> None:
    one = desk(SNAPSHOT)
    one.take(*(hearing(f"h{number}") for number in range(4)), mode="snapshot")
    report = one.take(*(hearing(f"h{number}") for number in range(2, 4)), mode="snapshot")
    assert (report.removed, one.keys("EventRecord")) == (2, ["h2", "h3"])
    assert report.contracts == [Contract("common-platform/hearing-resulted", 2, 4, 0.5)]


def test_a_snapshot_that_would_remove_too_much_changes_nothing(desk: Open) -> None:
    one = desk(SNAPSHOT)
    one.take(*(hearing(f"h{number}") for number in range(4)))
    with pytest.raises(loaders.ContractError, match="would remove 3 of 4"):
        one.take(hearing("h3"), hearing("h9"), mode="snapshot")
    assert one.keys("EventRecord") == ["h0", "h1", "h2", "h3"]
    assert one.releases.current == 1


def test_a_snapshot_with_an_unreadable_file_changes_nothing(desk: Open) -> None:
    one = desk(SNAPSHOT)
    one.take(hearing("h0"), hearing("h1"))
    one.write("0.json", hearing("h0"))
    one.write("1.json", '{"hearing": ')
    with pytest.raises(loaders.ContractError, match="could not be read"):
        one.load(one.inbox / "0.json", one.inbox / "1.json", mode="snapshot")
    assert one.keys("EventRecord") == ["h0", "h1"]


def test_only_a_complete_source_can_be_a_snapshot(desk: Open) -> None:
    with pytest.raises(loaders.LoadError, match="JG-LOD-017"):
        desk().take(hearing("h1"), mode="snapshot")


def at_most(share: float) -> str:
    return HEARINGS.replace("evidence: V", f"evidence: V\ncontract: {{max_rejected: {share}}}")


def test_as_much_may_be_rejected_as_the_contract_allows(desk: Open) -> None:
    one = desk(at_most(0.2))
    half_wrong = case("c1", defendant("d1", birth="soon"), defendant("d2"))
    report = one.take(hearing("h1", cases=[half_wrong]))
    assert report.rejections == [Rejections("common-platform/hearing-resulted", 1, 6, 0.2)]
    assert report.counts()["rejections"] == [
        {"source": "common-platform/hearing-resulted", "rejected": 1, "read": 6, "allowed": 0.2}
    ]
    assert one.keys("PersonRecord") == ["d2"]


def test_a_load_in_which_too_much_is_rejected_changes_nothing_and_says_why(desk: Open) -> None:
    one = desk(at_most(0.3))
    one.take(hearing("h0"))
    lines = [
        json.dumps(hearing("h1", cases=[case("c1", defendant("d1", birth="soon"))])),
        json.dumps(hearing("h2", cases=[case("c2", defendant("d2", birth="late"))])),
        '{"hearing": {"id"',
    ]
    with pytest.raises(loaders.ContractError) as told:
        one.load(one.write("a.jsonl", "\n".join(lines)))
    assert told.value.code == "JG-LOD-035"
    source = "common-platform/hearing-resulted"
    assert f"3 of the 9 rows of {source} were rejected; its contract allows 30%" in told.value.cause
    assert "Most often by JG-LOD-023 birthDate (2), JG-LOD-002 (1)" in told.value.cause
    assert "max_rejected" in told.value.fix
    assert one.keys("EventRecord") == ["h0"]
    assert one.releases.current == 1


def test_where_no_contract_says_so_everything_may_be_rejected(desk: Open) -> None:
    one = desk()
    report = one.take(hearing("h1", cases=[case("", defendant("d1"))]))
    assert (report.read, report.rejected, report.rejections) == (4, 4, [])


def test_a_dry_run_counts_and_leaves_nothing(desk: Open) -> None:
    one = desk()
    report = one.take(hearing("h1"), commit=False)
    assert (report.loaded, one.releases.current) == (1, 0)
    assert one.findings().is_empty()


def test_many_small_batches_give_the_same_as_one(desk: Open) -> None:
    messages = [
        hearing(
            f"h{number % 7}",
            f"2024-05-01T10:00:{number:02}Z",
            cases=[case(f"c{number % 3}", defendant(f"d{number}"))],
        )
        for number in range(20)
    ]
    whole, split = desk(), desk()
    whole.take(*messages)
    report = split.take(*messages, batch=3)
    assert whole.content() == split.content()
    assert report.read == 80


def test_unreadable_files_do_not_stop_the_others(desk: Open) -> None:
    one = desk()
    one.write("a.json", hearing("h1"))
    one.write("b.json", '{"hearing": {"id": "h2", ')
    one.write("c.json", hearing("h3"))
    one.write("notes.txt", "not data")
    one.write("other.json", {"weather": "fine"})
    report = one.load()
    assert [(file.status, file.loaded) for file in report.files] == [
        ("loaded", 1),
        ("unreadable", 0),
        ("loaded", 1),
        ("skipped", 0),
        ("skipped", 0),
    ]
    assert (report.exit_code, report.skipped, report.unreadable) == (1, 2, 1)
    assert one.keys("EventRecord") == ["h1", "h3"]
    finding = one.findings().row(0, named=True)
    assert (finding["effect"], finding["code"]) == ("file", "JG-LOD-002")


def test_a_line_that_is_no_message_does_not_stop_the_others(desk: Open) -> None:
    one = desk()
    lines = [
        '{"hearing": {"id": "h1", "day": "2024-05-01"}}',
        '{"hearing": {"id"',
        "",
        '{"hearing": {"id": "h3", "day": "2024-05-01"}}',
    ]
    one.write("a.jsonl", "\n".join(lines))
    report = one.load()
    assert (report.read, report.loaded, report.rejected, report.exit_code) == (3, 2, 1, 1)
    lost = one.findings().filter(pl.col("severity") == "violation")
    assert lost["path"].to_list() == ["line 2"]


def test_progress_names_each_file(desk: Open) -> None:
    one = desk()
    one.write("a.json", hearing("h1"))
    one.write("b.json", hearing("h2"))
    told: list[tuple[int, int | None, str]] = []
    one.load(progress=lambda *step: told.append(step))
    assert told == [(0, 2, "a.json"), (1, 2, "b.json"), (2, 2, "")]


def test_a_load_that_was_stopped_leaves_nothing_to_the_next(desk: Open) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int | None, name: str) -> None:
        if done == 1:
            raise StoppedError

    one = desk()
    one.take(hearing("h0"))
    files = [one.write(f"{name}.json", hearing(name)) for name in ("h1", "h2")]
    with pytest.raises(StoppedError):
        one.load(*files, progress=stop)
    report = one.take(hearing("h3"))
    assert (report.read, report.loaded) == (1, 1)
    assert one.keys("EventRecord") == ["h0", "h3"]


def test_a_path_that_does_not_exist_is_refused_at_once(desk: Open) -> None:
    one = desk()
    with pytest.raises(loaders.LoadError, match="JG-LOD-015"):
        one.load(one.inbox / "absent.json")


def test_an_unknown_source_names_the_nearest(desk: Open) -> None:
    with pytest.raises(loaders.LoadError, match="common-platform/hearing-resulted"):
        desk().take(hearing("h1"), source="common-platform/hearing-result")


def test_identities_at_unmapped_places_reach_nothing(desk: Open) -> None:
    one = desk()
    judge = {"judge": {"name": "Justice Nemo Quis", "id": "XQZJ"}}
    one.take(
        hearing("h1", **judge, cases=[case("c1", defendant("d1", birth="bad"))]),
        hearing("h2", **judge, cases=[case("", defendant("d1"))]),
    )
    stored = b"".join(
        file.read_bytes() for file in (one.folder / "data").rglob("*") if file.is_file()
    )
    assert b"Nemo" not in stored
    assert b"XQZJ" not in stored
    for column in one.findings().iter_columns():
        assert not column.cast(pl.String).str.contains("Nemo|XQZJ").any()


_people = st.lists(
    st.tuples(st.sampled_from(["d1", "d2"]), st.sampled_from(["1985-02-03", "1990-01-01", "bad"])),
    max_size=2,
    unique_by=lambda pair: pair[0],
)
_messages = st.lists(
    st.tuples(
        st.sampled_from(["h1", "h2"]),
        st.sampled_from([T1, T2, T3, None]),
        st.sampled_from(["c1", "c2", ""]),
        _people,
    ),
    min_size=2,
    max_size=5,
)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=_messages, seed=st.integers(0, 1000))
def test_any_order_of_files_gives_the_same_state(
    desk: Open, told: list[tuple[str, str | None, str, list[tuple[str, str]]]], seed: int
) -> None:
    messages: list[dict[str, Any]] = [
        hearing(
            key,
            shared,
            cases=[case(c, *(defendant(d, birth=birth) for d, birth in people))],
        )
        for key, shared, c, people in told
    ]
    together, shuffled = desk(), desk()
    together.take(*messages)
    random.Random(seed).shuffle(messages)
    for message in messages:
        shuffled.take(message)
    assert together.content() == shuffled.content()
