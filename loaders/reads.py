"""Compiled reading: from where extraction stands in a message to the text of a value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loaders.codes import denoting
from loaders.mapping import Condition, Value
from loaders.paths import Misfit, Path, Tree, walker
from ontology.model import Model

Get = Callable[["Scope"], Tree]
Text = str | Misfit | None

MESSAGE, DOCUMENT, TOP = 0, 1, 2
EXACT_INTEGERS = 2.0**53


@dataclass(slots=True)
class Scope:
    """Where extraction stands: nodes and ordinals by level, instances made by block number."""

    nodes: list[Tree]
    ordinals: list[int]
    made: list[int | None]
    file: dict[str, str]
    given: dict[str, str]


def as_text(value: Tree) -> Text:
    """A scalar as text, None when absent or blank, a Misfit when it is not one value."""
    kind = type(value)
    if kind is str:
        return value.strip() or None
    if value is None or kind is Misfit:
        return value  # type: ignore[no-any-return]  # None or a Misfit
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        if abs(value) >= EXACT_INTEGERS:
            return Misfit("a number too long to be kept exactly")
        text = repr(value)
        return format(Decimal(text), "f") if "e" in text else text
    if kind is list:
        if len(value) > 1:
            return Misfit(f"a list of {len(value)} values")
        return as_text(value[0]) if value else None
    if "#text" in value:
        return as_text(value["#text"])
    return Misfit("an object") if value else None


def getter(path: Path, level: int) -> Get:
    """A function from the scope to what stands at a path read from the node of `level`."""
    if path.origin == "file":
        return lambda scope: scope.file.get(path.name)
    if path.origin == "with":
        return lambda scope: scope.given.get(path.name)
    start = start_level(path, level)
    if path.origin == "index":
        return lambda scope: scope.ordinals[start]
    walk = walker(path.steps)
    return lambda scope: walk(scope.nodes[start])


def start_level(path: Path, level: int) -> int:
    """The level a path starts at; never above the document for `^`."""
    if path.origin == "message":
        return MESSAGE
    if path.origin == "document":
        return DOCUMENT
    return max(level - path.up, DOCUMENT)


def single(value: Value, level: int) -> Callable[[Scope], Text]:
    """A function from the scope to a value's one text, before renaming."""
    gets = [getter(path, level) for path in value.paths]
    if value.how == "one":
        get = gets[0]
        return lambda scope: as_text(get(scope))
    if value.how == "first":

        def first(scope: Scope) -> Text:
            for get in gets:
                found = get(scope)
                for item in found if type(found) is list else (found,):
                    text = as_text(item)
                    if text is not None:
                        return text
            return None

        return first
    if value.how == "join":
        return lambda scope: _joined(several(gets, scope), value.separator)
    return lambda scope: "true" if several(gets, scope) else None


def several(gets: Sequence[Get], scope: Scope) -> list[str | Misfit]:
    """All texts at several paths, in order."""
    texts: list[str | Misfit] = []
    for get in gets:
        found = get(scope)
        for item in found if type(found) is list else (found,):
            text = as_text(item)
            if text is not None:
                texts.append(text)
    return texts


def _joined(texts: list[str | Misfit], separator: str) -> Text:
    for text in texts:
        if type(text) is Misfit:
            return text
    return separator.join(str(text) for text in texts) or None


def condition(test: Condition, level: int, model: Model) -> Callable[[Scope], bool]:
    """A compiled `when`."""
    get = getter(test.path, level)

    def texts(scope: Scope) -> list[str | Misfit]:
        return several([get], scope)

    def present(scope: Scope) -> bool:
        found = get(scope)
        return found not in (None, "", [], {}) and not (type(found) is str and not found.strip())

    if test.test == "present":
        return present
    if test.test == "absent":
        return lambda scope: not present(scope)
    values = frozenset(denoting(model, test) if test.test == "denotes" else test.values)
    if test.test == "not":
        return lambda scope: not any(text in values for text in texts(scope))
    return lambda scope: any(text in values for text in texts(scope))
