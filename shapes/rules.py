"""The shapes as files: read, held to what we can check faithfully, and listed as rules."""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import rdflib
from rdflib import RDF, RDFS, SH, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from shapes import RECORD
from shapes.compiler.constraint import Rule
from shapes.errors import ShapesError
from shapes.lexical import unnormalised

if TYPE_CHECKING:
    from ontology.model import Model
    from shapes.compiler import Compiled
    from shapes.plan import Plan

JG = Namespace("https://w3id.org/justicegraph/ontology#")
SEVERITIES: Mapping[Node, str] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}

_ADVANCED = frozenset({"js", "jsFunctionName", "expression", "rule", "target", "values"})


class Shapes:
    """The record shapes in force. `graph` holds them with patterns as Python reads them."""

    def __init__(self, graph: rdflib.Graph) -> None:
        _refuse_what_is_passed_over(graph)
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
        _read_as_rdf_and_xpath(copy)
        return cls(copy)

    def plan(self, model: "Model") -> "Plan":
        """How these shapes are evaluated over the records of a model; made once a model."""
        from shapes.plan import Plan

        if self._plan is None or self._plan[0] is not model:
            self._plan = (model, Plan(self.graph, model))
        return self._plan[1]

    def compiled(self, model: "Model") -> "Compiled":
        """These shapes as expressions over the frames of a model; made once a model."""
        from shapes.compiler.compiled import Compiled
        from shapes.compiler.grouping import Grouping

        if self._compiled is None or self._compiled[0] is not model:
            groups = Grouping(self, model).groups()
            self._compiled = (model, Compiled(model, groups, self.rules, lambda: self))
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


def _refuse_what_is_passed_over(graph: rdflib.Graph) -> None:
    """ShapesError JG-SHP-004 for words that pyshacl would pass over without a sound: those that
    SHACL does not have, and those of its advanced features that constrain."""
    vocabulary = str(SH)
    for predicate in sorted(set(graph.predicates()), key=str):
        name = str(predicate).removeprefix(vocabulary)
        if str(predicate).startswith(vocabulary) and (name not in SH or name in _ADVANCED):
            raise ShapesError(
                "JG-SHP-004",
                f"sh:{name} is no word of SHACL Core or SHACL-SPARQL: nothing would be checked",
                "Correct the spelling, or say it with what docs/shapes.md lists.",
            )


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


def _read_as_rdf_and_xpath(graph: rdflib.Graph) -> None:
    """What rdflib and pyshacl read otherwise than RDF 1.1 and XPath, put as they understand it.

    `"a"^^xsd:string` is the term `"a"`. sh:pattern means fn:matches; pyshacl hands it to Python's
    re, with the flags i and m only.
    """
    for subject, predicate, value in list(graph):
        if isinstance(value, Literal) and value.datatype == XSD.string:
            graph.remove((subject, predicate, value))
            graph.add((subject, predicate, Literal(str(value))))
    for shape, pattern in list(graph.subject_objects(SH.pattern)):
        flags = str(graph.value(shape, SH.flags) or "")
        text = python_pattern(str(pattern), flags)
        graph.remove((shape, SH.pattern, pattern))
        graph.add((shape, SH.pattern, Literal(text)))
    for shape, given in list(graph.subject_objects(SH.flags)):
        left = "".join(sorted(set(str(given)) & set("im")))
        graph.remove((shape, SH.flags, given))
        if left:
            graph.add((shape, SH.flags, Literal(left)))


def python_pattern(pattern: str, flags: str = "") -> str:
    """An XPath pattern as Python's `re` must have it; ShapesError JG-SHP-004 where they differ.

    `$` in Python also matches before a last newline, so `SW1A 1AA\\n` would pass: it becomes
    `\\Z`. A dot of XPath is no carriage return either. The flags s, x and q go into the pattern.
    """

    def refuse(what: str) -> ShapesError:
        return ShapesError(
            "JG-SHP-004",
            f"sh:pattern {pattern!r} uses {what}, which Python and XPath read differently",
            "Write it with character classes, groups and quantifiers only; flags i, m, s, x, q.",
        )

    if set(flags) - set("imsxq"):
        raise refuse(f"flags {flags!r}")
    if "q" in flags:
        return re.sub(r"([\\^$.|?*+(){}\[\]])", r"\\\1", pattern)
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
        if not in_class and char == "$" and "m" not in flags:
            char = "\\Z"
        elif not in_class and char == ".":
            char = r"[\s\S]" if "s" in flags else r"[^\n\r]"
        elif not in_class and "x" in flags and char in "\t\n\r ":
            char = ""
        written.append(char)
        index += 1
    made = "".join(written)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of what Python will one day read as a set operation
            re.compile(made)
    except (re.error, FutureWarning) as error:
        raise refuse(f"what is no pattern ({error})") from None
    return made
