"""Which source a file is of, by its content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from loaders.catalogue import Reader, reader_of
from loaders.errors import FileError
from loaders.mapping import Signature, SourceMapping
from loaders.messages import too_large
from loaders.paths import Misfit, Tree, walker
from loaders.rows import missing_and_strange
from loaders.tables import header
from loaders.trees import Limits, foreign, json_tree, xml_tree

_SUFFIXES = {
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xml": "xml",
    ".csv": "csv",
}
LINE_SUFFIXES = (".jsonl", ".ndjson")
_SHARE_OF_COLUMNS = 0.5
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file of a known source; `tree` is its parsed content, when it had to be parsed whole."""

    mapping: SourceMapping
    tree: Tree = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no data of a known source, and why. foreign: what it is instead of text."""

    reason: str
    foreign: str | None = None


class Recogniser:
    """Knows the mappings' signatures and readers."""

    def __init__(self, mappings: Sequence[SourceMapping], limits: Limits) -> None:
        self.mappings, self.limits = mappings, limits
        self.readers: dict[str, Reader] = {
            mapping.source: reader_of(mapping) for mapping in mappings
        }
        self._walks = {
            path.text: walker(path.steps)
            for mapping in mappings
            for signature in mapping.recognise
            for path in signature.paths
        }

    def recognise(self, file: FilePath, only: SourceMapping | None = None) -> Recognised | Skipped:
        """What a file is, or with `only` the file as that source.

        Raises FileError when it claims by its name to be data and cannot be read.
        """
        form = self.form(file)
        if form is None:
            return Skipped("not JSON, XML or CSV", _foreign(file))
        if only is not None and only.format != form:
            return Skipped(f"not {only.format.upper()}, as {only.source} is")
        if form == "csv":
            return self._table(file, only)
        if file.suffix.lower() in LINE_SUFFIXES:
            return self._lines(file, only)
        tree = self._parsed(file, form)
        if only is not None:
            return Recognised(only, tree)
        return self._chosen(
            [mapping for mapping in self._of(form) if self.knows(mapping, tree, file)], tree
        )

    def form(self, file: FilePath) -> str | None:
        """json, xml or csv: by suffix, else by the first character; None for anything else."""
        known = _SUFFIXES.get(file.suffix.lower())
        if known is not None:
            return known
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        if foreign(head):
            return None
        first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        return {b"{": "json", b"[": "json", b"<": "xml"}.get(first)

    def knows(self, mapping: SourceMapping, tree: Tree, file: FilePath) -> int:
        """How much of a signature of the mapping the first message shows; 0 = not its source."""
        message = next(iter(self.readers[mapping.source](tree)), None)
        if message is None:
            return 0
        return max(
            (self._shown(signature, message, tree, file) for signature in mapping.recognise),
            default=0,
        )

    def _shown(self, signature: Signature, message: Tree, tree: Tree, file: FilePath) -> int:
        if signature.name is not None and not file.match(signature.name):
            return 0
        if signature.root is not None and (
            not isinstance(message, dict) or next(iter(message), None) != signature.root
        ):
            return 0
        for path in signature.paths:
            found = self._walks[path.text](message)
            row = found if type(found) is list else [found]
            if all(item is None or type(item) is Misfit for item in row):
                return 0
        return len(signature.paths) + bool(signature.root) + bool(signature.name)

    def _chosen(self, found: list[SourceMapping], tree: Tree) -> Recognised | Skipped:
        if not found:
            return Skipped("no mapping recognises its content")
        if len(found) > 1:
            names = ", ".join(mapping.source for mapping in found)
            raise FileError(
                "JG-LOD-014",
                f"it looks like several sources: {names}",
                "Name the one it is with --source.",
            )
        return Recognised(found[0], tree)

    def _of(self, form: str) -> list[SourceMapping]:
        return [mapping for mapping in self.mappings if mapping.format == form]

    def _parsed(self, file: FilePath, form: str) -> Tree:
        size = file.stat().st_size
        if size > self.limits.message_bytes:
            raise too_large(size, self.limits)
        data = file.read_bytes()
        return json_tree(data, self.limits) if form == "json" else xml_tree(data, self.limits)

    def _lines(self, file: FilePath, only: SourceMapping | None) -> Recognised | Skipped:
        if only is not None:
            return Recognised(only)
        with file.open("rb") as stream:
            line = b""
            while not line.strip():
                line = stream.readline(self.limits.message_bytes + 1)
                if not line:
                    raise FileError(
                        "JG-LOD-008", "the file is empty", "Ask the sender for the file again."
                    )
        tree = json_tree(line, self.limits)
        found = [mapping for mapping in self._of("json") if self.knows(mapping, tree, file)]
        return self._chosen(found, None)

    def _table(self, file: FilePath, only: SourceMapping | None) -> Recognised | Skipped:
        names = header(file)
        candidates = [only] if only is not None else self._of("csv")
        for mapping in candidates:
            missing, strange = missing_and_strange(mapping, names)
            if not missing and not strange:
                return Recognised(mapping)
        closest = max(candidates, key=lambda mapping: _overlap(mapping, names), default=None)
        if closest is None or (only is None and _overlap(closest, names) < _SHARE_OF_COLUMNS):
            return Skipped("no mapping recognises its columns")
        missing, strange = missing_and_strange(closest, names)
        if missing:
            raise FileError(
                "JG-LOD-012",
                f"as {closest.source} it lacks the column {_quoted(missing)}",
                "Ask the sender for all columns, or change the mapping.",
            )
        raise FileError(
            "JG-LOD-012",
            f"as {closest.source} it has an unknown column {_quoted(strange)}",
            "Map the column, or review it under unmapped: in the mapping.",
        )


def _foreign(file: FilePath) -> str | None:
    with file.open("rb") as stream:
        return foreign(stream.read(_HEAD))


def _overlap(mapping: SourceMapping, names: Sequence[str]) -> float:
    """The share of a signature's columns that a header has."""
    shares = (
        len(set(signature.columns) & set(names)) / len(signature.columns)
        for signature in mapping.recognise
        if signature.columns
    )
    return max(shares, default=0.0)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
