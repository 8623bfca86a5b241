"""The schema as text: the committed `schema.graphql`, and what stands beside the query page."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    print_ast,
    print_schema,
    print_type,
)
from graphql.language import InterfaceTypeDefinitionNode, Visitor, visit
from graphql.utilities import BreakingChange, find_schema_changes

from api.access import Role
from api.schema import RoleSchema
from ontology import Model
from ontology.errors import nearest

FILE = "schema.graphql"
HEAD = """# The schema as an operator sees it; other roles see less.
# Made by `python -m api sdl --write` from the ontology and the designed questions: do not edit.

"""


def sdl(schema: GraphQLSchema) -> str:
    """A schema as text, sorted by name.

    A field that only repeats one of an interface of its type does not repeat its description.
    """
    document = parse(print_schema(schema), no_location=True)
    told = {
        (item.name.value, field.name.value): _description(field)
        for item in document.definitions
        if isinstance(item, InterfaceTypeDefinitionNode)
        for field in item.fields or ()
    }
    return HEAD + print_ast(visit(document, _Slim(told))) + "\n"


def committed(model: Model) -> str:
    """What `schema.graphql` must hold."""
    return sdl(RoleSchema(model, Role.OPERATOR).core)


def changes(before: str, after: str) -> tuple[list[str], list[str]]:
    """What breaks clients, and what does not, between two schemas as text."""
    found = find_schema_changes(build_schema(before), build_schema(after))
    breaking = [item.description for item in found if isinstance(item, BreakingChange)]
    other = [item.description for item in found if not isinstance(item, BreakingChange)]
    return breaking, other


def write(model: Model, folder: Path) -> Path:
    """Write `schema.graphql`."""
    path = folder / FILE
    path.write_text(committed(model), encoding="utf-8")
    return path


@lru_cache(maxsize=8)
def beside(schema: RoleSchema) -> str:
    """The designed types of a schema: the questions, what they take and what they give."""
    generated = schema.records.types if schema.view.role is not Role.PUBLIC else {}
    shown = [
        print_type(kind)
        for name, kind in sorted(
            schema.core.type_map.items(), key=lambda i: (i[0] != "Query", i[0])
        )
        if name not in generated
        and not is_introspection_type(kind)
        and not is_specified_scalar_type(kind)
    ]
    return "\n\n".join(shown)


def shape_of(schema: RoleSchema, name: str) -> str:
    """One type of a schema, or what it may be called instead."""
    kind = schema.core.type_map.get(name.strip())
    if kind is not None:
        return print_type(kind)
    close = ", ".join(nearest(name, schema.core.type_map)) or "none"
    return f"# There is no type of this name. Nearest: {close}"


class _Slim(Visitor):
    def __init__(self, told: dict[tuple[str, str], Any]) -> None:
        super().__init__()
        self._told = told

    def leave_object_type_definition(self, node: Any, *_: Any) -> Any:
        return self._slim(node)

    def leave_interface_type_definition(self, node: Any, *_: Any) -> Any:
        return self._slim(node)

    def _slim(self, node: Any) -> Any:
        above = [item.name.value for item in node.interfaces or ()]
        fields = tuple(self._field(field, above) for field in node.fields or ())
        return _with(node, fields=fields)

    def _field(self, field: Any, above: list[str]) -> Any:
        said = [
            self._told[name, field.name.value]
            for name in above
            if (name, field.name.value) in self._told
        ]
        if _description(field) not in said:
            return field
        arguments = tuple(_with(item, description=None) for item in field.arguments or ())
        return _with(field, description=None, arguments=arguments)


def _with(node: Any, **changed: Any) -> Any:
    kept = {name: getattr(node, name) for name in node.keys if name != "loc"}
    return type(node)(**{**kept, **changed})


def _description(node: Any) -> str | None:
    return node.description.value if node.description else None
