"""`justicegraph load --follow`: what comes into a folder is loaded as it comes, by one process.

A process of its own for each message spends a third of its time on starting.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from cli.load import as_json
from cli.output import json_line, say
from cli.pipeline import Loaded, run_load
from cli.workspace import Workspace
from ontology.errors import JusticeGraphError

SECONDS = 0.05
"""Between two looks at the folders, or longer where a look takes long."""

_LOOKS = 10  # times as long as a look: no more than a tenth of the time goes into looking
_WAIT = 3600.0  # seconds for another writer to end
_Stamp = tuple[int, int]  # bytes, nanoseconds of the last change


def follow(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    source: str | None,
    params: Mapping[str, str],
    json: bool,
) -> None:
    """Load what is there, then whatever comes, until interrupted.

    Each load makes a release of its own. Files that wait are loaded together, or, where something
    stops that (a contract, a file that is gone), one by one; what stops one is told on standard
    error, and it is loaded again when it changes. Raises JusticeGraphError where the first load
    cannot be made.
    """
    # What a first violation needs: no message has to wait for it.
    import_module("shapes.judge")

    def tell(loaded: Loaded) -> None:
        if json:
            json_line(as_json(loaded))
        else:
            _tell(loaded)

    first = True
    for files in arriving(paths):
        waiting = [list(files)]
        while waiting:
            batch = waiting.pop(0)
            try:
                run_load(workspace, batch, source=source, params=params, wait=_WAIT, done=tell)
            except JusticeGraphError as error:
                if first:
                    raise
                if len(batch) > 1:  # what stops one of them must not stop the others
                    waiting = [[file] for file in batch]
                else:
                    print(error, file=sys.stderr, flush=True)
                continue
            first = False


def arriving(paths: Sequence[Path], seconds: float = SECONDS) -> Iterator[Sequence[Path]]:
    """Files below these paths: first all, then those that are new or changed, oldest first, those
    that wait together, each once it was the same at two looks. Never ends.
    """
    given: dict[Path, _Stamp] = {}
    before: dict[Path, _Stamp] | None = None
    while True:
        looked = time.monotonic()
        now = dict(_stamps(paths))
        took = time.monotonic() - looked
        settled = now if before is None else before
        ready = [
            path for path in now if settled.get(path) == now[path] and given.get(path) != now[path]
        ]
        given = {path: stamp for path, stamp in given.items() if path in now}
        before = now
        if ready:
            given |= {path: now[path] for path in ready}
            yield sorted(ready, key=lambda path: (now[path][1], path))
        time.sleep(max(0.0, looked + max(seconds, _LOOKS * took) - time.monotonic()))


def _stamps(paths: Sequence[Path]) -> Iterator[tuple[Path, _Stamp]]:
    """All files below, hidden ones left out as they are by a load. Raises JG-CLI-022."""
    for path in paths:
        if not path.exists():
            raise JusticeGraphError("JG-CLI-022", f"{path} does not exist", "Make the folder.")
        for file in _below(path):
            try:
                told = file.stat()
            except FileNotFoundError:  # taken away meanwhile
                continue
            yield file, (told.st_size, told.st_mtime_ns)


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def _tell(loaded: Loaded) -> None:
    report = loaded.report
    for file in report.files:
        if file.reason:
            say(f"{file.path}: {file.reason}")
    release = "Nothing changed" if loaded.release is None else f"Release {loaded.release}"
    say(
        f"{release}: {len(report.files):,} files, {report.read:,} read, {report.loaded:,} loaded, "
        f"{report.rejected:,} rejected."
    )
