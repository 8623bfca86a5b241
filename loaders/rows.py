"""Rows of a CSV file to raw frames: the same frames as `extract` makes, by expressions alone."""

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl

from loaders.codes import classes_of, denoting
from loaders.content import fingerprints
from loaders.errors import MappingError
from loaders.mapping import Block, Condition, SourceMapping, Value
from loaders.paths import Path
from loaders.raw import DOCUMENTS, FAULTS, Raw
from ontology.model import Model

_SEPARATOR = "\x1f"
_TWIN = pl.UInt64()


class Twins:
    """How often each content was met in a file, so that identical rows all count.

    Only the file met last can go on, so only its contents are kept: the first 64 bits of each
    fingerprint. Two contents that share them would only begin to count at two.
    """

    def __init__(self) -> None:
        self._met = pl.DataFrame(schema={"_file": pl.Int64, "twin": _TWIN, "met": pl.Int64})

    def ordinals(self, fingerprints: pl.Series, files: pl.Series) -> pl.Series:
        """Which occurrence in its file each fingerprint is, from 1. files: numbers, ascending."""
        twin = fingerprints.str.slice(0, 16).str.to_integer(base=16, dtype=_TWIN)
        rows = pl.DataFrame({"_file": files, "twin": twin})
        rows = rows.with_columns(here=pl.int_range(1, pl.len() + 1).over("_file", "twin"))
        rows = rows.join(self._met, on=["_file", "twin"], how="left", maintain_order="left")
        last = pl.col("_file") == pl.col("_file").max()
        counts = rows.group_by("_file", "twin").agg(met=pl.len().cast(pl.Int64))
        met = pl.concat([self._met, counts]).filter(last)
        self._met = met.group_by("_file", "twin").agg(pl.col("met").sum())
        return (rows["here"] + rows["met"].fill_null(0)).alias("ordinal")


