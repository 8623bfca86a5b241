"""Mapping files: YAML to `SourceMapping`, with file, line and column in every complaint."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TypeVar, get_args

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from loaders.errors import MappingError, nearest
from loaders.mapping import (
    Block,
    ClassRule,
    Column,
    Condition,
    DocumentRule,
    Format,
    How,
    Link,
    Signature,
    SourceMapping,
    Value,
    Where,
)
from loaders.paths import Path, below, parse

EVIDENCE = ("V", "S", "C", "I")
FORMATS = ("date", "london-date", "datetime", "month", "integer", "decimal", "boolean")
DEFAULT_MAX_REMOVED = 0.2

_TOP = (
    "source format evidence complete contract recognise reader filename document records "
    "unmapped samples"
).split()
_BLOCK = "record class at when key owned set records".split()
_VALUE = (
    "path format codes const join with each first present map default optional evidence".split()
)
_LINK = "to all dataset key evidence".split()
_WHEN = "path present absent equals in not codes denotes".split()
_SOURCES = ("path", "const", "join", "each", "first", "present")
_HOW: dict[str, How] = {
    "path": "one",
    "each": "each",
    "join": "join",
    "first": "first",
    "present": "present",
}

# libyaml where PyYAML was built with it: eight times faster, and it keeps the places too.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


def read_mapping(file: FilePath) -> SourceMapping:
    """Parse one mapping file. Raises MappingError; nothing is compared with the Model here."""
    return _Parser(file).mapping(compose(file))


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


class _Parser:
    """Turns the node tree of one file into typed objects; knows where everything stands."""

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
                node, f"path {text!r}: {error}", "See the path language in docs/integrator.md."
            ) from error

    def mark(self, node: Node | None, default: str) -> str:
        if node is None:
            return default
        text = self.text(node)
        if text not in EVIDENCE:
            raise self.wrong(node, f"evidence {text!r}", f"One of {', '.join(EVIDENCE)}.")
        return text

    def mapping(self, root: Node | None) -> SourceMapping:
        top = self.fields(root, "a mapping", _TOP)
        for name in ("source", "format", "document", "records"):
            if name not in top:
                raise self.wrong(root, f"{name!r} is missing", f"Add {name}: to the mapping.")
        form = self.text(top["format"])
        if form not in get_args(Format):
            raise self.wrong(top["format"], f"format {form!r}", nearest(form, get_args(Format)))
        self.evidence = self.mark(top.get("evidence"), "I")
        contract = (
            self.fields(top["contract"], "contract", ["max_removed"]) if "contract" in top else {}
        )
        blocks = self.blocks(top["records"])
        names = [block for each in blocks for block in each.walk()]
        for block in names:
            if sum(other.name == block.name for other in names) > 1:
                raise MappingError(
                    "JG-MAP-002",
                    str(block.where),
                    f"two blocks are called {block.name!r}",
                    "Give each record block a name of its own.",
                )
        unmapped = self.unmapped(top.get("unmapped"))
        return SourceMapping(
            source=self.text(top["source"]),
            format=form,  # type: ignore[arg-type]  # just compared with get_args(Format)
            evidence=self.evidence,
            complete=self.flag(top.get("complete"), False),
            max_removed=self.share(contract.get("max_removed")),
            recognise=self.rows(top.get("recognise"), self.signature),
            reader=self.text(top["reader"]) if "reader" in top else None,
            filename=self.pattern(top.get("filename")),
            document=self.document(top["document"]),
            blocks=blocks,
            unmapped={name: reason for name, (reason, _) in unmapped.items()},
            samples=self.rows(top.get("samples"), self.text),
            where=self.where(root),
            marks={name: self.where(node) for name, node in top.items()}
            | {f"unmapped:{name}": where for name, (_, where) in unmapped.items()},
        )

    def unmapped(self, node: Node | None) -> dict[str, tuple[str, Where]]:
        """Pattern → reason and place; the key `include` names files of more such pairs."""
        if node is None:
            return {}
        found: dict[str, tuple[str, Where]] = {}
        for name, (key, value) in self.entries(node, "unmapped").items():
            if name != "include":
                found[name] = (self.text(value), self.where(key))
                continue
            for file in self.rows(value, self.text):
                path = self.file.parent / file
                if not path.is_file():
                    raise self.wrong(
                        key, f"no file {file!r} to include", "Name it from this folder."
                    )
                found |= _Parser(path).unmapped(compose(path))
        return found

    def share(self, node: Node | None) -> float:
        if node is None:
            return DEFAULT_MAX_REMOVED
        try:
            share = float(self.text(node))
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise self.wrong(node, "max_removed is not a share", "Write a number from 0 to 1.")
        return share

    def pattern(self, node: Node | None) -> re.Pattern[str] | None:
        if node is None:
            return None
        try:
            return re.compile(self.text(node))
        except re.error as error:
            raise self.wrong(node, f"not a regular expression: {error}", "Correct it.") from error

    def signature(self, node: Node) -> Signature:
        part = self.fields(node, "recognise", ["paths", "columns", "name", "root"])
        return Signature(
            paths=self.rows(part.get("paths"), self.path),
            columns=self.rows(part.get("columns"), self.text),
            name=self.text(part["name"]) if "name" in part else None,
            root=self.text(part["root"]) if "root" in part else None,
        )

    def document(self, node: Node) -> DocumentRule:
        part = self.fields(node, "document", ["at", "key", "version", "require", "otherwise"])
        at = self.text(part["at"]) if "at" in part else "$"
        otherwise = self.text(part["otherwise"]) if "otherwise" in part else None
        if otherwise not in (None, "content"):
            raise self.wrong(part["otherwise"], f"otherwise: {otherwise}", "Only: content.")
        return DocumentRule(
            at=parse("$") if at == "row" else self.path(part["at"]) if "at" in part else parse("$"),
            key=self.rows(part.get("key"), self.part),
            version=self.part(part["version"]) if "version" in part else None,
            require=self.rows(part.get("require"), self.path),
            by_content=otherwise == "content",
        )

    def block(self, node: Node) -> Block:
        part = self.fields(node, "a record block", _BLOCK)
        for name in ("record", "class"):
            if name not in part:
                raise self.wrong(node, f"{name!r} is missing", f"Add {name}: to the block.")
        columns = self.entries(part["set"], "set") if "set" in part else {}
        return Block(
            name=self.text(part["record"]),
            cls=self.class_rule(part["class"]),
            at=self.path(part["at"]) if "at" in part else parse("."),
            when=self.rows(part.get("when"), self.condition),
            key=self.rows(part.get("key"), self.part),
            owned=self.flag(part.get("owned"), True),
            columns=tuple(self.column(name, key, rule) for name, (key, rule) in columns.items()),
            blocks=self.blocks(part.get("records")),
            where=self.where(node),
        )

    def blocks(self, node: Node | None) -> tuple[Block, ...]:
        """A list of blocks; `- include: file` stands for the list of blocks in that file."""
        if node is not None and not isinstance(node, SequenceNode):
            raise self.wrong(node, "records must be a list", "Begin each block with a dash.")
        made: list[Block] = []
        for item in node.value if node is not None else ():
            if "include" in self.entries(item, "a record block"):
                made.extend(self.included(item))
            else:
                made.append(self.block(item))
        return tuple(made)

    def included(self, node: Node) -> tuple[Block, ...]:
        """The blocks of another file; `at:` says from where below the parent's node."""
        part = self.fields(node, "include", ["include", "at"])
        name = self.text(part["include"])
        file = self.file.parent / name
        if not file.is_file():
            raise self.wrong(node, f"no file {name!r} to include", "Name it from this folder.")
        other = _Parser(file)
        other.evidence = self.evidence
        blocks = other.blocks(compose(file))
        if "at" not in part:
            return blocks
        at = self.path(part["at"])
        try:
            return tuple(replace(block, at=below(at, block.at)) for block in blocks)
        except ValueError as error:
            raise self.wrong(
                node, str(error), "Give the included block an at: of its node."
            ) from error

    def class_rule(self, node: Node) -> ClassRule:
        if isinstance(node, ScalarNode):
            return ClassRule(self.text(node))
        part = self.fields(node, "class", ["code", "from", "default"])
        for name in ("code", "from"):
            if name not in part:
                raise self.wrong(node, f"class: {name!r} is missing", "Name code and from.")
        default = self.text(part["default"]) if "default" in part else None
        return ClassRule(default, self.text(part["code"]), self.rows(part["from"], self.path))

    def condition(self, node: Node) -> Condition:
        part = self.fields(node, "when", _WHEN)
        tests = sorted(part.keys() - {"path", "codes"})
        if "path" not in part or len(tests) != 1 or ("codes" in part) != (tests == ["denotes"]):
            raise self.wrong(
                node,
                "when takes a path and one test",
                "One of present, absent, equals, in, not, or codes with denotes.",
            )
        path = self.path(part["path"])
        test, value = tests[0], part[tests[0]]
        if test == "denotes":
            names = self.rows(value, self.text)
            return Condition(path, "denotes", names, self.text(part["codes"]))
        if test == "not":
            return Condition(path, "not", self.rows(value, self.text))
        if test in ("equals", "in"):
            return Condition(path, "in", self.rows(value, self.text))
        wanted = self.flag(value, True) == (test == "present")
        return Condition(path, "present" if wanted else "absent")

    def column(self, name: str, key: Node, rule: Node) -> Column:
        if isinstance(rule, ScalarNode):
            return Column(name, Value("one", (self.path(rule),)), self.evidence, self.where(key))
        entries = self.entries(rule, name)
        part = self.fields(rule, name, _LINK if "to" in entries else _VALUE)
        made: Value | Link = self.link(rule, part) if "to" in part else self.value(rule, part)
        return Column(name, made, self.mark(part.get("evidence"), self.evidence), self.where(key))

    def link(self, node: Node, part: Mapping[str, Node]) -> Link:
        targets = self.rows(part["to"], self.text)
        key = self.rows(part.get("key"), self.part)
        every = self.flag(part.get("all"), False)
        if (key or every) and len(targets) != 1:
            raise self.wrong(node, "key: and all: take one target", "Name one target in to:.")
        if key and every:
            raise self.wrong(node, "all: and key: exclude each other", "Keep one of the two.")
        if "dataset" in part and not key:
            raise self.wrong(node, "dataset: needs key:", "Add the target's key parts.")
        dataset = self.text(part["dataset"]) if "dataset" in part else None
        return Link(targets, key, dataset, every)

    def part(self, node: Node) -> Value:
        """A key part: a path, or a value with its format."""
        if isinstance(node, ScalarNode):
            return Value("one", (self.path(node),))
        return self.value(node, self.fields(node, "a key part", _VALUE))

    def value(self, node: Node, part: Mapping[str, Node]) -> Value:
        sources = [name for name in _SOURCES if name in part]
        if "with" in part and "join" not in part:
            sources.append("with")
        if len(sources) != 1:
            raise self.wrong(
                node,
                f"{len(sources)} sources of a value",
                f"One of {', '.join(_SOURCES)}, with, to.",
            )
        source = sources[0]
        how: How = "one"
        paths: tuple[Path, ...] = ()
        const = separator = ""
        if source == "const":
            how, const = "const", self.text(part["const"])
        elif source == "with":
            name = self.text(part["with"])
            paths = (parse(name if name.startswith("@") else f"@with.{name}"),)
        else:
            how = _HOW[source]
            paths = self.rows(part[source], self.path)
            if source == "path" and len(paths) != 1:
                raise self.wrong(node, "path: takes one path", "Use first: or join: for several.")
            separator = self.text(part["with"]) if "with" in part else " "
        form = self.text(part["format"]) if "format" in part else None
        if form is not None and form not in FORMATS and "%" not in form:
            raise self.wrong(part["format"], f"format {form!r}", nearest(form, FORMATS))
        rename = None
        if "map" in part:
            pairs = self.entries(part["map"], "map")
            rename = {name: self.text(value) for name, (_, value) in pairs.items()}
        return Value(
            how,
            paths,
            separator,
            const,
            form,
            codes=self.text(part["codes"]) if "codes" in part else None,
            rename=rename,
            default=self.text(part["default"]) if "default" in part else None,
            optional=self.flag(part.get("optional"), False),
        )
