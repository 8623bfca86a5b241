"""Rows of a list to its codes: nothing lost, whatever is doubtful reported."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from loaders.code_lists.description import Description, split
from loaders.code_lists.reading import Rows
from loaders.code_lists.template import columns_of, filled
from ontology.namespaces import code_iri

_DAY = re.compile(r"(?:TO_DATE\()?(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4}))(?:[T ,].*)?")


@dataclass(frozen=True)
class Code:
    """One code. labels: the first is preferred. columns: (name, value) of what has no place."""

    scheme: str
    notation: str
    labels: tuple[str, ...]
    welsh: str = ""
    broader: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Noticed:
    """Something about a row: severity violation (refused), warning or info."""

    code: str
    severity: str
    place: str
    value: str
    message: str
    fix: str


@dataclass
class Coded:
    """The codes of a list. rows read = those that made a code + repeated + rejected."""

    codes: list[Code] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)
    read: int = 0
    repeated: int = 0
    rejected: int = 0


def code(rows: Rows, what: Description) -> Coded:
    """The codes of the rows, by first appearance.

    A row without a code is rejected. A code on several rows is one code: the row still in use
    gives the label, other labels are kept beside it and reported; other columns are united.
    """
    found, groups = Coded(), dict[tuple[str, str], list[tuple[str, Code]]]()
    for place, row in rows.rows:
        found.read += 1
        made = _code(row, what, place, found)
        if made is None:
            found.rejected += 1
            continue
        groups.setdefault((made.scheme, made.notation), []).append((place, made))
    for place, text in rows.odd:
        found.read += 1
        found.rejected += 1
        found.noticed.append(
            Noticed(
                "JG-COD-008",
                "violation",
                place,
                text[:40],
                f"the row has not {len(rows.columns)} columns",
                "Quote the texts that hold commas.",
            )
        )
    for group in groups.values():
        found.codes.append(_united(group, found))
        found.repeated += len(group) - 1
    return found


def _code(row: Mapping[str, str], what: Description, place: str, found: Coded) -> Code | None:
    notation = filled(what.notation, row)
    scheme = slug(filled(what.scheme, row) if "{" in what.scheme else what.scheme)
    if not notation or not scheme:
        label = filled(what.label, row) if what.label else ""
        found.noticed.append(
            Noticed(
                "JG-COD-001",
                "violation",
                place,
                label[:40],
                "the row of the list has no code",
                "Give the row a code in the list, or leave the row out: no record can name it.",
            )
        )
        return None
    scheme = what.renamed.get(scheme, scheme)
    label = filled(what.label, row) if what.label else notation
    if not label:
        found.noticed.append(
            Noticed(
                "JG-COD-004",
                "warning",
                place,
                notation,
                "the code has no label",
                "It is known, and shown as it is; name another column with --label.",
            )
        )
    days = {}
    for option in ("valid_from", "valid_to"):
        text = filled(getattr(what, option), row) if getattr(what, option) else ""
        days[option] = day(text)
        if text and days[option] is None:
            found.noticed.append(
                Noticed(
                    "JG-COD-005",
                    "warning",
                    place,
                    text[:40],
                    f"{option.replace('_', ' ')} is no date",
                    "Write dates as YYYY-MM-DD; the text is kept with the other columns.",
                )
            )
    broader = filled(what.broader, row) if what.broader else ""
    above = slug(filled(what.broader_scheme, row)) if what.broader_scheme else scheme
    above = what.renamed.get(above, above)
    matches = [
        code_iri(other, text)
        for other, template in what.match.items()
        if (text := filled(template, row)) and text not in what.no_match
    ]
    used = {
        *columns_of(what.notation),
        *(columns_of(what.label) if what.label else ()),
        *((what.welsh,) if what.welsh else ()),
        *(name for name in ("otherLabel", "match", "scheme", "broader") if "otherLabel" in row),
        *(columns_of(what.scheme) if "{" in what.scheme else ()),
        *(getattr(what, o) for o in days if days[o] is not None),
    }
    return Code(
        scheme,
        notation,
        tuple(dict.fromkeys(filter(None, [label, *split(row.get("otherLabel", ""))]))),
        filled(what.welsh, row) if what.welsh else "",
        tuple(
            code_iri(above, up)
            for up in split(broader)
            if above and (above, up) != (scheme, notation)
        ),
        (*matches, *(split(row["match"]) if "otherLabel" in row else ())),
        days["valid_from"],
        days["valid_to"],
        tuple((name, value) for name, value in row.items() if value and name not in used),
    )


def _united(group: Sequence[tuple[str, Code]], found: Coded) -> Code:
    if len(group) == 1:
        return group[0][1]
    codes = [each for _, each in group]
    best = max(codes, key=lambda each: (each.valid_to or date.max, each.valid_from or date.min))
    labels = tuple(dict.fromkeys(text for each in (best, *codes) for text in each.labels))
    place, first = group[0]
    if len({text.casefold() for text in labels}) > 1:
        found.noticed.append(
            Noticed(
                "JG-COD-006",
                "warning",
                place,
                first.notation,
                f"the code {first.notation} of {first.scheme} has {len(labels)} labels on"
                f" {len(group)} rows: {' | '.join(labels)}"[:300],
                "Ask the list's owner which is right; all are kept, that still in use goes first.",
            )
        )
    else:
        found.noticed.append(
            Noticed(
                "JG-COD-007",
                "info",
                place,
                first.notation,
                f"the code {first.notation} of {first.scheme} stands on {len(group)} rows",
                "Nothing: they are one code, and what they say is united.",
            )
        )
    starts, ends = [c.valid_from for c in codes], [c.valid_to for c in codes]
    return Code(
        first.scheme,
        first.notation,
        labels,
        next((each.welsh for each in (best, *codes) if each.welsh), ""),
        tuple(dict.fromkeys(up for each in codes for up in each.broader)),
        tuple(dict.fromkeys(other for each in codes for other in each.matches)),
        None if None in starts else min(filter(None, starts)),
        None if None in ends else max(filter(None, ends)),
        tuple(dict.fromkeys(pair for each in codes for pair in each.columns)),
    )


def slug(text: str) -> str:
    """A scheme's name: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def day(text: str) -> date | None:
    """A date written YYYY-MM-DD or DD/MM/YYYY, also with a time behind it or in an Oracle
    TO_DATE(...); None for other text.
    """
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, number = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None
