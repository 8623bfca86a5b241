"""What a load did, in counts that balance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

FileStatus = Literal["loaded", "skipped", "unreadable"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Rows into a stage, rows out of it, and why the others are not there."""

    name: str
    rows_in: int
    rows_out: int
    why: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that changed nothing: told already, or by an older version than the one kept."""

    unchanged: int = 0
    superseded: int = 0

    @property
    def total(self) -> int:
        return self.unchanged + self.superseded


@dataclass(slots=True)
class FileReport:
    """One file. read = loaded + rejected + unchanged + superseded, in CSV rows or record
    instances; reason says why it was skipped or could not be read. unreadable_messages: lines of
    a JSON Lines file that are no messages, each counted as one read and rejected.
    """

    path: str
    source: str | None = None
    status: FileStatus = "loaded"
    reason: str = ""
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    unchanged: int = 0
    superseded: int = 0
    unreadable_messages: int = 0

    @property
    def duplicates(self) -> int:
        return self.unchanged + self.superseded

    @property
    def skipped(self) -> bool:
        return self.status == "skipped"


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code that its scheme does not hold, as it may be shown, and how often it was met."""

    source: str
    column: str
    scheme: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Links whose target is not (yet) live. target: its root class; dataset: what would tell it,
    "" where the link does not say.
    """

    source: str
    property: str
    target: str
    dataset: str
    count: int


@dataclass(frozen=True, slots=True)
class Contract:
    """What a snapshot removed of a source's live documents; allowed: the share that may go."""

    source: str
    removed: int
    before: int
    allowed: float


@dataclass(frozen=True, slots=True)
class Rejections:
    """What was rejected of a source whose mapping limits it; allowed: the share that may be."""

    source: str
    rejected: int
    read: int
    allowed: float


@dataclass(slots=True)
class LoadReport:
    """One run over files. release: its number, None until committed or when nothing changed.

    stale: newer tellings of records that were rejected, so that the older ones stay. contracts:
    one a source in snapshot mode, none otherwise. rejections: one a source whose mapping has
    max_rejected. made_with: digests, by `provenance.made_with`.
    """

    load: int
    files: list[FileReport] = field(default_factory=list)
    removed: int = 0
    unresolved: Sequence[Unresolved] = ()
    unknown: Sequence[UnknownCode] = ()
    stale: int = 0
    contracts: Sequence[Contract] = ()
    rejections: Sequence[Rejections] = ()
    made_with: Mapping[str, object] = field(default_factory=dict)
    release: int | None = None

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def loaded(self) -> int:
        return sum(file.loaded for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)

    @property
    def duplicates(self) -> Duplicates:
        return Duplicates(
            sum(file.unchanged for file in self.files), sum(file.superseded for file in self.files)
        )

    @property
    def skipped(self) -> int:
        """Files that are no data of a known source."""
        return sum(file.status == "skipped" for file in self.files)

    @property
    def unreadable(self) -> int:
        return sum(file.status == "unreadable" for file in self.files)

    @property
    def exit_code(self) -> int:
        """0, or 1 when a file or message could not be read, or nothing of a file could be kept."""
        lost = any(
            file.unreadable_messages or (file.read and file.rejected == file.read)
            for file in self.files
        )
        return 1 if self.unreadable or lost else 0

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Files to read ones, and rows to loaded ones."""
        duplicates = self.duplicates
        return (
            Stage(
                "recognise",
                len(self.files),
                len(self.files) - self.skipped - self.unreadable,
                {"skipped": self.skipped, "unreadable": self.unreadable},
            ),
            Stage(
                "load",
                self.read,
                self.loaded,
                {
                    "rejected": self.rejected,
                    "unchanged": duplicates.unchanged,
                    "superseded": duplicates.superseded,
                },
            ),
        )

    def check(self) -> None:
        """Rows must not get lost between counts: AssertionError is a bug of the loader."""
        for file in self.files:
            kept = file.loaded + file.rejected + file.unchanged + file.superseded
            assert file.read == kept, f"{file.path}: {file.read} read, {kept} accounted for"

    @property
    def sources(self) -> dict[str, dict[str, int]]:
        """Files and rows by source."""
        names = ("read", "loaded", "rejected", "unchanged", "superseded")
        totals: dict[str, Counter[str]] = {}
        for file in self.files:
            if file.source is not None:
                total = totals.setdefault(file.source, Counter())
                total.update({"files": 1, **{name: getattr(file, name) for name in names}})
        return {source: dict(total) for source, total in sorted(totals.items())}

    def counts(self) -> dict[str, object]:
        """The numbers alone, without names of files: what a release may keep."""
        duplicates = self.duplicates
        return {
            "files": len(self.files),
            "read": self.read,
            "loaded": self.loaded,
            "rejected": self.rejected,
            "duplicates": duplicates.total,
            "unchanged": duplicates.unchanged,
            "superseded": duplicates.superseded,
            "skipped": self.skipped,
            "skipped_because": dict(Counter(file.reason for file in self.files if file.skipped)),
            "unreadable": self.unreadable,
            "removed": self.removed,
            "unresolved": sum(each.count for each in self.unresolved),
            "unknown_codes": sum(each.count for each in self.unknown),
            "stale": self.stale,
            "sources": self.sources,
            "links": [asdict(each) for each in self.unresolved],
            "contracts": [asdict(each) for each in self.contracts],
            "rejections": [asdict(each) for each in self.rejections],
            "made_with": dict(self.made_with),
        }
