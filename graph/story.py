"""A story put together from the verbs of a store that is near; the same whatever the store."""

from collections.abc import Iterable, Mapping, Sequence

from graph.port import Node, Store, Story


def told(
    store: Store,
    iri: str,
    kind: str,
    threshold: str,
    types: Sequence[str],
    beyond: Sequence[str],
    release: int | None,
    most: int,
) -> Story:
    """Store.story, a verb at a time."""
    current = store.current()
    number = current if release is None else release
    own = store.members(iri, threshold, number)
    origins = own or [iri]
    things = store.things(origins, kind, threshold, number)
    members = {
        thing: store.members(thing, threshold, number) for thing in sorted(set(things.values()))
    }
    about = sorted({member for each in members.values() for member in each})
    reached = store.reach(about, types, number)
    nodes: dict[str, Node] = {}
    if len(reached) <= most:
        nodes = store.nodes([iri, *members, *own, *about, *reached], number)
        nodes |= store.nodes(targets(nodes, reached, beyond), number)
    pairs = {origin: things.get(origin) for origin in origins}
    return whole(number, current, pairs, {iri: own} | members, reached, nodes, beyond, most)


def whole(
    release: int,
    current: int,
    things: Mapping[str, str | None],
    members: Mapping[str, list[str]],
    reached: list[str],
    nodes: Mapping[str, Node],
    beyond: Sequence[str],
    most: int,
) -> Story:
    """A story from what was found; says of each IRI that was asked about whether it is live."""
    known: dict[str, Node | None] = {}
    if len(reached) <= most:
        asked = [*members, *things, *(m for each in members.values() for m in each), *reached]
        for item in [*asked, *targets(nodes, reached, beyond)]:
            known[item] = nodes.get(item)
    return Story(release, current, things, members, reached, known)


def targets(nodes: Mapping[str, Node], reached: Iterable[str], beyond: Sequence[str]) -> list[str]:
    """What these nodes lead to by some of their links."""
    found = (nodes[iri].links.get(name, ()) for iri in reached if iri in nodes for name in beyond)
    return sorted({target for each in found for target in each})
