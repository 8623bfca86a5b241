"""graphql-core's messages, made fit for our errors."""

import re
from collections.abc import Iterable

_SUGGESTED = re.compile(r"Did you mean ([^?]*)\?")
_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")
LONGEST = 300


def said(message: str) -> str:
    """A message without its prefix, cut where it quotes too much of what the client sent."""
    text = message.removeprefix("Syntax Error: ").strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def nearest_in(messages: Iterable[str]) -> list[str]:
    """The names that graphql-core suggests: always names of the asker's own schema."""
    found = [
        name.rpartition(" ")[2]
        for message in messages
        for group in _SUGGESTED.findall(message)
        for name in _QUOTED.findall(group)
    ]
    return list(dict.fromkeys(found))
