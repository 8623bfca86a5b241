"""One thing's story in front of the store: what it tells is not asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.port import Node, Store, Story


@dataclass(frozen=True)
class Told:
    """Reads of the release of a story, by the names of the store's verbs.

    kind, threshold, types: those that the story was asked for; other questions, and other records,
    go to the store.
    """

    store: Store
    story: Story
    kind: str
    threshold: str
    types: Sequence[str]

    def nodes(self, iris: Iterable[str], release: int) -> dict[str, Node]:
        asked, known = list(iris), self.story.nodes
        found = {iri: node for iri in asked if (node := known.get(iri)) is not None}
        others = [iri for iri in asked if iri not in known]
        return found | (self.store.nodes(others, release) if others else {})

    def things(
        self, record_iris: Iterable[str], kind: str, threshold: str, release: int
    ) -> dict[str, str]:
        asked, known = list(record_iris), self.story.things
        if (kind, threshold) == (self.kind, self.threshold) and known.keys() >= set(asked):
            return {iri: thing for iri in asked if (thing := known[iri]) is not None}
        return self.store.things(asked, kind, threshold, release)

    def members(self, thing_iri: str, threshold: str, release: int) -> list[str]:
        if threshold == self.threshold and thing_iri in self.story.members:
            return self.story.members[thing_iri]
        return self.store.members(thing_iri, threshold, release)

    def reach(self, iris: Iterable[str], types: Sequence[str], release: int) -> list[str]:
        asked, told = set(iris), self.story
        things = {thing for thing in told.things.values() if thing is not None}
        about = {member for thing in things for member in told.members[thing]}
        if asked == about and set(types) == set(self.types):
            return told.reached
        return self.store.reach(asked, types, release)
