"""The audit log: one JSON line for each question, also for those that were refused.

No value of a question is written in clear, because values are names and numbers of people. The
document is identified by the hash of its shape (literals taken out), its values by a keyed hash:
the same question by the same key can be recognised, nobody can guess a value from it.
"""

import hmac
import json
import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from graphql import DocumentNode, Node, print_ast
from graphql.language import Visitor, visit

from api.access import Access
from api.errors import AuditUnavailableError

FILE = "audit.jsonl"
SYNC_SECONDS = 1.0


@dataclass(frozen=True)
class Entry:
    """What is kept of one question.

    document: hash of its shape, None when it could not be parsed. values: keyed hash of its
    literals and variables. records: how many were disclosed. outcome: answered, partial,
    rejected, refused, stopped or failed; codes: of the errors. seconds: how long it took.
    """

    access: Access
    document: str | None
    values: str
    operation: str | None
    release: int | None
    roots: tuple[str, ...]
    records: int
    seconds: float
    outcome: str
    codes: tuple[str, ...]
    origin: str


class Audit:
    """Appends lines; each is handed to the operating system before the answer leaves.

    So a killed server loses no line. The disk is made to keep them at most a second later, and
    when the log is closed: only a machine that loses power can lose the last second.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._file: int | None = None
        self._synced = 0.0

    def write(self, entry: Entry) -> None:
        """Append one line. Raises AuditUnavailableError."""
        line = orjson.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "key": entry.access.key,
                "role": entry.access.role,
                "project": entry.access.project,
                "origin": entry.origin,
                "document": entry.document,
                "values": entry.values,
                "operation": entry.operation,
                "release": entry.release,
                "roots": entry.roots,
                "records": entry.records,
                "milliseconds": round(entry.seconds * 1000, 1),
                "outcome": entry.outcome,
                "codes": entry.codes,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        with self._lock:
            try:
                if self._file is None:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                if os.write(self._file, line) != len(line):
                    raise AuditUnavailableError("the disk is full")
                if time.monotonic() - self._synced > SYNC_SECONDS:
                    os.fsync(self._file)
                    self._synced = time.monotonic()
            except OSError as error:
                raise AuditUnavailableError(str(error.strerror)) from error

    def close(self) -> None:
        """Make the disk keep what was written, and let go of the file."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file)
                os.close(self._file)
                self._file = None


def shape_hash(document: DocumentNode) -> str:
    """The same for all documents that differ only in literals, spaces and comments."""
    return sha256(print_ast(visit(document, _Blank())).encode()).hexdigest()


def values_hash(key: bytes, document: str, variables: Any) -> str:
    """Keyed hash of the whole document text and its variables."""
    content = json.dumps([document, variables], default=str, sort_keys=True)
    return hmac.new(key, content.encode(), sha256).hexdigest()[:32]


class _Blank(Visitor):
    """Empties the literals that can hold values of people."""

    @staticmethod
    def enter_string_value(node: Any, *_: Any) -> Node:
        return _emptied(node, "")

    @staticmethod
    def enter_int_value(node: Any, *_: Any) -> Node:
        return _emptied(node, "0")

    @staticmethod
    def enter_float_value(node: Any, *_: Any) -> Node:
        return _emptied(node, "0.0")


def _emptied(node: Any, value: str) -> Node:
    fresh: Node = type(node)(loc=node.loc, value=value, **_block(node))
    return fresh


def _block(node: Any) -> dict[str, Any]:
    return {"block": False} if hasattr(node, "block") else {}
