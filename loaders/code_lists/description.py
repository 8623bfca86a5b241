"""Which columns of a published list say what: as described, as the user says, or guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from loaders.code_lists.errors import CodeListError
from loaders.code_lists.reading import LIST, Rows
from loaders.code_lists.template import columns_of, wrong_form
from loaders.errors import nearest

PUBLISHED = Path(__file__).resolve().parent / "published" / "lists.yaml"
# Headers that name the code and its label, in the order in which they are believed.
NOTATION = ("notation", "code", "cjscode", "shortcode", "id")
LABEL = ("preflabel", "label", "description", "name", "title", "display")
WELSH = ("labelwelsh", "welshlabel", "welshdescription", "descriptionwelsh")
FROM = ("validfrom", "startdate", "effectivefrom")
TO = ("validto", "enddate", "effectiveto")


@dataclass(frozen=True)
class Description:
    """One published list. notation and the rest are columns or templates (`template.filled`).

    list: the list's own name, its dataset is codes/<list>. scheme: the scheme that its codes
    belong to, a template where one file holds several; renamed: made scheme → its name here.
    label "" means that the list has no words: the code stands for itself. broader_scheme: that of
    the broader code, where it is another. match: scheme → template of a notation in it;
    no_match: what stands there for none. columns: of a CSV without header. file: how its path ends.
    """

    list: str
    scheme: str
    notation: str
    label: str = ""
    welsh: str = ""
    broader: str = ""
    broader_scheme: str = ""
    valid_from: str = ""
    valid_to: str = ""
    name: str = ""
    source: str = ""
    file: str = ""
    columns: tuple[str, ...] = ()
    match: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    no_match: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


TEMPLATES = (
    "scheme", "notation", "label", "welsh", "broader", "broader_scheme", "valid_from", "valid_to",
)  # fmt: skip
OPTIONS = ("scheme", "notation", "label", "welsh", "broader", "valid_from", "valid_to", "source")


@lru_cache(maxsize=1)
def published() -> Mapping[str, Description]:
    """The lists that are described here, by name."""
    import yaml

    entries: dict[str, dict[str, Any]] = yaml.safe_load(PUBLISHED.read_text("utf-8"))
    known = {each.name for each in fields(Description)}
    found = {}
    for name, entry in entries.items():
        if odd := set(entry) - known:
            raise CodeListError(
                "JG-COD-015",
                f"{PUBLISHED.name}: {name} has {sorted(odd)}",
                nearest(min(odd), known),
            )
        tuples = {key: tuple(entry.get(key, ())) for key in ("columns", "no_match")}
        given = {**entry, **tuples}
        found[name] = Description(**{"list": name, "scheme": name, **given})
    return MappingProxyType(found)


def known_list(file: Path, name: str | None, scheme: str | None = None) -> Description | None:
    """The description of a list: of this name, else by how the file's path ends, else the one
    that is called as the scheme.
    """
    if name is not None:
        return published().get(name)
    path = "/" + file.resolve().as_posix()
    by_file = (each for each in published().values() if path.endswith("/" + each.file))
    return next(by_file, published().get(scheme or ""))


def fits(what: Description, columns: Sequence[str], said: Mapping[str, str]) -> bool:
    """Whether the columns that a description names are there, but for those the user names."""
    wanted = [getattr(what, option) for option in TEMPLATES if option not in said]
    wanted = [text for text in wanted if text and (text != what.scheme or "{" in text)]
    return all(
        column in columns for text in (*wanted, *what.match.values()) for column in columns_of(text)
    )


def described(
    rows: Rows, base: Description | None, list_: str | None, said: Mapping[str, str]
) -> Description:
    """The description to import by. said: what the user says, by OPTIONS; it goes first.

    Raises CodeListError where a column is not there, or cannot be guessed.
    """
    name = list_ or (base.list if base else said.get("scheme", ""))
    if not name:
        raise CodeListError(
            "JG-COD-016", "the list is none that is described here", "Name it with --scheme NAME."
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise CodeListError(
            "JG-COD-016", f"{name!r} is no name of a list", "Use small letters, digits and hyphens."
        )
    if base is None:
        base = _guessed(rows, name, said)
    # Whoever names another column means it alone, not what else the description makes of it.
    made = replace(base, list=name, **said)  # type: ignore[arg-type]  # OPTIONS are texts
    for option in TEMPLATES:
        text = getattr(made, option)
        if (form := wrong_form(text)) is not None:
            raise CodeListError(
                "JG-COD-017", f"--{option}: there is no form {form!r}", "Write a number or digits."
            )
        wanted = columns_of(text) if text and ("scheme" not in option or "{" in text) else ()
        for column in wanted:
            _require(column, rows.columns, option)
    for template in made.match.values():
        for column in columns_of(template):
            _require(column, rows.columns, "match")
    return made


def _require(column: str, columns: Sequence[str], option: str) -> None:
    if column not in columns:
        option = option.replace("_", "-")
        raise CodeListError(
            "JG-COD-018",
            f"--{option}: there is no column {column!r}",
            f"{nearest(column, columns)} The columns are {', '.join(columns)}."[:400],
        )


def _guessed(rows: Rows, name: str, said: Mapping[str, str]) -> Description:
    if rows.kind == "turtle":
        return Description(
            list=name,
            scheme=said.get("scheme", name),
            notation="notation",
            label="label",
            welsh="labelWelsh",
            broader="broader",
            valid_from="validFrom",
            valid_to="validTo",
        )
    notation = said.get("notation") or _one(rows.columns, NOTATION, "code", "notation")
    left = [column for column in rows.columns if column not in columns_of(notation)]
    label = said.get("label") or _one(left, LABEL, "description", "label")
    return Description(
        list=name,
        scheme=name,
        notation=notation,
        label=label,
        welsh=_any(left, WELSH),
        valid_from=_any(left, FROM),
        valid_to=_any(left, TO),
    )


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _any(columns: Sequence[str], names: Sequence[str]) -> str:
    plain = {_plain(column): column for column in columns}
    return next((plain[name] for name in names if name in plain), "")


def _one(columns: Sequence[str], names: Sequence[str], ending: str, option: str) -> str:
    """The column of the first of these names, else the only one that ends so."""
    exact = _any(columns, names)
    if exact:
        return exact
    ends = [column for column in columns if _plain(column).endswith(ending)]
    if len(ends) == 1:
        return ends[0]
    listed = ", ".join(columns)
    why = f"{', '.join(ends)} may all be it" if ends else f"none of {listed} looks like it"
    raise CodeListError(
        "JG-COD-019",
        f"which column is the {option} cannot be guessed: {why}"[:400],
        f"Name it with --{option} COLUMN; a file without codes is no code list.",
    )


def split(text: str) -> tuple[str, ...]:
    """The several texts of one cell of a Turtle list."""
    return tuple(filter(None, text.split(LIST)))
