"""The parts of a mapping that stand in its record blocks: classes, conditions, columns, keys."""

from collections.abc import Mapping

from yaml.nodes import Node, ScalarNode

from loaders.errors import nearest
from loaders.mapping import ClassRule, Column, Condition, How, Link, Value
from loaders.paths import Path, parse
from loaders.yaml_nodes import Nodes

FORMATS = ("date", "london-date", "datetime", "month", "integer", "decimal", "boolean")

_VALUE = (
    "path format codes const join with each first present map default optional evidence".split()
)
_LINK = "to all dataset key evidence".split()
_WHEN = "path present absent equals in not codes denotes".split()
_SOURCES = ("path", "const", "join", "each", "first", "present")
_HOW: dict[str, How] = {
    "path": "one",
    "each": "each",
    "join": "join",
    "first": "first",
    "present": "present",
}


class Values(Nodes):
    """Reads values, links, conditions and class rules."""

    def class_rule(self, node: Node) -> ClassRule:
        if isinstance(node, ScalarNode):
            return ClassRule(self.text(node))
        part = self.fields(node, "class", ["code", "from", "default"])
        for name in ("code", "from"):
            if name not in part:
                raise self.wrong(node, f"class: {name!r} is missing", "Name code and from.")
        default = self.text(part["default"]) if "default" in part else None
        return ClassRule(default, self.text(part["code"]), self.rows(part["from"], self.path))

    def condition(self, node: Node) -> Condition:
        part = self.fields(node, "when", _WHEN)
        tests = sorted(part.keys() - {"path", "codes"})
        if "path" not in part or len(tests) != 1 or ("codes" in part) != (tests == ["denotes"]):
            raise self.wrong(
                node,
                "when takes a path and one test",
                "One of present, absent, equals, in, not, or codes with denotes.",
            )
        path = self.path(part["path"])
        test, value = tests[0], part[tests[0]]
        if test == "denotes":
            names = self.rows(value, self.text)
            return Condition(path, "denotes", names, self.text(part["codes"]))
        if test == "not":
            return Condition(path, "not", self.rows(value, self.text))
        if test in ("equals", "in"):
            return Condition(path, "in", self.rows(value, self.text))
        wanted = self.flag(value, True) == (test == "present")
        return Condition(path, "present" if wanted else "absent")

    def column(self, name: str, key: Node, rule: Node) -> Column:
        if isinstance(rule, ScalarNode):
            return Column(name, Value("one", (self.path(rule),)), self.evidence, self.where(key))
        entries = self.entries(rule, name)
        part = self.fields(rule, name, _LINK if "to" in entries else _VALUE)
        made: Value | Link = self.link(rule, part) if "to" in part else self.value(rule, part)
        return Column(name, made, self.mark(part.get("evidence"), self.evidence), self.where(key))

    def link(self, node: Node, part: Mapping[str, Node]) -> Link:
        targets = self.rows(part["to"], self.text)
        key = self.rows(part.get("key"), self.part)
        every = self.flag(part.get("all"), False)
        if (key or every) and len(targets) != 1:
            raise self.wrong(node, "key: and all: take one target", "Name one target in to:.")
        if key and every:
            raise self.wrong(node, "all: and key: exclude each other", "Keep one of the two.")
        if "dataset" in part and not key:
            raise self.wrong(node, "dataset: needs key:", "Add the target's key parts.")
        dataset = self.text(part["dataset"]) if "dataset" in part else None
        return Link(targets, key, dataset, every)

    def part(self, node: Node) -> Value:
        """A key part: a path, or a value with its format."""
        if isinstance(node, ScalarNode):
            return Value("one", (self.path(node),))
        return self.value(node, self.fields(node, "a key part", _VALUE))

    def value(self, node: Node, part: Mapping[str, Node]) -> Value:
        sources = [name for name in _SOURCES if name in part]
        if "with" in part and "join" not in part:
            sources.append("with")
        if len(sources) != 1:
            raise self.wrong(
                node,
                f"{len(sources)} sources of a value",
                f"One of {', '.join(_SOURCES)}, with, to.",
            )
        source = sources[0]
        how: How = "one"
        paths: tuple[Path, ...] = ()
        const = separator = ""
        if source == "const":
            how, const = "const", self.text(part["const"])
        elif source == "with":
            name = self.text(part["with"])
            paths = (parse(name if name.startswith("@") else f"@with.{name}"),)
        else:
            how = _HOW[source]
            paths = self.rows(part[source], self.path)
            if source == "path" and len(paths) != 1:
                raise self.wrong(node, "path: takes one path", "Use first: or join: for several.")
            separator = self.text(part["with"]) if "with" in part else " "
        form = self.text(part["format"]) if "format" in part else None
        if form is not None and form not in FORMATS and "%" not in form:
            raise self.wrong(part["format"], f"format {form!r}", nearest(form, FORMATS))
        rename = None
        if "map" in part:
            pairs = self.entries(part["map"], "map")
            rename = {name: self.text(value) for name, (_, value) in pairs.items()}
        return Value(
            how,
            paths,
            separator,
            const,
            form,
            codes=self.text(part["codes"]) if "codes" in part else None,
            rename=rename,
            default=self.text(part["default"]) if "default" in part else None,
            optional=self.flag(part.get("optional"), False),
        )
