"""Record types, generated from the ontology as graphql-core types.

A class without subclasses is an object type. A class with subclasses is an interface under its
own name, so that `... on Hearing` means every kind of hearing, and an object type `PlainHearing`
for records that their source classed no closer. Properties are fields; a link is a field of its
target's type, a code a Concept, or an enum where the code list is one of ours (ENUMS).
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property, partial
from typing import Any
from urllib.parse import unquote

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
)
from strawberry import ID

from api.answers import context_of, incoming_of, members_of
from api.envelope import (
    Concept,
    Context,
    EventStatus,
    IncomingConnection,
    RecordConnection,
    ThingKind,
    Threshold,
)
from api.errors import NameTakenError
from api.executor import PLAIN
from api.order import DatePrecision
from api.reader import Reader
from api.records import Record
from api.scalars import DATE, DECIMAL, INSTANT, LONG
from api.view import View
from ontology import Concept as Code
from ontology import Model, Property
from ontology.namespaces import CODE

Kind = GraphQLScalarType | GraphQLObjectType | GraphQLInterfaceType | GraphQLEnumType
RECORD, THING = "Record", "Thing"
PAGE = 100
SCALARS: Mapping[str | None, GraphQLScalarType] = {
    "string": GraphQLString,
    "integer": LONG,
    "decimal": DECIMAL,
    "boolean": GraphQLBoolean,
    "date": DATE,
    "dateTime": INSTANT,
}
ENUMS: Mapping[str | None, type[Enum]] = {
    "event-status": EventStatus,
    "date-precision": DatePrecision,
    "thing-kind": ThingKind,
    "threshold": Threshold,
}


class RecordTypes:
    """The types of one role. `designed` gives the GraphQL type of a Strawberry one."""

    def __init__(self, view: View, designed: Callable[[Any], Any]) -> None:
        self.view = view
        self.designed = designed
        self.concepts = Concepts(view.model)
        self._fields: dict[str, GraphQLField] = {}

    @cached_property
    def types(self) -> dict[str, GraphQLNamedType]:
        """Every type by GraphQL name."""
        made: dict[str, GraphQLNamedType] = {}
        for cls in sorted(self.view.classes):
            if self.view.has_kinds(cls):
                made[self.view.interface_name(cls)] = self._interface(cls)
            if cls in self.view.records:
                made[self.view.object_name(cls)] = self._object(cls)
        return made

    def type_of(self, cls: str) -> GraphQLNamedType:
        """The type that stands for a class with all of its subclasses."""
        return self.types[self.view.interface_name(cls)]

    def _interface(self, cls: str) -> GraphQLInterfaceType:
        return GraphQLInterfaceType(
            self.view.interface_name(cls),
            fields=partial(self._fields_of, cls),
            interfaces=partial(self._above, cls, itself=False),
            resolve_type=lambda record, *_: self.view.object_name(record.node.cls),
            description=self.view.model.classes[cls].definition,
        )

    def _object(self, cls: str) -> GraphQLObjectType:
        definition = self.view.model.classes[cls].definition
        kinds = self.view.has_kinds(cls)
        return GraphQLObjectType(
            self.view.object_name(cls),
            fields=partial(self._fields_of, cls),
            interfaces=partial(self._above, cls, itself=kinds),
            description=f"{definition} (Of no kind more specific.)" if kinds else definition,
        )

    def _above(self, cls: str, itself: bool) -> list[GraphQLInterfaceType]:
        names = self.view.model.superclasses(cls)[0 if itself else 1 :]
        lineage = dict.fromkeys([*names, RECORD])  # a thing is no record, but is answered as one
        found = [self.type_of(name) for name in lineage if name in self.view.classes]
        own = None if itself else self.view.interface_name(cls)
        return [
            item for item in found if isinstance(item, GraphQLInterfaceType) and item.name != own
        ]

    def _fields_of(self, cls: str) -> dict[str, GraphQLField]:
        fields = dict(self._common)
        if self.view.model.is_a(cls, THING):
            fields |= self._of_things
        for name, prop in self.view.properties(cls).items():
            if name in fields:
                raise NameTakenError(
                    f"the property {name} of {cls} has the name of a field all records have",
                    "Give it another name in ontology/*.ttl",
                )
            if name not in self._fields:
                self._fields[name] = self._property(prop)
            fields[name] = self._fields[name]
        return fields

    # -- fields that all records have

    @cached_property
    def _common(self) -> dict[str, GraphQLField]:
        model = self.view.model
        text, ident = GraphQLNonNull(GraphQLString), GraphQLNonNull(GraphQLID)
        fields = {
            "id": _field(
                ident, lambda r: r.reader.id_of(r.node.iri), "Ask for the record again by it."
            ),
            "class": _field(text, lambda r: r.node.cls, "Its class in the ontology."),
            "label": _field(text, lambda r: model.classes[r.node.cls].label, "Its class in words."),
            "dataset": _field(text, lambda r: r.node.dataset, "The dataset that tells of it."),
            "system": _field(
                GraphQLString, lambda r: system_label(model, r.node.dataset), "Who keeps it."
            ),
            "release": _field(
                GraphQLNonNull(GraphQLInt),
                lambda r: r.node.since,
                "The release that brought this version, or the oldest kept.",
            ),
            "incoming": GraphQLField(
                GraphQLNonNull(self.designed(IncomingConnection)),
                {
                    "type": GraphQLArgument(
                        GraphQLList(GraphQLNonNull(GraphQLString)),
                        description="Names of link fields; all if left out.",
                    ),
                    "first": GraphQLArgument(GraphQLInt, PAGE),
                    "after": GraphQLArgument(GraphQLString),
                },
                lambda record, _, **given: incoming_of(self.view, record, **given),
                description="Records whose links lead to this one.",
            ),
            "context": _field(
                GraphQLNonNull(self.designed(Context)), context_of, "What the answer rests on."
            ),
        }
        if self.view.shows_identifiers:
            fields["iri"] = _field(ident, lambda r: r.node.iri, "Its address in the graph.")
            fields["document"] = _field(
                text, lambda r: r.node.document, "The document it is in: replaced as a whole."
            )
        return fields

    @cached_property
    def _of_things(self) -> dict[str, GraphQLField]:
        return {
            "records": GraphQLField(
                GraphQLNonNull(self.designed(RecordConnection)),
                {
                    "first": GraphQLArgument(GraphQLInt, PAGE),
                    "after": GraphQLArgument(GraphQLString),
                },
                lambda record, _, **given: members_of(record, **given),
                description="The records about it, at the threshold asked for.",
            )
        }

    # -- properties

    def _property(self, prop: Property) -> GraphQLField:
        kind, read = self._link(prop) if prop.kind == "link" else self._value(prop)
        return _field(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(kind))) if prop.many else kind,
            read,
            prop.definition,
            deprecation_reason="Deprecated in the ontology." if prop.deprecated else None,
        )

    def _link(self, prop: Property) -> tuple[Kind, Callable[..., Any]]:
        name = prop.name
        targets = tuple(target for target in prop.targets if target in self.view.classes)
        kind = self.type_of(nearest_common(self.view.model, targets))
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)

        def many(record: Record) -> list[Record]:
            return record.follow(name, targets)

        def one(record: Record) -> Record | None:
            return next(iter(record.follow(name, targets)), None)

        return kind, many if prop.many else one

    def _value(self, prop: Property) -> tuple[Kind, Callable[..., Any]]:
        name = prop.name
        if prop.kind == "data":
            return SCALARS[prop.datatype], _lists(name) if prop.many else _single(name)
        enum = ENUMS.get(prop.scheme)
        kind = self.designed(enum or Concept)
        scheme = prop.scheme or ""

        def read(iri: str, record: Record) -> Any:
            if enum:
                return _member(enum, iri)
            return self.concepts.of(iri, scheme, record.reader)

        def one(record: Record) -> Any:
            iri = record.value(name)
            return None if iri is None else read(iri, record)

        def many(record: Record) -> list[Any]:
            return [read(iri, record) for iri in record.value(name) or ()]

        return kind, many if prop.many else one


class Concepts:
    """Codes as answers show them, each made once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._made: dict[tuple[str, str], Concept] = {}

    def of(self, iri: str, scheme: str, reader: Reader) -> Concept:
        """A code by its IRI, with what it means in a shared scheme.

        A code that the ontology does not hold is looked up in the lists imported by the reader's
        release; one that none of them holds has no label.
        """
        if iri not in self._model.concepts and (listed := reader.held.get(iri)):
            shared = (self._model.shared(match, scheme) for match in listed.matches)
            return Concept(
                iri=ID(iri),
                notation=listed.notation,
                label=listed.label,
                label_cy=listed.label_cy,
                scheme=listed.scheme,
                shared=next((self._plain(found) for found in shared if found), None),
            )
        if (iri, scheme) not in self._made:
            shared_iri = self._model.shared(iri, scheme)
            self._made[iri, scheme] = _concept(self._model, iri, shared_iri)
        return self._made[iri, scheme]

    def _plain(self, iri: str) -> Concept:
        return _concept(self._model, iri, None)

    def label(self, iri: str, reader: Reader) -> str:
        """A code in words, or the code itself where no list holds it."""
        code = self._model.concepts.get(iri)
        if code is None and (listed := reader.held.get(iri)):
            return listed.label or listed.notation
        return code.label if code and code.label else notation_of(iri)


