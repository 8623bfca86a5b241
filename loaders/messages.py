"""The messages of a parsed file, or of the lines of a JSON Lines file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from loaders.catalogue import Reader
from loaders.errors import FileError
from loaders.paths import Tree
from loaders.trees import Limits, json_tree


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of a JSON Lines file that is not a message; the other lines are."""

    error: FileError


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and its place in the file: `line 3`, or "" where the file is one message."""

    place: str
    content: Tree | Unreadable


def messages_of(tree: Tree, reader: Reader) -> list[Message]:
    """The messages in a parsed file. Raises FileError when one of them cannot be read."""
    return [Message("", message) for message in reader(tree)]


def lines_of(file: FilePath, reader: Reader, limits: Limits) -> Iterator[Message]:
    """The messages of a JSON Lines file, one line at a time, the unreadable ones among them."""
    number = 0
    with file.open("rb") as stream:
        while line := stream.readline(limits.message_bytes + 1):
            number += 1
            place = f"line {number}"
            size = len(line)
            while size > limits.message_bytes and line and not line.endswith(b"\n"):
                line = stream.readline(limits.message_bytes)
                size += len(line)
            if size > limits.message_bytes:
                yield Message(place, Unreadable(too_large(size, limits)))
            elif line.strip():
                try:
                    yield from [Message(place, tree) for tree in reader(json_tree(line, limits))]
                except FileError as error:
                    yield Message(place, Unreadable(error))


def too_large(size: int, limits: Limits, where: str = "") -> FileError:
    """The refusal of a message above the limit."""
    return FileError(
        "JG-LOD-007",
        f"{where}one message of {size:,} bytes or more; the limit is {limits.message_bytes:,}",
        "Check that this is the right file, or raise the limit in the settings.",
    )
