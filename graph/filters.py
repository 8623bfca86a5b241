"""Filters, read against the ontology once, so that every store means the same by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from graph.errors import BadFilterError, UnknownClassError, UnknownFieldError, meant
from graph.port import Filter, Op, Value
from ontology import Model, Property

SYSTEM_FIELDS = ("dataset", "document")
_ORDERED = {"integer", "decimal", "date", "dateTime"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter that fits the ontology. property: None for a system field.

    op: `in` (also for eq), `from` or `to`; one value for the latter two. Values have the Python
    type of the field; codes and links are IRIs.
    """

    field: str
    property: Property | None
    op: Op
    values: tuple[Value, ...]


def root_of(model: Model, cls: str) -> str:
    """The root class whose table holds a class. Raises UnknownClassError."""
    root = model.root_of(cls) if cls in model.classes else None
    if root is None:
        known = (name for name in model.classes if model.root_of(name) is not None)
        raise UnknownClassError(cls, known)
    return root


def conditions(model: Model, cls: str, filters: Sequence[Filter]) -> list[Condition]:
    """What filters ask for, by the ontology. Raises UnknownFieldError, BadFilterError."""
    root = root_of(model, cls)
    fields = {prop.name: prop for prop in model.table_properties(root)}
    answer = []
    for item in filters:
        if item.field not in fields and item.field not in SYSTEM_FIELDS:
            raise UnknownFieldError(item.field, cls, [*fields, *SYSTEM_FIELDS])
        answer.append(_condition(model, item, fields.get(item.field)))
    return answer


def _condition(model: Model, item: Filter, prop: Property | None) -> Condition:
    given = item.value
    many = isinstance(given, Sequence) and not isinstance(given, str)
    if many != (item.op == Op.IN):
        wanted = "a list" if item.op == Op.IN else "one value"
        raise BadFilterError(item.field, f"`{item.op}` takes {wanted}", f"Give it {wanted}")
    values = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if item.op in (Op.FROM, Op.TO):
        if prop is None or prop.kind != "data" or prop.datatype not in _ORDERED:
            raise BadFilterError(
                item.field, f"`{item.op}` needs a date or a number", "Use `eq` or `in` here"
            )
        return Condition(item.field, prop, item.op, (_bound(prop, values[0], item.op),))
    if prop is not None and prop.datatype == "dateTime" and any(_is_day(v) for v in values):
        raise BadFilterError(
            item.field, "a day has many instants", "Use `from` and `to` with that day"
        )
    found: dict[Value, None] = {}
    for value in values:
        found.update(dict.fromkeys(_meant(model, prop, item.field, value)))
    return Condition(item.field, prop, Op.IN, tuple(found))


def _meant(model: Model, prop: Property | None, field: str, value: Value) -> Sequence[Value]:
    if prop is None or prop.kind == "link":
        return [_typed(field, "string", value)]
    if prop.kind == "code":
        return _concepts(model, prop, str(_typed(field, "string", value)))
    return [_typed(field, prop.datatype or "string", value)]


def _concepts(model: Model, prop: Property, text: str) -> Sequence[str]:
    """The concept asked for and every source concept whose shared meaning it is."""
    if prop.scheme is None:
        return [text]
    iri = text
    if "://" not in text:
        known = model.schemes[prop.scheme].concepts
        if text not in known:
            cause = f"the scheme {prop.scheme} has no code {text!r}"
            raise BadFilterError(prop.name, cause, meant(text, known))
        iri = known[text].iri
    return [iri, *(c for c in model.concepts if c != iri and model.shared(c, prop.scheme) == iri)]


def _bound(prop: Property, value: Value, op: Op) -> Value:
    if prop.datatype == "dateTime" and _is_day(value):
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        edge = time.min if op == Op.FROM else time.max
        return datetime.combine(day, edge, UTC)
    return _typed(prop.name, prop.datatype or "string", value)


def _is_day(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) == 10
    return isinstance(value, date) and not isinstance(value, datetime)


def _typed(field: str, datatype: str, value: Value) -> Value:
    try:
        typed = _as(datatype, value)
    except (ValueError, InvalidOperation, OverflowError):
        typed = None
    if typed is None:
        raise BadFilterError(
            field, f"{value!r} is not a {datatype}", f"Give a value of xsd:{datatype}"
        )
    return typed


def _as(datatype: str, value: Value) -> Value | None:
    text = isinstance(value, str)
    match datatype:
        case "date":
            if text:
                return date.fromisoformat(str(value))
            plain = isinstance(value, date) and not isinstance(value, datetime)
            return value if plain else None
        case "dateTime":
            stamp = datetime.fromisoformat(str(value)) if text else value
            if not isinstance(stamp, datetime):
                return None
            return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)
        case "boolean":
            if text:
                return {"true": True, "1": True, "false": False, "0": False}.get(str(value))
            return value if isinstance(value, bool) else None
        case "integer":
            if text:
                return _small(int(str(value)))
            if isinstance(value, int) and not isinstance(value, bool):
                return _small(value)
            return None
        case "decimal":
            if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
                return None
            number = Decimal(value)
            return number if number.is_finite() and abs(number) < 10**12 else None
        case _:
            return value if text and _sound(str(value)) else None


def _small(number: int) -> int | None:
    """Integers are 64 bit in every store."""
    return number if -(2**63) <= number < 2**63 else None


def _sound(text: str) -> bool:
    """Whether a text is Unicode; JSON may hold half a surrogate pair, which no store takes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
