"""Message trees to raw frames, in one pass over each message, by compiled paths."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from loaders.codes import class_chooser
from loaders.content import fingerprint
from loaders.mapping import Block, SourceMapping, Value
from loaders.paths import Misfit, Path, Tree, places
from loaders.raw import DOCUMENTS, FAULTS, Raw
from loaders.reads import (
    DOCUMENT,
    TOP,
    Get,
    Scope,
    as_text,
    condition,
    getter,
    several,
    single,
    start_level,
)
from ontology.model import Model


class _Sheet:
    """One block, compiled, and the columns it is filling."""

    def __init__(
        self, block: Block, number: int, level: int, numbers: dict[str, int], model: Model
    ):
        self.block, self.number, self.level = block, number, level
        self.tests = [condition(test, level, model) for test in block.when]
        self.choose = class_chooser(model, block.cls)
        self.class_parts = [single(Value("one", (path,)), level) for path in block.cls.paths]
        self.leads = block.leads
        self.fixed_class = block.cls.default if block.cls.scheme is None else None
        self.n: list[int] = []
        self.doc: list[int] = []
        self.place: list[str] = []
        self.cls: list[str] = []
        self.texts: list[
            tuple[str, str, Callable[[Scope], str | Misfit | None], list[str | None]]
        ] = []
        self.lists: list[tuple[str, str, list[Get], list[list[str] | None]]] = []
        self.targets: list[tuple[str, list[int], list[int | None]]] = []
        for position, part in enumerate(block.key):
            self._value(f"k:{position}", "key", part, False)
        for column in block.columns:
            rule = column.rule
            if isinstance(rule, Value):
                many = column.name in model.properties and model.properties[column.name].many
                self._value(f"v:{column.name}", column.name, rule, many)
            elif rule.key:
                for position, part in enumerate(rule.key):
                    many = any(path.many for path in part.paths)
                    self._value(f"l:{column.name}:{position}", column.name, part, many)
            elif not rule.every:
                wanted = [numbers[name] for name in rule.targets if name in numbers]
                self.targets.append((f"t:{column.name}", wanted, []))

    def _value(self, name: str, column: str, value: Value, many: bool) -> None:
        if value.how == "const":
            return
        if many and value.how in ("one", "each"):
            gets = [getter(path, self.level) for path in value.paths]
            self.lists.append((name, column, gets, []))
        else:
            self.texts.append((name, column, single(value, self.level), []))

    def wanted(self, scope: Scope) -> str | None:
        """The class of the record to make here, "" to go on without one, or None: no record."""
        for test in self.tests:
            if not test(scope):
                return None
        if self.leads:
            return ""
        if self.fixed_class is not None:
            return self.fixed_class
        parts = [part(scope) for part in self.class_parts]
        return self.choose([part if type(part) is str else None for part in parts])

    def take(self) -> pl.DataFrame:
        """What was filled in so far; the columns are empty again."""
        data = {
            "_n": pl.Series(self.n, dtype=pl.Int64),
            "_doc": pl.Series(self.doc, dtype=pl.Int64),
            "_place": pl.Series(self.place, dtype=pl.String),
            "class": pl.Series(self.cls, dtype=pl.String),
        }
        for name, _, _, texts in self.texts:
            data[name] = pl.Series(texts, dtype=pl.String)
        for name, _, _, lists in self.lists:
            data[name] = pl.Series(lists, dtype=pl.List(pl.String))
        for name, _, made in self.targets:
            data[name] = pl.Series(made, dtype=pl.Int64)
        filled: list[list[Any]] = [self.n, self.doc, self.place, self.cls]
        filled += [texts for *_, texts in self.texts] + [lists for *_, lists in self.lists]
        filled += [made for *_, made in self.targets]
        for column in filled:
            column.clear()
        return pl.DataFrame(data)


class _Node:
    """A block with what hangs on it: blocks made at most once there, and blocks made from each."""

    def __init__(self, sheet: _Sheet, at: Path, below: "_Below") -> None:
        self.sheet, self.below = sheet, below
        self.level = sheet.level
        self.start = start_level(at, sheet.level - 1)
        self.places = places(at.steps)


@dataclass(slots=True)
class _Below:
    """Blocks below one node. `groups` share their `at`: blocks of a group are made from one node.

    once: those whose `at` meets at most one node; all of them are in scope of one another and of
    everything in the groups.
    """

    once: list[_Node]
    groups: list[list[_Node]]


@dataclass(slots=True)
class _Found:
    """A node of the message met for a block, and the instance made of it, if one is."""

    block: _Node
    node: Tree
    place: str
    ordinal: int
    cls: str
    number: int
    below: list["_Found"]


class Extractor:
    """Fills raw frames from messages of one source.

    add() one message at a time, take() the batch. Values at paths the mapping does not name are
    never looked at.
    """

    def __init__(self, mapping: SourceMapping, model: Model) -> None:
        self.mapping, self.model = mapping, model
        self.numbers = {block.name: number for number, block in enumerate(mapping.walk())}
        self._sheets: list[_Sheet] = []
        self._levels = TOP
        self._top = self._compile(mapping.blocks, DOCUMENT)
        rule = mapping.document
        self._document_places = places(rule.at.steps)
        self._document_key = [single(part, DOCUMENT) for part in rule.key]
        self._version = single(rule.version, DOCUMENT) if rule.version else None
        self._require = [(path.text, getter(path, DOCUMENT)) for path in rule.require]
        self._clear()

    def _clear(self) -> None:
        self.instances = 0
        self._documents: list[list[str | int | None]] = []
        self._faults: list[tuple[int, int | None, str, str, str, str]] = []

    def _compile(self, blocks: Sequence[Block], parent_level: int) -> _Below:
        below = _Below([], [])
        groups: dict[str, list[_Node]] = {}
        level = parent_level + 1
        self._levels = max(self._levels, level)
        for block in blocks:
            sheet = _Sheet(block, self.numbers[block.name], level, self.numbers, self.model)
            self._sheets.append(sheet)
            node = _Node(sheet, block.at, self._compile(block.blocks, level))
            if block.at.many:
                groups.setdefault(block.at.text, []).append(node)
            else:
                below.once.append(node)
        below.groups = list(groups.values())
        return below

    def add(
        self,
        message: Tree,
        file: int,
        prefix: str = "",
        groups: dict[str, str] | None = None,
        given: dict[str, str] | None = None,
        seen: dict[str, int] | None = None,
    ) -> None:
        """Extract one message.

        file: number of its file in the load. prefix: its place in the file (`line 3`, or "").
        groups, given: what @file. and @with. mean. seen: contents met in this file so far, for
        documents known by content.
        """
        scope = Scope(
            [message] + [None] * self._levels,
            [1] * (self._levels + 1),
            [None] * len(self.numbers),
            groups or {},
            given or {},
        )
        for node, place, ordinal in self._document_places(message, ""):
            document = len(self._documents)
            scope.nodes[DOCUMENT] = node
            scope.ordinals[DOCUMENT] = ordinal
            where = f"{prefix} {place}".strip()
            self._document(scope, node, document, file, where, seen if seen is not None else {})
            self._fill(self._once(self._top.once, scope, where), scope, document)
            self._each(self._top.groups, scope, document, where)

    def _document(
        self, scope: Scope, node: Tree, document: int, file: int, place: str, seen: dict[str, int]
    ) -> None:
        key: list[str | None] = []
        for part in self._document_key:
            text = part(scope)
            key.append(text if type(text) is str else None)
        rule = self.mapping.document
        missing = any(
            text is None and not part.optional and part.how != "const"
            for text, part in zip(key, rule.key, strict=True)
        )
        content = fingerprint(orjson.dumps(node, option=orjson.OPT_SORT_KEYS))
        if (missing or not key) and rule.by_content:
            seen[content] = seen.get(content, 0) + 1
            key = ["content", content, str(seen[content])]
        version = self._version(scope) if self._version else None
        if type(version) is Misfit:
            self._faults.append((document, None, "version", "", "JG-LOD-021", version.met))
            version = None
        for text, get in self._require:
            if as_text(get(scope)) is None:
                self._faults.append((document, None, text, text, "JG-LOD-020", ""))
        self._documents.append([document, file, place, version, content, *key])  # type: ignore[list-item]  # not a Misfit any more

    def _once(self, blocks: Sequence[_Node], scope: Scope, place: str) -> list[_Found]:
        """Number the instances of blocks made at most once, before any link is followed."""
        found = []
        for block in blocks:
            met = next(block.places(scope.nodes[block.start], place), None)
            made = self._met(block, met[0], met[1], met[2], scope) if met is not None else None
            if made is not None:
                found.append(made)
            else:
                self._forget(block, scope)
        return found

    def _met(
        self, block: _Node, node: Tree, place: str, ordinal: int, scope: Scope
    ) -> _Found | None:
        """The instance a block makes of a node, with those that are made once below it.

        A block that only leads on is met, and makes none.
        """
        scope.nodes[block.level] = node
        scope.ordinals[block.level] = ordinal
        cls = block.sheet.wanted(scope)
        if cls is None:
            return None
        number = self.instances
        if not block.sheet.leads:
            scope.made[block.sheet.number] = number
            self.instances += 1
        made = _Found(block, node, place, ordinal, cls, number, [])
        made.below = self._once(block.below.once, scope, place)
        return made

    def _forget(self, block: _Node, scope: Scope) -> None:
        """A block that is not made here, nor what is made once below it."""
        scope.made[block.sheet.number] = None
        for below in block.below.once:
            self._forget(below, scope)

    def _fill(self, found: Sequence[_Found], scope: Scope, document: int) -> None:
        """Rows of numbered instances, then everything made from each of several nodes below."""
        for made in found:
            self._rows(made, scope, document)
        for made in found:
            self._deeper(made, scope, document)

    def _rows(self, made: _Found, scope: Scope, document: int) -> None:
        scope.nodes[made.block.level] = made.node
        scope.ordinals[made.block.level] = made.ordinal
        if not made.block.sheet.leads:
            self._row(made.block.sheet, made.cls, made.number, scope, document, made.place)
        for below in made.below:
            self._rows(below, scope, document)

    def _deeper(self, made: _Found, scope: Scope, document: int) -> None:
        scope.nodes[made.block.level] = made.node
        scope.ordinals[made.block.level] = made.ordinal
        self._each(made.block.below.groups, scope, document, made.place)
        for below in made.below:
            scope.nodes[made.block.level] = made.node
            self._deeper(below, scope, document)

    def _each(
        self, groups: Sequence[Sequence[_Node]], scope: Scope, document: int, place: str
    ) -> None:
        for group in groups:
            first = group[0]
            for node, where, ordinal in first.places(scope.nodes[first.start], place):
                found = []
                for block in group:
                    made = self._met(block, node, where, ordinal, scope)
                    if made is None:
                        self._forget(block, scope)
                    else:
                        found.append(made)
                self._fill(found, scope, document)

    def _row(
        self, sheet: _Sheet, cls: str, number: int, scope: Scope, document: int, place: str
    ) -> None:
        sheet.n.append(number)
        sheet.doc.append(document)
        sheet.place.append(place)
        sheet.cls.append(cls)
        for name, column, get, texts in sheet.texts:
            text = get(scope)
            if type(text) is Misfit:
                self._faults.append((document, number, column, name, "JG-LOD-022", text.met))
                text = None
            texts.append(text)  # type: ignore[arg-type]  # not a Misfit any more
        for name, column, gets, lists in sheet.lists:
            row: list[str] = []
            for item in several(gets, scope):
                if type(item) is Misfit:
                    self._faults.append((document, number, column, name, "JG-LOD-022", item.met))
                else:
                    row.append(item)  # type: ignore[arg-type]  # not a Misfit
            lists.append(row or None)
        for _, wanted, made in sheet.targets:
            made.append(next((n for b in wanted if (n := scope.made[b]) is not None), None))

    def take(self) -> Raw:
        """The batch so far; the extractor starts empty again."""
        width = max((len(row) for row in self._documents), default=0) - len(DOCUMENTS)
        schema = DOCUMENTS | {f"k:{position}": pl.String() for position in range(max(width, 0))}
        rows = [row + [None] * (len(schema) - len(row)) for row in self._documents]
        raw = Raw(
            documents=pl.DataFrame(rows, schema=schema, orient="row"),
            sheets={sheet.block.name: sheet.take() for sheet in self._sheets if sheet.n},
            faults=pl.DataFrame(self._faults, schema=FAULTS, orient="row"),
            instances=self.instances,
        )
        self._clear()
        return raw
