"""What a system's module yields: parts of its extract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from world.facts import History
from world.truth import Truth


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of one system's extract of one neighbourhood.

    path: below the system's folder. shared None: a file of this neighbourhood alone, which gets a
    folder of its own (c00017/...). shared bytes: a file that all neighbourhoods write to, in their
    order, each its content, once headed by `shared` (b"" for JSON lines, the header row for CSV).
    """

    path: str
    content: bytes
    shared: bytes | None = None


Writer: TypeAlias = Callable[[History, Truth], Iterator[Part]]
