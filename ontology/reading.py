"""From Turtle to Model: one pass over the triples, then terms, hierarchy and order."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from ontology.errors import JusticeGraphError
from ontology.kept import digest_of, made
from ontology.model import FOLDER, Model
from ontology.namespaces import CATALOGUE, CODE, JG, PREFIXES
from ontology.said import said
from ontology.terms import (
    Class,
    Concept,
    Crosswalk,
    DataGap,
    Dataset,
    Hole,
    Kind,
    Organisation,
    Property,
    Scheme,
    Stage,
    System,
)
from ontology.turtle import turtle_files

OWL, RDFS, SKOS, XSD = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"], PREFIXES["xsd"]
RDF_TYPE = PREFIXES["rdf"] + "type"
DATATYPES = frozenset({"string", "integer", "decimal", "boolean", "date", "dateTime"})
T = TypeVar("T")


class ModelError(JusticeGraphError):
    """Terms of the ontology contradict each other; `term` is where. JG-ONT-003."""

    def __init__(self, term: str, what: str, fix: str) -> None:
        super().__init__("JG-ONT-003", f"{term} {what}", fix)
        self.term = term


class Statements:
    """The triples by subject and predicate, as text; literals keep their language."""

    def __init__(self, files: Sequence[Path], digest: str) -> None:
        self.digest = digest
        self._values = said(files)
        self._typed: dict[str, set[str]] = defaultdict(set)
        for subject, told in self._values.items():
            for text, _ in told.get(RDF_TYPE, ()):
                self._typed[text].add(subject)

    def typed(self, *types: str) -> list[str]:
        return sorted(set().union(*(self._typed.get(type_, set()) for type_ in types)))

    def is_typed(self, subject: str, type_: str) -> bool:
        return subject in self._typed.get(type_, set())

    def all(self, subject: str, predicate: str) -> list[str]:
        return sorted(text for text, _ in self._values.get(subject, {}).get(predicate, []))

    def text(self, subject: str, predicate: str, language: str = "en") -> str:
        """The text in this language, else the one without a language, else ""."""
        held = self._values.get(subject, {}).get(predicate, [])
        for wanted in (language, "") if language == "en" else (language,):
            for text, given in sorted(held):
                if given == wanted:
                    return text
        return ""

    def one(self, subject: str, predicate: str) -> str | None:
        held = self.all(subject, predicate)
        if len(held) > 1:
            raise ModelError(subject, f"has {len(held)} values of {predicate}", "Keep one.")
        return held[0] if held else None

    def true(self, subject: str, predicate: str) -> bool:
        return self.one(subject, predicate) in ("true", "1")


def after(iri: str | None, namespace: str) -> str | None:
    """The rest of an IRI behind a namespace, None where it lies elsewhere."""
    if iri is None or not iri.startswith(namespace):
        return None
    return iri[len(namespace) :]


def local(iri: str) -> str:
    """The local name of one of the ontology's own IRIs."""
    name = after(iri, JG)
    if not name:
        raise ModelError(iri, "is not in the ontology's namespace", f"Name it under {JG}")
    return name


@lru_cache(maxsize=4096)
def notation_of(iri: str) -> str:
    """The notation in an IRI of the code or catalogue namespace, decoded."""
    from urllib.parse import unquote

    for namespace in (CODE, CATALOGUE):
        rest = after(iri, namespace)
        if rest:
            return unquote(rest.partition("/")[2] or rest)
    raise ModelError(iri, "is neither a code nor in the catalogue", f"Use {CODE} or {CATALOGUE}")


def described(say: Statements, iri: str, label: str = RDFS + "label") -> dict[str, str]:
    """The fields of Term, as keyword arguments."""
    owner = say.one(iri, JG + "owner")
    sensitivity = say.one(iri, JG + "sensitivity")
    return {
        "iri": iri,
        "label": say.text(iri, label),
        "definition": say.text(iri, SKOS + "definition"),
        "source": "; ".join(say.all(iri, PREFIXES["dcterms"] + "source")),
        "owner": notation_of(owner) if owner else "",
        "sensitivity": local(sensitivity) if sensitivity else "",
    }


def closure(direct: Mapping[str, Iterable[str]], start: str) -> tuple[str, ...]:
    """Everything reached from start, nearest first, start itself only if it comes back."""
    found: dict[str, None] = {}
    level = list(direct.get(start, ()))
    while level:
        fresh = [name for name in level if name not in found]
        found.update(dict.fromkeys(fresh))
        level = [target for name in fresh for target in direct.get(name, ())]
    return tuple(found)


