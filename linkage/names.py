"""Whether two records' names and birth dates agree: on the few pairs that share a key.

Names are compared without case, accents, punctuation and order; small slips of spelling, initials
and a middle name used as first name agree. Swapped day and month of a birth date agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

SAME, SIMILAR, DIFFERENT, ABSENT = "same", "similar", "different", "absent"
_LONG = 6  # letters from which two slips are forgiven


@dataclass(frozen=True)
class Identity:
    """Who a record says it is about: names (given and middle, family), with aliases; births."""

    names: tuple[tuple[tuple[str, ...], str], ...]
    births: tuple[date, ...]


@dataclass(frozen=True)
class Agreement:
    """How two identities compare on names and on birth date."""

    name: str
    birth: str

    @property
    def conflicts(self) -> bool:
        """Neither name nor birth date agrees, and both sides have both."""
        return self.name == DIFFERENT and self.birth == DIFFERENT

    @property
    def strength(self) -> int:
        """0: both agree; 1: one agrees; 2: nothing agrees and nothing contradicts enough."""
        agreeing = sum(each in (SAME, SIMILAR) for each in (self.name, self.birth))
        return 2 - agreeing

    @property
    def fields(self) -> list[str]:
        """As written into a link assertion."""
        return [f"birthDate={self.birth}", f"name={self.name}"]


def folded(text: pl.Expr) -> pl.Expr:
    """Lower case, without accents; apostrophes dropped, other punctuation as space."""
    plain = text.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    spaced = plain.str.replace_all(r"['’`]", "").str.replace_all(r"[^\p{L}\d]+", " ")
    return spaced.str.strip_chars()


@lru_cache(maxsize=100_000)
def compare(left: Identity, right: Identity) -> Agreement:
    """Best agreement over all names (aliases too) and birth dates of the two."""
    names = [_names(one, other) for one in left.names for other in right.names]
    births = [_births(one, other) for one in left.births for other in right.births]
    return Agreement(_best(names), _best(births))


def looks_like_twins(left: Identity, right: Identity) -> bool:
    """Same family name and birth date, clearly different given names."""
    agreement = compare(left, right)
    families = any(a[1] == b[1] and a[1] for a in left.names for b in right.names)
    return agreement.name == DIFFERENT and agreement.birth == SAME and families


def _best(found: Iterable[str]) -> str:
    ranked = set(found)
    return next((each for each in (SAME, SIMILAR, DIFFERENT) if each in ranked), ABSENT)


def _births(left: date, right: date) -> str:
    if left == right:
        return SAME
    swapped = left.year == right.year and (left.month, left.day) == (right.day, right.month)
    return SIMILAR if swapped else DIFFERENT


def _names(left: tuple[tuple[str, ...], str], right: tuple[tuple[str, ...], str]) -> str:
    (given, family), (other_given, other_family) = left, right
    if not (given or family) or not (other_given or other_family):
        return ABSENT
    if given[:1] == other_given[:1] and family == other_family:
        return SAME
    straight = _family(family, other_family) and _given(given, other_given)
    swapped = _given(given, (other_family,)) and _given((family,), other_given)
    return SIMILAR if straight or swapped else DIFFERENT


def _family(left: str, right: str) -> bool:
    return bool(left) and bool(right) and close(left.replace(" ", ""), right.replace(" ", ""))


def _given(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """One side's first name is close to any given name of the other; a missing one agrees."""
    if not left or not right:
        return True
    return any(_close_given(left[0], each) for each in right) or any(
        _close_given(right[0], each) for each in left
    )


def _close_given(left: str, right: str) -> bool:
    if len(left) == 1 or len(right) == 1:
        return left[:1] == right[:1]
    return close(left, right)


@lru_cache(maxsize=200_000)
def close(left: str, right: str) -> bool:
    """Within one slip (two in long names): a letter more, less, other, or two swapped."""
    if left == right:
        return True
    shorter = min(len(left), len(right))
    allowed = 0 if shorter < 3 else 1 if shorter < _LONG else 2
    if abs(len(left) - len(right)) > allowed:
        return False
    return _slips(left, right) <= allowed


def _slips(left: str, right: str) -> int:
    """Optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
