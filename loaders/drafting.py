"""A first mapping from an example file, for a person to finish.

What a field probably is, is taken from the ontology's labels and from what the mappings there are
read into each property: `dateOfBirth` is a birth date because other sources call it so. Everything
guessed carries the evidence mark I; what matches nothing is listed under `unmapped:` to review.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from loaders.examples import Example, Field
from loaders.mapping import Link, SourceMapping
from loaders.paths import Step, written
from ontology.model import Model
from ontology.terms import Property

_CERTAIN, _LIKELY = 1.0, 0.6
_ENOUGH = 1.5
_CODED = 0.1
_GENERAL = frozenset(
    "id name type status value code description number date title text flag".split()
)
"""Names that say little by themselves."""
_IDENTIFIES = re.compile(r"(id|ids|number|no|ref|reference|urn|crn|uuid|key)$", re.IGNORECASE)
_DATES = {"date", "datetime", "london-date", "month"}


def words(name: str) -> frozenset[str]:
    """The words of a field's name or a label, in lower case: dateOfBirth, date_of_birth."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    return frozenset(part.lower() for part in parts) - {"of", "the", "a"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A property that a field may be, and how surely (0 to 1)."""

    prop: Property
    score: float


class Guesser:
    """Knows what the fields of sources are called."""

    def __init__(self, model: Model, mappings: Sequence[SourceMapping]) -> None:
        self.model, self.mappings = model, mappings
        self._told: dict[tuple[frozenset[str], str | None], list[Guess]] = {}

    @cached_property
    def known(self) -> Mapping[frozenset[str], set[str]]:
        """Words of a field's name → properties that mappings read from a field of such a name."""
        found: dict[frozenset[str], set[str]] = defaultdict(set)
        for mapping in self.mappings:
            for block in mapping.walk():
                for column in block.columns:
                    if isinstance(column.rule, Link) or column.rule.how not in ("one", "first"):
                        continue
                    for path in column.paths:
                        keys = [step for step in path.steps if isinstance(step, str)]
                        if keys:
                            found[words(keys[-1])].add(column.name)
        return found

    @cached_property
    def made(self) -> Counter[str]:
        """How many blocks of mappings make each class."""
        blocks = (block for mapping in self.mappings for block in mapping.walk())
        return Counter(block.cls.default for block in blocks if block.cls.default)

    @cached_property
    def carried(self) -> Mapping[str, frozenset[str]]:
        """Record classes that are in use → the properties their records may carry."""
        return {
            name: frozenset(prop.name for prop in self.model.properties_of(name))
            for name, cls in sorted(self.model.classes.items())
            if cls.root is not None and not cls.deprecated
        }

    def guesses(self, field: Field) -> list[Guess]:
        """What a field may be, best first."""
        if not field.values:
            return []
        asked = words(field.name), field.form
        if asked not in self._told:
            self._told[asked] = self._guesses(*asked)
        return self._told[asked]

    def _guesses(self, name: frozenset[str], form: str | None) -> list[Guess]:
        used = self.known.get(name, set())
        found = []
        for prop in self.model.properties.values():
            if prop.deprecated or prop.kind == "link" or not _fits(prop, form):
                continue
            label = words(prop.label)
            alike = len(name & label) / len(name | label) if name | label else 0.0
            score = _CERTAIN if prop.name in used or name in (label, words(prop.name)) else alike
            if len(name) == 1 and name <= _GENERAL:
                score = min(score, _LIKELY)
            if prop.kind == "code" and "code" in name:
                score += _CODED
            if score >= _LIKELY:
                found.append(Guess(prop, score))
        return sorted(found, key=lambda guess: (-guess.score, guess.prop.name))


def _fits(prop: Property, form: str | None) -> bool:
    """Whether values of such a form can be values of the property."""
    dated = form in _DATES or (form is not None and "%" in form)
    match prop.datatype if prop.kind == "data" else "string":
        case "date":
            return dated
        case "dateTime":
            return form == "datetime" or (form is not None and "%H" in form)
        case "integer":
            return form == "integer"
        case "decimal":
            return form in ("integer", "decimal")
        case "boolean":
            return form == "boolean"
    return True


