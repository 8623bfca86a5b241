"""Making a world: seconds, CPU seconds, memory and bytes at several sizes.

`python -m benchmarks.world [--persons 1000 100000] [--workers 1 2]`: each world in a process of
its own; the bytes of the first size are asserted equal for one and two processes before anything
is timed. The worlds are thrown away.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def measure(persons: int, workers: int) -> dict[str, float]:
    """One world made and thrown away; peak_mb is of the largest process."""
    from world import generate

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        made = generate(persons, 1, Path(folder) / "w", workers=workers)
        seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return asdict(made) | {
        "workers": workers,
        "seconds": seconds,
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "peak_mb": max(each.ru_maxrss for each in used) / 1024,
    }


def assert_equal(persons: int) -> None:
    """The same bytes, whoever makes them."""
    from world import generate

    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / str(workers) for workers in (1, 2)]
        for workers, place in enumerate(places, start=1):
            generate(persons, 1, place, workers=workers)
        first, second = map(digest, places)
        assert first == second, "one and two processes made different worlds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.persons[0], chosen.workers[0])))
        return
    assert_equal(chosen.persons[0])
    print("persons  workers  seconds  CPU seconds  peak MB  files  extracts MB  events told")
    for persons in chosen.persons:
        for workers in chosen.workers:
            command = [sys.executable, "-m", "benchmarks.world", "--one"]
            command += ["--persons", str(persons), "--workers", str(workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout)
            print(
                f"{persons:>9,} {workers} {told['seconds']:8.1f} {told['cpu']:8.1f} "
                f"{told['peak_mb']:8.0f} {told['files']:8,} {told['bytes'] / 1e6:10.1f} "
                f"{told['tellings']:12,}"
            )


if __name__ == "__main__":
    main()
