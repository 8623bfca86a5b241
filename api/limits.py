"""How large a question may be, decided before it is validated or run.

One walk over the document measures depth, aliases and cost together. Each fragment is measured
once and the figure reused, so the walk is linear in the document: fragments nested so that they
spread out exponentially (which Strawberry's own limiters follow, and hang on) cost nothing extra.

The rule that fields of one name must agree compares every two of them, so a document may repeat
names in one place only so often (`repeats`); 600 times the same field took it 1.5 s.

Cost is the number of fields the answer would have if every list were as long as it may be: a page
as long as its `first`, another list as long as its field says (`size`), or LIST.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode

from api.errors import OverLimitError, QueryInvalidError
from api.settings import Limits

LIST = 10


@dataclass(frozen=True, slots=True)
class Size:
    """Of a selection: levels below it, aliases in it, fields of its largest answer.

    names: how often each name of an answer stands on its first level.
    """

    depth: int = 0
    aliases: int = 0
    cost: int = 0
    names: Counter[str] = field(default_factory=Counter)


def check(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    limits: Limits,
) -> Size:
    """The size of an operation.

    Raises OverLimitError, QueryInvalidError for fragments in a circle.
    """
    try:
        measure = _Measure(schema, document, operation, variables, limits)
        size = measure.operation()
    except RecursionError as error:
        raise OverLimitError(
            "The document is nested too deeply to be read", f"Allowed is a depth of {limits.depth}"
        ) from error
    for name, found, allowed, fix in (
        ("depth", size.depth, limits.depth, "Ask for the inner records by their id in a second"),
        ("number of aliases", size.aliases, limits.aliases, "Send the parts as several questions"),
        ("cost", size.cost, limits.cost, "Ask for shorter pages (`first`) or fewer fields"),
        ("number of repeats", measure.repeats, limits.repeats, "Name each field once in a place"),
    ):
        if found > allowed:
            shown = f"{found:,}" if found < 10**12 else "more than 10^12"
            raise OverLimitError(
                f"The {name} of the question is {shown}; allowed is {allowed:,}", fix
            )
    return size


class _Measure:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        limits: Limits,
    ) -> None:
        self.schema = schema
        self.root = operation
        self.variables = _with_defaults(operation, variables)
        self.limits = limits
        self.fragments = {
            item.name.value: item
            for item in document.definitions
            if isinstance(item, FragmentDefinitionNode)
        }
        self.known: dict[str, Size | None] = {}
        self.repeats = 0

    def operation(self) -> Size:
        return self._set(self.root.selection_set, self.schema.get_root_type(self.root.operation))

    def _set(self, selections: SelectionSetNode | None, parent: Any) -> Size:
        depth = aliases = cost = 0
        names: Counter[str] = Counter()
        spread: set[str] = set()
        for node in selections.selections if selections else ():
            size = self._selection(node, parent)
            depth = max(depth, size.depth)
            aliases += size.aliases
            cost += size.cost
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                spread.add(node.name.value)
            names.update(size.names)
        self.repeats += sum(names.values()) - len(names)
        return Size(depth, aliases, cost, Counter(dict.fromkeys(names, 1)))

    def _selection(self, node: SelectionNode, parent: Any) -> Size:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, InlineFragmentNode):
            on = node.type_condition
            inner = self.schema.type_map.get(on.name.value) if on else parent
            return self._set(node.selection_set, inner)
        assert isinstance(node, FragmentSpreadNode)
        return self._fragment(node.name.value)

    def _fragment(self, name: str) -> Size:
        if name not in self.fragments:
            return Size()
        if name not in self.known:
            self.known[name] = None
            fragment = self.fragments[name]
            inner = self.schema.type_map.get(fragment.type_condition.name.value)
            self.known[name] = self._set(fragment.selection_set, inner)
        size = self.known[name]
        if size is None:
            raise QueryInvalidError(
                f"Fragment {name!r} contains itself", "Take one of the spreads in the circle out"
            )
        return size

    def _field(self, node: FieldNode, parent: Any) -> Size:
        found = getattr(parent, "fields", {}).get(node.name.value)
        inner = self._set(node.selection_set, get_named_type(found.type) if found else None)
        times = self._length(node, found) if found else 1
        shown = node.alias.value if node.alias else node.name.value
        alias = 1 if shown != node.name.value else 0
        return Size(
            1 + inner.depth, alias + inner.aliases, 1 + times * inner.cost, Counter([shown])
        )

    def _length(self, node: FieldNode, field: GraphQLField) -> int:
        if "first" in field.args:
            given = next((a.value for a in node.arguments or () if a.name.value == "first"), None)
            if isinstance(given, IntValueNode):
                return min(max(int(given.value[:12]), 1), 10**9)
            if isinstance(given, VariableNode):
                value = self.variables.get(given.name.value)
                if isinstance(value, int):
                    return max(value, 1)
            default = field.args["first"].default_value
            return default if isinstance(default, int) else self.limits.first
        size = size_of(field)
        if size is not None:
            return size
        kind = field.type.of_type if is_non_null_type(field.type) else field.type
        return LIST if is_list_type(kind) else 1


def size_of(field: GraphQLField) -> int | None:
    """How long a list field usually is, where the field says it."""
    said = field.extensions.get("size")
    if said is None:
        designed = field.extensions.get("strawberry-definition")
        said = designed.metadata.get("size") if designed is not None else None
    return said if isinstance(said, int) else None


def _with_defaults(
    operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in operation.variable_definitions or ():
        if isinstance(item.default_value, IntValueNode):
            found[item.variable.name.value] = int(item.default_value.value[:12])
    return {**found, **variables}


def operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    """The operations of a document."""
    return (item for item in document.definitions if isinstance(item, OperationDefinitionNode))
