"""The codes that imported lists hold as of a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from releases import Releases

_COLUMNS = ("codeIri", "codeScheme", "codeNotation", "codeLabel", "codeLabelWelsh", "matchedCode",
            "missingSince")  # fmt: skip


@dataclass(frozen=True)
class HeldCode:
    """One code as a list gives it; where several lists do, as the one still holding it does."""

    scheme: str
    notation: str
    label: str | None
    label_cy: str | None
    matches: tuple[str, ...]


Held = Mapping[str, HeldCode]


def held(releases: Releases, release: int) -> Held:
    """By the IRI that records carry for the code; empty where nothing was imported."""
    if not release or not (releases.folder / "tables" / "ListedCode").is_dir():
        return MappingProxyType({})
    return _held(releases, release, releases.release(release).forgotten)


@lru_cache(maxsize=8)
def _held(releases: Releases, release: int, forgotten: int) -> Held:
    rows = releases.state("ListedCode", release, columns=_COLUMNS).collect()
    ordered = rows.sort(pl.col("missingSince").is_null(), "codeLabel", nulls_last=False)
    found: dict[str, HeldCode] = {}
    for iri, scheme, notation, label, welsh, matches, _ in ordered.iter_rows():
        before = found.get(iri)
        both = dict.fromkeys([*(before.matches if before else ()), *(matches or ())])
        found[iri] = HeldCode(
            scheme,
            notation,
            label or (before.label if before else None),
            welsh or (before.label_cy if before else None),
            tuple(both),
        )
    return MappingProxyType(found)
