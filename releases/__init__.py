"""Record tables (Delta), releases, state and difference, retention, forgetting."""

from releases.archive import Releases
from releases.documents import DOCUMENTS, FINDINGS
from releases.errors import (
    ChangedTypeError,
    LockHeldError,
    NewerFormatError,
    NoSuchReleaseError,
    NotWritingError,
    ReleaseError,
    TableFailedError,
    WrongFrameError,
)
from releases.forgetting import ForgetReport
from releases.ledger import Load, Release
from releases.replacement import Replacement, replace
from releases.writer import Writer

__all__ = [
    "DOCUMENTS",
    "FINDINGS",
    "ChangedTypeError",
    "ForgetReport",
    "Load",
    "LockHeldError",
    "NewerFormatError",
    "NoSuchReleaseError",
    "NotWritingError",
    "Release",
    "ReleaseError",
    "Releases",
    "Replacement",
    "TableFailedError",
    "Writer",
    "WrongFrameError",
    "replace",
]
