"""Designed fields with a resolver, typed: Strawberry's own decorator is not."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

# Marks of designed fields (strawberry.field(metadata=...)) that the schema of a role reads:
# `roles: keyed` only with a key, `roles: operator` only for operators; `needs: <property>` only
# where that property may be seen; `size: n` how long the list usually is, for the cost of a
# question.
KEYED: Mapping[str, str] = {"roles": "keyed"}
OPERATOR: Mapping[str, str] = {"roles": "operator"}


def resolved(
    description: str, metadata: Mapping[str, Any] | None = None
) -> Callable[[Resolver], Resolver]:
    """A field whose value the method gives."""
    made: Callable[[Resolver], Resolver] = strawberry.field(
        description=description, metadata=dict(metadata or {})
    )
    return made
