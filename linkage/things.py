"""Identifiers of things: kept while most of their records stay together.

A thing's identifier is a function of the previous membership and the new sets: the largest
overlap keeps it, ties by smallest IRI. A set without one gets an identifier from its smallest
record. An identifier that lost its set is retired and says where its records went.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from linkage.dataset import DATASET
from ontology.identifiers import record_iri

Taken = Callable[[Sequence[str]], set[str]]
CLASSES = {"person": "Person", "matter": "Matter", "charge": "Charge"}


@dataclass(frozen=True)
class Things:
    """members: member, thing. retired: thing, replaced_by (a list, null when all records went)."""

    members: pl.DataFrame
    retired: pl.DataFrame

    @property
    def count(self) -> int:
        """How many things hold records."""
        return self.members["thing"].n_unique()


def digest(*parts: str) -> str:
    """A 128-bit name for some texts, each set apart from the next."""
    whole = "\x1f".join(parts).encode()
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def digests(texts: pl.Series) -> pl.Series:
    """`digest` of each text of a column."""
    made = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts]
    return pl.Series(texts.name, made, dtype=pl.String)


def named(
    base: str,
    kind: str,
    sets: pl.DataFrame,
    previous: pl.DataFrame,
    elsewhere: Taken | None = None,
) -> Things:
    """Give each set its identifier.

    sets: member, set (any value that is equal within a set). previous: member, thing. elsewhere:
    which of some things, by iri, hold records that are not among these.
    """
    smallest = sets.group_by("set").agg(pl.col("member").min().alias("smallest"))
    overlaps = (
        previous.join(sets, on="member")
        .group_by("thing", "set")
        .len("shared")
        .join(smallest, on="set")
        .sort([-pl.col("shared").cast(pl.Int64), "thing", "smallest"])
    )
    kept = _claims(overlaps.select("thing", "set").iter_rows())
    taken = set(kept.values())
    fresh = [row for row in smallest.sort("smallest").iter_rows() if row[0] not in kept]
    prefix = record_iri(base, "Thing", DATASET, [kind])
    if elsewhere is not None:
        # Asked once for all: the first name a set may have is nearly always free.
        taken |= elsewhere([f"{prefix}/{digest(kind, member)}" for _, member in fresh])
    for each, member in fresh:
        kept[each] = _fresh(prefix, kind, member, taken, elsewhere)
        taken.add(kept[each])
    names = pl.DataFrame(
        {"set": list(kept), "thing": list(kept.values())},
        schema={"set": sets.schema["set"], "thing": pl.String},
    )
    members = sets.join(names, on="set").select("member", "thing").sort("member")
    gone = previous.filter(~pl.col("thing").is_in(list(taken))).select("member", old="thing")
    retired = (
        gone.join(members, on="member", how="left")
        .group_by("old")
        .agg(pl.col("thing").drop_nulls().unique().sort())
        .select(
            thing="old",
            replaced_by=pl.when(pl.col("thing").list.len() > 0).then(pl.col("thing")),
        )
        .sort("thing")
    )
    return Things(members, retired)


def _claims(ranked: Iterable[tuple[str, int]]) -> dict[int, str]:
    """Each set's old identifier: overlaps come largest first, each side is used once."""
    kept: dict[int, str] = {}
    used: set[str] = set()
    for thing, each in ranked:
        if thing not in used and each not in kept:
            kept[each] = thing
            used.add(thing)
    return kept


def _fresh(prefix: str, kind: str, smallest: str, taken: set[str], elsewhere: Taken | None) -> str:
    iri, number = f"{prefix}/{digest(kind, smallest)}", 0
    while iri in taken or (number and elsewhere is not None and elsewhere([iri])):
        number += 1
        iri = f"{prefix}/{digest(kind, smallest, str(number))}"
    return iri
