"""The list of releases: one small file each, and what makes a release exist.

`releases/000007.json` is release 7. Undone and no longer kept ones stay as `.undone` and
`.retired`, so that a question about them gets its reason. `load-000008.json` is what load 8
counted, where it made no release. `counter.json` holds the last
numbers given out; `writing.json` stands while rows may lie above the current release;
`folder.json` holds the id of the folder, by which a store knows it again.
"""

import os
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from releases.errors import NewerFormatError, NoSuchReleaseError
from releases.files import read_json, remove, rename, settled, write_json, write_once

FORMAT = 1
_NAME = re.compile(r"(\d{6,})\.(json|undone|retired)")
_LOAD = re.compile(r"load-(\d{6,})\.json")


@dataclass(frozen=True)
class Release:
    """A numbered state of everything.

    load: the load that made it. made: UTC, ISO. counts: for each table the rows put and deleted.
    summary: counts given by the load. forgotten: rows removed from it since. status: live,
    undone or retired (older than what is kept).
    """

    number: int
    load: int
    made: str
    model_hash: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    forgotten: int = 0
    status: str = "live"


@dataclass(frozen=True)
class Load:
    """A load that ended: its number, its time (UTC, ISO), its counts, the release it made."""

    number: int
    made: str
    summary: Mapping[str, Any]
    release: int | None = None


@dataclass(frozen=True)
class Writing:
    """The mark of an unfinished write.

    load: rows of this load and later ones may be there without their release. release: the one
    being written, if any. undo_to: an undo was under way, to this release.
    """

    load: int
    release: int | None = None
    undo_to: int | None = None


class Ledger:
    """The files that say which releases there are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "releases"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._check_format(folder / "format.json")
        self._held = False
        self._seen: tuple[float, dict[int, str]] | None = None

    def hold(self, held: bool) -> None:
        """This process begins or ends to hold the writer lock: nobody else writes meanwhile."""
        self._held, self._seen = held, None

    def _check_format(self, path: Path) -> None:
        content = read_json(path)
        if content is None:
            write_json(path, {"format": FORMAT})
        elif content.get("format") != FORMAT:
            raise NewerFormatError(str(path), content.get("format"), FORMAT)

    def folder_id(self) -> str:
        """The id of this data folder, made when it is first asked for; a copy has the same."""
        path = self.folder / "folder.json"
        content = read_json(path)
        if content is None:
            write_once(path, {"id": str(uuid.uuid4())})
            content = read_json(path)
        return str((content or {})["id"])

    def _statuses(self) -> dict[int, str]:
        """The status of each number, listed again only if there may be another file since: there
        are as many as there were loads."""
        stamp = self.folder.stat().st_mtime
        if self._seen is None or not (self._held or settled(self._seen[0], stamp)):
            names = (_NAME.fullmatch(name) for name in os.listdir(self.folder))
            found = {int(name[1]): name[2] for name in names if name}
            ordered = {number: found[number].replace("json", "live") for number in sorted(found)}
            self._seen = stamp, ordered
        return self._seen[1]

    def _path(self, number: int, status: str) -> Path:
        return self.folder / f"{number:06d}.{'json' if status == 'live' else status}"

    def current(self) -> int:
        """The newest release, 0 when there is none."""
        live = [number for number, status in self._statuses().items() if status == "live"]
        return max(live, default=0)

    def live(self) -> list[int]:
        """Numbers that can be asked, oldest first."""
        return [number for number, status in self._statuses().items() if status == "live"]

    def retired(self) -> bool:
        """Whether older releases than those that can be asked were once there."""
        return "retired" in self._statuses().values()

    def list(self, above: int = 0) -> list[Release]:
        """Every release ever made above a number, oldest first, with its status."""
        statuses = self._statuses().items()
        return [self._read(number, status) for number, status in statuses if number > above]

    def release(self, number: int) -> Release:
        """One release that can be asked. Raises NoSuchReleaseError with the reason."""
        statuses = self._statuses()
        status = statuses.get(number)
        if status == "live":
            return self._read(number, status)
        live = [known for known, state in statuses.items() if state == "live"]
        fix = (
            f"Ask for one of {live[0]} to {live[-1]}: see justicegraph releases."
            if live
            else "Load something first: there is no release yet."
        )
        reason = {"undone": "was undone", "retired": "is older than what is kept"}
        raise NoSuchReleaseError(number, reason.get(status or "", "does not exist"), fix)

    def _read(self, number: int, status: str) -> Release:
        path = self._path(number, status)
        content = read_json(path)
        if content is None:
            raise NoSuchReleaseError(number, "was just removed", "Ask again.")
        if content.pop("format", None) != FORMAT:
            raise NewerFormatError(str(path), "other", FORMAT)
        return Release(**{**content, "status": status})

    def add(self, release: Release) -> None:
        """Make the release exist, in one atomic write."""
        content = asdict(release)
        del content["status"]
        write_json(self._path(release.number, release.status), {"format": FORMAT, **content})
        self._seen = None

    def add_load(self, load: Load) -> None:
        """Keep what a load counted that made no release."""
        content = {"load": load.number, "made": load.made, "summary": dict(load.summary)}
        write_json(self._load_path(load.number), {"format": FORMAT, **content})

    def told(self, load: int) -> bool:
        """Whether a load that made no release has told what it counted, or why it was stopped."""
        return self._load_path(load).exists()

    def _load_path(self, load: int) -> Path:
        return self.folder / f"load-{load:06d}.json"

    def loads(self) -> Sequence[Load]:
        """Loads that ended, oldest first, whether or not they made a release."""
        found = [Load(each.load, each.made, each.summary, each.number) for each in self.list()]
        for path in self.folder.iterdir():
            content = read_json(path) if _LOAD.fullmatch(path.name) else None
            if content is None:
                continue
            if content["format"] != FORMAT:
                raise NewerFormatError(str(path), content["format"], FORMAT)
            found.append(Load(content["load"], content["made"], content["summary"]))
        return sorted(found, key=lambda load: load.number)

    def mark(self, number: int, status: str) -> None:
        """Turn a live release into an undone or retired one."""
        rename(self._path(number, "live"), self._path(number, status))
        self._seen = None

    def next_load(self) -> int:
        """A load number never used before."""
        return self._count("load")

    def next_release(self) -> int:
        """A release number never used before."""
        return self._count("release")

    def last_load(self) -> int:
        """The last load number given out."""
        return int((read_json(self.folder / "counter.json") or {}).get("load", 0))

    def _count(self, name: str) -> int:
        path = self.folder / "counter.json"
        counter = read_json(path) or {"release": max(self._statuses(), default=0), "load": 0}
        counter[name] += 1
        write_json(path, counter)
        return int(counter[name])

    def writing(self) -> Writing | None:
        """The mark of a write that has not ended, if there is one."""
        content = read_json(self.folder / "writing.json")
        return Writing(**content) if content else None

    def begin(self, writing: Writing) -> None:
        """Say, before the first row is written, that rows may lie above the current release."""
        write_json(self.folder / "writing.json", asdict(writing))

    def end(self) -> None:
        """Nothing lies above the current release."""
        remove(self.folder / "writing.json")


def now() -> str:
    """The time of a release or finding: UTC, ISO, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