def read_classes(say: Statements) -> tuple[dict[str, Class], dict[str, tuple[str, ...]]]:
    """Classes by name, and for each the classes above it, itself first."""
    iris = {local(iri): iri for iri in say.typed(OWL + "Class") if iri.startswith(JG)}
    parents = {
        name: tuple(local(up) for up in say.all(iri, RDFS + "subClassOf") if up.startswith(JG))
        for name, iri in iris.items()
    }
    for name, ups in parents.items():
        for up in ups:
            if up not in iris:
                raise ModelError(
                    f"jg:{name}", f"is below jg:{up}, which is no class", f"Define {up}."
                )
    above: dict[str, tuple[str, ...]] = {}
    for name in iris:
        higher = closure(parents, name)
        if name in higher:
            raise ModelError(f"jg:{name}", "is a subclass of itself", "Break the circle.")
        above[name] = (name, *higher)
    root_classes = {local(iri) for iri in say.typed(JG + "RootClass")}
    classes = {}
    for name, iri in iris.items():
        own = [up for up in above[name] if up in root_classes]
        if len(own) > 1:
            raise ModelError(
                f"jg:{name}", f"is below {len(own)} root classes", "Keep it below one."
            )
        days = say.one(iri, JG + "toleranceDays")
        stage, system = say.one(iri, JG + "stage"), say.one(iri, JG + "systemOfRecord")
        classes[name] = Class(
            **described(say, iri),
            name=name,
            parents=parents[name],
            root=own[0] if own else None,
            is_root=name in root_classes,
            stage=notation_of(stage) if stage else None,
            system_of_record=notation_of(system) if system else None,
            tolerance_days=int(days) if days is not None else None,
            deprecated=say.true(iri, OWL + "deprecated"),
        )
    return classes, above


def read_properties(
    say: Statements, classes: Mapping[str, Class], below: Mapping[str, frozenset[str]]
) -> dict[str, Property]:
    found = {}
    for iri in say.typed(OWL + "DatatypeProperty", OWL + "ObjectProperty"):
        if not iri.startswith(JG):
            continue
        name, range_ = local(iri), say.one(iri, RDFS + "range")
        if range_ is None:
            raise ModelError(f"jg:{name}", "has no range", "Give it one rdfs:range.")
        kind: Kind
        datatype, scheme = after(range_, XSD), None
        targets: tuple[str, ...] = ()
        if say.is_typed(iri, OWL + "DatatypeProperty"):
            kind = "data"
            if datatype not in DATATYPES:
                allowed = ", ".join(sorted(DATATYPES))
                raise ModelError(f"jg:{name}", f"has range {range_}", f"Use one of xsd: {allowed}.")
        elif range_ == SKOS + "Concept":
            kind, held = "code", say.one(iri, JG + "scheme")
            if held is None:
                raise ModelError(f"jg:{name}", "has codes and no jg:scheme", "Name its scheme.")
            scheme = notation_of(held)
        else:
            kind, target = "link", local(range_)
            if target not in classes:
                raise ModelError(
                    f"jg:{name}", f"links to unknown class {target}", f"Define {target}."
                )
            rooted = {classes[down].root for down in below[target]} - {None}
            lone = classes[target].root is not None
            targets = (target,) if lone else tuple(sorted(root for root in rooted if root))
        applies = tuple(local(cls) for cls in say.all(iri, JG + "appliesTo"))
        for cls in applies:
            if cls not in classes:
                raise ModelError(f"jg:{name}", f"applies to unknown class {cls}", f"Define {cls}.")
        found[name] = Property(
            **described(say, iri),
            name=name,
            kind=kind,
            datatype=datatype,
            targets=targets,
            scheme=scheme,
            many=not say.is_typed(iri, OWL + "FunctionalProperty"),
            applies_to=applies,
            leads_to=frozenset(local(thing) for thing in say.all(iri, JG + "leadsTo")),
            indexed=say.true(iri, JG + "indexed"),
            deprecated=say.true(iri, OWL + "deprecated"),
        )
    return found


