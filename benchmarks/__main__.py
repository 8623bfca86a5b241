"""`python -m benchmarks`: every benchmark that needs nothing but this machine, one after another.

Each asserts its answers before it times anything. Sizes are those of docs/benchmarks.md.
"""

import subprocess
import sys

RUNS = (
    ("path", "--persons", "1000", "10000"),
    ("single", "--persons", "2000", "--loads", "100"),
    ("map",),
    ("world", "--persons", "1000", "100000"),
    ("shapes", "--records", "1000000", "--json"),
    ("graph", "--persons", "10000"),
    ("graphql", "--persons", "200", "--json"),
)


def main() -> int:
    failed = 0
    for name, *arguments in RUNS:
        print(f"\n$ python -m benchmarks.{name} {' '.join(arguments)}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False)
        failed += done.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
