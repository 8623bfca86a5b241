"""YAML node trees read with their places, so that every complaint says file, line and column."""

from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from loaders.errors import MappingError, nearest
from loaders.mapping import Where
from loaders.paths import Path, parse

EVIDENCE = ("V", "S", "C", "I")

# libyaml where PyYAML was built with it: eight times faster, and it keeps the places too.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


def compose(file: FilePath) -> Node | None:
    """The YAML node tree of a file, with the place of every node."""
    try:
        return yaml.compose(file.read_text("utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
        raise MappingError(
            "JG-MAP-001",
            str(at),
            f"not YAML: {error.problem}",
            "Correct the indentation or quotes.",
        ) from error
    except UnicodeDecodeError as error:
        raise MappingError(
            "JG-MAP-001", str(Where(file, 1, 1)), "not UTF-8 text", "Save the mapping as UTF-8."
        ) from error


class Nodes:
    """Reads the nodes of one mapping file; raises MappingError for what is not as expected."""

    def __init__(self, file: FilePath) -> None:
        self.file = file
        self.evidence = "I"

    def where(self, node: Node | None) -> Where:
        if node is None:
            return Where(self.file, 1, 1)
        return Where(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def wrong(
        self, node: Node | None, cause: str, fix: str, code: str = "JG-MAP-002"
    ) -> MappingError:
        return MappingError(code, str(self.where(node)), cause, fix)

    def fields(self, node: Node | None, what: str, names: Iterable[str]) -> dict[str, Node]:
        """The entries of a mapping node whose keys must be among `names`."""
        allowed = list(names)
        found = self.entries(node, what)
        for name, (key, _) in found.items():
            if name not in allowed:
                raise self.wrong(key, f"{what} has no {name!r}", nearest(name, allowed))
        return {name: value for name, (_, value) in found.items()}

    def entries(self, node: Node | None, what: str) -> dict[str, tuple[Node, Node]]:
        """The entries of a mapping node by key text: key node and value node."""
        if not isinstance(node, MappingNode):
            raise self.wrong(
                node, f"{what} must be a mapping of names to values", "Write name: value."
            )
        found: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            name = self.text(key)
            if name in found:
                raise self.wrong(key, f"{name!r} stands twice in {what}", "Keep one of the two.")
            found[name] = (key, value)
        return found

    def text(self, node: Node | None) -> str:
        if not isinstance(node, ScalarNode):
            raise self.wrong(node, "one value is expected here", "Write a single text.")
        return str(node.value)

    def rows(self, node: Node | None, read: Callable[[Node], T]) -> tuple[T, ...]:
        """A list; a single value is a list of one, absent is empty."""
        if node is None:
            return ()
        if isinstance(node, SequenceNode):
            return tuple(read(item) for item in node.value)
        return (read(node),)

    def flag(self, node: Node | None, default: bool) -> bool:
        if node is None:
            return default
        text = self.text(node)
        if text not in ("true", "false"):
            raise self.wrong(node, f"{text!r} is not true or false", "Write true or false.")
        return text == "true"

    def path(self, node: Node) -> Path:
        text = self.text(node)
        try:
            return parse(text)
        except ValueError as error:
            raise self.wrong(
                node, f"path {text!r}: {error}", "loaders/paths.py begins with the path language."
            ) from error

    def mark(self, node: Node | None, default: str) -> str:
        if node is None:
            return default
        text = self.text(node)
        if text not in EVIDENCE:
            raise self.wrong(node, f"evidence {text!r}", f"One of {', '.join(EVIDENCE)}.")
        return text
