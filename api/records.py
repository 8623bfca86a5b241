"""Records as GraphQL's resolvers see them.

Records that were read together follow their links together: the first that is asked for a link
fetches the targets of all its neighbours, so a page costs one read a link and not one a record.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from api.reader import Reader
from graph.port import Node


class Batch:
    """Records that were read together."""

    def __init__(self, reader: Reader, nodes: Iterable[Node]) -> None:
        self.reader = reader
        self.nodes = list(nodes)
        self._targets: dict[str, dict[str, Record]] = {}
        self._begun: set[object] = set()
        self._incoming: dict[tuple[str, ...] | None, dict[str, list[tuple[str, str]]]] = {}

    def records(self) -> list["Record"]:
        """One for each node, in order."""
        return [Record(node, self) for node in self.nodes]

    def targets(self, link: str) -> dict[str, "Record"]:
        """The records that any of these leads to over a link, as far as they may be seen."""
        if link not in self._targets:
            wanted = [iri for node in self.nodes for iri in node.links.get(link, ())]
            found = self.reader.nodes(wanted)
            batch = Batch(self.reader, found.values())
            self._targets[link] = {record.node.iri: record for record in batch.records()}
        return self._targets[link]

    def incoming(self, types: tuple[str, ...] | None) -> dict[str, list[tuple[str, str]]]:
        """(property, IRI) of the links to each of these, where the property may be seen."""
        if types not in self._incoming:
            iris = [node.iri for node in self.nodes]
            self._incoming[types] = self.reader.incoming(iris, types)
        return self._incoming[types]

    def is_first(self, work: object) -> bool:
        """Whether nobody asked this of the batch before: then do it for all neighbours at once."""
        if work in self._begun:
            return False
        self._begun.add(work)
        return True


class Record:
    """A node with its neighbours. What the store holds of it is in `node`."""

    __slots__ = ("batch", "node", "threshold")

    def __init__(self, node: Node, batch: Batch, threshold: str = "medium") -> None:
        self.node = node
        self.batch = batch
        self.threshold = threshold

    @property
    def reader(self) -> Reader:
        return self.batch.reader

    def value(self, name: str) -> Any:
        """A property's value, None where the record has none."""
        return self.node.properties.get(name)

    def follow(self, link: str, targets: Sequence[str]) -> list["Record"]:
        """Where a link leads. Targets that are not there, not to be seen, or not of a class the
        link may lead to are left out and counted as unresolved.
        """
        iris = self.node.links.get(link, ())
        if not iris:
            return []
        found = self.batch.targets(link)
        model, answer = self.reader.model, []
        for iri in iris:
            record = found.get(iri)
            if record is not None and any(model.is_a(record.node.cls, cls) for cls in targets):
                answer.append(record)
            else:
                self.reader.question.unresolved.add((link, iri))
        return answer


class Case(Record):
    """Marks, in designed types, where a record of class Case stands."""


class EventRecord(Record):
    """Marks where an event record stands."""


class PeriodRecord(Record):
    """Marks where a period record stands."""


class LinkAssertion(Record):
    """Marks where a link assertion stands."""


class Thing(Record):
    """Marks where a thing of any kind stands."""


class Person(Record):
    """Marks where a person stands."""


def single(reader: Reader, node: Node) -> Record:
    """A record on its own."""
    return Record(node, Batch(reader, [node]))


def together(reader: Reader, nodes: Iterable[Node]) -> list[Record]:
    """Records that follow their links together."""
    return Batch(reader, nodes).records()
