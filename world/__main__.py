"""`python -m world`: a world, without the rest of the product."""

import argparse
import os
import sys
from pathlib import Path

from world.generate import generate
from world.mistakes import WorldError
from world.settings import ASSUMPTIONS
from world.systems import SYSTEMS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m world",
        description="Make a synthetic justice world: what truly happened, and what each system "
        "holds of it. Nobody in it exists.",
    )
    parser.add_argument("--persons", type=int, required=True, help="how many true persons")
    parser.add_argument("--seed", type=int, required=True, help="the same seed, the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes (all cores)"
    )
    parser.add_argument(
        "--system", action="append", choices=list(SYSTEMS), help="only this system; repeatable"
    )
    parser.add_argument("--resume", action="store_true", help="finish a world begun in the folder")
    parser.add_argument(
        "--assumptions", type=Path, default=ASSUMPTIONS, help="rates other than the given ones"
    )
    asked = parser.parse_args()
    try:
        made = generate(
            asked.persons,
            asked.seed,
            asked.out,
            workers=asked.workers,
            systems=asked.system,
            resume=asked.resume,
            given=asked.assumptions,
            progress=_progress if sys.stderr.isatty() else None,
        )
    except (WorldError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{made.persons:,} persons, {made.crimes:,} recorded crimes, {made.matters:,} "
        f"prosecutions; {made.files:,} files of {made.bytes / 1e6:,.1f} MB in {asked.out}"
    )
    return 0


def _progress(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r{done:,} of {of:,} neighbourhoods", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