def read_schemes(say: Statements, classes: Mapping[str, Class]) -> dict[str, Scheme]:
    members: dict[str, list[str]] = defaultdict(list)
    for iri in say.typed(SKOS + "Concept"):
        scheme = say.one(iri, SKOS + "inScheme")
        if scheme is None:
            raise ModelError(iri, "is in no scheme", "Give it one skos:inScheme.")
        members[scheme].append(iri)
    found = {}
    for iri in say.typed(SKOS + "ConceptScheme"):
        fields = described(say, iri, SKOS + "prefLabel")
        notation = notation_of(iri)
        concepts = {}
        for member in members.pop(iri, []):
            own = described(say, member, SKOS + "prefLabel")
            denotes = say.one(member, JG + "denotesClass")
            if denotes and local(denotes) not in classes:
                raise ModelError(member, f"denotes unknown class {denotes}", "Define the class.")
            concept = Concept(
                **own
                | {key: own[key] or fields[key] for key in ("source", "owner", "sensitivity")},
                scheme=notation,
                notation=say.one(member, SKOS + "notation") or "",
                label_cy=say.text(member, SKOS + "prefLabel", "cy") or None,
                exact=tuple(say.all(member, SKOS + "exactMatch")),
                broad=tuple(say.all(member, SKOS + "broadMatch")),
                close=tuple(say.all(member, SKOS + "closeMatch")),
                narrow=tuple(say.all(member, SKOS + "narrowMatch")),
                denotes_class=local(denotes) if denotes else None,
                valid_from=say.one(member, JG + "validFrom"),
                valid_to=say.one(member, JG + "validTo"),
                deprecated=say.true(member, OWL + "deprecated"),
            )
            concepts[concept.notation] = concept
        found[notation] = Scheme(
            **fields,
            notation=notation,
            closed=say.true(iri, JG + "closed"),
            concepts=MappingProxyType(concepts),
        )
    for scheme in members:
        raise ModelError(
            scheme, "holds concepts and is no skos:ConceptScheme", "Define the scheme."
        )
    return found


def read_catalogue(say: Statements, kind: str, make: Callable[[str], T]) -> dict[str, T]:
    return {notation_of(iri): make(iri) for iri in say.typed(JG + kind)}


def needed(say: Statements, iri: str, name: str) -> str:
    """The only value of a term of ours. Raises ModelError where there is none."""
    value = say.one(iri, JG + name)
    if value is None:
        raise ModelError(iri, f"has no jg:{name}", "Give it one.")
    return value


def hole(say: Statements, iri: str) -> Hole:
    kind = needed(say, iri, "holeKind")
    if kind not in ("hole", "scope", "break"):
        raise ModelError(iri, f"is a hole of kind {kind!r}", "Use hole, scope or break.")
    return Hole(
        **described(say, iri),
        dataset=notation_of(needed(say, iri, "holeIn")),
        kind=kind,
        start=say.one(iri, JG + "validFrom"),
        end=say.one(iri, JG + "validTo"),
    )


def gap(say: Statements, iri: str) -> DataGap:
    return DataGap(
        **described(say, iri),
        notation=notation_of(iri),
        question=needed(say, iri, "question"),
        missing=needed(say, iri, "missing"),
        held_by=tuple(notation_of(holder) for holder in say.all(iri, JG + "heldBy")),
        how_to_ask=needed(say, iri, "howToAsk"),
    )


def crosswalk(say: Statements, iri: str) -> Crosswalk:
    target = needed(say, iri, "targetScheme")
    return Crosswalk(
        **described(say, iri),
        notation=notation_of(iri),
        source_scheme=notation_of(needed(say, iri, "sourceScheme")),
        target_scheme=local(target) if target.startswith(JG) else notation_of(target),
        evidence=needed(say, iri, "evidence"),
    )


def order(
    say: Statements,
    classes: Mapping[str, Class],
    above: Mapping[str, tuple[str, ...]],
    below: Mapping[str, frozenset[str]],
) -> dict[str, frozenset[str]]:
    """For each class, the classes that stand after it on one day."""
    stated = {
        name: [local(later) for later in say.all(cls.iri, JG + "before")]
        for name, cls in classes.items()
    }
    for name, laters in stated.items():
        for later in laters:
            if later not in classes:
                raise ModelError(
                    f"jg:{name}", f"is before unknown class {later}", f"Define {later}."
                )
    direct = {
        name: {down for up in above[name] for later in stated[up] for down in below[later]}
        for name in classes
    }
    result = {name: frozenset(closure(direct, name)) for name in classes}
    for name, laters_ in result.items():
        if name in laters_:
            raise ModelError(f"jg:{name}", "stands before itself", "Break the circle of jg:before.")
    return result


