"""Messages made up from a JSON Schema, to compare a mapping with a format that has no sample."""

from collections.abc import Iterator
from typing import Any

from loaders.paths import Tree

Schema = dict[str, Any]
_ALTERNATIVES = ("oneOf", "anyOf")


def is_schema(tree: Tree) -> bool:
    """Whether a parsed file is a JSON Schema rather than a message."""
    return isinstance(tree, dict) and isinstance(tree.get("$schema"), str)


def skeletons(schema: Schema) -> Iterator[Tree]:
    """A message for each alternative that the schema has at its root.

    Each holds every property that is declared, one item a list, and text for every value.
    References are followed within the schema; one that leads elsewhere, or back to where it
    stands, is a value.
    """
    choices = [choice for word in _ALTERNATIVES for choice in schema.get(word, [])]
    for choice in choices or [schema]:
        yield _filled(choice, schema, frozenset())


def _filled(part: Schema, schema: Schema, above: frozenset[str]) -> Tree:
    reference = part.get("$ref")
    if isinstance(reference, str):
        target = None if reference in above else _target(reference, schema)
        return "text" if target is None else _filled(target, schema, above | {reference})
    told = [
        _filled(each, schema, above)
        for word in (*_ALTERNATIVES, "allOf")
        for each in part.get(word, [])
    ]
    if "properties" in part:
        told.append(
            {name: _filled(each, schema, above) for name, each in part["properties"].items()}
        )
    if "items" in part:
        items = part["items"] if isinstance(part["items"], list) else [part["items"]]
        told.append([_filled(each, schema, above) for each in items])
    objects = [each for each in told if isinstance(each, dict)]
    if objects:
        return {name: value for each in objects for name, value in each.items()}
    return next((each for each in told if isinstance(each, list)), "text")


def _target(reference: str, schema: Schema) -> Schema | None:
    """What a reference within the schema leads to; None for any other."""
    if not reference.startswith("#/"):
        return None
    found: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None
