"""A Cypher query of an operator: what it may do, and its values as JSON has them.

The server refuses writes in read access mode. But LOAD CSV fetches addresses, some procedures do
too, TERMINATE stops other people's queries and SHOW tells of them, and these count as reads. The
plan shows the last two; the others may stand in an expression, where it shows nothing, so the text
decides, and rather refuses too much: a value belongs in a parameter.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from neo4j import ResultSummary
from neo4j.exceptions import Neo4jError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Duration

from graph.errors import BadQueryError
from graph.neo4j.connection import Connection
from graph.port import Table

LOOKS = frozenset(
    {
        "db.labels",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
    }
)
"""The procedures that may be called."""

_CALL = re.compile(r"(?<![^\W\d])call(?!\w)")
_MAY_FOLLOW = re.compile(
    rf"\s*(?:[({{]|(?:{'|'.join(re.escape(name.casefold()) for name in LOOKS)})(?![\w.]))"
)
_ONLY_READS = "Only MATCH ... RETURN and the like are answered here; data comes in by loading"
_CORRECT = "Correct the query; docs/cypher.md shows what the graph looks like"


def ask(connection: Connection, query: str, parameters: Mapping[str, Any], rows: int) -> Table:
    """The first so many rows. Raises BadQueryError, TooLongError, StoreUnusableError."""
    _scan(query)
    with connection.reading(rows + 1) as run:
        try:
            _inspect(run(f"EXPLAIN {query}", parameters).consume())
            result = run(query, parameters)
            columns = list(result.keys())
            found = [record.values() for record in result.fetch(rows + 1)]
        except Neo4jError as error:
            code = error.code or ""
            if "AccessMode" in code:
                raise BadQueryError("the query would write", _ONLY_READS) from error
            if code.startswith(("Neo.ClientError.Statement.", "Neo.ClientError.Procedure.")):
                first = (error.message or code).strip().splitlines()[0]
                raise BadQueryError(first, _CORRECT) from error
            raise
        except OverflowError as error:
            raise BadQueryError("a number is beyond 64 bits", "Send it as text") from error
    return Table(columns, [[plain(v) for v in row] for row in found[:rows]], len(found) > rows)


def _scan(query: str) -> None:
    text = query.casefold()
    if "\\u" in text:
        raise BadQueryError("it has a \\u escape", "Write the letter itself, or use a parameter")
    if "load" in text and "csv" in text:
        raise BadQueryError("LOAD CSV is not done from here", _ONLY_READS)
    for call in _CALL.finditer(text):
        if _MAY_FOLLOW.match(text, call.end()) is None:
            raise BadQueryError(
                "CALL is answered with a subquery or a procedure that describes the graph",
                f"Use CALL {{ ... }} or one of {', '.join(sorted(LOOKS))}",
            )


def _inspect(summary: ResultSummary) -> None:
    if summary.query_type != "r":
        raise BadQueryError("the query would write, or administer the server", _ONLY_READS)
    for step in _steps(summary.plan or {}):
        name = step["operatorType"].partition("@")[0]
        if name == "LoadCSV" or name.startswith(("Show", "Terminate")):
            raise BadQueryError(f"{name} is not done from here", _ONLY_READS)


def _steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if plan:
        yield plan
    for child in plan.get("children", ()):
        yield from _steps(child)


def plain(value: Any) -> Any:
    """A value of Bolt as JSON has it: dates and durations as ISO text, bytes as hexadecimal."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else str(value)
        case bytes() | bytearray():
            return value.hex()
        case Node():
            return {
                "id": value.element_id,
                "labels": sorted(value.labels),
                "properties": plain(dict(value)),
            }
        case Relationship():
            ends = [node.element_id if node else None for node in value.nodes]
            return {
                "id": value.element_id,
                "type": value.type,
                "from": ends[0],
                "to": ends[1],
                "properties": plain(dict(value)),
            }
        case Path():
            return {"nodes": plain(value.nodes), "relationships": plain(value.relationships)}
        case Point():
            return {"srid": value.srid, "coordinates": [float(part) for part in value]}
        case Duration():
            return value.iso_format()
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value.iso_format() if hasattr(value, "iso_format") else str(value)
