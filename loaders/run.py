"""The load run: files are found and recognised, their documents settled in batches, and counted."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

import polars as pl

from loaders import findings, tools
from loaders.catalogue import named, read_mappings
from loaders.code_lists.held import held
from loaders.errors import FileError, LoadError, nearest
from loaders.links import Links
from loaders.mapping import SourceMapping
from loaders.masking import HIDDEN_CODES, masked
from loaders.messages import Unreadable, lines_of, messages_of
from loaders.provenance import made_with
from loaders.raw import Raw
from loaders.recognise import LINE_SUFFIXES, Recognised, Recogniser, Skipped
from loaders.rejections import Rejected
from loaders.report import FileReport, LoadReport, UnknownCode
from loaders.rows import RowExtractor
from loaders.settle import Settled, Settler
from loaders.snapshot import Snapshot
from loaders.tables import batches, header, vet
from loaders.tools import Tools
from loaders.trees import Limits, not_text
from loaders.typed import Typed
from ontology.identifiers import BASE
from ontology.model import Model
from ontology.namespaces import code_iri
from releases import Releases, Writer

MODES = ("delta", "snapshot")
Progress = Callable[[int, int | None, str], None]
BATCH = 20_000


def load(
    paths: Sequence[FilePath],
    releases: Releases,
    writer: Writer,
    model: Model,
    *,
    source: str | None = None,
    mode: str = "delta",
    params: Mapping[str, str] | None = None,
    base: str = BASE,
    batch: int = BATCH,
    max_message: int | None = None,
    mappings: Sequence[SourceMapping] | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders into a writer, which the caller commits, or does not (a dry run).

    source: what all files are; None = each is recognised by its content. mode: delta, documents
    replace documents; snapshot, these files are all there is of their source. params: what
    `--with` gives. batch: record instances in memory at a time. max_message: bytes of one message.
    mappings: instead of those in the organisations' folders. progress: called with files done,
    files in all, and the name of the one at hand.

    Raises LoadError (MappingError, ContractError) when the load as a whole cannot go on: nothing
    must be committed then. A file that cannot be read only concerns itself: see
    LoadReport.exit_code. References to absent targets are kept, and counted as unresolved.
    """
    if mode not in MODES:
        raise LoadError("JG-LOD-001", f"no mode is called {mode!r}", nearest(mode, MODES))
    known = list(mappings) if mappings is not None else read_mappings()
    only = named(known, source) if source is not None else None
    _known_to([only] if only is not None else known, params or {})
    limits = Limits(max_message) if max_message is not None else Limits()
    run = _Run(releases, writer, model, Recogniser(known, limits), limits, base, batch)
    run.given = dict(params or {})
    run.snapshot = Snapshot(releases, writer) if mode == "snapshot" else None
    files = list(_files(paths))
    for number, (file, direct) in enumerate(files):
        if progress is not None:
            progress(number, len(files), _text_of(FilePath(file.name)))
        run.file(file, only, direct=direct)
    if progress is not None:
        progress(len(files), len(files), "")
    return run.finish()


def _known_to(mappings: Sequence[SourceMapping], params: Mapping[str, str]) -> None:
    """LoadError for a key outside the files that none of these mappings reads."""
    if not params:
        return
    known = {name for mapping in mappings for name in mapping.given}
    for name in params:
        if name not in known:
            listed = f"Known: {', '.join(sorted(known))}." if known else "Leave it out."
            raise LoadError("JG-LOD-027", f"no mapping that may apply reads --with {name}", listed)


def _files(paths: Sequence[FilePath]) -> Iterator[tuple[FilePath, bool]]:
    """Files in the order of their names, and whether they were named themselves.

    A folder that is empty or cannot be listed stands for itself, so that it is reported. Raises
    LoadError for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise LoadError("JG-LOD-015", f"{path} does not exist", "Check the path.")
        if not path.is_dir():
            yield path, True
            continue
        found, closed = _walked(path)
        yield from ((folder, False) for folder in closed)
        yield from ((file, False) for file in found)
        if not found and not closed:
            yield path, True


def _walked(path: FilePath) -> tuple[list[FilePath], list[FilePath]]:
    """All files below a folder but hidden ones, sorted, and the folders that cannot be listed."""
    closed: list[FilePath] = []
    found = sorted(
        FilePath(folder, name)
        for folder, _, names in os.walk(path, onerror=lambda e: closed.append(FilePath(e.filename)))
        for name in names
        if not name.startswith(".")
    )
    return found, closed


def _text_of(file: FilePath) -> str:
    """A path as text that can be stored and printed: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(file).decode(errors="replace")


