"""A published list as rows of text: CSV, JSON, or SKOS in Turtle.

JSON: an array of objects; an object whose only value is one; or an object of objects, whose keys
become the column `@key`. What is not text is written as JSON; null and absent are "".
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from loaders.code_lists.errors import CodeListError

KEY = "@key"
TURTLE = ("notation", "label", "labelWelsh", "otherLabel", "broader", "match", "scheme")
TURTLE_DATES = ("validFrom", "validTo")
LIST = "\x1f"
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Rows:
    """columns in order; rows of text with the place each stands in the file; kind of file.

    odd: CSV rows with another number of columns, as (place, text).
    """

    kind: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, Mapping[str, str]]]
    content: bytes
    odd: Sequence[tuple[str, str]] = ()


def read(file: Path, columns: Sequence[str] = ()) -> Rows:
    """Read a list. columns: names for a CSV without a header. Raises CodeListError, OSError."""
    content = file.read_bytes()
    if len(content) > _MOST:
        raise CodeListError("JG-COD-010", f"{file.name} is larger than 64 MB", "Split the list.")
    suffix = file.suffix.lower()
    if suffix == ".csv":
        return _csv(file.name, content, columns)
    if suffix == ".json":
        return _json(file.name, content)
    if suffix in (".ttl", ".turtle"):
        return _turtle(file, content)
    raise CodeListError(
        "JG-COD-010", f"{file.name} is no CSV, JSON or Turtle", "Save it as .csv, .json or .ttl."
    )


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodeListError(
            "JG-COD-011", f"{name} is not UTF-8 at byte {error.start}", "Save it as UTF-8."
        ) from error


def _csv(name: str, content: bytes, columns: Sequence[str]) -> Rows:
    lines = [
        (number, cells)
        for number, cells in enumerate(csv.reader(io.StringIO(_text(name, content))), 1)
        if cells
    ]
    if not lines:
        raise CodeListError("JG-COD-012", f"{name} is empty", "Check the file.")
    header = list(columns) or [cell.strip() for cell in lines.pop(0)[1]]
    if len(set(header)) < len(header) or not all(header):
        raise CodeListError(
            "JG-COD-013",
            f"the first row of {name} is no header: {', '.join(header)[:80]}",
            "Name the columns with --columns a,b,c.",
        )
    if columns:  # nothing says how many a row should have: what is left out at its end is empty
        lines = [(n, cells + [""] * (len(header) - len(cells))) for n, cells in lines]
    rows = [
        (f"row {number}", dict(zip(header, map(str.strip, cells), strict=True)))
        for number, cells in lines
        if len(cells) == len(header)
    ]
    odd = [
        (f"row {number}", ",".join(cells)) for number, cells in lines if len(cells) != len(header)
    ]
    return Rows("csv", tuple(header), rows, content, odd)


def _json(name: str, content: bytes) -> Rows:
    try:
        tree = orjson.loads(_text(name, content))
    except orjson.JSONDecodeError as error:
        raise CodeListError("JG-COD-011", f"{name} is not JSON: {error}", "Correct it.") from error
    if isinstance(tree, dict) and len(tree) == 1 and isinstance(next(iter(tree.values())), list):
        (tree,) = tree.values()
    if isinstance(tree, dict) and tree and all(isinstance(item, dict) for item in tree.values()):
        tree = [{KEY: key, **item} for key, item in tree.items()]
    if not isinstance(tree, list) or not all(isinstance(item, dict) for item in tree):
        raise CodeListError(
            "JG-COD-012",
            f"{name} holds no list of objects",
            "Give an array with one object a code.",
        )
    names = tuple(dict.fromkeys(key for item in tree for key in item))
    rows = [
        (f"item {number}", {key: _cell(item.get(key)) for key in names})
        for number, item in enumerate(tree, 1)
    ]
    return Rows("json", names, rows, content)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return orjson.dumps(value).decode()


def _turtle(file: Path, content: bytes) -> Rows:
    from rdflib import RDF, SKOS, Graph, Literal, URIRef

    from ontology.namespaces import JG
    from ontology.turtle import read as read_turtle

    graph: Graph = read_turtle(file)

    def texts(node: Any, predicate: URIRef, language: str | None = None) -> Iterable[str]:
        for value in sorted(graph.objects(node, predicate), key=str):
            given = value.language if isinstance(value, Literal) else None
            if language is None or (given or "en") == language:
                yield str(value)

    def notation(node: Any) -> str:
        return next(iter(texts(node, SKOS.notation)), "")

    rows = []
    for node in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
        above = [notation(up) for up in sorted(graph.objects(node, SKOS.broader), key=str)]
        matches = (SKOS.exactMatch, SKOS.broadMatch)
        row = {
            "notation": notation(node),
            "label": next(iter(texts(node, SKOS.prefLabel, "en")), ""),
            "labelWelsh": next(iter(texts(node, SKOS.prefLabel, "cy")), ""),
            "otherLabel": LIST.join(texts(node, SKOS.altLabel)),
            "broader": LIST.join(filter(None, above)),
            "match": LIST.join([*(text for m in matches for text in texts(node, m)), str(node)]),
            "scheme": next(iter(texts(node, SKOS.inScheme)), ""),
            "validFrom": next(iter(texts(node, URIRef(JG + "validFrom"))), ""),
            "validTo": next(iter(texts(node, URIRef(JG + "validTo"))), ""),
        }
        rows.append((str(node), row))
    if not rows:
        raise CodeListError(
            "JG-COD-012", f"{file.name} holds no skos:Concept", "Give a SKOS concept scheme."
        )
    return Rows("turtle", (*TURTLE, *TURTLE_DATES), rows, content)
