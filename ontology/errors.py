"""The one shape of an error: what happened, and what to do next."""

from collections.abc import Iterable
from itertools import islice


class JusticeGraphError(Exception):
    """An error a person can act on.

    code: stable identifier, JG-<AREA>-<NUMBER>, the same in messages, reports and docs.
    cause: what happened and where. fix: what to do next.
    """

    def __init__(self, code: str, cause: str, fix: str) -> None:
        super().__init__(f"{code}: {cause.rstrip('.')}. {fix}")
        self.code = code
        self.cause = cause
        self.fix = fix


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names that a misspelt one may stand for, nearest first, in whatever case."""
    from difflib import get_close_matches

    spelt: dict[str, list[str]] = {}
    for each in sorted(set(known)):
        spelt.setdefault(each.lower(), []).append(each)
    close = get_close_matches(name.lower(), spelt, count)
    found = (each for low in close for each in get_close_matches(name, spelt[low], count, 0.0))
    return list(islice(found, count))
