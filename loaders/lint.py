"""A mapping against the Model, before the first row is read: every name must mean something.

Returns all that is wrong, each with code, file, line, column and the nearest known name.
"""

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from loaders.errors import MappingError, nearest
from loaders.formats import interpret
from loaders.mapping import Block, ClassRule, Column, Condition, Link, SourceMapping, Value, Where
from ontology.model import Model
from ontology.terms import Property

_DATATYPES = {
    "date": ("date", "string"),
    "london-date": ("date", "string"),
    "month": ("date", "string"),
    "datetime": ("dateTime", "string"),
    "integer": ("integer", "decimal", "string"),
    "decimal": ("decimal", "string"),
    "boolean": ("boolean", "string"),
}


def faults(mapping: SourceMapping, model: Model) -> list[MappingError]:
    """All that is wrong with a mapping, in the order of the file."""
    return list(_Lint(mapping, model).all())


def require(mapping: SourceMapping, model: Model) -> None:
    """Raise the first thing that is wrong with a mapping."""
    for fault in faults(mapping, model):
        raise fault


class _Lint:
    def __init__(self, mapping: SourceMapping, model: Model) -> None:
        self.mapping, self.model = mapping, model
        self.blocks = {block.name: block for block in mapping.walk()}

    def all(self) -> Iterator[MappingError]:
        mapping, top = self.mapping, self.mapping.where
        yield from self.known(
            mapping.source, self.model.datasets, "dataset", mapping.marks.get("source", top)
        )
        if not mapping.recognise:
            yield _wrong(top, "nothing recognises its files", "Add recognise: to the mapping.")
        if not mapping.document.key and not mapping.document.by_content:
            yield _wrong(
                mapping.marks["document"],
                "the document has no key",
                "Add key: or otherwise: content.",
            )
        yield from self.siblings(mapping.blocks, ())

    def siblings(
        self, blocks: Sequence[Block], above: tuple[Block, ...], scope: frozenset[str] = frozenset()
    ) -> Iterator[MappingError]:
        """scope: names of blocks that at most one instance of is known there."""
        scope |= {name for block in blocks if not block.at.many for name in _once(block)}
        for block in blocks:
            same = {
                name for other in blocks if other.at.text == block.at.text for name in _once(other)
            }
            yield from self.block(block, above, scope | same)
            yield from self.siblings(block.blocks, (*above, block), scope | same)

    def block(
        self, block: Block, above: Sequence[Block], scope: frozenset[str]
    ) -> Iterator[MappingError]:
        found = list(self.class_rule(block.cls, block.where))
        for test in block.when:
            found += self.condition(test, block.where)
        yield from found
        if found:
            return
        repeated = any(each.at.many for each in (*above, block))
        if not block.key and repeated and not block.leads:
            yield _wrong(
                block.where,
                f"{block.name} is made several times a document, but has no key",
                "Add key: with @index, if nothing better tells one from another.",
            )
        if self.mapping.format == "csv" and (block.blocks or block.at.steps):
            yield _wrong(block.where, "a CSV row has no parts", "Put all blocks side by side.")
        classes = self.classes(block.cls)
        carried = {prop.name for cls in classes for prop in self.model.properties_of(cls)} | {
            prop.name
            for cls in classes
            if block.cls.scheme
            for prop in self.model.table_properties(self.model.root_of(cls) or cls)
        }
        for column in block.columns:
            yield from self.column(column, block, carried, scope)

    def classes(self, rule: ClassRule) -> list[str]:
        named = [rule.default] if rule.default else []
        if rule.scheme is not None and rule.scheme in self.model.schemes:
            concepts = self.model.schemes[rule.scheme].concepts.values()
            named += sorted({c.denotes_class for c in concepts if c.denotes_class})
        return named

    def class_rule(self, rule: ClassRule, where: Where) -> Iterator[MappingError]:
        if rule.scheme is not None:
            yield from self.known(rule.scheme, self.model.schemes, "code scheme", where)
            if rule.scheme in self.model.schemes and not self.classes(rule):
                yield _wrong(
                    where,
                    f"no code of {rule.scheme} denotes a class",
                    "Add jg:denotesClass to its concepts, or a default: class.",
                )
        if rule.default is not None:
            yield from self.record_class(rule.default, where)

    def record_class(self, name: str, where: Where) -> Iterator[MappingError]:
        if name not in self.model.classes or not self.model.root_of(name):
            records = [cls for cls in self.model.classes if self.model.root_of(cls)]
            yield from self.known(name, records, "record class", where)

    def condition(self, test: Condition, where: Where) -> Iterator[MappingError]:
        if test.test == "denotes":
            yield from self.known(test.codes, self.model.schemes, "code scheme", where)
            for name in test.values:
                yield from self.known(name, self.model.classes, "class", where)

    def column(
        self, column: Column, block: Block, carried: set[str], scope: frozenset[str]
    ) -> Iterator[MappingError]:
        if column.name not in self.model.properties:
            yield from self.known(column.name, self.model.properties, "property", column.where)
            return
        prop = self.model.properties[column.name]
        if column.name not in carried:
            cls = block.cls.default or "a record"
            yield _wrong(column.where, f"{cls} has no {column.name}", nearest(column.name, carried))
        if prop.sensitivity == "never":
            yield _wrong(column.where, f"{column.name} must never be stored", "Leave it unmapped.")
        if isinstance(column.rule, Link):
            yield from self.link(column, column.rule, prop, scope)
        else:
            yield from self.value(column, column.rule, prop)

    def value(self, column: Column, value: Value, prop: Property) -> Iterator[MappingError]:
        where = column.where
        if prop.kind == "link":
            yield _wrong(where, f"{column.name} is a link", "Write {to: ...}.")
        elif prop.kind == "code":
            scheme = value.codes or prop.scheme or ""
            yield from self.known(scheme, self.model.schemes, "code scheme", where)
            if scheme in self.model.schemes:
                fixed = [value.const] if value.how == "const" else []
                fixed += [value.default] if value.default is not None else []
                fixed += [text for text in (value.rename or {}).values() if text]
                held = self.model.schemes[scheme].concepts
                for notation in fixed:
                    yield from self.known(notation, held, f"code of {scheme}", where)
        else:
            yield from self.data(value, prop, where)

    def data(self, value: Value, prop: Property, where: Where) -> Iterator[MappingError]:
        datatype = prop.datatype or "string"
        if value.codes:
            yield _wrong(where, f"{prop.name} holds no codes", "Leave out codes:.")
        form = value.format
        fits = _DATATYPES.get(form, ("date", "dateTime", "string")) if form else (datatype,)
        if datatype not in fits:
            yield _wrong(where, f"format {form} gives no {datatype}", f"One of {', '.join(fits)}.")
            return
        fixed = [value.const] if value.how == "const" else []
        fixed += [value.default] if value.default is not None else []
        for text in fixed:
            _, ill = interpret(pl.lit(text), form, datatype)
            if pl.select(ill).item():
                yield _wrong(where, f"{text!r} is no {datatype}", "Correct the constant.")

    def link(
        self, column: Column, link: Link, prop: Property, scope: frozenset[str]
    ) -> Iterator[MappingError]:
        where = column.where
        if prop.kind != "link":
            yield _wrong(where, f"{column.name} is no link", "Write a path.")
            return
        for name in link.targets:
            block = self.blocks.get(name)
            if block is None and not link.key:
                yield from self.known(name, self.blocks, "record block", where)
            elif block is None:
                yield from self.known(
                    name, [*self.model.roots, *self.blocks], "root class or record block", where
                )
                if name in self.model.roots:
                    yield from self.target([name], prop, where)
            else:
                if not (link.key or link.every) and name not in scope:
                    yield _wrong(
                        where,
                        f"{name} is not in scope: neither above, nor made once beside it or above",
                        "Name it by key:, or all of the document's with all: true.",
                    )
                if link.key and block.key and len(link.key) != len(block.key) and not link.dataset:
                    yield _wrong(
                        where,
                        f"{name} has {len(block.key)} key parts, not {len(link.key)}",
                        f"Give the same parts as {name} has.",
                    )
                yield from self.target(self.classes(block.cls), prop, where)
        lists = sum(any(path.many for path in part.paths) for part in link.key)
        if lists > 1:
            yield _wrong(where, "two key parts have []", "Only one part of a key may have several.")
        several = link.every or lists
        if several and not prop.many:
            yield _wrong(
                where,
                f"{column.name} takes one target",
                "Choose one with [0], or another property.",
            )
        if link.dataset:
            yield from self.known(link.dataset, self.model.datasets, "dataset", where)

    def target(
        self, classes: Sequence[str], prop: Property, where: Where
    ) -> Iterator[MappingError]:
        for cls in classes:
            if cls not in self.model.classes:
                continue
            fits = any(
                self.model.is_a(cls, wanted) or self.model.is_a(wanted, cls)
                for wanted in prop.targets
            )
            if prop.targets and not fits:
                yield _wrong(
                    where,
                    f"{prop.name} does not lead to {cls}",
                    f"It leads to {', '.join(prop.targets)}.",
                )

    def known(
        self, name: str, names: Iterable[str], what: str, where: Where
    ) -> Iterator[MappingError]:
        names = list(names)
        if name not in names:
            yield MappingError(
                "JG-MAP-010", str(where), f"no {what} is called {name!r}", nearest(name, names)
            )


def _wrong(where: Where, cause: str, fix: str) -> MappingError:
    return MappingError("JG-MAP-011", str(where), cause, fix)


def _once(block: Block) -> Iterator[str]:
    """The block's name, and those of blocks made at most once below its node."""
    yield block.name
    for below in block.blocks:
        if not below.at.many:
            yield from _once(below)
