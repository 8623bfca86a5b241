"""What the ontology's Turtle says, as frozen values: one small type for each kind of term."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["data", "link", "code"]
SENSITIVITIES = ("open", "aggregateOnly", "personal", "identifying", "specialCategory", "never")


@dataclass(frozen=True)
class Term:
    """What every term carries: `iri`, and in plain words what it means and whose it is.

    owner is the notation of an organisation; sensitivity one of SENSITIVITIES. Text that the
    Turtle leaves out is "" (`ontology.check` reports it).
    """

    iri: str
    label: str
    definition: str
    source: str
    owner: str
    sensitivity: str


@dataclass(frozen=True)
class Class(Term):
    """A class by its local `name`.

    parents are direct. root is the record class whose table and identifiers its records use,
    None where there is no table (abstract and catalogue classes). Event classes: stage and
    system_of_record are notations, tolerance_days the widest gap between tellings of one event.
    """

    name: str
    parents: tuple[str, ...]
    root: str | None
    is_root: bool
    stage: str | None
    system_of_record: str | None
    tolerance_days: int | None
    deprecated: bool


@dataclass(frozen=True)
class Property(Term):
    """A property by its local `name`.

    kind data: datatype is an XSD local name. kind link: targets are the classes it may point
    to (root classes where the range is abstract). kind code: scheme is the notation of its
    shared scheme. many: a record may hold several values. leads_to: 'Person', 'Matter'.
    indexed: people look records up by it.
    """

    name: str
    kind: Kind
    datatype: str | None
    targets: tuple[str, ...]
    scheme: str | None
    many: bool
    applies_to: tuple[str, ...]
    leads_to: frozenset[str]
    indexed: bool
    deprecated: bool


@dataclass(frozen=True)
class Concept(Term):
    """One code. exact, broad, close and narrow are the IRIs that the crosswalk joins it to.

    Where the Turtle of a concept has no source, owner or sensitivity, they are its scheme's.
    denotes_class: the class of a record that carries this code, where the code decides it.
    valid_from, valid_to: ISO dates of its use, where the list gives them.
    """

    scheme: str
    notation: str
    label_cy: str | None
    exact: tuple[str, ...]
    broad: tuple[str, ...]
    close: tuple[str, ...]
    narrow: tuple[str, ...]
    denotes_class: str | None
    valid_from: str | None
    valid_to: str | None
    deprecated: bool


@dataclass(frozen=True)
class Scheme(Term):
    """A code scheme; closed: a code outside it is an error and not news."""

    notation: str
    closed: bool
    concepts: Mapping[str, Concept]


@dataclass(frozen=True)
class Organisation(Term):
    """A body that owns data, systems, code lists or definitions.

    legal_jurisdictions: notations of the scheme legal-jurisdiction. purposes, how_to_ask: what
    it lets its data be used for, and how to get to use them.
    """

    notation: str
    legal_jurisdictions: tuple[str, ...]
    purposes: tuple[str, ...]
    how_to_ask: str


@dataclass(frozen=True)
class System(Term):
    """A computer system; `owner` keeps it."""

    notation: str


@dataclass(frozen=True)
class Stage(Term):
    """A step from report to last order."""

    notation: str


@dataclass(frozen=True)
class Dataset(Term):
    """One kind of extract of one system. unit: notation of what one document or row counts.

    coverage_start, coverage_end: ISO dates of the extract where known; an extract's own version
    may say otherwise; holes lie between them. legal_jurisdictions, purposes, how_to_ask: its
    own, or else those of its owner, who decides on it.
    """

    notation: str
    system: str
    unit: str
    event_classes: tuple[str, ...]
    coverage_start: str | None
    coverage_end: str | None
    holes: tuple["Hole", ...] = ()
    legal_jurisdictions: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    how_to_ask: str = ""


@dataclass(frozen=True)
class Hole(Term):
    """What a dataset does not cover. kind: hole (days without data), scope (what is never in
    it) or break (from then on it means something else). start, end: ISO dates where known.
    """

    dataset: str
    kind: str
    start: str | None
    end: str | None


@dataclass(frozen=True)
class DataGap(Term):
    """A question that the catalogue cannot answer. held_by: notations of organisations."""

    notation: str
    question: str
    missing: str
    held_by: tuple[str, ...]
    how_to_ask: str


@dataclass(frozen=True)
class Crosswalk(Term):
    """What the mappings from one scheme to another rest on.

    target_scheme: a class (EventRecord) where codes decide what happened.
    """

    notation: str
    source_scheme: str
    target_scheme: str
    evidence: str
