"""The shapes as files: read, held to what we can check faithfully, and listed as rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rdflib
from rdflib import RDF, RDFS, SH, Literal, Namespace, URIRef
from rdflib.term import Node

from shapes.errors import ShapesError
from shapes.lexical import unnormalised

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.compiler import Compiled
    from shapes.plan import Plan

JG = Namespace("https://w3id.org/justicegraph/ontology#")
RECORD = Path(__file__).parent / "record"
SEVERITIES: Mapping[Node, str] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}


@dataclass(frozen=True)
class Rule:
    """One shape that can report: what it is called, what it says, what to do about it."""

    code: str
    iri: str
    label: str
    severity: str
    message: str
    fix: str


class Shapes:
    """The record shapes in force. `graph` holds them with patterns as Python reads them."""

    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph
        self.rules: Mapping[str, Rule] = _rules(graph)
        self.by_iri: Mapping[str, Rule] = {rule.iri: rule for rule in self.rules.values()}
        self._plan: tuple[Model, Plan] | None = None
        self._details: dict[tuple[str, str], str] = {}
        self._compiled: tuple[Model, Compiled] | None = None

    @classmethod
    def load(cls, *extra: Path) -> "Shapes":
        """Read every Turtle file of `shapes/record/` and of the extra folders (or files).

        Raises ShapesError JG-SHP-002 for a file that is not Turtle, JG-SHP-003 for a shape that
        may report but lacks code, message, fix or severity, JG-SHP-004 for a pattern or target
        that would not be checked with its SHACL meaning.
        """
        graph = rdflib.Graph(bind_namespaces="none")
        for folder in (RECORD, *extra):
            files = [folder] if folder.is_file() else sorted(folder.rglob("*.ttl"))
            for file in files:
                _parse(graph, file)
        return cls.of(graph)

    @classmethod
    def of(cls, graph: rdflib.Graph) -> "Shapes":
        """Shapes from a graph already read (with `lexical.unnormalised`), which stays as it is."""
        copy = rdflib.Graph(bind_namespaces="none")
        for triple in graph:
            copy.add(triple)
        _read_patterns_as_xpath(copy)
        return cls(copy)

    def plan(self, model: "Model") -> "Plan":
        """How these shapes are evaluated over the records of a model; made once a model."""
        from shapes.plan import Plan

        if self._plan is None or self._plan[0] is not model:
            self._plan = (model, Plan(self.graph, model))
        return self._plan[1]

    def compiled(self, model: "Model") -> "Compiled":
        """These shapes as expressions over the frames of a model; made once a model."""
        from shapes.compiler import Compiled

        if self._compiled is None or self._compiled[0] is not model:
            self._compiled = (model, Compiled(self, model))
        return self._compiled[1]

    def detail(self, shape: str, component: str) -> str:
        """Which inner shapes a result of sh:or, sh:and, sh:xone or sh:not asks for; else "".

        component: IRI of the constraint component.
        """
        key = (shape, component)
        if key not in self._details:
            from shapes.compiler.english import failed

            name = component.rpartition("#")[2].removesuffix("ConstraintComponent")
            self._details[key] = failed(self.graph, URIRef(shape), name[:1].lower() + name[1:])
        return self._details[key]


def _parse(graph: rdflib.Graph, file: Path) -> None:
    try:
        with unnormalised():
            graph.parse(file, format="turtle")
    except (SyntaxError, UnicodeDecodeError, OSError) as error:
        raise ShapesError(
            "JG-SHP-002", f"{file} is not readable Turtle: {error}", "Correct the file."
        ) from error


def _reporting(graph: rdflib.Graph) -> list[Node]:
    """Shapes whose results reach the report under their own name: targeted node shapes with
    constraints of their own, and the property shapes they lead to."""
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    found: list[Node] = []
    queue = [shape for target in targets for shape in graph.subjects(target, None)]
    # A class that is a shape targets its own instances.
    shapes = {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}
    queue += [shape for shape in shapes if (shape, RDF.type, RDFS.Class) in graph]
    while queue:
        shape = queue.pop()
        if shape in found or graph.value(shape, SH.deactivated) == Literal(True):
            continue
        queue += graph.objects(shape, SH.property)
        found.append(shape)
    described = {SH.property, SH.targetClass, SH.targetNode, SH.targetSubjectsOf}
    described |= {SH.targetObjectsOf, SH.name, SH.description, SH.severity, SH.order}
    return [
        shape
        for shape in found
        if any(p not in described and str(p).startswith(str(SH)) for p in graph.predicates(shape))
    ]


def _rules(graph: rdflib.Graph) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for shape in _reporting(graph):
        code = graph.value(shape, JG.code)
        message = graph.value(shape, SH.message)
        fix = graph.value(shape, JG.fix)
        severity = SEVERITIES.get(graph.value(shape, SH.severity) or shape)
        name = code or (shape if isinstance(shape, URIRef) else "an unnamed shape")
        if not (isinstance(shape, URIRef) and code and message and fix and severity):
            raise ShapesError(
                "JG-SHP-003",
                f"{name} may report, but lacks an IRI, jg:code, sh:message, jg:fix or sh:severity",
                "Give it all five.",
            )
        if str(code) in rules:
            raise ShapesError("JG-SHP-003", f"two shapes carry {code}", "Number one of them anew.")
        label = graph.value(shape, RDFS.label) or code
        rules[str(code)] = Rule(str(code), str(shape), str(label), severity, str(message), str(fix))
    return dict(sorted(rules.items()))


def _read_patterns_as_xpath(graph: rdflib.Graph) -> None:
    """sh:pattern means fn:matches of XPath; pyshacl hands it to Python's re.

    `$` in Python also matches before a last newline, so `SW1A 1AA\\n` would pass: it becomes
    `\\Z`. What the two languages read differently otherwise is refused.
    """
    for shape, pattern in list(graph.subject_objects(SH.pattern)):
        flags = str(graph.value(shape, SH.flags) or "")
        text = python_pattern(str(pattern), flags)
        graph.remove((shape, SH.pattern, pattern))
        graph.add((shape, SH.pattern, Literal(text)))


def python_pattern(pattern: str, flags: str = "") -> str:
    """An XPath pattern as Python's `re` must have it; ShapesError JG-SHP-004 where they differ."""

    def refuse(what: str) -> ShapesError:
        return ShapesError(
            "JG-SHP-004",
            f"sh:pattern {pattern!r} uses {what}, which Python and XPath read differently",
            "Write it with character classes, groups and quantifiers only; flags i and m.",
        )

    if set(flags) - set("im"):
        raise refuse(f"flags {flags!r}")
    written: list[str] = []
    in_class, index = False, 0
    while index < len(pattern):
        char = pattern[index]
        following = pattern[index + 1 : index + 2]
        if char == "\\":
            if following.isalnum() and following not in "nrtdD":
                raise refuse(f"\\{following}")
            written.append(char + following)
            index += 2
            continue
        if char == "(" and following == "?" and not in_class:
            raise refuse("(?")
        if char == "[":
            if in_class:
                raise refuse("a class within a class")
            in_class = True
        elif char == "]":
            in_class = False
        written.append("\\Z" if char == "$" and not in_class and "m" not in flags else char)
        index += 1
    return "".join(written)
