"""Small files that must be whole or absent, whatever happens to the machine."""

import json
import os
import time
from pathlib import Path
from typing import Any

CLOCK_TICK = 0.05
"""Seconds: the clock of files ticks coarsely."""


def settled(seen: float | None, now: float | None) -> bool:
    """Whether a file or folder changed (`st_mtime`) is what was seen, and no change since that
    moment could bear the same time."""
    return seen == now and now is not None and now < time.time() - CLOCK_TICK


def sync(path: Path) -> None:
    """Flush a file's or folder's content to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step: a reader, or a crash, sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    sync(path.parent)


def write_once(path: Path, content: dict[str, Any]) -> None:
    """Make the file unless it is there; of several who try at once, one does."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    write_json(fresh, content)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    sync(path.parent)


def read_json(path: Path) -> dict[str, Any] | None:
    """The content, or None where there is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no JSON object")
    return content


def remove(path: Path) -> None:
    """Remove the file, if there is one, for good."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def rename(path: Path, target: Path) -> None:
    """Rename within one folder, for good."""
    path.replace(target)
    sync(target.parent)
