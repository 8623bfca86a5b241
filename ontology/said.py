"""What Turtle files say, by subject and predicate; kept as JSON in the user's cache folder.

Reading 23,000 lines of Turtle takes half a second, reading what was kept 30 ms, and every command
needs it. The cache is named by the digest of the files: it is never out of date, and may be
deleted at any time. JUSTICEGRAPH_CACHE names its folder; empty, nothing is kept.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import orjson

from ontology.turtle import triples

Said = dict[str, dict[str, list[tuple[str, str]]]]
"""subject → predicate → (text, language) in the order of the files; blank nodes left out."""

_FORM = 1
_MOST = 8  # ontologies kept: those in use, and those of an editor's last attempts


def said(files: Iterable[Path], digest: str) -> Said:
    """What these files say; it is kept under the digest. Raises TurtleError."""
    from rdflib import BNode, Literal

    found: Said = {}
    for subject, predicate, value in triples(files):
        if isinstance(subject, BNode):
            continue
        language = (value.language or "") if isinstance(value, Literal) else ""
        held = found.setdefault(str(subject), {}).setdefault(str(predicate), [])
        if (str(value), language) not in held:
            held.append((str(value), language))
    _keep(found, digest)
    return found


def kept(digest: str) -> Said | None:
    """What was kept under a digest; None where nothing was, or it cannot be read."""
    file = _file(digest)
    try:
        read = orjson.loads(file.read_bytes()) if file else None
    except (OSError, orjson.JSONDecodeError):
        return None
    if not isinstance(read, dict):
        return None
    return {
        subject: {
            name: [(text, language) for text, language in held] for name, held in told.items()
        }
        for subject, told in read.items()
    }


def _file(digest: str) -> Path | None:
    named = os.environ.get("JUSTICEGRAPH_CACHE")
    if named == "":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(named) if named else Path(home) / "justicegraph"
    return folder / f"ontology-{_FORM}-{digest}.json"


def _keep(found: Said, digest: str) -> None:
    """Write the cache whole or not at all; without a place to write, commands are only slower."""
    file = _file(digest)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(orjson.dumps(found))
        os.replace(part.name, file)
        others = sorted(
            file.parent.glob("ontology-*.json"), key=lambda other: other.stat().st_mtime
        )
        for other in others[:-_MOST]:
            other.unlink(missing_ok=True)
    except OSError:
        return
