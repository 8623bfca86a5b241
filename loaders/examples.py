"""What an example file holds: its fields, where they stand, and what their values look like."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import polars as pl

from loaders.errors import FileError
from loaders.formats import interpret
from loaders.mapping import Format
from loaders.masking import masked
from loaders.paths import Step, Tree, written
from loaders.recognise import LINE_SUFFIXES, Recogniser
from loaders.tables import batches, header, vet
from loaders.trees import Limits, json_tree, xml_tree

ROWS = 5_000
"""How many rows, lines or values of one field are looked at."""

_GUESSES = (
    ("integer", "integer"),
    ("decimal", "decimal"),
    ("boolean", "boolean"),
    ("date", "date"),
    ("datetime", "dateTime"),
    ("month", "date"),
    ("%d/%m/%Y", "date"),
    ("%d-%m-%Y", "date"),
    ("%d%m%Y", "date"),
    ("%d %b %Y", "date"),
    ("%d/%m/%Y %H:%M:%S", "dateTime"),
    ("%Y-%m-%d %H:%M:%S", "dateTime"),
)
_FEW = 12


@dataclass(slots=True)
class Field:
    """A field of an example. steps: from the message's root, None for each item of a list.
    form: the format of the mapping language that every value has; None: text.
    """

    steps: tuple[Step, ...]
    values: list[str] = field(default_factory=list)
    nodes: int = 0
    form: str | None = None

    @property
    def path(self) -> str:
        """As a mapping writes it."""
        return written(self.steps)

    @property
    def name(self) -> str:
        """The last key, without the marks of XML."""
        keys = [step for step in self.steps if isinstance(step, str) and step != "#text"]
        return keys[-1].lstrip("@") if keys else ""

    @property
    def unique(self) -> bool:
        """Whether every node has a value of its own."""
        return bool(self.values) and len(set(self.values)) == len(self.values) == self.nodes

    def described(self) -> str:
        """What the values look like, without showing one: `text, 3 distinct of 20, like AA99`."""
        if not self.values:
            return "always empty"
        distinct = len(set(self.values))
        like = " ".join(masked(self.values[0], "personal").split())
        few = ", a code?" if self.form is None and distinct <= _FEW < len(self.values) else ""
        return f"{self.form or 'text'}{few}, {distinct} distinct of {len(self.values)}, like {like}"


@dataclass(frozen=True, slots=True)
class Example:
    """An example file. fields: by path, in the order met. root: of an XML file, its element."""

    file: FilePath
    form: Format
    fields: Mapping[tuple[Step, ...], Field]
    several: bool
    root: str | None = None


def read_example(file: FilePath) -> Example:
    """Read a file of a source that nothing maps yet. Raises FileError as a load would."""
    example = _read(file)
    if not any(each.name for each in example.fields.values()):
        raise FileError(
            "JG-LOD-028", "the example holds no fields", "Give a file with at least one record."
        )
    guess_forms(example.fields.values())
    return example


def guess_forms(fields: Iterable[Field]) -> None:
    """Set the form of each field from its values."""
    every = list(fields)
    texts = pl.DataFrame(
        [(number, text) for number, each in enumerate(every) for text in set(each.values)],
        schema={"field": pl.Int64, "raw": pl.String},
        orient="row",
    )
    ill = [interpret(pl.col("raw"), form, datatype)[1].alias(form) for form, datatype in _GUESSES]
    judged = texts.select("field", *ill).group_by("field").agg(pl.all().any())
    for row in judged.iter_rows(named=True):
        forms = (form for form, _ in _GUESSES if not row[form])
        every[row["field"]].form = next(forms, None)


def _read(file: FilePath) -> Example:
    limits = Limits()
    form = Recogniser([], limits).form(file)
    if form == "csv":
        return Example(file, "csv", _columns(file, limits), several=True)
    if form == "xml":
        tree = xml_tree(file.read_bytes(), limits)
        return Example(file, "xml", _fields([tree]), several=False, root=next(iter(tree), None))
    if form == "json":
        lines = file.suffix.lower() in LINE_SUFFIXES
        trees = list(_lines(file, limits)) if lines else [json_tree(file.read_bytes(), limits)]
        return Example(
            file, "json", _fields(trees), several=not lines and isinstance(trees[0], list)
        )
    raise FileError("JG-LOD-009", "not JSON, XML or CSV", "Give an example file of the source.")


def _lines(file: FilePath, limits: Limits) -> Iterator[Tree]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream):
            if number == ROWS:
                return
            if line.strip():
                yield json_tree(line, limits)


def _columns(file: FilePath, limits: Limits) -> dict[tuple[Step, ...], Field]:
    names = header(file)
    vet(file, names, limits)
    frame = next((rows.frame for rows in batches(file, names, ROWS)), pl.DataFrame())
    return {
        (name,): Field(
            (name,), frame[name].drop_nulls().to_list() if frame.width else [], frame.height
        )
        for name in names
    }


def _fields(trees: list[Tree]) -> dict[tuple[Step, ...], Field]:
    found: dict[tuple[Step, ...], Field] = {}
    nodes: dict[tuple[Step, ...], int] = {}
    for tree in trees:
        _walk(tree, (), found, nodes)
    for steps, each in found.items():
        each.nodes = nodes.get(steps[:-1], 0)
    return found


def _walk(
    tree: Tree,
    steps: tuple[Step, ...],
    found: dict[tuple[Step, ...], Field],
    nodes: dict[tuple[Step, ...], int],
) -> None:
    if isinstance(tree, dict):
        nodes[steps] = nodes.get(steps, 0) + 1
        for key, value in tree.items():
            _walk(value, (*steps, key), found, nodes)
    elif isinstance(tree, list):
        for item in tree:
            _walk(item, (*steps, None), found, nodes)
        if not tree:
            found.setdefault(steps, Field(steps))
    else:
        values = found.setdefault(steps, Field(steps)).values
        text = str(tree).lower() if isinstance(tree, bool) else str(tree).strip()
        if tree is not None and text and len(values) < ROWS:
            values.append(text)
