"""How far the load at hand is, for those who look on: a small file that lives as long as it."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from releases.files import read_json
from releases.ledger import now

_EVERY = 1.0


@dataclass(frozen=True)
class Running:
    """A load at hand: files done of files, since when, and when that was told (UTC, ISO).

    process, host: who loads. A process that was killed leaves this behind.
    """

    load: int
    done: int
    total: int
    since: str
    at: str
    process: int
    host: str


def running(folder: Path) -> Running | None:
    """The load at hand in a data folder; None where there is none, or its process is gone."""
    content = read_json(folder / "running.json")
    found = Running(**content) if content else None
    if found is None or (found.host == socket.gethostname() and not _alive(found.process)):
        return None
    return found


@contextmanager
def telling(folder: Path, load: int) -> Iterator[Callable[[int, int], None]]:
    """Call what it yields with files done and files in all: told at most once a second."""
    since, last = now(), -_EVERY
    file = folder / "running.json"

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < _EVERY:
            return
        last = time.monotonic()
        told = Running(load, done, total, since, now(), os.getpid(), socket.gethostname())
        fresh = file.with_name(f".{file.name}.new")
        # Who looks on may miss it; the load goes on, or fails where it writes what must be kept.
        with suppress(OSError):
            fresh.write_text(json.dumps(asdict(told)), encoding="utf-8")
            fresh.replace(file)

    try:
        yield tell
    finally:
        file.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
