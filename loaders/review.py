"""The review of mappings: what each column comes from and how sure that is, what is left out and
why, and whether both still agree with sample files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from loaders import lint
from loaders.catalogue import mapping_files, reader_of
from loaders.coverage import (
    Place,
    beginnings,
    is_read,
    leaves,
    matches,
    pattern_of,
    places_read,
    reading,
)
from loaders.errors import FileError, MappingError
from loaders.json_schema import is_schema, skeletons
from loaders.mapping import Link, SourceMapping
from loaders.mapping_yaml import read_mapping
from loaders.messages import Unreadable, lines_of, messages_of
from loaders.paths import Tree
from loaders.recognise import LINE_SUFFIXES, Recogniser, Skipped
from loaders.rows import missing_and_strange
from loaders.tables import header
from loaders.trees import Limits, json_tree
from ontology.model import Model


@dataclass(frozen=True, slots=True)
class ReviewedColumn:
    """A property of a source's records: what it is read from, with its evidence mark."""

    source: str
    block: str
    property: str
    reads: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Omission:
    """What a mapping leaves out, and why."""

    source: str
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewFinding:
    """What is wrong with a mapping, or no longer agrees with the samples."""

    code: str
    where: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Review:
    """All mappings. findings: empty when everything agrees. samples: files compared."""

    columns: Sequence[ReviewedColumn]
    omissions: Sequence[Omission]
    findings: Sequence[ReviewFinding]
    samples: int


def review(
    model: Model, samples: FilePath | None = None, folders: Sequence[FilePath] = ()
) -> Review:
    """Review the mappings of the organisations' folders (or of others), against sample files."""
    columns: list[ReviewedColumn] = []
    omissions: list[Omission] = []
    found: list[ReviewFinding] = []
    compared = 0
    for file in mapping_files(*folders):
        try:
            mapping = read_mapping(file)
            reader_of(mapping)
        except MappingError as error:
            found.append(_finding(error))
            continue
        wrong = lint.faults(mapping, model)
        found += map(_finding, wrong)
        columns += _columns(mapping)
        omissions += (
            Omission(mapping.source, pattern, reason)
            for pattern, reason in mapping.unmapped.items()
        )
        if samples is not None and not wrong:
            drift = _Drift(mapping, samples)
            found += drift.findings()
            compared += len(drift.files)
    return Review(columns, omissions, found, compared)


def names_used(folders: Sequence[FilePath] = ()) -> Mapping[str, str]:
    """Classes and properties the mappings name, each with a place where it is named.

    Raises MappingError for a mapping that cannot be parsed.
    """
    used: dict[str, str] = {}
    for file in mapping_files(*folders):
        for block in read_mapping(file).walk():
            if block.cls.default is not None:
                used.setdefault(block.cls.default, str(block.where))
            for column in block.columns:
                used.setdefault(column.name, str(column.where))
    return used


def _columns(mapping: SourceMapping) -> Iterator[ReviewedColumn]:
    for block in mapping.walk():
        for column in block.columns:
            rule = column.rule
            if isinstance(rule, Link):
                keys = ", ".join(reading(part) for part in rule.key)
                reads = f"→ {' or '.join(rule.targets)}" + (f" ({keys})" if keys else "")
            else:
                reads = reading(rule)
            yield ReviewedColumn(mapping.source, block.name, column.name, reads, column.evidence)


def _finding(error: MappingError) -> ReviewFinding:
    cause = error.cause.removeprefix(f"{error.where}: ")
    return ReviewFinding(error.code, error.where, cause, error.fix)


class _Drift:
    """One mapping against its sample files."""

    def __init__(self, mapping: SourceMapping, samples: FilePath) -> None:
        self.mapping = mapping
        self.files = sorted({file for glob in mapping.samples for file in samples.glob(glob)})
        self.recogniser = Recogniser([mapping], Limits())

    def findings(self) -> Iterator[ReviewFinding]:
        mapping = self.mapping
        if not mapping.samples:
            # An empty list says that nobody publishes a sample.
            if "samples" not in mapping.marks:
                yield self._new("JG-MAP-020", None, "no samples", "Add samples: [globs], or [].")
        elif not self.files:
            yield self._new(
                "JG-MAP-020",
                mapping.marks.get("samples"),
                f"no file matches {', '.join(mapping.samples)}",
                "Correct the globs; they start at the samples folder.",
            )
        elif mapping.format == "csv":
            yield from self._tables()
        else:
            yield from self._trees()

    def _tables(self) -> Iterator[ReviewFinding]:
        seen: set[str] = set()
        for file in self.files:
            names = header(file)
            seen |= set(names)
            missing, strange = missing_and_strange(self.mapping, names)
            for name in missing:
                yield self._new(
                    "JG-MAP-022",
                    None,
                    f"{file.name} has no column {name!r}",
                    "Correct the mapping.",
                )
            for name in strange:
                yield self._unreviewed((name,))
        for pattern in self.mapping.unmapped:
            if pattern not in seen:
                yield self._stale(pattern)

    def _trees(self) -> Iterator[ReviewFinding]:
        found: set[Place] = set()
        for file in self.files:
            try:
                for message in self._messages(file):
                    found.update(leaves(message))
            except FileError as error:
                yield self._new("JG-MAP-021", None, f"{file.name}: {error.cause}", error.fix)
        read = set(places_read(self.mapping))
        above = beginnings(read)
        patterns = {text: pattern_of(text) for text in self.mapping.unmapped}
        used: set[str] = set()
        for leaf in sorted(found):
            covering = [text for text, pattern in patterns.items() if matches(leaf, pattern)]
            used.update(covering)
            if not covering and not is_read(leaf, read, above):
                yield self._unreviewed(leaf)
        for text in patterns:
            where = self.mapping.marks[f"unmapped:{text}"]
            if text not in used and where.file == self.mapping.where.file:
                yield self._stale(text)

    def _messages(self, file: FilePath) -> list[Tree]:
        reader = self.recogniser.readers[self.mapping.source]
        if file.suffix == ".json" and is_schema(tree := json_tree(file.read_bytes(), Limits())):
            return [message for made in skeletons(tree) for message in reader(made)]
        found = self.recogniser.recognise(file)
        if isinstance(found, Skipped):
            raise FileError(
                "JG-LOD-014", "the mapping does not recognise it", "Correct recognise:."
            )
        if file.suffix.lower() in LINE_SUFFIXES:
            told = list(lines_of(file, reader, Limits()))
            return [each.content for each in told if not isinstance(each.content, Unreadable)]
        return [each.content for each in messages_of(found.tree, reader)]

    def _unreviewed(self, leaf: Place) -> ReviewFinding:
        return self._new(
            "JG-MAP-023",
            None,
            f"{'.'.join(leaf)} is in the samples, but neither mapped nor listed under unmapped:",
            "Map it, or list it with the reason.",
        )

    def _stale(self, pattern: str) -> ReviewFinding:
        return self._new(
            "JG-MAP-024",
            self.mapping.marks.get(f"unmapped:{pattern}"),
            f"{pattern} is listed as unmapped, but in no sample",
            "Take it off the list.",
        )

    def _new(self, code: str, where: object, message: str, fix: str) -> ReviewFinding:
        return ReviewFinding(code, str(where or self.mapping.where), message, fix)
