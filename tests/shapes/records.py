"""Records for tests of shapes: from Turtle to frames."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import rdflib
from rdflib import RDF, URIRef

from ontology.model import Model
from ontology.namespaces import JG
from shapes.lexical import unnormalised

RECORD = Path(__file__).parent / "record"


def parsed(file: Path) -> rdflib.Graph:
    """A Turtle file with its literals as they are written."""
    with unnormalised():
        return rdflib.Graph().parse(file, format="turtle")


def frames_of(graph: rdflib.Graph, model: Model) -> dict[str, pl.DataFrame]:
    """The typed nodes of a graph as record frames; a second value where only one fits fails."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for node, leaf in sorted(graph.subject_objects(RDF.type), key=str):
        name = str(leaf).removeprefix(JG)
        root = model.root_of(name)
        assert root is not None
        row: dict[str, Any] = {"iri": str(node), "class": name}
        for prop in model.properties_of(name):
            values = [
                _value(term) for term in sorted(graph.objects(node, URIRef(prop.iri)), key=str)
            ]
            assert prop.many or len(values) < 2, f"a frame holds one {prop.name}"
            if values:
                row[prop.name] = values if prop.many else values[0]
        known = {prop.iri for prop in model.properties_of(name)} | {str(RDF.type)}
        assert {str(term) for term in graph.predicates(node)} <= known
        rows.setdefault(root, []).append(row)
    return {
        root: pl.DataFrame(found, schema=model.table_schema(root)) for root, found in rows.items()
    }


def _value(term: rdflib.term.Node) -> str | int | bool | Decimal | dt.date | dt.datetime:
    if isinstance(term, rdflib.Literal) and term.datatype:
        value: str | int | bool | Decimal | dt.date | dt.datetime = term.toPython()
        return value
    return str(term)
