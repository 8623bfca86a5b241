"""Mapping files: YAML to `SourceMapping`, with file, line and column in every complaint."""

import re
from dataclasses import replace
from pathlib import Path as FilePath
from typing import get_args

from yaml.nodes import Node, SequenceNode

from loaders.errors import MappingError, nearest
from loaders.mapping import Block, ClassRule, DocumentRule, Format, Signature, SourceMapping, Where
from loaders.mapping_values import Values
from loaders.paths import below, parse
from loaders.yaml_nodes import compose

DEFAULT_MAX_REMOVED = 0.2

_TOP = (
    "source format evidence complete contract recognise reader filename document records "
    "unmapped samples"
).split()
_CONTRACT = ["max_removed", "max_rejected"]
_BLOCK = "record class at when key owned set records".split()


def read_mapping(file: FilePath) -> SourceMapping:
    """Parse one mapping file. Raises MappingError; nothing is compared with the Model here."""
    return _Parser(file).mapping(compose(file))


class _Parser(Values):
    """Turns the node tree of one file into a mapping."""

    def mapping(self, root: Node | None) -> SourceMapping:
        top = self.fields(root, "a mapping", _TOP)
        for name in ("source", "format", "document", "records"):
            if name not in top:
                raise self.wrong(root, f"{name!r} is missing", f"Add {name}: to the mapping.")
        form = self.text(top["format"])
        if form not in get_args(Format):
            raise self.wrong(top["format"], f"format {form!r}", nearest(form, get_args(Format)))
        self.evidence = self.mark(top.get("evidence"), "I")
        contract = self.fields(top["contract"], "contract", _CONTRACT) if "contract" in top else {}
        max_removed = self.share(contract, "max_removed")
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
            max_removed=DEFAULT_MAX_REMOVED if max_removed is None else max_removed,
            max_rejected=self.share(contract, "max_rejected"),
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

    def share(self, part: dict[str, Node], name: str) -> float | None:
        if name not in part:
            return None
        try:
            share = float(self.text(part[name]))
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise self.wrong(part[name], f"{name} is not a share", "Write a number from 0 to 1.")
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
        if not part.keys() & {"record", "class", "key", "set", "owned"} and "records" in part:
            return self.way(node, part)
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

    def way(self, node: Node, part: dict[str, Node]) -> Block:
        """A block that makes no record: a node on the way to the blocks in it."""
        where = self.where(node)
        return Block(
            name=f"{where.file.name}:{where.line}:{where.column}",
            cls=ClassRule(None),
            at=self.path(part["at"]) if "at" in part else parse("."),
            when=self.rows(part.get("when"), self.condition),
            key=(),
            owned=True,
            columns=(),
            blocks=self.blocks(part["records"]),
            where=where,
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
