"""Texts made of columns: a column's name alone, or a text with `{column}` in it."""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")


def columns_of(template: str) -> tuple[str, ...]:
    """The columns a template reads."""
    return tuple(m[1] for m in _FIELD.finditer(template)) or (template,)


def filled(template: str, row: Mapping[str, str]) -> str:
    """The template with a row's values, spaces squeezed.

    `{class:3}` is filled with zeros on the left to 3 places, `{class:digits}` keeps digits only.
    Where every column is empty the result is "", whatever else the template holds.
    """
    names = columns_of(template)
    if not any(row.get(name) for name in names):
        return ""
    if names == (template,):
        return " ".join(row.get(template, "").split())

    def value(match: re.Match[str]) -> str:
        text, form = row.get(match[1], ""), match[2]
        if form == "digits":
            return re.sub(r"\D", "", text)
        return text.rjust(int(form), "0") if form else text

    return " ".join(_FIELD.sub(value, template).split())


def wrong_form(template: str) -> str | None:
    """The first form behind a colon that is neither a number nor `digits`."""
    forms = (m[2] for m in _FIELD.finditer(template))
    return next((form for form in forms if form and form != "digits" and not form.isdigit()), None)
