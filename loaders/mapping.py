"""A mapping: how one source's files become records. Frozen, parsed from YAML by `mapping_yaml`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Literal, NamedTuple

from loaders.paths import Path

Format = Literal["json", "csv", "xml"]
How = Literal["one", "each", "first", "join", "const", "present"]


class Where(NamedTuple):
    """A place in a mapping file; lines and columns count from 1."""

    file: FilePath
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Value:
    """A column's text: from one path, each of several, the first of several, several joined, a
    constant, or `true` where any of several is present.

    format: how the text is written (date, london-date, datetime, month, integer, decimal,
    boolean, or a strptime pattern); None = as the property's datatype is written in XML Schema.
    codes: the source's own scheme. rename: source text → text, before the format is read; `*`
    stands for any other text. default: the text where there is none. optional: as a key part,
    it may be absent, and the key is shorter then.
    """

    how: How
    paths: tuple[Path, ...] = ()
    separator: str = ""
    const: str = ""
    format: str | None = None
    codes: str | None = None
    rename: Mapping[str, str] | None = None
    default: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A column that leads to records.

    targets: names of blocks in scope (without key: whichever was made), of one block, or of one
    root class (both with key). dataset: where the target is told, this source when None.
    every: all records the block made in the same document.
    """

    targets: tuple[str, ...]
    key: tuple[Value, ...] = ()
    dataset: str | None = None
    every: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a block's records."""

    name: str
    rule: Value | Link
    evidence: str
    where: Where

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path the column reads."""
        if isinstance(self.rule, Value):
            return self.rule.paths
        return tuple(path for part in self.rule.key for path in part.paths)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on one path.

    present, absent; in: one of some values; not: none of them, or absent; denotes: the code
    there, in scheme `codes`, stands for one of the classes `values` or a class below it.
    """

    path: Path
    test: Literal["present", "absent", "in", "not", "denotes"]
    values: tuple[str, ...] = ()
    codes: str = ""


@dataclass(frozen=True, slots=True)
class ClassRule:
    """The class of a block's records: fixed, or the class a code denotes, else `default`.

    The notation is the texts at `paths` joined by `-`. Without a default, a code that denotes
    no class makes no record.
    """

    default: str | None
    scheme: str | None = None
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Records made from one kind of node, one a node.

    A block without a class makes none: it only leads to the blocks in it.
    """

    name: str
    cls: ClassRule
    at: Path
    when: tuple[Condition, ...]
    key: tuple[Value, ...]
    owned: bool
    columns: tuple[Column, ...]
    blocks: tuple["Block", ...]
    where: Where

    @property
    def leads(self) -> bool:
        """Whether it makes no record."""
        return self.cls.default is None and self.cls.scheme is None

    def walk(self) -> Iterator["Block"]:
        """This block and all blocks in it, parents first."""
        yield self
        for block in self.blocks:
            yield from block.walk()


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """What is replaced as a whole: its nodes, key, version, and what must be there.

    by_content: a document without a key is known by its content and its ordinal among
    identical ones in its file.
    """

    at: Path
    key: tuple[Value, ...]
    version: Value | None
    require: tuple[Path, ...]
    by_content: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to recognise a file of this source: all that is stated must hold."""

    paths: tuple[Path, ...] = ()
    columns: tuple[str, ...] = ()
    name: str | None = None
    root: str | None = None


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One source: one kind of extract of one system."""

    source: str
    format: Format
    evidence: str
    complete: bool
    max_removed: float
    max_rejected: float | None
    recognise: tuple[Signature, ...]
    reader: str | None
    filename: re.Pattern[str] | None
    document: DocumentRule
    blocks: Sequence[Block]
    unmapped: Mapping[str, str]
    samples: tuple[str, ...]
    where: Where
    marks: Mapping[str, Where] = field(default_factory=dict)

    @property
    def organisation(self) -> str:
        """The folder the mapping lives in."""
        return self.where.file.parent.name

    def walk(self) -> Iterator[Block]:
        """All blocks, parents first."""
        for block in self.blocks:
            yield from block.walk()

    @property
    def given(self) -> frozenset[str]:
        """Names of the keys outside the file that the mapping reads (`--with name=value`)."""
        rule = self.document
        values = [*rule.key, *([rule.version] if rule.version else [])]
        paths = [*rule.require]
        for block in self.walk():
            values += block.key
            paths += [*block.cls.paths, *(test.path for test in block.when)]
            paths += [path for column in block.columns for path in column.paths]
        paths += [path for value in values for path in value.paths]
        return frozenset(path.name for path in paths if path.origin == "with")

    def block(self, name: str) -> Block | None:
        """The block of that name."""
        return next((block for block in self.walk() if block.name == name), None)
