"""Raw frames to typed frames: keys, links, formats and codes, by vectorised expressions.

A typed frame, one a record block, has one row an instance: `_n`, `_doc`, `_place`, `iri`, `class`
and the block's properties in the types of `Model.table_schema`. Nothing is dropped here: what
cannot be a record is named in `Typed.faults`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import polars as pl

from loaders import documents
from loaders.cells import Cells, kind_of, texts_of
from loaders.columns import as_list, gathered, repeated, together
from loaders.keys import parts_of, shorter
from loaders.mapping import Block, Column, Link, SourceMapping, Value
from loaders.masking import masked_column
from loaders.notes import Notes
from loaders.raw import Raw
from ontology.identifiers import record_iri_expr
from ontology.model import Model

PLACES = {"_n": pl.Int64(), "_doc": pl.Int64(), "_place": pl.String()}
INSTANCES = {
    **PLACES,
    "block": pl.String(),
    "root": pl.String(),
    "iri": pl.String(),
}
_TEXTS = pl.List(pl.String())
_DATED = ("eventDate", "recordedDate")


@dataclass(frozen=True, slots=True)
class Typed:
    """A batch, typed.

    documents: `_doc`, `_file`, `_place`, `document`, `version`, `content`. frames: block name →
    typed frame. instances: every record instance of the batch, by `INSTANCES`. faults, unknown:
    by `notes.FAULTS` and `notes.UNKNOWN`.
    """

    documents: pl.DataFrame
    frames: Mapping[str, pl.DataFrame]
    instances: pl.DataFrame
    faults: pl.DataFrame
    unknown: pl.DataFrame


class Typist:
    """Types the batches of one source. base: what record IRIs begin with."""

    def __init__(self, mapping: SourceMapping, model: Model, base: str) -> None:
        self.mapping, self.model, self.base = mapping, model, base
        self.roots = {block.name: self._root(block) for block in mapping.walk() if not block.leads}

    def _root(self, block: Block) -> str:
        names = [block.cls.default] if block.cls.default else []
        if block.cls.scheme:
            names += [
                concept.denotes_class
                for concept in self.model.schemes[block.cls.scheme].concepts.values()
                if concept.denotes_class
            ]
        return next(root for name in names if name and (root := self.model.root_of(name)))

    def type(self, raw: Raw) -> Typed:
        """One batch."""
        return _Batch(self, raw).typed()


class _Batch:
    """The work on one batch: texts first, then identities, since links need them, then the rest."""

    def __init__(self, typist: Typist, raw: Raw) -> None:
        self.typist, self.raw = typist, raw
        self.mapping, self.model = typist.mapping, typist.model
        self.notes = Notes(raw.faults)
        self.cells = Cells(self.model)
        self.keyless: set[int] = set()
        self.blocks = [
            (block, frame)
            for block in self.mapping.walk()
            if (frame := raw.sheets.get(block.name)) is not None and frame.height
        ]
        self.apart: dict[tuple[str, str], pl.DataFrame] = {}
        """Rows of a column of lists, one a text, by block and column."""

    def typed(self) -> Typed:
        told = documents.ask(self.mapping, self.raw.documents, self.cells)
        for block, frame in self.blocks:
            self.ask(block, frame)
        self.cells.read()
        named = documents.named(self.mapping, told, self.cells, self.notes)
        self.instances = self.identities(named)
        self.targets = self.in_scope()
        frames = {block.name: self.block(block, frame) for block, frame in self.blocks}
        return Typed(
            documents=named.select("_doc", "_file", "_place", "document", "version", "content"),
            frames=frames,
            instances=self.instances,
            faults=self.notes.faults_frame(),
            unknown=self.notes.unknown_frame(),
        )

    def ask(self, block: Block, frame: pl.DataFrame) -> None:
        """Ask for all texts of a block's records."""
        asked, schema = texts_of(parts_of(block.key, "k:")), frame.schema
        for column in block.columns:
            rule = column.rule
            of_column = (
                {f"v:{column.name}": (rule, kind_of(column, self.model))}
                if isinstance(rule, Value)
                else texts_of(parts_of(rule.key, f"l:{column.name}:"))
            )
            lists = [name for name in of_column if schema.get(name) == _TEXTS]
            if not lists:
                asked |= of_column
                continue
            held = [name for name in of_column if name in schema]
            rows = frame.select("_n", "_doc", *held).explode(lists).drop_nulls(lists)
            self.apart[block.name, column.name] = rows
            self.cells.ask(block.name, rows, of_column)
        self.cells.ask(block.name, frame, asked)

    def identities(self, named: pl.DataFrame) -> pl.DataFrame:
        """Every instance, in the order of `_n`; its IRI is null where it has no key."""
        found = [pl.DataFrame(schema=INSTANCES)]
        for block, frame in self.blocks:
            root = self.typist.roots[block.name]
            iri = (
                self.own_key(block, frame, root)
                if block.key
                else self.documents_key(frame, named, root)
            )
            told = {
                "block": repeated(block.name, frame.height),
                "root": repeated(root, frame.height),
                "iri": iri,
            }
            found.append(pl.DataFrame({name: frame[name] for name in PLACES} | told))
        return pl.concat(found).sort("_n")

    def documents_key(self, frame: pl.DataFrame, named: pl.DataFrame, root: str) -> pl.Series:
        names = documents.key_names(named)
        keyed = frame.select("_doc").join(
            named.select("_doc", *names), on="_doc", how="left", maintain_order="left"
        )
        return keyed.select(
            _iri(self.typist.base, root, self.mapping.source, tuple(names), tuple(names[1:]))
        )["iri"]

    def own_key(self, block: Block, frame: pl.DataFrame, root: str) -> pl.Series:
        iris = self.keyed(block.name, parts_of(block.key, "k:"), root, self.mapping.source)
        if iris.has_nulls():
            self.note_missing(block, frame)
        return iris

    def keyed(self, block: str, parts: Mapping[str, Value], root: str, dataset: str) -> pl.Series:
        """The IRIs that keys name, one a row they were read from."""
        keys = pl.DataFrame({name: self.cells.values(block, name) for name in parts})
        optional = tuple(name for name, part in parts.items() if part.optional)
        return keys.select(_iri(self.typist.base, root, dataset, tuple(parts), optional))["iri"]

    def note_missing(self, block: Block, frame: pl.DataFrame) -> None:
        for name, part in parts_of(block.key, "k:").items():
            paths = ", ".join(path.text for path in part.paths)
            absent = self.cells.values(block.name, name).is_null()
            ill = self.cells.ill(block.name, name)
            if ill is not None:
                self.notes.fault(frame.filter(ill), "JG-LOD-023", paths, part.format or "text")
                absent &= ~ill
            if part.optional:
                continue
            lost = frame.filter(absent)
            if part.paths and all(path.origin == "up" for path in part.paths):
                # What is absent above has refused the document already, where it is owned.
                lost = lost.filter(~pl.col("_doc").is_in(self.keyless))
            code = "JG-LOD-024" if block.owned else "JG-LOD-025"
            self.notes.fault(lost, code, paths, block.name)
            if block.owned:
                self.keyless.update(lost["_doc"])

    def in_scope(self) -> dict[tuple[str, str], pl.Series]:
        """The IRIs that links to what was made in scope lead to, by block and column."""
        links = {
            (block.name, column.name): frame[f"t:{column.name}"]
            for block, frame in self.blocks
            for column in block.columns
            if isinstance(column.rule, Link) and not (column.rule.key or column.rule.every)
        }
        iris = together(list(links.values()), self.instances["iri"].gather)
        found = dict(zip(links, iris, strict=True))
        many = [name for name in found if self.model.properties[name[1]].many]
        listed = together([found[name] for name in many], as_list)
        return found | dict(zip(many, listed, strict=True))

    def block(self, block: Block, frame: pl.DataFrame) -> pl.DataFrame:
        """The typed frame of a block."""
        values = [column for column in block.columns if isinstance(column.rule, Value)]
        flat = [column for column in values if (block.name, column.name) not in self.apart]
        lists = [column for column in values if column not in flat]
        result = pl.DataFrame(
            {
                **{name: frame[name] for name in (*PLACES, "class")},
                "iri": self.instances["iri"].gather(frame["_n"]),
                **{column.name: self.value(block, column, frame) for column in [*flat, *lists]},
                **{
                    column.name: self.link(block, column, column.rule, frame)
                    for column in block.columns
                    if isinstance(column.rule, Link)
                },
            }
        )
        precision = date_precision(block)
        if precision is None:
            return result
        date, notation = precision
        iri = self.model.concept_iri("date-precision", notation)
        return result.with_columns(
            pl.when(pl.col(date).is_not_null()).then(pl.lit(iri)).alias("datePrecision")
        )

    def value(self, block: Block, column: Column, frame: pl.DataFrame) -> pl.Series:
        """The values of a column; ill-typed cells and unknown codes are noted."""
        prop, raw = self.model.properties[column.name], f"v:{column.name}"
        values, ill = self.cells.values(block.name, raw), self.cells.ill(block.name, raw)
        rows = self.apart.get((block.name, column.name))
        if ill is not None:
            bad = (frame if rows is None else rows).filter(ill)
            shown = masked_column(bad[raw], prop.sensitivity) if raw in bad.columns else None
            what = kind_of(column, self.model)[1] or prop.datatype or "text"
            self.notes.fault(bad, "JG-LOD-023", column.name, what, shown)
        strange = self.cells.unknown(block.name, raw)
        if strange:
            self.notes.unknown(kind_of(column, self.model)[1] or "", column.name, strange)
        if rows is not None:
            return gathered(frame["_n"], rows.select("_n", values.alias(column.name)))
        return as_list(values) if prop.many else values

    def link(self, block: Block, column: Column, link: Link, frame: pl.DataFrame) -> pl.Series:
        """The IRIs a link leads to."""
        if not (link.key or link.every):
            return self.targets[block.name, column.name]
        if link.every:
            made = self.instances.filter(block=link.targets[0]).select("_doc", "iri")
            rows = frame.select("_n", "_doc").join(made, on="_doc", maintain_order="left_right")
            return gathered(frame["_n"], rows.select("_n", pl.col("iri").alias(column.name)))
        target, parts = link.targets[0], parts_of(link.key, f"l:{column.name}:")
        root = self.typist.roots.get(target) or self.model.root_of(target) or target
        iris = self.keyed(block.name, parts, root, link.dataset or self.mapping.source)
        apart = self.apart.get((block.name, column.name))
        if apart is not None:
            return gathered(frame["_n"], apart.select("_n", iris.alias(column.name)))
        return as_list(iris) if self.model.properties[column.name].many else iris


@lru_cache(maxsize=4096)
def _iri(
    base: str, root: str, dataset: str, names: tuple[str, ...], optional: tuple[str, ...]
) -> pl.Expr:
    """Record IRIs of key parts in columns."""
    return shorter(partial(record_iri_expr, base, root, dataset), names, optional).alias("iri")


def date_precision(block: Block) -> tuple[str, str] | None:
    """The date of a block whose precision the mapping leaves open, and the precision it has.

    A date has the precision of the format it was written in: month, otherwise day.
    """
    columns = {column.name: column.rule for column in block.columns}
    for date in _DATED:
        rule = columns.get(date)
        if isinstance(rule, Value) and "datePrecision" not in columns:
            return date, "month" if rule.format == "month" else "day"
    return None
