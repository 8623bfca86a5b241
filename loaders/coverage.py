"""Which places of a message a mapping reads, and which places sample messages have.

A place is the tuple of keys from the message's root, without positions: `a[].b` and `a[0].b` are
both ("a", "b").
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from loaders.mapping import Block, SourceMapping, Value, Where
from loaders.paths import Path, Step, Those, Tree

Place = tuple[str, ...]


def keys_of(steps: tuple[Step, ...]) -> Place:
    """The keys of a path's steps."""
    return tuple(step for step in steps if isinstance(step, str))


def places_read(mapping: SourceMapping) -> dict[Place, Where]:
    """Every place the mapping reads: blocks, columns, keys, conditions, the document."""
    found: dict[Place, Where] = {}
    rule, top = mapping.document, mapping.marks.get("document", mapping.where)
    document = keys_of(rule.at.steps)
    _add(found, (), document, rule.at, top)
    values = [*rule.key, *([rule.version] if rule.version else [])]
    paths = [*rule.require, *(path for value in values for path in value.paths)]
    for path in paths:
        _add(found, document, document, path, top)
    for signature in mapping.recognise:
        for path in signature.paths:
            _add(found, (), (), path, mapping.marks.get("recognise", mapping.where))
    for block in mapping.blocks:
        _block(found, block, [document], document)
    return found


def _block(found: dict[Place, Where], block: Block, above: list[Place], document: Place) -> None:
    node = _start(block.at, above, document) + keys_of(block.at.steps)
    _fields(found, _start(block.at, above, document), block.at, block.where)
    found.setdefault(node, block.where)
    levels = [*above, node]
    paths = [path for value in block.key for path in value.paths]
    paths += [*block.cls.paths, *(test.path for test in block.when)]
    for path in paths:
        _add_from(found, levels, document, path, block.where)
    for column in block.columns:
        for path in column.paths:
            _add_from(found, levels, document, path, column.where)
    for below in block.blocks:
        _block(found, below, levels, document)


def _start(path: Path, levels: list[Place], document: Place) -> Place:
    if path.origin == "message":
        return ()
    if path.origin == "document":
        return document
    return levels[max(len(levels) - 1 - path.up, 0)]


def _add_from(
    found: dict[Place, Where], levels: list[Place], document: Place, path: Path, where: Where
) -> None:
    if path.origin in ("self", "up", "document", "message"):
        start = _start(path, levels, document)
        _fields(found, start, path, where)
        found.setdefault(start + keys_of(path.steps), where)


def _add(
    found: dict[Place, Where], start: Place, document: Place, path: Path, where: Where
) -> None:
    _add_from(found, [start], document, path, where)


def _fields(found: dict[Place, Where], start: Place, path: Path, where: Where) -> None:
    """The fields that choose among items, `a[type=X]`, are read too."""
    for number, step in enumerate(path.steps):
        if isinstance(step, Those):
            found.setdefault((*start, *keys_of(path.steps[:number]), step.field), where)


def leaves(tree: Tree, place: Place = ()) -> Iterator[Place]:
    """Every place of a message where a value stands; an empty list or object is one."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*place, key))
    elif isinstance(tree, list) and tree:
        for item in tree:
            yield from leaves(item, place)
    else:
        yield place


def is_read(leaf: Place, read: set[Place], above: set[Place]) -> bool:
    """Whether a leaf is read itself, is the text of a read element, or is an empty way to one.

    above: all beginnings of what is read.
    """
    if leaf in read or leaf in above:
        return True
    return leaf[-1:] == ("#text",) and leaf[:-1] in read


def beginnings(places: set[Place]) -> set[Place]:
    """All places on the way to these."""
    return {place[:end] for place in places for end in range(len(place))}


def pattern_of(text: str) -> Place:
    """A pattern of `unmapped:` as keys; `[]` may be written or left out."""
    keys: list[str] = []
    quoted = False
    part = ""
    for letter in text:
        if letter == "`":
            quoted = not quoted
        elif letter == "." and not quoted:
            keys.append(part)
            part = ""
        else:
            part += letter
    keys.append(part)
    return tuple(key for key in (key.removesuffix("[]").strip() for key in keys) if key)


def matches(leaf: Place, pattern: Place) -> bool:
    """Whether a pattern covers a leaf: `**` any depth, also none; `*` any text within one key."""
    if not pattern:
        return not leaf
    if pattern[0] == "**":
        return any(matches(leaf[start:], pattern[1:]) for start in range(len(leaf) + 1))
    return bool(leaf) and fnmatchcase(leaf[0], pattern[0]) and matches(leaf[1:], pattern[1:])


def reading(value: Value) -> str:
    """What a value reads, as a person writes it."""
    if value.how == "const":
        return repr(value.const)
    return ", ".join(path.text for path in value.paths)