@dataclass(slots=True)
class _Block:
    """A block of the draft: fields below one node, of one class."""

    name: str
    cls: str
    at: tuple[Step, ...]
    columns: dict[str, Field]


def draft(example: Example, source: str, model: Model, mappings: Sequence[SourceMapping]) -> str:
    """The text of a mapping file: `<source>.yaml` of its organisation's folder, to be finished."""
    drafter = _Drafter(example, Guesser(model, mappings), model)
    return "\n".join(drafter.lines(source)) + "\n"


def catalogue_entry(source: str) -> str:
    """What `ontology/catalogue.ttl` must say of a new dataset, for its owner to finish."""
    return f"""<https://w3id.org/justicegraph/catalogue/dataset/{source}>
    a jg:Dataset ;
    rdfs:label "..."@en ;
    dcterms:source "..." ;
    skos:definition "..."@en ;
    skos:notation "{source}" ;
    jg:eventClass jg:... ;
    jg:owner org:... ;
    jg:sensitivity jg:identifying ;
    jg:system system:... ;
    jg:unit <https://w3id.org/justicegraph/code/unit/...> ;
."""


class _Drafter:
    def __init__(self, example: Example, guesser: Guesser, model: Model) -> None:
        self.example, self.guesser, self.model = example, guesser, model
        self.guesses = {steps: guesser.guesses(each) for steps, each in example.fields.items()}
        self.document: tuple[Step, ...] = (
            (None,) if example.form == "json" and example.several else ()
        )
        self.blocks = self._blocks()

    def _blocks(self) -> list[_Block]:
        """One block for each node whose fields look like one class; more while enough are left."""
        below: dict[tuple[Step, ...], list[Field]] = defaultdict(list)
        for steps, each in self.example.fields.items():
            below[self._node(steps)].append(each)
        made: list[_Block] = []
        for node, fields in below.items():
            left = [each for each in fields if self.guesses[each.steps]]
            roots: set[str | None] = set()
            while left and (best := self._best(left, roots)) is not None:
                cls, columns = best
                roots.add(self.model.root_of(cls))
                name = _unused(_hyphenated(cls), {block.name for block in made})
                made.append(_Block(name, cls, node, columns))
                taken = {each.steps for each in columns.values()}
                left = [each for each in left if each.steps not in taken]
        return made

    def _node(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The object a field stands in; a list of plain values stands in what holds it."""
        while steps and steps[-1] is None:
            steps = steps[:-1]
        return steps[:-1]

    def _best(
        self, fields: Iterable[Field], roots: set[str | None]
    ) -> tuple[str, dict[str, Field]] | None:
        """The class outside these roots that says most about some fields, if it says enough."""
        best: tuple[float, str, dict[str, Field]] | None = None
        for cls, carried in self.guesser.carried.items():
            if self.model.root_of(cls) in roots:
                continue
            columns: dict[str, Field] = {}
            total = 0.0
            for each in fields:
                for guess in self.guesses[each.steps]:
                    if guess.prop.name in carried and guess.prop.name not in columns:
                        columns[guess.prop.name] = each
                        total += guess.score
                        break
            # Of classes that say as much, the one most mappings make, then the most general.
            rank = total + self.guesser.made[cls] / 1e4 - len(self.model.superclasses(cls)) / 1e5
            if total >= _ENOUGH and (best is None or rank > best[0]):
                best = (rank, cls, columns)
        return best[1:] if best else None

    # -- as text

    def lines(self, source: str) -> Iterable[str]:
        example = self.example
        name = _text(example.file.name)
        yield f"# Drafted from {name}: every line is a guess until someone has looked."
        yield f"source: {source}"
        yield f"format: {example.form}"
        yield "evidence: I"
        yield "recognise:"
        yield from self._recognise()
        yield f"samples: [{_quoted(example.file.name)}]"
        yield "document:"
        if self.document:
            yield '  at: "[]"'
        elif example.form == "csv":
            yield "  at: row"
        yield from self._document_key()
        yield "records:" if self.blocks else "records: []"
        for block in self.blocks:
            yield from self._block(block)
        yield from self._unmapped()

    def _recognise(self) -> Iterable[str]:
        fields = list(self.example.fields.values())
        if self.example.form == "csv":
            yield f"  columns: [{', '.join(_quoted(each.name) for each in fields)}]"
            return
        if self.example.root is not None:
            yield f"  root: {_quoted(self.example.root)}"
            return
        depth = len(self.document) + 1
        tops = dict.fromkeys(each.steps[:depth] for each in fields if each.values)
        yield f"  paths: [{', '.join(_quoted(written(top)) for top in list(tops)[:4])}]"

    def _document_key(self) -> Iterable[str]:
        own = [
            each
            for steps, each in self.example.fields.items()
            if None not in steps[len(self.document) :] and each.values
        ]
        for each in own:
            if _IDENTIFIES.search(each.name) and (each.unique or not self.example.several):
                yield f"  key: [{_quoted(self._from(each.steps, self.document))}]"
                return
        yield "  otherwise: content  # no field was seen that tells one document from another"

    def _block(self, block: _Block) -> Iterable[str]:
        yield f"  - record: {block.name}"
        yield f"    class: {block.cls}"
        at = self._from(block.at, self.document)
        if at != ".":
            yield f"    at: {_quoted(at)}"
        if None in block.at[len(self.document) :]:
            yield f"    key: [{_quoted(self._key_of(block))}]"
        yield "    set:"
        for name, each in block.columns.items():
            yield f"      {name}: {self._rule(name, each, block)}  # {each.described()}"
        yield from self._event(block)

    def _event(self, block: _Block) -> Iterable[str]:
        """What every event must say, and who it is about if that is known."""
        if not self.model.is_a(block.cls, "EventRecord"):
            return
        if "status" not in block.columns:
            yield "      status: {const: happened}  # planned is not happened"
        for other in self.blocks:
            once = None not in other.at[len(self.document) :]
            if other.cls == "PersonRecord" and (once or other.at == block.at):
                yield f"      aboutPerson: {{to: {other.name}}}"
                return

    def _key_of(self, block: _Block) -> str:
        for steps, each in self.example.fields.items():
            if self._node(steps) == block.at and _IDENTIFIES.search(each.name) and each.unique:
                return self._from(steps, block.at)
        return "@index"

    def _rule(self, name: str, each: Field, block: _Block) -> str:
        path, prop = _quoted(self._from(each.steps, block.at)), self.model.properties[name]
        form = each.form
        if prop.kind == "code":
            return f"{{path: {path}, codes: {prop.scheme}}}" if prop.scheme else path
        if prop.datatype == "date" and form == "datetime":
            form = "london-date"
        if prop.datatype == "string" or form is None:
            return path
        return f"{{path: {path}, format: {_quoted(form)}}}"

    def _unmapped(self) -> Iterable[str]:
        taken = {each.steps for block in self.blocks for each in block.columns.values()}
        left = [each for each in self.example.fields.values() if each.steps not in taken]
        if left:
            yield "unmapped:"
        for each in left:
            near = ", ".join(guess.prop.name for guess in self.guesses[each.steps][:3])
            why = f"to review: {each.described()}" + (f"; perhaps {near}" if near else "")
            pattern = each.name if self.example.form == "csv" else each.path
            yield f"  {_text(pattern)}: {_text(why)}"

    @staticmethod
    def _from(steps: tuple[Step, ...], node: tuple[Step, ...]) -> str:
        """A path read from a node."""
        return written(steps[len(node) :]) or "."


def _hyphenated(cls: str) -> str:
    return "-".join(part.lower() for part in re.findall(r"[A-Z][a-z]*", cls))


def _unused(name: str, names: set[str]) -> str:
    number = 2
    while name in names:
        name, number = f"{name.rstrip('0123456789-')}-{number}", number + 1
    return name


def _text(text: str) -> str:
    """A YAML scalar in double quotes, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def _quoted(text: str) -> str:
    """A YAML scalar: plain where it is sure to be read as text."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9 ./-]*", text)
    return (
        text
        if plain and text.lower() not in ("yes", "no", "true", "false", "null", "on", "off")
        else _text(text)
    )
