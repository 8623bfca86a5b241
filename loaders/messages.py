"""The messages of one JSON, JSON Lines or XML file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from loaders.catalogue import Reader
from loaders.errors import FileError
from loaders.mapping import Format
from loaders.paths import Tree
from loaders.trees import Limits, json_tree, xml_tree


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of a JSON Lines file that is not a message; the other lines are."""

    error: FileError


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and its place in the file: `line 3`, or "" where the file is one message."""

    place: str
    content: Tree | Unreadable


def messages(file: FilePath, form: Format, reader: Reader, limits: Limits) -> Iterator[Message]:
    """The messages of a file, one at a time.

    Raises FileError when the file as a whole cannot be read.
    """
    if form == "json" and file.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _lines(file, reader, limits)
        return
    size = file.stat().st_size
    if size > limits.message_bytes:
        raise too_large(size, limits)
    data = file.read_bytes()
    tree = json_tree(data, limits) if form == "json" else xml_tree(data, limits)
    for message in reader(tree):
        yield Message("", message)


def _lines(file: FilePath, reader: Reader, limits: Limits) -> Iterator[Message]:
    with file.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(limits.message_bytes + 1), b"")):
            if len(line) > limits.message_bytes:
                raise too_large(len(line), limits, f"line {number + 1}: ")
            if not line.strip():
                continue
            place = f"line {number + 1}"
            try:
                for message in reader(json_tree(line, limits)):
                    yield Message(place, message)
            except FileError as error:
                yield Message(place, Unreadable(error))


def too_large(size: int, limits: Limits, where: str = "") -> FileError:
    """The refusal of a message above the limit."""
    return FileError(
        "JG-LOD-007",
        f"{where}one message of {size:,} bytes or more; the limit is {limits.message_bytes:,}",
        "Check that this is the right file, or raise the limit in the settings.",
    )
