"""A link that stays is not read: `linksHash` tells it. Whatever comes, the links are right."""

from collections.abc import Iterator

import pytest

from graph import Store
from graph.neo4j import Target, writing
from graph.neo4j.connection import Connection
from tests.graph.frames import frame, iri

CASE, OTHER, HEARING = iri("Case", "c"), iri("Case", "d"), iri("EventRecord", "h")
FORGET_HASHES = "MATCH (v:Version) REMOVE v.linksHash"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    made = Connection(Target.of("neo4j"))
    yield made
    made.close()


def put(store: Store, release: int, *cases: str, mark: int = 0, op: str = "put") -> None:
    """The hearing in these cases."""
    row = {"key": "h", "sequence": mark, "inCase": list(cases)}
    store.apply(release, [frame("Hearing", row, op=op)])
    store.commit(release)


def links(store: Store, release: int) -> list[str]:
    """The cases that the hearing is in; the same both ways."""
    node = store.nodes([HEARING], release).get(HEARING)
    found = node.links.get("inCase", []) if node else []
    back = store.incoming([CASE, OTHER], None, release)
    assert [case for case in (CASE, OTHER) if back[case]] == found
    return found


def test_links_are_read_only_of_records_whose_links_changed(
    store: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, 1, CASE, OTHER)
    monkeypatch.setattr(writing, "HELD_LINKS", "not Cypher: asked for links that stay")
    put(store, 2, OTHER, CASE, mark=1)
    assert links(store, 2) == links(store, 1) == [CASE, OTHER]
    monkeypatch.undo()
    put(store, 3, OTHER, mark=1)
    assert links(store, 3) == [OTHER]
    assert links(store, 2) == [CASE, OTHER]
    lasting = "MATCH ()-[l:IN_CASE]->(t) RETURN t.iri, l.since, l.until ORDER BY t.iri"
    assert connection.rows(lasting) == [[CASE, 1, 3], [OTHER, 1, None]]


def test_among_changed_links_those_that_stay_are_not_made_twice(store: Store) -> None:
    """Also where more records of another class changed theirs."""
    for number in (1, 2):
        hearings = [{"key": f"h{i}", "inCase": [(CASE, OTHER)[number - 1]]} for i in range(3)]
        case = {"key": "c", "urn": f"{number}", "relatedCase": [OTHER]}
        store.apply(number, [frame("CriminalCase", case), frame("Hearing", *hearings)])
        store.commit(number)
        found = sorted(store.content(number))
        assert len(found) == len(set(found)) == 4


def test_a_graph_without_the_hash_goes_on(store: Store, connection: Connection) -> None:
    """As versions of justicegraph wrote it that had none."""
    put(store, 1, CASE)
    connection.run(FORGET_HASHES)
    put(store, 2, CASE, mark=1)
    connection.run(FORGET_HASHES)
    put(store, 3, OTHER, mark=1)
    connection.run(FORGET_HASHES)
    put(store, 4, op="delete")
    assert [links(store, number) for number in (1, 2, 3, 4)] == [[CASE], [CASE], [OTHER], []]
    lasting = "MATCH ()-[l:IN_CASE]->(t) RETURN t.iri, l.since, l.until ORDER BY t.iri"
    assert connection.rows(lasting) == [[CASE, 1, 3], [OTHER, 3, 4]]


@pytest.mark.parametrize("undone", [False, True])
def test_a_link_to_what_was_forgotten_is_made_again(store: Store, undone: bool) -> None:
    """By the next version that names it; also by one that follows an undone release."""
    store.apply(1, [frame("CriminalCase", {"key": "c"})])
    store.commit(1)
    put(store, 2, CASE)
    put(store, 3, CASE, mark=1)
    store.forget([CASE])
    assert links(store, 3) == []
    if undone:
        store.undo(2)
    put(store, 4, CASE, mark=2)
    assert links(store, 4) == [CASE]


def test_a_record_that_was_gone_has_its_links_again(store: Store) -> None:
    put(store, 1, CASE)
    put(store, 2, op="delete")
    put(store, 3, CASE)
    assert [links(store, number) for number in (1, 2, 3)] == [[CASE], [], [CASE]]


def test_an_abandoned_release_leaves_links_and_hash(store: Store, connection: Connection) -> None:
    put(store, 1, CASE)
    held = connection.rows("MATCH (v:Version) RETURN v.linksHash")
    store.apply(2, [frame("Hearing", {"key": "h", "inCase": [OTHER]})])
    store.clean()
    assert connection.rows("MATCH (v:Version) RETURN v.linksHash") == held
    assert links(store, 1) == [CASE]
    store.apply(2, [frame("Hearing", {"key": "h", "inCase": [OTHER]})])
    put(store, 2, CASE, mark=1)  # the same release again, otherwise
    assert links(store, 2) == [CASE]