def build(paths: Sequence[Path]) -> Model:
    """The model of all Turtle in these files and folders, kept in the user's cache.

    Reading 23,000 lines of Turtle takes half a second, what was kept 10 ms, and every command
    needs it. Raises TurtleError, ModelError.
    """
    files = [path for path in turtle_files(paths) if not path.is_relative_to(FOLDER / "lint")]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    told = digest.hexdigest()
    programs = digest_of(sorted(FOLDER.glob("*.py")))
    return made("ontology", f"{told}-{programs[:16]}", lambda: _build(Statements(files, told)))


def _build(say: Statements) -> Model:
    classes, above = read_classes(say)
    below = {name: frozenset(down for down in classes if name in above[down]) for name in classes}
    schemes = read_schemes(say, classes)
    properties = read_properties(say, classes, below)
    for prop in properties.values():
        if prop.scheme is not None and prop.scheme not in schemes:
            raise ModelError(f"jg:{prop.name}", f"uses unknown scheme {prop.scheme}", "Define it.")

    def organisation(iri: str) -> Organisation:
        return Organisation(
            **described(say, iri),
            notation=notation_of(iri),
            legal_jurisdictions=places(iri),
            purposes=tuple(say.all(iri, JG + "purpose")),
            how_to_ask=say.text(iri, JG + "howToAsk"),
        )

    def places(iri: str) -> tuple[str, ...]:
        return tuple(notation_of(place) for place in say.all(iri, JG + "legalJurisdiction"))

    organisations = read_catalogue(say, "Organisation", organisation)
    holes: dict[str, list[Hole]] = defaultdict(list)
    for iri in say.typed(JG + "CoverageHole"):
        one = hole(say, iri)
        holes[one.dataset].append(one)

    def dataset(iri: str) -> Dataset:
        system, unit = say.one(iri, JG + "system"), say.one(iri, JG + "unit")
        if system is None or unit is None:
            raise ModelError(iri, "has no jg:system or no jg:unit", "Give it one of each.")
        fields = described(say, iri)
        owner = organisations.get(fields["owner"])
        return Dataset(
            **fields,
            notation=notation_of(iri),
            system=notation_of(system),
            unit=notation_of(unit),
            event_classes=tuple(local(cls) for cls in say.all(iri, JG + "eventClass")),
            coverage_start=say.one(iri, JG + "coverageStart"),
            coverage_end=say.one(iri, JG + "coverageEnd"),
            holes=tuple(sorted(holes[notation_of(iri)], key=lambda each: each.start or "")),
            legal_jurisdictions=places(iri) or (owner.legal_jurisdictions if owner else ()),
            purposes=tuple(say.all(iri, JG + "purpose")) or (owner.purposes if owner else ()),
            how_to_ask=say.text(iri, JG + "howToAsk") or (owner.how_to_ask if owner else ""),
        )

    def system(iri: str) -> System:
        return System(**described(say, iri), notation=notation_of(iri))

    def stage(concept: Concept) -> Stage:
        terms = ("iri", "label", "definition", "source", "owner", "sensitivity", "notation")
        return Stage(**{term: getattr(concept, term) for term in terms})

    return Model(
        classes=MappingProxyType(classes),
        properties=MappingProxyType(properties),
        schemes=MappingProxyType(schemes),
        concepts=MappingProxyType(
            {
                concept.iri: concept
                for each in schemes.values()
                for concept in each.concepts.values()
            }
        ),
        datasets=MappingProxyType(read_catalogue(say, "Dataset", dataset)),
        systems=MappingProxyType(read_catalogue(say, "System", system)),
        organisations=MappingProxyType(organisations),
        gaps=MappingProxyType(read_catalogue(say, "DataGap", lambda iri: gap(say, iri))),
        crosswalks=MappingProxyType(
            read_catalogue(say, "Crosswalk", lambda iri: crosswalk(say, iri))
        ),
        stages=MappingProxyType(
            {name: stage(c) for name, c in schemes["stage"].concepts.items()}
            if "stage" in schemes
            else {}
        ),
        digest=say.digest,
        _above=MappingProxyType(above),
        _below=MappingProxyType(below),
        _after=MappingProxyType(order(say, classes, above, below)),
    )