class RowExtractor:
    """Raw frames from rows of one source: add() those of one file after the other, take() a batch.

    given: what @with. means. instances: rows held.
    """

    def __init__(
        self, mapping: SourceMapping, model: Model, given: Mapping[str, str] | None = None
    ) -> None:
        self.mapping, self.model, self.given = mapping, model, given or {}
        self.blocks = list(mapping.walk())
        self.outside = _outside(self.blocks)
        self.groups = sorted(mapping.filename.groupindex) if mapping.filename else []
        self.twins = Twins()
        self.instances = 0
        self._names: list[str] = []
        self._held: list[pl.DataFrame] = []

    def columns(self) -> list[str]:
        """The CSV columns the mapping names: mapped, tested, or reviewed as unmapped."""
        return sorted(named_columns(self.mapping) | set(self.mapping.unmapped))

    def fits(self, rows: pl.DataFrame) -> bool:
        """Whether rows may be added to those held: their columns, and their order, are the same."""
        return not self._held or rows.columns == self._names

    def add(self, rows: pl.DataFrame, file: int, groups: Mapping[str, str]) -> None:
        """Hold rows (`tables.Rows.frame`) of a file until they are taken; `fits` has said yes.

        file: its number in the load, ascending. groups: what @file. means.
        """
        self._names = rows.columns
        told = {f"@file.{name}": groups.get(name) or None for name in self.groups}
        columns = {name: pl.lit(text, pl.String) for name, text in told.items()}
        self._held.append(rows.with_columns(_file=pl.lit(file, pl.Int64), **columns))
        self.instances += rows.height

    def take(self) -> Raw | None:
        """The batch so far, None where there is none; the extractor is empty again."""
        if not self._held:
            return None
        rows = pl.concat(self._held, rechunk=True)
        self._held, self.instances = [], 0
        told = [pl.col(name) for name in self._names if name != "_row"]
        told += [self.at(path) for path in self.outside]
        text = pl.concat_str([value.fill_null("") for value in told], separator=_SEPARATOR)
        content = fingerprints(rows.select(content=text)["content"])
        frame = rows.with_row_index("_doc").with_columns(
            pl.col("_doc").cast(pl.Int64),
            content.alias("_content"),
            _place=pl.format("row {}", "_row"),
        )
        documents, faults = self.documents(frame)
        sheets, instances = self.sheets(frame)
        made = pl.concat([sheet.select("_doc") for sheet in sheets.values()])
        idle = _faults(documents.join(made, on="_doc", how="anti"), "", "JG-LOD-034")
        return Raw(documents, sheets, pl.concat([faults, idle]), instances)

    def documents(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        rule = self.mapping.document
        version = self.text(rule.version) if rule.version else pl.lit(None, pl.String)
        keys = {
            f"k:{position}": self.text(part) if part.how != "const" else pl.lit(None, pl.String)
            for position, part in enumerate(rule.key)
        }
        made = frame.select("_doc", "_place", "_content", "_file", version=version, **keys)
        if rule.by_content:
            needed = [
                f"k:{position}"
                for position, part in enumerate(rule.key)
                if not part.optional and part.how != "const"
            ]
            missing = (
                pl.any_horizontal([pl.col(name).is_null() for name in needed])
                if needed
                else pl.lit(True)
            )
            nameless = made.filter(missing).select("_doc", "_file", "_content")
            ordinals = self.twins.ordinals(nameless["_content"], nameless["_file"])
            nameless = nameless.select("_doc", ordinals.cast(pl.String), _nameless=True)
            made = made.join(nameless, on="_doc", how="left", maintain_order="left")
            own = {"k:0": pl.lit("content"), "k:1": pl.col("_content"), "k:2": pl.col("ordinal")}
            for name, value in own.items():
                other = pl.col(name) if name in keys else pl.lit(None, pl.String)
                made = made.with_columns(
                    pl.when(pl.col("_nameless")).then(value).otherwise(other).alias(name)
                )
        names = sorted(name for name in made.columns if name.startswith("k:"))
        faults = [
            _faults(
                made.filter(frame.with_columns(_at=self.at(path))["_at"].is_null()),
                path.text,
                "JG-LOD-020",
            )
            for path in rule.require
        ]
        return (
            made.rename({"_content": "content"}).select(*DOCUMENTS, *names),
            pl.concat([pl.DataFrame(schema=FAULTS), *faults]),
        )

    def sheets(self, frame: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], int]:
        """Raw frames by block, and how many instances there are."""
        classes = {
            f"!{block.name}": pl.when(self.wanted(block)).then(self.cls(block))
            for block in self.blocks
        }
        made = frame.with_columns(**classes)
        numbers: dict[str, pl.Series] = {}
        count = 0
        for block in self.blocks:
            here = made[f"!{block.name}"].is_not_null()
            number = here.cast(pl.Int64).cum_sum() - 1 + count
            numbers[block.name] = number.zip_with(
                here, pl.repeat(None, frame.height, dtype=pl.Int64, eager=True)
            )
            count += int(here.sum())
        sheets = {}
        for block in self.blocks:
            columns = {
                "_n": pl.lit(numbers[block.name]),
                "class": pl.lit(made[f"!{block.name}"]),
                **self.cells(block, numbers),
            }
            sheets[block.name] = frame.select("_doc", "_place", **columns).filter(
                pl.col("_n").is_not_null()
            )
        return sheets, count

    def cells(self, block: Block, numbers: Mapping[str, pl.Series]) -> dict[str, pl.Expr]:
        cells: dict[str, pl.Expr] = {}
        for position, part in enumerate(block.key):
            cells[f"k:{position}"] = self.text(part)
        for column in block.columns:
            rule = column.rule
            if isinstance(rule, Value):
                if rule.how == "each":
                    parts = pl.concat_list([self.at(path) for path in rule.paths]).list.drop_nulls()
                    cells[f"v:{column.name}"] = pl.when(parts.list.len() > 0).then(parts)
                elif rule.how != "const":
                    cells[f"v:{column.name}"] = self.text(rule)
            elif rule.key:
                for position, part in enumerate(rule.key):
                    cells[f"l:{column.name}:{position}"] = self.text(part)
            elif not rule.every:
                cells[f"t:{column.name}"] = pl.coalesce(
                    [pl.lit(numbers[name]) for name in rule.targets]
                )
        return cells

    def wanted(self, block: Block) -> pl.Expr:
        tests = [self.test(test) for test in block.when]
        return reduce(lambda left, right: left & right, tests, pl.lit(True))

    def test(self, test: Condition) -> pl.Expr:
        text = self.at(test.path)
        if test.test in ("present", "absent"):
            return text.is_not_null() if test.test == "present" else text.is_null()
        values = denoting(self.model, test) if test.test == "denotes" else test.values
        found = text.is_in(list(values)).fill_null(False)
        return ~found if test.test == "not" else found

    def cls(self, block: Block) -> pl.Expr:
        rule = block.cls
        default = pl.lit(rule.default, pl.String)
        if rule.scheme is None:
            return default
        denoted = classes_of(self.model, rule.scheme)
        notation = pl.concat_str([self.at(path) for path in rule.paths], separator="-")
        return notation.replace_strict(
            list(denoted), list(denoted.values()), default=default, return_dtype=pl.String
        )

    def text(self, value: Value) -> pl.Expr:
        """A value's text before renaming; constants are added when it is typed."""
        parts = [self.at(path) for path in value.paths]
        if value.how == "join":
            joined = pl.concat_str(parts, separator=value.separator, ignore_nulls=True)
            return pl.when(pl.any_horizontal([part.is_not_null() for part in parts])).then(joined)
        if value.how == "present":
            return pl.when(pl.any_horizontal([part.is_not_null() for part in parts])).then(
                pl.lit("true")
            )
        if value.how == "const":
            return pl.lit(None, pl.String)
        return pl.coalesce(parts)

    def at(self, path: Path) -> pl.Expr:
        """What stands at a path: a column, or something known of the whole file."""
        if path.origin == "file":
            held = path.name in self.groups
            return pl.col(f"@file.{path.name}") if held else pl.lit(None, pl.String)
        if path.origin == "with":
            return pl.lit(self.given.get(path.name) or None, pl.String)
        if path.origin == "index":
            return pl.col("_row").cast(pl.String)
        return pl.col(column_of(path, self.mapping))