@dataclass(slots=True)
class _Work:
    """What is kept for one source while its files are read."""

    mapping: SourceMapping
    tools: Tools
    rows: RowExtractor
    settler: Settler


class _Run:
    """One load: counts by file, work by source."""

    def __init__(
        self,
        releases: Releases,
        writer: Writer,
        model: Model,
        recogniser: Recogniser,
        limits: Limits,
        base: str,
        batch: int,
    ) -> None:
        self.releases, self.writer, self.model = releases, writer, model
        self.recogniser, self.limits, self.base, self.batch = recogniser, limits, base, batch
        self.given: dict[str, str] = {}
        self.snapshot: Snapshot | None = None
        self.rejected = Rejected()
        self.report = LoadReport(writer.load)
        self.work: dict[str, _Work] = {}
        self.links = Links(model, releases, writer, base)
        self.unknown: Counter[tuple[str, str, str, str]] = Counter()

    def file(self, file: FilePath, only: SourceMapping | None, *, direct: bool) -> None:
        """Read one file, or say why not."""
        report = FileReport(_text_of(file))
        self.report.files.append(report)
        mapping = only
        try:
            if file.is_dir():
                os.listdir(file)
                raise FileError("JG-LOD-016", "the folder holds no files", "Check the path.")
            if file.exists() and not file.is_file():
                # A pipe would be waited for, a device read without end.
                raise FileError(
                    "JG-LOD-016", "it is a pipe or a device, not a file", "Name a file of data."
                )
            found = self.recogniser.recognise(file, only)
            if isinstance(found, Skipped):
                if direct and found.foreign:
                    raise not_text(found.foreign)
                report.status, report.reason = "skipped", found.reason
                return
            mapping = found.mapping
            report.source = mapping.source
            if self.snapshot is not None:
                self.snapshot.begin(mapping)
            self._read(file, found)
        except FileError as error:
            self._unreadable(report, mapping, error)
        except OSError as error:
            why = FileError(
                "JG-LOD-016", error.strerror or "it cannot be opened", "Check its permissions."
            )
            self._unreadable(report, mapping, why)

    def _unreadable(
        self, report: FileReport, mapping: SourceMapping | None, error: FileError
    ) -> None:
        report.status, report.reason = "unreadable", f"{error.code}: {error.cause}"
        self.writer.report(findings.of_file(report.path, mapping, error))

    def _read(self, file: FilePath, found: Recognised) -> None:
        number, mapping = len(self.report.files) - 1, found.mapping
        work = self._work(mapping)
        match = mapping.filename.search(file.name) if mapping.filename else None
        groups = match.groupdict("") if match else {}
        if mapping.format == "csv":
            self._rows(file, number, work, groups)
            return
        reader = self.recogniser.readers[mapping.source]
        told = (
            lines_of(file, reader, self.limits)
            if file.suffix.lower() in LINE_SUFFIXES
            else messages_of(found.tree, reader)
        )
        seen: dict[str, int] = {}
        for message in told:
            if isinstance(message.content, Unreadable):
                self._lost_message(number, message.place, message.content.error, mapping)
                continue
            work.tools.messages.add(
                message.content, number, message.place, groups, self.given, seen
            )
            if work.tools.messages.instances >= self.batch:
                self._flush(work)

    def _lost_message(
        self, number: int, place: str, error: FileError, mapping: SourceMapping
    ) -> None:
        """A message that cannot be read counts as one read and rejected."""
        report = self.report.files[number]
        report.read += 1
        report.rejected += 1
        report.unreadable_messages += 1
        self._found(mapping, findings.of_file(report.path, mapping, error, place))

    def _rows(self, file: FilePath, number: int, work: _Work, groups: dict[str, str]) -> None:
        names = header(file)
        vet(file, names, self.limits)
        report = self.report.files[number]
        for rows in batches(file, names, self.batch):
            if rows.refused.height:
                report.read += rows.refused.height
                report.rejected += rows.refused.height
                refused = findings.of_refused_rows(
                    rows.refused, len(names), report.path, work.mapping.source
                )
                self._found(work.mapping, refused)
            held = work.rows.instances
            if not work.rows.fits(rows.frame) or held + rows.frame.height > self.batch:
                self._flush(work)
            work.rows.add(rows.frame, number, groups)

    def _work(self, mapping: SourceMapping) -> _Work:
        if mapping.source not in self.work:
            taken = tools.take(mapping, self.model, self.base)
            self.work[mapping.source] = _Work(
                mapping,
                taken,
                RowExtractor(mapping, self.model, self.given),
                Settler(mapping, taken.typist, self.model, self.releases, self.writer),
            )
        return self.work[mapping.source]

    def _flush(self, work: _Work) -> None:
        raw = (work.rows if work.mapping.format == "csv" else work.tools.messages).take()
        if raw is not None and raw.documents.height:
            self._settle(work, raw)

    def _settle(self, work: _Work, raw: Raw) -> None:
        typed = work.tools.typist.type(raw)
        files = pl.Series([file.path for file in self.report.files], dtype=pl.String)
        settled = work.settler.settle(typed, files)
        self._found(work.mapping, settled.findings)
        self.report.stale += settled.stale
        self._count(work.mapping, typed, settled)
        self.links.note(work.mapping.source, settled.records)
        if self.snapshot is not None:
            self.snapshot.met(work.mapping, settled.documents)

    def _found(self, mapping: SourceMapping, told: pl.DataFrame) -> None:
        self.writer.report(told)
        if mapping.max_rejected is not None:
            self.rejected.note(told)

    def _count(self, mapping: SourceMapping, typed: Typed, settled: Settled) -> None:
        fates = settled.fates
        if mapping.format == "csv":
            fates = _of_rows(fates, typed.documents)
        for number, fate, count in fates.group_by("_file", "fate").len().iter_rows():
            report = self.report.files[number]
            report.read += count
            setattr(report, fate, getattr(report, fate) + count)
        for scheme, notation, column, count in typed.unknown.iter_rows():
            self.unknown[mapping.source, column, scheme, notation] += count

    def finish(self) -> LoadReport:
        """What is still held is settled; then what concerns the load as a whole."""
        for work in self.work.values():
            self._flush(work)
            tools.give_back(work.tools)
        mappings = [work.mapping for work in self.work.values()]
        self.report.rejections = self.rejected.finish(self.report, mappings)
        if self.snapshot is not None:
            self.report.removed = self.snapshot.finish(self.report)
        self.report.unresolved = self.links.unresolved()
        listed = held(self.releases, self.releases.current)
        self.report.unknown = [
            UnknownCode(source, column, scheme, self._shown(column, notation), count)
            for (source, column, scheme, notation), count in sorted(self.unknown.items())
            if code_iri(scheme, notation) not in listed
        ]
        self.writer.report(findings.of_codes(self.report.unknown, self.model))
        self.report.made_with = made_with(mappings, self.model)
        self.report.check()
        return self.report

    def _shown(self, column: str, notation: str) -> str:
        """A code is no identity: it is shown, unless its property is about what may identify."""
        hidden = self.model.properties[column].sensitivity in HIDDEN_CODES
        return masked(notation, "identifying") if hidden else notation


_WORST = ("rejected", "loaded", "superseded", "unchanged")


def _of_rows(fates: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The fate of each CSV row: rejected if any of its records is or it has none, else loaded if
    any is.
    """
    order = pl.col("fate").replace_strict(_WORST, range(len(_WORST)), return_dtype=pl.Int64)
    decided = fates.sort(order).unique("_doc", keep="first", maintain_order=True)
    return (
        rows.select("_doc", "_file")
        .join(decided.select("_doc", "fate"), on="_doc", how="left")
        .with_columns(pl.col("fate").fill_null("rejected"))
    )
