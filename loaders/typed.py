"""Raw frames to typed frames: formats, codes, keys and links, by vectorised expressions.

A typed frame, one a record block, has one row an instance: `_n`, `_doc`, `_place`, `iri`, `class`
and the block's properties in the types of `Model.table_schema`. Instances that cannot be a record
are not in it; `Typed.faults` says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import polars as pl

from loaders.formats import interpret, version_text
from loaders.mapping import Block, Column, Link, SourceMapping, Value
from loaders.masking import masked_column
from loaders.raw import Raw
from ontology.identifiers import document_id_expr, record_iri_expr
from ontology.model import Model
from ontology.terms import Property

FAULTS = {
    "_doc": pl.Int64(),
    "_n": pl.Int64(),
    "column": pl.String(),
    "code": pl.String(),
    "detail": pl.String(),
    "value": pl.String(),
}
"""value: as it may be shown; `_n` null where the whole document is concerned."""
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
    typed frame.
    instances: every record instance of the batch. faults: by `FAULTS`, also of frames' cells.
    unknown: scheme, notation, column, count.
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
        self.roots = {block.name: self._root(block) for block in mapping.walk()}

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
        """One batch. Nothing is dropped without a row in `faults`."""
        work = _Batch(self, raw)
        return work.typed()


class _Batch:
    """The work on one batch: identities first, since links need them, then the columns."""

    def __init__(self, typist: Typist, raw: Raw) -> None:
        self.typist, self.raw = typist, raw
        self.mapping, self.model = typist.mapping, typist.model
        self.faults: list[pl.DataFrame] = []
        self.unknown: list[pl.DataFrame] = []
        if raw.faults.height:
            self.faults.append(
                raw.faults.select("_doc", "_n", "column", "code", "detail", value=pl.lit(""))
            )

    def typed(self) -> Typed:
        documents = self.documents()
        self.iris = self.identities(documents)
        frames = {
            block.name: self.block(block, frame)
            for block in self.mapping.walk()
            if (frame := self.raw.sheets[block.name]).height
        }
        return Typed(
            documents=documents.select("_doc", "_file", "_place", "document", "version", "content"),
            frames=frames,
            instances=self.instances,
            faults=pl.concat(self.faults) if self.faults else pl.DataFrame(schema=FAULTS),
            unknown=pl.concat(self.unknown) if self.unknown else _no_unknown(),
        )

    def fault(
        self,
        rows: pl.DataFrame,
        code: str,
        column: str,
        detail: str,
        values: pl.Series | None = None,
    ) -> None:
        """Note one kind of fault for rows that have `_doc` and `_n`."""
        if rows.height:
            self.faults.append(
                rows.select(
                    "_doc",
                    "_n",
                    column=pl.lit(column),
                    code=pl.lit(code),
                    detail=pl.lit(detail),
                    value=pl.lit("") if values is None else values.fill_null(""),
                )
            )

    def documents(self) -> pl.DataFrame:
        """The document frame with `document` (id), `version` and typed key parts `k:<i>`."""
        rule, frame = self.mapping.document, self.raw.documents
        whole = frame.select("_doc", _n=pl.lit(None, pl.Int64))
        columns: dict[str, pl.Expr] = {}
        if rule.version is not None:
            text = supplied(rule.version, "version")
            value, ill = version_text(text, rule.version.format)
            checked = frame.with_columns(value=value, ill=ill)
            self.fault(
                whole.filter(checked["ill"]), "JG-LOD-026", "version", rule.version.format or "text"
            )
            columns["version"] = pl.lit(checked["value"])
        # A document known by its content has its own key parts, which no format concerns.
        by_content = pl.col("k:0") == "content" if rule.by_content else pl.lit(False)
        missing = pl.lit(False)
        optional = ["k:1", "k:2"] if rule.by_content else []
        for position, part in enumerate(rule.key):
            name = f"k:{position}"
            value, ill = interpret(supplied(part, name), part.format, "string")
            columns[name] = pl.when(by_content).then(pl.col(name)).otherwise(value)
            if part.optional:
                optional.append(name)
            else:
                missing = missing | (~by_content & value.is_null())
        names = [name for name in frame.columns if name.startswith("k:")]
        for position in range(len(rule.key)):
            if f"k:{position}" not in names:
                frame = frame.with_columns(pl.lit(None, pl.String).alias(f"k:{position}"))
                names.append(f"k:{position}")
        made = frame.with_columns(missing.alias("_missing"), **columns)
        keys = ", ".join(path.text for part in rule.key for path in part.paths)
        self.fault(whole.filter(made["_missing"]), "JG-LOD-021", keys, "")
        return made.with_columns(
            version=pl.col("version").fill_null(""),
            document=pl.when(~pl.col("_missing")).then(
                shorter(partial(document_id_expr, self.mapping.source), names, optional)
            ),
        )

    def identities(self, documents: pl.DataFrame) -> pl.Series:
        """IRIs by `_n`; null where an instance has no key."""
        parts = []
        for block in self.mapping.walk():
            frame = self.raw.sheets[block.name]
            if not frame.height:
                continue
            root = self.typist.roots[block.name]
            if block.key:
                iri = self.own_key(block, frame, root)
            else:
                names = [name for name in documents.columns if name.startswith("k:")]
                keyed = frame.select("_doc").join(
                    documents.select("_doc", *names), on="_doc", how="left", maintain_order="left"
                )
                iri = keyed.select(self.iri(root, self.mapping.source, names, optional=names[1:]))[
                    "iri"
                ]
            parts.append(
                frame.select(
                    "_n",
                    "_doc",
                    "_place",
                    block=pl.lit(block.name),
                    root=pl.lit(root),
                    iri=iri,
                )
            )
        if not parts:
            self.instances = pl.DataFrame(schema=INSTANCES)
            return pl.Series("iri", [], dtype=pl.String)
        self.instances = pl.concat(parts).sort("_n")
        return self.instances["iri"]

    def own_key(self, block: Block, frame: pl.DataFrame, root: str) -> pl.Series:
        typed: dict[str, pl.Expr] = {}
        names, optional = [], []
        for position, part in enumerate(block.key):
            name = f"k:{position}"
            value, ill = interpret(supplied(part, name), part.format, "string")
            typed[name], typed[f"!{name}"] = value, ill
            names.append(name)
            if part.optional:
                optional.append(name)
        keys = frame.with_columns(**typed)
        for name, part in zip(names, block.key, strict=True):
            paths = ", ".join(path.text for path in part.paths)
            bad = keys[f"!{name}"]
            self.fault(keys.filter(bad), "JG-LOD-023", paths, part.format or "text")
            if name not in optional:
                code = "JG-LOD-024" if block.owned else "JG-LOD-025"
                absent = keys[name].is_null() & ~bad
                self.fault(keys.filter(absent), code, paths, block.name)
        return keys.select(self.iri(root, self.mapping.source, names, optional))["iri"]

    def iri(
        self, root: str, dataset: str, names: Sequence[str], optional: Sequence[str] = ()
    ) -> pl.Expr:
        named = partial(record_iri_expr, self.typist.base, root, dataset)
        return shorter(named, names, optional).alias("iri")

    def block(self, block: Block, frame: pl.DataFrame) -> pl.DataFrame:
        """The typed frame of a block."""
        result = frame.select("_n", "_doc", "_place", "class").with_columns(
            iri=self.iris.gather(frame["_n"])
        )
        columns: list[pl.Series] = []
        for column in block.columns:
            prop = self.model.properties[column.name]
            if isinstance(column.rule, Link):
                columns.append(self.link(column, column.rule, prop, frame))
            else:
                columns.append(self.values(column, column.rule, prop, frame))
        result = result.with_columns(columns)
        precision = date_precision(block)
        if precision is None:
            return result
        date, notation = precision
        iri = self.model.concept_iri("date-precision", notation)
        return result.with_columns(
            pl.when(pl.col(date).is_not_null()).then(pl.lit(iri)).alias("datePrecision")
        )

    def values(
        self, column: Column, value: Value, prop: Property, frame: pl.DataFrame
    ) -> pl.Series:
        name = f"v:{column.name}"
        ids = frame.select("_n", "_doc")
        if name in frame.columns and frame[name].dtype == pl.List:
            rows = ids.with_columns(frame[name].alias("raw")).explode("raw")
            rows = rows.filter(pl.col("raw").is_not_null())
            rows = rows.with_columns(self.cells(column, value, prop, rows))
            grouped = (
                rows.filter(pl.col(column.name).is_not_null())
                .group_by("_n")
                .agg(pl.col(column.name).unique(maintain_order=True))
            )
            return ids.join(grouped, on="_n", how="left", maintain_order="left")[column.name]
        source = (
            frame[name]
            if name in frame.columns
            else pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        )
        cells = self.cells(column, value, prop, ids.with_columns(source.alias("raw")))
        if prop.many:
            return pl.select(
                pl.when(cells.is_not_null()).then(pl.concat_list(cells)).alias(column.name)
            ).to_series()
        return cells

    def cells(self, column: Column, value: Value, prop: Property, rows: pl.DataFrame) -> pl.Series:
        """Typed values for rows with `_n`, `_doc` and text `raw`; ill-typed ones are noted."""
        text = supplied(value, "raw")
        if prop.kind == "code":
            scheme = value.codes or prop.scheme or ""
            shown = rows.with_columns(text.alias("_text"))["_text"]
            return self.codes(column.name, scheme, shown)
        typed, ill = interpret(text, value.format, prop.datatype or "string")
        made = rows.with_columns(typed.alias(column.name), ill=ill)
        if made["ill"].any():
            bad = rows.filter(made["ill"])
            shown = masked_column(bad["raw"], prop.sensitivity)
            what = value.format or prop.datatype or "text"
            self.fault(bad, "JG-LOD-023", column.name, what, shown)
        return made[column.name]

    def codes(self, name: str, scheme: str, notations: pl.Series) -> pl.Series:
        """Concept IRIs of notations; those the scheme does not hold are counted as unknown."""
        counts = notations.alias(name).drop_nulls().value_counts(name="count")
        found = counts[name].to_list()
        held = self.model.schemes[scheme].concepts
        strange = counts.filter(~pl.col(name).is_in(list(held))) if found else counts
        if strange.height:
            self.unknown.append(
                strange.select(
                    scheme=pl.lit(scheme),
                    notation=pl.col(name),
                    column=pl.lit(name),
                    count=pl.col("count").cast(pl.Int64),
                )
            )
        iris = [self.model.concept_iri(scheme, notation) for notation in found]
        return notations.replace_strict(found, iris, default=None, return_dtype=pl.String).alias(
            name
        )

    def link(self, column: Column, link: Link, prop: Property, frame: pl.DataFrame) -> pl.Series:
        if link.every:
            grouped = (
                self.instances.filter(
                    (pl.col("block") == link.targets[0]) & pl.col("iri").is_not_null()
                )
                .group_by("_doc")
                .agg(pl.col("iri").unique(maintain_order=True).alias(column.name))
            )
            return frame.select("_doc").join(grouped, on="_doc", how="left", maintain_order="left")[
                column.name
            ]
        if not link.key:
            single = self.iris.gather(frame[f"t:{column.name}"]).alias(column.name)
        elif any(path.many for part in link.key for path in part.paths):
            return self.many_links(column, link, frame)
        else:
            single = frame.select(self.target(column, link, frame)).to_series()
        if prop.many:
            return pl.select(
                pl.when(single.is_not_null()).then(pl.concat_list(single)).alias(column.name)
            ).to_series()
        return single

    def many_links(self, column: Column, link: Link, frame: pl.DataFrame) -> pl.Series:
        lists = [
            name
            for position in range(len(link.key))
            if (name := f"l:{column.name}:{position}") in frame.columns
            and frame[name].dtype == pl.List
        ]
        rows = frame.explode(lists)
        rows = rows.with_columns(self.target(column, link, rows)).filter(
            pl.col(column.name).is_not_null()
        )
        grouped = rows.group_by("_n").agg(pl.col(column.name).unique(maintain_order=True))
        return frame.select("_n").join(grouped, on="_n", how="left", maintain_order="left")[
            column.name
        ]

    def target(self, column: Column, link: Link, frame: pl.DataFrame) -> pl.Expr:
        """The IRI expression of a target known by key."""
        name = link.targets[0]
        root = self.typist.roots.get(name) or self.model.root_of(name) or name
        texts: dict[str, pl.Expr] = {}
        optional = []
        for position, part in enumerate(link.key):
            value, _ = interpret(
                supplied(part, f"l:{column.name}:{position}"), part.format, "string"
            )
            texts[f"part{position}"] = value
            if part.optional:
                optional.append(f"part{position}")
        parts = frame.with_columns(**texts)
        dataset = link.dataset or self.mapping.source
        made = parts.select(self.iri(root, dataset, list(texts), optional)).to_series()
        return pl.lit(made).alias(column.name)


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


def shorter(
    named: Callable[[Sequence[str]], pl.Expr], names: Sequence[str], optional: Sequence[str]
) -> pl.Expr:
    """An identifier from key columns, without those of the optional ones that are absent."""
    leave = [name for name in names if name in optional]
    choices = [
        [name for name in names if name not in left]
        for size in range(len(leave) + 1)
        for left in combinations(leave, size)
    ]
    return pl.coalesce([named(choice) for choice in choices if choice])


def supplied(value: Value, name: str) -> pl.Expr:
    """The text of a value: constant, or the raw column renamed and with its default."""
    if value.how == "const":
        return pl.lit(value.const)
    text = pl.col(name)
    if value.rename is not None:
        other = value.rename.get("*")
        pairs = {old: new for old, new in value.rename.items() if old != "*"}
        fallback = text if other is None else pl.lit(other)
        renamed = text.replace_strict(
            list(pairs), list(pairs.values()), default=fallback, return_dtype=pl.String
        )
        text = pl.when(text.is_not_null()).then(renamed)
    return text if value.default is None else text.fill_null(value.default)


def _no_unknown() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"scheme": pl.String, "notation": pl.String, "column": pl.String, "count": pl.Int64}
    )