def _outside(blocks: Sequence[Block]) -> list[Path]:
    """What records tell from outside the row (@file., @with.): part of the row's content."""
    paths = (path for block in blocks for column in block.columns for path in column.paths)
    found = {path.text: path for path in paths if path.origin in ("file", "with")}
    return [found[text] for text in sorted(found)]


def _faults(documents: pl.DataFrame, column: str, code: str) -> pl.DataFrame:
    """One kind of fault of whole rows."""
    return documents.select(
        "_doc",
        pl.lit(None, pl.Int64).alias("_n"),
        column=pl.lit(column),
        path=pl.lit(column),
        code=pl.lit(code),
        detail=pl.lit(""),
    )


def column_of(path: Path, mapping: SourceMapping) -> str:
    """The CSV column a path names. Raises MappingError for a path that names none."""
    if len(path.steps) == 1 and isinstance(path.steps[0], str):
        return path.steps[0]
    raise MappingError(
        "JG-MAP-012",
        str(mapping.where),
        f"{path.text!r} is not a CSV column",
        "Name a column of the header; put it in backquotes if it has dots or brackets.",
    )


def named_columns(mapping: SourceMapping) -> set[str]:
    """The CSV columns that a mapping reads."""
    rule = mapping.document
    values: list[Value] = [*rule.key, *([rule.version] if rule.version else [])]
    paths: list[Path] = list(rule.require)
    for block in mapping.walk():
        values += block.key
        paths += [path for column in block.columns for path in column.paths]
        paths += [test.path for test in block.when] + list(block.cls.paths)
    paths += [path for value in values for path in value.paths]
    return {column_of(path, mapping) for path in paths if path.origin in ("self", "document")}


def missing_and_strange(
    mapping: SourceMapping, names: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Columns the mapping reads and the header lacks; columns the mapping does not know."""
    read = named_columns(mapping)
    known = read | set(mapping.unmapped)
    return sorted(read - set(names)), [name for name in names if name not in known]
