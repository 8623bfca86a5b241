"""Raw frames to typed frames: keys, links, formats and codes, by vectorised expressions.

A typed frame, one a record block, has one row an instance: `_n`, `_doc`, `_place`, `iri`, `class`
and the block's properties in the types of `Model.table_schema`. Nothing is dropped here: what
cannot be a record is named in `Typed.faults`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from loaders.cells import Cells
from loaders.formats import version_text
from loaders.keys import key_parts, shorter, supplied
from loaders.mapping import Block, Column, Link, SourceMapping, Value
from loaders.notes import Notes
from loaders.raw import Raw
from ontology.identifiers import document_id_expr, record_iri_expr
from ontology.model import Model

INSTANCES = {
    "_n": pl.Int64(),
    "_doc": pl.Int64(),
    "_place": pl.String(),
    "block": pl.String(),
    "root": pl.String(),
    "iri": pl.String(),
}
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
    """The work on one batch: identities first, since links need them, then the columns."""

    def __init__(self, typist: Typist, raw: Raw) -> None:
        self.typist, self.raw = typist, raw
        self.mapping, self.model = typist.mapping, typist.model
        self.notes = Notes(raw.faults)
        self.cells = Cells(self.model, self.notes)
        self.keyless: set[int] = set()

    def typed(self) -> Typed:
        documents = self.documents()
        self.instances = self.identities(documents)
        self.iris = self.instances["iri"]
        frames = {
            block.name: self.block(block, frame)
            for block in self.mapping.walk()
            if (frame := self.raw.sheets[block.name]).height
        }
        return Typed(
            documents=documents.select("_doc", "_file", "_place", "document", "version", "content"),
            frames=frames,
            instances=self.instances,
            faults=self.notes.faults_frame(),
            unknown=self.notes.unknown_frame(),
        )

    def documents(self) -> pl.DataFrame:
        """The document frame with `document` (id), `version` and typed key parts `k:<i>`."""
        rule = self.mapping.document
        absent = [
            pl.lit(None, pl.String).alias(name)
            for name in (f"k:{position}" for position in range(len(rule.key)))
            if name not in self.raw.documents.columns
        ]
        frame = self.raw.documents.with_columns(absent, pl.lit(None, pl.Int64).alias("_n"))
        columns: dict[str, pl.Expr] = {}
        if rule.version is not None:
            columns["version"], columns["_ill"] = version_text(
                supplied(rule.version, "version"), rule.version.format
            )
        # A document known by its content has its own key parts, which no format concerns.
        by_content = pl.col("k:0") == "content" if rule.by_content else pl.lit(False)
        parts = key_parts(rule.key, "k:")
        missing = pl.lit(False)
        for name, text in parts.texts.items():
            columns[name] = pl.when(by_content).then(pl.col(name)).otherwise(text)
            if name not in parts.optional:
                missing = missing | (~by_content & text.is_null())
        made = frame.with_columns(missing.alias("_missing"), **columns)
        if rule.version is not None:
            what = rule.version.format or "text"
            self.notes.fault(made.filter("_ill"), "JG-LOD-026", "version", what)
        keys = ", ".join(path.text for part in rule.key for path in part.paths)
        self.notes.fault(made.filter("_missing"), "JG-LOD-021", keys, "")
        names = _key_names(made)
        optional = [*parts.optional, *(["k:1", "k:2"] if rule.by_content else [])]
        named = partial(document_id_expr, self.mapping.source)
        return made.with_columns(
            version=pl.col("version").fill_null(""),
            document=pl.when(~pl.col("_missing")).then(shorter(named, names, optional)),
        )

    def identities(self, documents: pl.DataFrame) -> pl.DataFrame:
        """Every instance, in the order of `_n`; its IRI is null where it has no key."""
        found = [pl.DataFrame(schema=INSTANCES)]
        for block in self.mapping.walk():
            frame = self.raw.sheets[block.name]
            if not frame.height:
                continue
            root = self.typist.roots[block.name]
            iri = (
                self.own_key(block, frame, root)
                if block.key
                else self.documents_key(frame, documents, root)
            )
            found.append(
                frame.select(
                    "_n", "_doc", "_place", block=pl.lit(block.name), root=pl.lit(root), iri=iri
                )
            )
        return pl.concat(found).sort("_n")

    def documents_key(self, frame: pl.DataFrame, documents: pl.DataFrame, root: str) -> pl.Series:
        names = _key_names(documents)
        keyed = frame.select("_doc").join(
            documents.select("_doc", *names), on="_doc", how="left", maintain_order="left"
        )
        return keyed.select(self.iri(root, self.mapping.source, names, names[1:]))["iri"]

    def own_key(self, block: Block, frame: pl.DataFrame, root: str) -> pl.Series:
        parts = key_parts(block.key, "k:")
        iri = self.iri(root, self.mapping.source, list(parts.texts), parts.optional)
        keys = frame.with_columns(**parts.texts, **parts.ill).with_columns(iri)
        if keys["iri"].has_nulls():
            self.note_missing(block, keys, parts.optional)
        return keys["iri"]

    def note_missing(self, block: Block, keys: pl.DataFrame, optional: Sequence[str]) -> None:
        for position, part in enumerate(block.key):
            name = f"k:{position}"
            paths = ", ".join(path.text for path in part.paths)
            bad = keys[f"!{name}"]
            self.notes.fault(keys.filter(bad), "JG-LOD-023", paths, part.format or "text")
            if name in optional:
                continue
            absent = keys.filter(keys[name].is_null() & ~bad)
            if part.paths and all(path.origin == "up" for path in part.paths):
                # What is absent above has refused the document already, where it is owned.
                absent = absent.filter(~pl.col("_doc").is_in(self.keyless))
            code = "JG-LOD-024" if block.owned else "JG-LOD-025"
            self.notes.fault(absent, code, paths, block.name)
            if block.owned:
                self.keyless.update(absent["_doc"])

    def iri(
        self, root: str, dataset: str, names: Sequence[str], optional: Sequence[str] = ()
    ) -> pl.Expr:
        named = partial(record_iri_expr, self.typist.base, root, dataset)
        return shorter(named, names, optional).alias("iri")

    def block(self, block: Block, frame: pl.DataFrame) -> pl.DataFrame:
        """The typed frame of a block."""
        values = [column for column in block.columns if isinstance(column.rule, Value)]
        links = [
            self.link(column, column.rule, frame)
            for column in block.columns
            if isinstance(column.rule, Link)
        ]
        result = frame.select("_n", "_doc", "_place", "class").with_columns(
            self.iris.gather(frame["_n"]), *self.cells.columns(values, frame), *links
        )
        precision = date_precision(block)
        if precision is None:
            return result
        date, notation = precision
        iri = self.model.concept_iri("date-precision", notation)
        return result.with_columns(
            pl.when(pl.col(date).is_not_null()).then(pl.lit(iri)).alias("datePrecision")
        )

    def link(self, column: Column, link: Link, frame: pl.DataFrame) -> pl.Series:
        name, many = column.name, self.model.properties[column.name].many
        if link.every:
            rows = (
                frame.select("_n", "_doc")
                .join(
                    self.instances.filter(pl.col("block") == link.targets[0]).select("_doc", "iri"),
                    on="_doc",
                    maintain_order="left_right",
                )
                .rename({"iri": name})
            )
        elif not link.key:
            rows = frame.select("_n", self.iris.gather(frame[f"t:{name}"]).alias(name))
        else:
            rows = self.keyed(column, link, frame)
        if not many:
            return rows[name]
        lists = rows.drop_nulls(name).group_by("_n").agg(pl.col(name).unique(maintain_order=True))
        return frame.select("_n").join(lists, on="_n", how="left", maintain_order="left")[name]

    def keyed(self, column: Column, link: Link, frame: pl.DataFrame) -> pl.DataFrame:
        """`_n` and the IRI of each target known by key; several rows an instance for several."""
        target = link.targets[0]
        root = self.typist.roots.get(target) or self.model.root_of(target) or target
        prefix = f"l:{column.name}:"
        lists = [
            name
            for name, dtype in frame.schema.items()
            if name.startswith(prefix) and dtype == pl.List(pl.String)
        ]
        parts = key_parts(link.key, prefix)
        rows = (frame.explode(lists) if lists else frame).with_columns(**parts.texts)
        iri = self.iri(root, link.dataset or self.mapping.source, list(parts.texts), parts.optional)
        return rows.select("_n", iri.alias(column.name))


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


def _key_names(frame: pl.DataFrame) -> list[str]:
    return sorted(
        (name for name in frame.columns if name.startswith("k:")), key=lambda name: int(name[2:])
    )
