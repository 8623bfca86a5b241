"""One schema for each role: what a role may not see is not in it, nor in its introspection.

Generated record types are graphql-core types. Strawberry is told of each by way of its scalar
map, keyed by the Python class that stands for it in designed types: measured at a tenth of the
time that Strawberry classes made at run time take, and faster to answer (docs/decisions).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from api import records
from api.access import Role
from api.records import Record
from api.roots import Query
from api.scalars import DATE, LONG, Day, Long, definition
from api.types import RecordTypes
from api.view import View
from ontology import Model

MARKS: Mapping[str, type[Record]] = {
    mark.__name__: mark
    for mark in (
        records.Record,
        records.Case,
        records.EventRecord,
        records.PeriodRecord,
        records.LinkAssertion,
        records.Thing,
        records.Person,
    )
}


class RoleSchema(strawberry.Schema):
    """The schema of one role."""

    def __init__(self, model: Model, role: Role) -> None:
        self.view = View(model, role)
        self.records = RecordTypes(self.view, self._designed)
        keyed = role is not Role.PUBLIC
        made = self.records.types if keyed else {}
        marks = {name: MARKS.get(name, type(name, (Record,), {})) for name in made}
        super().__init__(
            query=Query,
            types=list(marks.values()),
            config=StrawberryConfig(
                scalar_map={
                    Day: definition(DATE),
                    Long: definition(LONG),
                    **{marks[name]: _as_scalar(kind) for name, kind in made.items()},
                }
            ),
        )

        named = ("Query", "FilterInput", "LoadEntry")
        for field in (field for name in named for field in _fields(self._schema, name)):
            _without_null_defaults(field)

    @property
    def core(self) -> GraphQLSchema:
        """The graphql-core schema behind it."""
        return self._schema

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Designed fields that the role has: some are for keys only, some tell a property."""
        return [field for field in type_definition.fields if self._has(field)]

    def _has(self, field: StrawberryField) -> bool:
        roles = field.metadata.get("roles")
        if roles == "keyed" and self.view.role is Role.PUBLIC:
            return False
        if roles == "operator" and self.view.role is not Role.OPERATOR:
            return False
        needs = field.metadata.get("needs")
        return needs is None or self.view.shows_named(needs)

    def _designed(self, kind: Any) -> Any:
        return self.schema_converter.from_type(kind)


def _as_scalar(kind: GraphQLNamedType) -> ScalarDefinition:
    """Strawberry hands the implementation of a scalar on as it is, whatever type it is."""
    return ScalarDefinition(
        name=kind.name,
        description=None,
        specified_by_url=None,
        serialize=None,
        parse_value=None,
        parse_literal=None,
        implementation=kind,  # type: ignore[arg-type]  # see above
    )


def _fields(schema: GraphQLSchema, name: str) -> Iterable[Any]:
    kind = schema.type_map.get(name)
    return (
        kind.fields.values() if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) else ()
    )


def _without_null_defaults(field: GraphQLField | GraphQLInputField) -> None:
    """Leave out `= null`, which Strawberry writes for every argument that may be left out."""
    items = field.args.values() if isinstance(field, GraphQLField) else [field]
    for item in items:
        if item.default_value is None:
            item.default_value = Undefined
