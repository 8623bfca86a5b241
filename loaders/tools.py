"""What reads the files of one source: made of its mapping and the Model, and kept for the next load
in this process.
"""

from dataclasses import dataclass

from loaders import lint
from loaders.extract import Extractor
from loaders.mapping import SourceMapping
from loaders.typed import Typist
from ontology.model import Model


@dataclass(frozen=True, slots=True)
class Tools:
    """For one load at a time, since the extractor holds what it has read. base: of record IRIs."""

    mapping: SourceMapping
    model: Model
    base: str
    messages: Extractor
    typist: Typist


_idle: dict[str, Tools] = {}


def take(mapping: SourceMapping, model: Model, base: str) -> Tools:
    """The tools of a source. Raises MappingError for what is wrong with the mapping."""
    kept = _idle.pop(mapping.source, None)
    if kept and kept.mapping is mapping and kept.model is model and kept.base == base:
        return kept
    lint.require(mapping, model)
    return Tools(mapping, model, base, Extractor(mapping, model), Typist(mapping, model, base))


def give_back(tools: Tools) -> None:
    """Keep tools for another load; only those whose last batch was taken."""
    _idle[tools.mapping.source] = tools
