"""The store port: what every graph store promises, whatever database is behind it.

A store holds the live records of each retained release as nodes, and their links by IRI.
Words: a *version* of a record is its content from one release until another; it never changes.
A *link* is owned by the version it stands in and names its target by IRI only: the target may be
absent, come later, or change without the link being touched.

Promises that hold for every verb:
- A read answers as of the release it names, and sees nothing of a release that is not committed.
  A release that is not held raises ReleaseNotHeldError.
- An IRI the store does not know, or that is not live at the release, is not an error.
- Answers have one order, the same in every store, and lists hold no duplicates.
- Codes are concept IRIs. They are values of the record (Node.properties); there are no concept
  nodes to merge or to version, and `incoming` does not follow them. `content` tells them, since
  they are statements of the record like any other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

import polars as pl

Value = str | int | bool | Decimal | date | datetime
Link = tuple[str, str]
Statement = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """One record as it stands at a release.

    cls: local name of its leaf class. since: the release that brought this version, or the oldest
    retained one if it is older. properties: data and codes that have a value, by local name; a
    many-valued one is a list in the order of the source; a code is a concept IRI; integer → int,
    decimal → Decimal, date → date, dateTime → datetime in UTC. links: IRIs of targets by local
    name, sorted; only those that have any.
    """

    iri: str
    cls: str
    dataset: str
    document: str
    since: int
    properties: Mapping[str, Value | list[Value]] = field(default_factory=dict)
    links: Mapping[str, list[str]] = field(default_factory=dict)


class Op(StrEnum):
    """How a filter compares. `from` and `to` include their bound."""

    EQ = "eq"
    IN = "in"
    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field: a property of the class, or `dataset` or `document`.

    value: a value of the field's own type or its text as in XSD; a list of them for `in`. A
    many-valued field fits when any of its values does. A code takes a concept IRI, which also
    stands for the source codes that match it, or a notation of the field's own scheme. A date
    given to a dateTime field means that whole day in UTC.
    """

    field: str
    op: Op
    value: Value | Sequence[Value]


@dataclass(frozen=True, slots=True)
class Page:
    """Some nodes of an answer in IRI order. end: opaque cursor of the last one, None if empty."""

    nodes: list[Node]
    end: str | None
    has_next: bool


@dataclass(frozen=True, slots=True)
class Story:
    """All that one person's or matter's journey is made of, brought in one question.

    release: that it answers for. current: the newest committed one. things: the thing of each
    record that it began from, None for a record without. members: the records about the IRI asked
    for, and about each of the things. reached: what leads to those of the things. nodes: the
    records of all these IRIs, and of what the reached ones link to; None for one that is not live.
    """

    release: int
    current: int
    things: Mapping[str, str | None]
    members: Mapping[str, list[str]]
    reached: list[str]
    nodes: Mapping[str, Node | None]


@dataclass(frozen=True, slots=True)
class Table:
    """What a store that can be asked in its own language answers; values as JSON has them.

    cut: there were more rows than were asked for.
    """

    columns: list[str]
    rows: list[list[Any]]
    cut: bool


class Store(Protocol):
    """A graph store. Reads may run in any thread, beside one writer at a time."""

    # -- reads

    def current(self) -> int:
        """The newest committed release; 0 when the store is empty."""

    def follows(self) -> str | None:
        """The id of the data folder whose releases it holds; None before it was told one."""

    def nodes(self, iris: Iterable[str], release: int) -> dict[str, Node]:
        """The live records among these IRIs, keyed by IRI, in the order asked."""

    def kinds(self, iris: Iterable[str], release: int) -> dict[str, str]:
        """The leaf class of the live records among these IRIs; cheaper than the nodes."""

    def incoming(
        self, iris: Iterable[str], types: Sequence[str] | None, release: int
    ) -> dict[str, list[Link]]:
        """(property, source IRI) of every live link to each IRI, sorted; a key for each asked.

        types: local names of link properties; None means all. The target need not be live.
        """

    def reach(
        self,
        iris: Iterable[str],
        types: Sequence[str],
        release: int,
        roots: Sequence[str] | None = None,
    ) -> list[str]:
        """Every live record that leads to one of these IRIs over links of these types, sorted.

        Follows links backwards and as far as they go; ends on cycles. The IRIs asked about are
        not in the answer. roots: give only records of these root classes; the way there may lead
        through any.
        """

    def find(
        self,
        cls: str,
        filters: Sequence[Filter],
        release: int,
        first: int,
        after: str | None = None,
    ) -> Page:
        """The first so many live records of a class or its subclasses that fit all filters.

        first: 0 or more. after: the `end` of an earlier page of the same question and release.
        Raises UnknownClassError, UnknownFieldError, BadFilterError, BadCursorError.
        """

    def things(
        self, record_iris: Iterable[str], kind: str, threshold: str, release: int
    ) -> dict[str, str]:
        """The thing that each of these records is about, by Membership; unlinked ones are absent.

        kind: person, matter, charge or event. threshold: high, medium or low; it concerns persons
        only, the other kinds have one set.
        """

    def members(self, thing_iri: str, threshold: str, release: int) -> list[str]:
        """The records about a thing, sorted; for a retired thing those of what replaced it."""

    def story(
        self,
        iri: str,
        kind: str,
        threshold: str,
        types: Sequence[str],
        beyond: Sequence[str],
        release: int | None,
        most: int,
    ) -> Story:
        """What `members`, `things`, `reach` and `nodes` answer about one thing, in one question.

        iri: a thing, or a record of it. kind, threshold: as for `things`. types: links that lead
        to members. beyond: links of what was reached whose targets are wanted too. release: None
        for the newest. most: where more is reached than this, no nodes are brought.
        """

    def content(self, release: int) -> Iterator[Statement]:
        """(IRI, property, IRI) of every link and every code of every live record, in no order.

        Stores are compared by this. Streams: memory does not grow with the store.
        """

    def limited(self, seconds: float) -> AbstractContextManager[None]:
        """Reads of this thread inside the block raise TooLongError once so much time has passed."""

    # -- writes: only ever by one process at a time, that which holds the writer lock of releases

    def follow(self, folder: str) -> None:
        """Remember whose releases these are."""

    def apply(self, release: int, batches: Iterable[tuple[str, pl.DataFrame]]) -> None:
        """Write record versions of a release above the current one; nobody sees them yet.

        Each batch is (root class, frame of that root's columns with `op`). A put replaces the
        record's version as a whole, it is never merged; a delete ends it. Idempotent: the same
        batch again changes nothing, another batch for the same record and release replaces it.
        Raises WrongReleaseError.
        """

    def commit(self, release: int) -> None:
        """Make a release current, in one atomic write, after all of its batches."""

    def clean(self) -> None:
        """Remove every trace of releases above the current one (a killed or abandoned write)."""

    def undo(self, to: int) -> None:
        """Make an older release current, remove those above. Raises ReleaseNotHeldError."""

    def retain(self, oldest: int) -> None:
        """Stop holding releases before this one: versions that ended by then are removed."""

    def forget(self, iris: Iterable[str]) -> None:
        """Erase records in all releases, with the links to and from them, so that no byte is left.

        A record of linkage (dataset `justicegraph/linkage`) that names one of them goes as a
        whole. What Releases.forget does to the record tables is the measure: a rebuild after it
        gives the same content.

        Raises NotErasedError when a reader stands in the way; the rows are gone by then, and the
        same call again finishes.
        """

    def clear(self) -> None:
        """Empty the store: release 0."""

    def close(self) -> None:
        """Let go of files and connections."""
