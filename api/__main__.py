"""`python -m api`: the schema as text, and GraphiQL's scripts.

`sdl` prints schema.graphql; `--write` writes it here, `--check` says whether the one here fits and
what breaks clients. `graphiql` packs GraphiQL's scripts with npm into an ignored folder.
"""

import argparse
import sys
from pathlib import Path

from api.errors import NotReadyError
from api.packing import FOLDER, pack
from api.sdl import FILE, changes, committed, write
from ontology import Model


def main() -> int:
    """0 when done, 1 when the committed schema differs."""
    parser = argparse.ArgumentParser(prog="python -m api")
    parser.add_argument("what", choices=["sdl", "graphiql"])
    parser.add_argument("--write", action="store_true", help=f"write {FILE} here")
    parser.add_argument("--check", action="store_true", help=f"compare with {FILE} here")
    given = parser.parse_args()
    if given.what == "graphiql":
        return _graphiql()
    model = Model.default()
    if given.write:
        print(write(model, Path()))
        return 0
    text = committed(model)
    if not given.check:
        sys.stdout.write(text)
        return 0
    path = Path(FILE)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if before == text:
        print(f"{FILE} is as the ontology and the questions make it")
        return 0
    breaking, other = changes(before, text) if before else ([], [f"{FILE} is not there"])
    for change in breaking:
        print(f"breaks clients: {change}")
    for change in other:
        print(f"does not break clients: {change}")
    print(f"{FILE} differs: review, then python -m api sdl --write")
    return 1


def _graphiql() -> int:
    try:
        written = pack(Path(FOLDER))
    except NotReadyError as error:
        print(error)
        return 1
    print(f"{len(written)} files in {FOLDER}: GraphiQL needs no network")
    return 0


if __name__ == "__main__":
    sys.exit(main())