def _concept(model: Model, iri: str, shared: str | None) -> Concept:
    code: Code | None = model.concepts.get(iri)
    return Concept(
        iri=ID(iri),
        notation=code.notation if code else notation_of(iri),
        label=code.label or None if code else None,
        label_cy=code.label_cy if code else None,
        scheme=code.scheme if code else scheme_of(iri),
        shared=_concept(model, shared, None) if shared else None,
    )


def notation_of(iri: str) -> str:
    """The notation in a code's IRI, whether or not its scheme holds it."""
    return unquote(iri.rpartition("/")[2])


def scheme_of(iri: str) -> str:
    """The scheme in a code's IRI."""
    return unquote(iri.removeprefix(CODE).partition("/")[0])


def system_label(model: Model, dataset: str) -> str | None:
    """The name of the system that a dataset is an extract of; None for ours."""
    found = model.datasets.get(dataset)
    system = model.systems.get(found.system) if found else None
    return system.label if system else None


def nearest_common(model: Model, classes: tuple[str, ...]) -> str:
    """The lowest class that all of these are."""
    return next(
        up for up in model.superclasses(classes[0]) if all(model.is_a(cls, up) for cls in classes)
    )


def _field(
    kind: GraphQLOutputType,
    read: Callable[[Record], Any],
    description: str,
    deprecation_reason: str | None = None,
) -> GraphQLField:
    """A field that only reads its record: the executor's short way may take it (PLAIN)."""
    return GraphQLField(
        kind,
        resolve=lambda record, _: read(record),
        description=description,
        deprecation_reason=deprecation_reason,
        extensions={PLAIN: read},
    )


def _single(name: str) -> Callable[[Record], Any]:
    return lambda record: record.node.properties.get(name)


def _lists(name: str) -> Callable[[Record], Any]:
    return lambda record: record.node.properties.get(name) or []


def _member(enum: type[Enum], iri: str) -> Enum | None:
    """The member for a code; None for one outside the closed list (a shape has reported it)."""
    notation = notation_of(iri)
    return next((member for member in enum if member.value == notation), None)
