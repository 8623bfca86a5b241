"""Plain pyshacl, as its documentation says to call it: the meaning the checker is held to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl
import pyshacl
import rdflib
from rdflib import RDF, SH, URIRef

from shapes.findings import finding, findings
from shapes.kinds import Kinds
from shapes.plan import Result, copied
from shapes.rules import Shapes
from shapes.triples import terms

if TYPE_CHECKING:
    from ontology.model import Model


def results(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
    """The results in the validation report of pyshacl.validate on two graphs."""
    _, report, _ = pyshacl.validate(data, shacl_graph=copied(shapes), inference="none")
    if not isinstance(report, rdflib.Graph):
        raise TypeError(f"pyshacl gave no report: {report}")
    return [_result(report, node) for node in report.objects(None, SH.result)]


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    said = dict(report.predicate_objects(node))
    return Result(
        said[SH.focusNode],
        said[SH.sourceShape],
        said[SH.sourceConstraintComponent],
        said[SH.resultSeverity],
        said.get(SH.resultPath),
        said.get(SH.value),
        tuple(sorted(str(message) for message in report.objects(node, SH.resultMessage))),
    )


def graph_of(frames: Mapping[str, pl.DataFrame], model: "Model") -> rdflib.Graph:
    """Record frames (one row an IRI) as an ordinary rdflib graph.

    Every property; every type of every record, and of records outside the frames those of the
    root class in their IRI.
    """
    graph = rdflib.Graph()
    named: set[str] = set()
    types: dict[str, str] = {}
    for frame in frames.values():
        types.update(frame.select("iri", "class").rows())
        for name in sorted(set(frame.columns) & set(model.properties)):
            column = model.properties[name]
            cells = frame.select("iri", name).drop_nulls()
            if isinstance(cells.schema[name], pl.List):
                cells = cells.explode(name)
            by_value = terms(cells[name].to_list(), column)
            named |= set(by_value) if column.kind == "link" else set()
            for iri, value in cells.rows():
                graph.add((URIRef(iri), URIRef(column.iri), by_value[value]))
    kinds = Kinds(model)
    known = kinds.of_classes((URIRef(iri), leaf) for iri, leaf in types.items())
    for node, above in (kinds.of(named) | known).items():
        for one in above:
            graph.add((node, RDF.type, one))
    return graph


def check(frames: Mapping[str, pl.DataFrame], model: "Model", shapes: Shapes) -> pl.DataFrame:
    """What `shapes.check` returns, by plain pyshacl on one graph of the frames."""
    where = {
        URIRef(iri): (iri, root, row)
        for root, frame in frames.items()
        for row, iri in enumerate(frame["iri"].to_list())
    }
    found = {
        finding(shapes, *where[result.focus], result)
        for result in results(graph_of(frames, model), shapes.graph)
        if isinstance(result.focus, URIRef) and result.focus in where
    }
    return findings(found)
