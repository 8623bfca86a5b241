"""Published lists with one list of entries under each hearing, whatever they are entries of."""

from collections.abc import Iterator
from typing import Any

from loaders.paths import Tree


def entries(tree: Tree) -> Iterator[Tree]:
    """A published list whose hearings have `entry[]`, their cases and then their applications;
    nothing for any other tree. The parsed message itself is not changed.
    """
    if isinstance(tree, dict) and {"document", "courtLists"} <= tree.keys():
        yield _entered(tree)


def _entered(value: Tree) -> Any:
    if isinstance(value, list):
        return [_entered(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _entered(item) for name, item in value.items()}
    found = [made.pop(name) for name in ("case", "application") if isinstance(made.get(name), list)]
    if found:
        made["entry"] = [item for entered in found for item in entered]
    return made
