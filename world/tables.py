"""The tables of docs/world.md, from the files that the code reads: `python -m world.tables`.

With --write they are put between their marks in docs/world.md.
"""

import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from world.dictionary import DICTIONARY
from world.settings import Assumptions, OffenceGroup, systems

PAGE = Path(__file__).resolve().parent.parent / "docs" / "world.md"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(list(head)), *[list(row) for row in rows]]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def assumption_table() -> str:
    return table(
        ("assumption", "value", "unit", "basis", "source"),
        (
            (f"`{row.name}`", _value(row.value), row.unit, row.basis, row.source)
            for row in Assumptions().rows.values()
        ),
    )


def group_table() -> str:
    names = [f.name for f in fields(OffenceGroup)]
    return table(
        [name.replace("_", " ") for name in names],
        (
            [f"{getattr(g, n):g}" if n == "share" else getattr(g, n) for n in names]
            for g in Assumptions().groups
        ),
    )


def system_table() -> str:
    found = systems()
    return table(
        (
            "system",
            "covers",
            "share held",
            "late (at most days)",
            "misspelt name",
            "swapped birth date",
            "no PNC",
            "wrong PNC letter",
            "no CRO",
            "also",
        ),
        (
            (
                name,
                f"{s.start} to {s.end}",
                _percent(s.share),
                f"{_percent(s.late)} ({s.late_days})" if s.late else "none",
                *map(
                    _percent,
                    (
                        s.misspelt,
                        s.swapped_birth_date,
                        s.missing_pnc,
                        s.wrong_pnc_letter,
                        s.missing_cro,
                    ),
                ),
                ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in s.other.items()),
            )
            for name, s in found.items()
        ),
    )


def dictionary() -> str:
    parts = []
    for name, columns in DICTIONARY.items():
        parts.append(f"`{name}.jsonl`\n")
        parts.append(table(("column", "meaning"), ((f"`{c}`", m) for c, m in columns.items())))
        parts.append("")
    return "\n".join(parts).rstrip()


TABLES = {
    "assumptions": assumption_table,
    "groups": group_table,
    "systems": system_table,
    "dictionary": dictionary,
}


def with_tables(text: str) -> str:
    """The page with every table between its marks as the files give it."""
    for name, make in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        assert end in rest, f"docs/world.md has no marks for {name}"
        text = f"{before}{start}{make()}\n{end}{after}"
    return text


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value:g}"


def _percent(value: float) -> str:
    return f"{100 * value:g}%"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(make() for make in TABLES.values()))
