"""What a mapping asks of code schemes while records are made: which class a code stands for."""

from collections.abc import Callable, Mapping, Sequence

from loaders.mapping import ClassRule, Condition
from ontology.model import Model


def classes_of(model: Model, scheme: str) -> Mapping[str, str]:
    """Notation → class its concept denotes, for the concepts of a scheme that denote one."""
    return {
        notation: concept.denotes_class
        for notation, concept in model.schemes[scheme].concepts.items()
        if concept.denotes_class
    }


def denoting(model: Model, condition: Condition) -> tuple[str, ...]:
    """The notations a `denotes` condition accepts."""
    wanted = frozenset().union(*(model.subclasses(name) for name in condition.values))
    found = classes_of(model, condition.codes)
    return tuple(notation for notation, name in found.items() if name in wanted)


def class_chooser(model: Model, rule: ClassRule) -> Callable[[Sequence[str | None]], str | None]:
    """A function from the texts at the rule's paths to a class, or None: no record."""
    if rule.scheme is None:
        return lambda parts: rule.default
    denoted = classes_of(model, rule.scheme)

    def choose(parts: Sequence[str | None]) -> str | None:
        if None in parts:
            return rule.default
        return denoted.get("-".join(part or "" for part in parts), rule.default)

    return choose
