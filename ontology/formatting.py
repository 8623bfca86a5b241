"""The pinned serialisation of Turtle files, so that diffs show changes of meaning only."""

from collections.abc import Sequence
from pathlib import Path

from ontology.model import FOLDER


def reformat(paths: Sequence[Path] = (FOLDER,), *, check: bool = False) -> list[Path]:
    """Write Turtle files in the pinned serialisation; the files that were not in it.

    check: only say which. Comments are lost: explanations belong in skos:scopeNote.
    Raises TurtleError for a file that is not Turtle, before any file is written.
    """
    from ontology.turtle import canonical, read, turtle_files

    texts = {path: canonical(read(path)) for path in turtle_files(paths)}
    changed = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    if not check:
        for path in changed:
            path.write_text(texts[path], encoding="utf-8")
    return changed
