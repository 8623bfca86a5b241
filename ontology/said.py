"""What Turtle files say, by subject and predicate."""

from collections.abc import Iterable
from pathlib import Path

from ontology.turtle import triples

Said = dict[str, dict[str, list[tuple[str, str]]]]
"""subject → predicate → (text, language) in the order of the files; blank nodes left out."""


def said(files: Iterable[Path]) -> Said:
    """What these files say. Raises TurtleError."""
    from rdflib import BNode, Literal

    found: Said = {}
    for subject, predicate, value in triples(files):
        if isinstance(subject, BNode):
            continue
        language = (value.language or "") if isinstance(value, Literal) else ""
        held = found.setdefault(str(subject), {}).setdefault(str(predicate), [])
        if (str(value), language) not in held:
            held.append((str(value), language))
    return found
