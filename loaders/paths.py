"""Paths of the mapping language: parsed once, compiled to functions of a node.

a.b        keys            a[]   each (one value counts as a list of one)      a[0]  one of them
.          the block's own node     ^  the parent block's node     ^.^  its parent
$          the document's node      $$  the whole message
@name      XML attribute            #text  XML text                @index  ordinal, from 1
^.@index   ordinal of the parent block's node
@file.g    named group of the file name                            @with.k  --with k=v
`a.b`      a key that holds dots, blanks or brackets
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

Tree = Any
"""A parsed message: dict, list, str, int, float, bool or None, as JSON has them."""

Origin = Literal["self", "up", "document", "message", "index", "file", "with"]


@dataclass(frozen=True, slots=True)
class Those:
    """A step to each item whose `field` is `value`."""

    field: str
    value: str


Step = str | int | Those | None
"""A key, a position, those of a kind, or None for each."""


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path. `up` counts the `^`; `name` is the key of `@file.` and `@with.`."""

    text: str
    origin: Origin
    steps: tuple[Step, ...]
    up: int = 0
    name: str = ""

    @property
    def many(self) -> bool:
        """Whether the path can meet several values."""
        return any(step is None or isinstance(step, Those) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Misfit:
    """What a walk met instead of one value; becomes a finding, never a value."""

    met: str


_TOKEN = re.compile(
    r"`(?P<quoted>[^`]+)`|(?P<plain>[^.`\[\]]+)|(?P<each>\[\])|\[(?P<at>\d+)\]"
    r"|\[(?P<those>[^\]=]+=[^\]]+)\]|(?P<dot>\.)"
)

_QUOTED = re.compile(r"[.\[\]`]")


def parse(text: str) -> Path:
    """Parse a path; ValueError says what is wrong with it."""
    if text == ".":
        return Path(text, "self", ())
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"unexpected {text[position]!r} at character {position + 1}")
        kind = match.lastgroup or ""
        tokens.append((kind, match.group(kind)))
        position = match.end()
    if not tokens:
        raise ValueError("empty path")
    return _origin(text, tokens)


def _origin(text: str, tokens: list[tuple[str, str]]) -> Path:
    kind, first = tokens[0]
    if kind != "plain":
        return Path(text, "self", _steps(tokens))
    if first in ("$", "$$"):
        return Path(text, "document" if first == "$" else "message", _steps(tokens[1:], True))
    if first == "@index" and len(tokens) == 1:
        return Path(text, "index", ())
    if first in ("@file", "@with"):
        if len(tokens) != 3 or tokens[1][0] != "dot":
            raise ValueError(f"{first} takes one name: {first}.name")
        return Path(text, "file" if first == "@file" else "with", (), name=tokens[2][1])
    up = 0
    while tokens and tokens[0] == ("plain", "^"):
        up += 1
        tokens = tokens[1:]
        if tokens and tokens[0][0] == "dot":
            tokens = tokens[1:]
    if up and tokens == [("plain", "@index")]:
        return Path(text, "index", (), up=up)
    if up:
        return Path(text, "up", _steps(tokens), up=up)
    return Path(text, "self", _steps(tokens))


def _steps(tokens: list[tuple[str, str]], leading_dot: bool = False) -> tuple[Step, ...]:
    if leading_dot and tokens and tokens[0][0] == "dot":
        tokens = tokens[1:]
    steps: list[Step] = []
    key_wanted = True
    for kind, value in tokens:
        if kind == "dot":
            if key_wanted:
                raise ValueError("a dot without a key before it")
            key_wanted = True
        elif kind in ("plain", "quoted"):
            if not key_wanted:
                raise ValueError(f"a dot is missing before {value!r}")
            steps.append(value.strip() if kind == "plain" else value)
            key_wanted = False
        else:
            steps.append(_bracket(kind, value))
            key_wanted = False
    if tokens and tokens[-1][0] == "dot":
        raise ValueError("a dot without a key after it")
    return tuple(steps)


def _bracket(kind: str, value: str) -> Step:
    if kind == "each":
        return None
    if kind == "at":
        return int(value)
    field, _, wanted = value.partition("=")
    return Those(field.strip(), wanted.strip())


