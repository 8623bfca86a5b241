"""The world's two settings files: what is assumed of justice, and what each system gets wrong."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from world.mistakes import WorldError

ASSUMPTIONS = Path(__file__).with_name("assumptions.toml")
SYSTEMS = Path(__file__).with_name("systems.toml")
GROUPS = "offence_group"


@dataclass(frozen=True)
class OffenceGroup:
    """A group of notifiable offences: its share of recorded crime, and how its crimes end.

    share and the outcomes are percent; days is the median from recording to outcome.
    victim: person, household, business or none. category: the name data.police.uk uses.
    """

    name: str
    category: str
    share: float
    charged: float
    caution: float
    community: float
    unnamed: float
    unsupported: float
    evidential: float
    unsolved: float
    not_public_interest: float
    victim: str
    days: float


@dataclass(frozen=True)
class Assumption:
    """One row of the table of assumptions."""

    name: str  # section.key
    value: Any
    unit: str
    basis: str  # near or assumed
    source: str


class Assumptions:
    """The values by `section.key`; the groups of offences apart."""

    def __init__(self, path: Path = ASSUMPTIONS) -> None:
        told = _read(path)
        self.groups = [OffenceGroup(**row) for row in told.pop(GROUPS)]
        self.rows = {
            f"{section}.{key}": Assumption(f"{section}.{key}", **row)
            for section, rows in told.items()
            for key, row in rows.items()
        }
        self._values = {name: row.value for name, row in self.rows.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]


@dataclass(frozen=True)
class SystemSettings:
    """Coverage, delays and errors of one system; shares are 0 to 1. other: what it alone has."""

    start: date
    end: date
    share: float
    late: float
    late_days: int
    misspelt: float
    swapped_birth_date: float
    missing_pnc: float
    wrong_pnc_letter: float
    missing_cro: float
    other: dict[str, Any] = field(default_factory=dict)

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end


@cache
def assumptions(path: Path = ASSUMPTIONS) -> Assumptions:
    """The assumptions of a file. Errors: JG-WLD-004 when it is not such a file."""
    default = _read(ASSUMPTIONS)
    told = _read(path)
    missing = {
        f"{section}.{key}"
        for section, rows in default.items()
        if isinstance(rows, dict)
        for key in rows
        if key not in told.get(section, {})
    }
    if missing or GROUPS not in told:
        raise WorldError(
            "JG-WLD-004",
            f"{path} lacks {', '.join(sorted(missing)) or GROUPS}",
            "Start from a copy of world/assumptions.toml.",
        )
    try:
        return Assumptions(path)
    except TypeError as error:
        raise WorldError(
            "JG-WLD-004",
            f"{path}: {error}",
            "Each row has value, unit, basis and source; each group the columns of the default.",
        ) from error


@cache
def systems() -> dict[str, SystemSettings]:
    """Settings of each system, in the order of the file."""
    found = {}
    for name, row in _read(SYSTEMS).items():
        known = {key: row.pop(key) for key in SystemSettings.__dataclass_fields__ if key in row}
        found[name] = SystemSettings(row.pop("from"), row.pop("to"), **known, other=row)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorldError(
            "JG-WLD-004", f"{path}: {error}", "Name a file in the form of world/assumptions.toml."
        ) from error
