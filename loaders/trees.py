"""Bytes of one message to a tree of dicts, lists and scalars; everything hostile is refused here.

JSON keeps JSON's types. XML becomes the same tree by local names: attributes `@name`, text
`#text`, an element with neither attributes nor children its text, repeated elements a list.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from loaders.errors import FileError
from loaders.paths import Tree

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError

_KEY = re.compile(rb'"[ \t\r\n]*:')
_ESCAPED = re.compile(rb"\\u00[23]")
_BOM = b"\xef\xbb\xbf"
_SIGNATURES = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 or UTF-32 text",
    b"\xfe\xff": "UTF-16 text",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may take: bytes, and levels of nesting."""

    message_bytes: int = 64 * 1024 * 1024
    depth: int = 100


def foreign(head: bytes) -> str | None:
    """What the first bytes of a file say it is, when it is not UTF-8 text."""
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    if b"\x00" in head:
        return "UTF-16 text or binary (it holds NUL bytes)"
    return None


def json_tree(data: bytes, limits: Limits | None = None) -> Tree:
    """One JSON text. Raises FileError: broken, too large, too deep, a key that says two things."""
    limits = limits or Limits()
    data = _text(data, limits)
    try:
        tree = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FileError(
            "JG-LOD-002",
            f"not valid JSON: {error.msg} at line {error.lineno} column {error.colno}",
            "Ask the sender for the whole file again.",
        ) from error
    _not_too_deep(tree, limits.depth)
    if _ESCAPED.search(data) or len(_KEY.findall(data)) != len(_KEY.findall(orjson.dumps(tree))):
        json.loads(data, object_pairs_hook=_once)
    return tree


def _once(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    """An object; a key may stand twice in it if both say the same."""
    made: dict[str, Tree] = {}
    for name, value in pairs:
        if name in made and _written(made[name]) != _written(value):
            raise FileError(
                "JG-LOD-003",
                f"the key {name!r} stands twice in one JSON object",
                "Ask the sender which of the two is meant.",
            )
        made[name] = value
    return made


def _written(value: Tree) -> str:
    """A value as text: 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


def _not_too_deep(tree: Tree, depth: int) -> None:
    level: list[Tree] = [tree]
    for _ in range(depth + 1):
        level = (
            [
                child
                for node in level
                for child in (node.values() if type(node) is dict else node)
                if type(child) is dict or type(child) is list
            ]
            if level and type(level[0]) in (dict, list)
            else []
        )
        if not level:
            return
    raise _too_deep(depth)


def _too_deep(depth: int) -> FileError:
    return FileError(
        "JG-LOD-004", f"nested deeper than {depth} levels", "Check that this is the right file."
    )


def xml_tree(data: bytes | str, limits: Limits | None = None) -> Tree:
    """One XML document, as {root name: content}. No DTD, no entities, no network.

    Raises FileError: broken, too large, too deep, or with a document type.
    """
    from lxml import etree

    limits = limits or Limits()
    raw = _text(data.encode() if isinstance(data, str) else data, limits).strip()
    target = _Builder(limits.depth)
    parser = etree.XMLParser(
        target=target,  # type: ignore[arg-type]  # the stubs ask for methods lxml does not call
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        parser.feed(raw)
        tree = parser.close()
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise FileError(
            "JG-LOD-005",
            f"not valid XML: {_reason(error)} at line {line} column {column}",
            "Ask the sender for the whole file again.",
        ) from error
    return tree


def _reason(error: "XMLSyntaxError") -> str:
    """What libxml2 complains of, without names and text of the document."""
    from lxml import etree

    kind: int = error.code  # type: ignore[attr-defined]  # the stubs lack it
    name = str(etree.ErrorTypes._getName(kind, "syntax error"))
    return name.removeprefix("ERR_").replace("_", " ").lower()


class _Builder:
    """Builds the tree while lxml parses, so that no second tree is held."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.open: list[tuple[str, dict[str, Tree], list[str]]] = []
        self.root: Tree = None

    def doctype(self, name: str | None, public: str | None, system: str | None) -> None:
        raise FileError(
            "JG-LOD-006",
            "the XML has a document type, which could name entities or other files",
            "Ask the sender for the message without a DOCTYPE.",
        )

    def start(self, tag: str, attributes: Iterable[tuple[str, str]]) -> None:
        if len(self.open) >= self.depth:
            raise _too_deep(self.depth)
        made: dict[str, Tree] = {
            f"@{_local(name)}": value for name, value in dict(attributes).items()
        }
        self.open.append((_local(tag), made, []))

    def data(self, text: str) -> None:
        self.open[-1][2].append(text)

    def end(self, tag: str) -> None:
        name, children, parts = self.open.pop()
        text = "".join(parts).strip()
        node: Tree = children
        if not children:
            node = text
        elif text:
            children["#text"] = text
        if not self.open:
            self.root = {name: node}
            return
        siblings = self.open[-1][1]
        if name not in siblings:
            siblings[name] = node
        elif type(siblings[name]) is list:
            siblings[name].append(node)
        else:
            siblings[name] = [siblings[name], node]

    def close(self) -> Tree:
        return self.root


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def not_text(what: str) -> FileError:
    """The refusal of a file that is something else than UTF-8 text."""
    return FileError("JG-LOD-009", f"not UTF-8 text but {what}", "Send it as UTF-8 text.")


def _text(data: bytes, limits: Limits) -> bytes:
    """The bytes without a byte order mark, checked for size and for being UTF-8 text."""
    if len(data) > limits.message_bytes:
        raise FileError(
            "JG-LOD-007",
            f"one message of {len(data):,} bytes; the limit is {limits.message_bytes:,}",
            "Check that this is the right file, or raise the limit in the settings.",
        )
    if not data.strip():
        raise FileError("JG-LOD-008", "the file is empty", "Ask the sender for the file again.")
    what = foreign(data[:4096])
    if what:
        raise not_text(what)
    if b"\x00" in data:
        raise FileError("JG-LOD-009", "the text holds NUL bytes", "Send it as UTF-8 text.")
    return data.removeprefix(_BOM)