def _cut(steps: tuple[Step, ...]) -> int | None:
    """Where the first step to several values stands."""
    for number, step in enumerate(steps):
        if step is None or isinstance(step, Those):
            return number
    return None


def _rows(found: Tree, step: Step) -> list[tuple[int, Tree]]:
    """The items a step to several values goes to, with their positions."""
    row = found if type(found) is list else [] if found is None else [found]
    if isinstance(step, Those):
        return [
            (number, item)
            for number, item in enumerate(row)
            if type(item) is dict and str(item.get(step.field)) == step.value
        ]
    return list(enumerate(row))


def walker(steps: tuple[Step, ...]) -> Callable[[Tree], Tree]:
    """A function from a node to what stands there.

    Without `[]`: the value, None when absent, or a Misfit. With `[]`: a list of values.
    """
    if _cut(steps) is not None:
        return _many(steps)
    if not steps:
        return lambda node: node
    if len(steps) == 1 and isinstance(steps[0], str):
        key = steps[0]
        return lambda node: node.get(key) if type(node) is dict else _step(node, key)

    if any(type(step) is not str for step in steps):
        return lambda node: reduce(_step, steps, node)

    def walk(node: Tree) -> Tree:
        for step in steps:
            node = node.get(step) if type(node) is dict else _step(node, step)
            if node is None:
                return None
        return node

    return walk


def below(at: Path, path: Path) -> Path:
    """A path read from where another one leads."""
    if path.origin != "self":
        raise ValueError(f"{path.text!r} does not begin at the node")
    steps = at.steps + path.steps
    return Path(f"{at.text}.{written(steps)}" if steps else at.text, at.origin, steps, at.up)


def _step(node: Tree, step: Step) -> Tree:
    """One step from a node that is not an object, or by position."""
    if node is None or type(node) is Misfit:
        return node
    if type(step) is int:
        row = node if type(node) is list else [node]
        return row[step] if step < len(row) else None
    if type(node) is list:
        if len(node) == 1:
            return _step(node[0], step)
        return None if not node else Misfit(f"a list of {len(node)} values")
    if type(node) is dict:
        return node.get(step)
    return node if step == "#text" else None


def _many(steps: tuple[Step, ...]) -> Callable[[Tree], list[Tree]]:
    cut = _cut(steps)
    assert cut is not None
    head, step, rest = walker(steps[:cut]), steps[cut], steps[cut + 1 :]
    tail = walker(rest)
    nested = _cut(rest) is not None

    def walk(node: Tree) -> list[Tree]:
        rows = _rows(head(node), step)
        if nested:
            return [value for _, item in rows for value in tail(item)]
        return [value for _, item in rows if (value := tail(item)) is not None]

    return walk


def places(steps: tuple[Step, ...]) -> Callable[[Tree, str], Iterator[tuple[Tree, str, int]]]:
    """A function from a node and its written place to the nodes a block is made from.

    Yields node, written place (`a.b[0].c`) and ordinal from 1. Absent nodes yield nothing.
    """
    cut = _cut(steps)
    if cut is None:
        walk = walker(steps)
        suffix = written(steps)

        def single(node: Tree, place: str) -> Iterator[tuple[Tree, str, int]]:
            found = walk(node)
            if found is not None:
                yield found, _joined(place, suffix), 1

        return single
    head, step = walker(steps[:cut]), steps[cut]
    prefix = written(steps[:cut])
    rest = places(steps[cut + 1 :]) if steps[cut + 1 :] else None

    def several(node: Tree, place: str) -> Iterator[tuple[Tree, str, int]]:
        stem = _joined(place, prefix)
        for number, item in _rows(head(node), step):
            if rest is None:
                yield item, f"{stem}[{number}]", number + 1
            else:
                yield from rest(item, f"{stem}[{number}]")

    return several


def written(steps: tuple[Step, ...]) -> str:
    """The path's text again, `a.b[].c[0]`."""
    text = ""
    for step in steps:
        if step is None:
            text += "[]"
        elif isinstance(step, Those):
            text += f"[{step.field}={step.value}]"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            name = f"`{step}`" if _QUOTED.search(step) else step
            text += f".{name}" if text else name
    return text


def _joined(place: str, suffix: str) -> str:
    if not suffix or not place:
        return place or suffix
    return place + suffix if suffix.startswith("[") else f"{place}.{suffix}"
