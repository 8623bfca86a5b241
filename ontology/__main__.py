"""`python -m ontology check [FOLDER...]` and `python -m ontology format [--check] [FOLDER...]`."""

import argparse
import sys
from pathlib import Path

from ontology import JusticeGraphError, check, reformat
from ontology.model import FOLDER


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: nothing wrong; 1: findings, or files not in form; 2: not Turtle or no model."""
    parser = argparse.ArgumentParser(prog="python -m ontology")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="report incomplete and undefined terms")
    checking.add_argument("extra", nargs="*", type=Path, help="further Turtle, such as shapes/")
    formatting = commands.add_parser("format", help="write Turtle in the pinned serialisation")
    formatting.add_argument("--check", action="store_true", help="change nothing, only report")
    formatting.add_argument("paths", nargs="*", type=Path, default=[FOLDER])
    given = parser.parse_args(arguments)
    try:
        if given.command == "check":
            lines = [str(finding) for finding in check(given.extra)]
        else:
            verb = "is not" if given.check else "is now"
            changed = reformat(given.paths, check=given.check)
            lines = [f"{path} {verb} in the pinned serialisation" for path in changed]
            if not given.check:
                print(*lines, sep="\n", end="\n" if lines else "")
                return 0
    except JusticeGraphError as error:
        print(error, file=sys.stderr)
        return 2
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
