"""Scalars for what GraphQL and Strawberry have no fitting type for.

GraphQL's Int has 32 bits, and Strawberry's Date wants date objects where a client sends text.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

from graphql import GraphQLError, GraphQLScalarType
from graphql.language import IntValueNode, StringValueNode
from strawberry.types.scalar import ScalarDefinition

from api.errors import WrongValueError, extensions

Long = NewType("Long", int)
Day = NewType("Day", date)
_LONGEST = 2**63


def _refuse(kind: str, value: object, example: str) -> GraphQLError:
    shown = str(value)[:40]
    error = WrongValueError(f"{shown!r} is not a {kind}", f"Write it as {example}")
    return GraphQLError(error.cause, extensions=extensions(error), original_error=error)


def read_day(value: Any) -> date:
    """An ISO date, as text or as a date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _refuse("date", value, "2024-03-31")


def read_long(value: Any) -> int:
    """A whole number of 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool) and -_LONGEST <= value < _LONGEST:
        return value
    raise _refuse("whole number of 64 bits", value, "3000000000")


def _show_instant(value: Any) -> str:
    if not isinstance(value, datetime):
        raise _refuse("instant", value, "2024-03-31T09:30:00Z")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_only(kind: str) -> Callable[[Any], Any]:
    def refuse(value: Any) -> Any:
        raise _refuse(kind, value, "an answer only")

    return refuse


def _literal(
    read: Callable[[Any], Any], kinds: tuple[type[IntValueNode | StringValueNode], ...]
) -> Callable[..., Any]:
    def parse(node: Any, _variables: Any = None) -> Any:
        if not isinstance(node, kinds):
            return read(None)
        return read(int(node.value) if isinstance(node, IntValueNode) else node.value)

    return parse


DATE = GraphQLScalarType(
    "Date",
    description="A day in the Gregorian calendar, ISO 8601: 2024-03-31.",
    serialize=lambda value: read_day(value).isoformat(),
    parse_value=read_day,
    parse_literal=_literal(read_day, (StringValueNode,)),
)
LONG = GraphQLScalarType(
    "Long",
    description="A whole number of up to 64 bits.",
    serialize=read_long,
    parse_value=read_long,
    parse_literal=_literal(read_long, (IntValueNode,)),
)
DECIMAL = GraphQLScalarType(
    "Decimal",
    description="An exact decimal number, as text, so that no digit is lost: 120.50.",
    serialize=lambda value: format(Decimal(value).normalize(), "f"),
    parse_value=_read_only("decimal"),
)
INSTANT = GraphQLScalarType(
    "DateTime",
    description="An instant in UTC, ISO 8601: 2024-03-31T09:30:00Z.",
    serialize=_show_instant,
    parse_value=_read_only("instant"),
)


def definition(implementation: GraphQLScalarType) -> ScalarDefinition:
    """How Strawberry is told to use one of ours."""
    return ScalarDefinition(
        name=implementation.name,
        description=implementation.description,
        specified_by_url=None,
        serialize=None,
        parse_value=None,
        parse_literal=None,
        implementation=implementation,
    )
