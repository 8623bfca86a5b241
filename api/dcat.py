"""The catalogue as DCAT 3 in Turtle: datasets, holes, gaps, code schemes and crosswalks.

What DCAT has a term for is said with it (publisher, temporal coverage, access rights); the rest
with the ontology's own. Observed months are given only for the datasets in `observed`.
"""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from api.coverage import Coverage, coverage
from api.holdings import sees
from api.service import ServiceOf
from ontology import Dataset, Model
from ontology.namespaces import CATALOGUE, CODE, JG

if TYPE_CHECKING:
    from rdflib import Graph

RIGHTS = {"open": "PUBLIC", "aggregateOnly": "RESTRICTED"}
ACCESS = "http://publications.europa.eu/resource/authority/access-right/"

router = APIRouter()


@router.get("/catalogue.ttl")
def catalogue_file(request: Request, service: ServiceOf) -> Response:
    """The catalogue as Turtle; observed months of the datasets that the key may read."""
    access = service.access(request)
    sources = service.engine.sources
    held = coverage(sources.releases, sources.store.current())
    seen = {name: held[name] for name in held if sees(sources.model, access, name)}
    return Response(dcat(sources.model, seen), media_type="text/turtle; charset=utf-8")


def dcat(model: Model, observed: Coverage) -> str:
    """Turtle text; the same for the same catalogue."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

    graph, jg = Graph(), Namespace(JG)
    for prefix, namespace in (("dcat", DCAT), ("jg", jg), ("foaf", FOAF), ("skos", SKOS)):
        graph.bind(prefix, namespace)
    catalogue = URIRef(CATALOGUE + "catalogue")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    graph.add((catalogue, DCTERMS.title, Literal("justicegraph: datasets about justice", "en")))
    for organisation in model.organisations.values():
        node = URIRef(organisation.iri)
        graph.add((node, RDF.type, FOAF.Agent))
        graph.add((node, FOAF.name, Literal(organisation.label, "en")))
    for dataset in model.datasets.values():
        graph.add((catalogue, DCAT.dataset, URIRef(dataset.iri)))
        _dataset(graph, model, dataset)
        for month in observed.get(dataset.notation, ()):
            line = f"{month.cls} {month.month}: {month.records}"
            graph.add((URIRef(dataset.iri), jg.observedMonth, Literal(line)))
    for gap in model.gaps.values():
        node = URIRef(gap.iri)
        graph.add((node, RDF.type, jg.DataGap))
        graph.add((node, DCTERMS.title, Literal(gap.question, "en")))
        graph.add((node, DCTERMS.description, Literal(gap.missing, "en")))
        graph.add((node, jg.howToAsk, Literal(gap.how_to_ask, "en")))
        for holder in gap.held_by:
            graph.add((node, jg.heldBy, URIRef(f"{CATALOGUE}organisation/{holder}")))
    for scheme in model.schemes.values():
        node = URIRef(scheme.iri)
        graph.add((node, RDF.type, SKOS.ConceptScheme))
        graph.add((node, SKOS.prefLabel, Literal(scheme.label, "en")))
        graph.add((catalogue, DCAT.themeTaxonomy, node))
    for crosswalk in model.crosswalks.values():
        node = URIRef(crosswalk.iri)
        target = crosswalk.target_scheme
        space = JG if target in model.classes else CODE
        graph.add((node, RDF.type, jg.Crosswalk))
        graph.add((node, RDFS.label, Literal(crosswalk.label, "en")))
        graph.add((node, jg.sourceScheme, URIRef(CODE + crosswalk.source_scheme)))
        graph.add((node, jg.targetScheme, URIRef(space + target)))
        graph.add((node, jg.evidence, Literal(crosswalk.evidence, "en")))
    count = Literal(len(model.datasets), datatype=XSD.integer)
    graph.add((catalogue, DCTERMS.extent, count))
    return graph.serialize(format="longturtle")


def _dataset(graph: "Graph", model: Model, dataset: Dataset) -> None:
    from rdflib import DCAT, DCTERMS, RDF, XSD, BNode, Literal, Namespace, URIRef

    jg, node = Namespace(JG), URIRef(dataset.iri)

    def period(start: str | None, end: str | None) -> BNode:
        # Named by what it says, so that the same catalogue gives the same text.
        made = BNode(f"p{start or ''}to{end or ''}".replace("-", ""))
        graph.add((made, RDF.type, DCTERMS.PeriodOfTime))
        for term, day in ((DCAT.startDate, start), (DCAT.endDate, end)):
            if day:
                graph.add((made, term, Literal(day, datatype=XSD.date)))
        return made

    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.identifier, Literal(dataset.notation)))
    graph.add((node, DCTERMS.title, Literal(dataset.label, "en")))
    graph.add((node, DCTERMS.description, Literal(dataset.definition, "en")))
    graph.add((node, DCTERMS.source, Literal(dataset.source)))
    graph.add((node, DCTERMS.publisher, URIRef(f"{CATALOGUE}organisation/{dataset.owner}")))
    graph.add((node, jg.system, URIRef(f"{CATALOGUE}system/{dataset.system}")))
    graph.add((node, jg.unit, URIRef(f"{CODE}unit/{dataset.unit}")))
    graph.add((node, jg.sensitivity, jg[dataset.sensitivity]))
    right = RIGHTS.get(dataset.sensitivity, "NON_PUBLIC")
    graph.add((node, DCTERMS.accessRights, URIRef(ACCESS + right)))
    for place in dataset.legal_jurisdictions:
        graph.add((node, jg.legalJurisdiction, URIRef(f"{CODE}legal-jurisdiction/{place}")))
    for cls in dataset.event_classes:
        graph.add((node, jg.eventClass, URIRef(JG + cls)))
    for purpose in dataset.purposes:
        graph.add((node, jg.purpose, Literal(purpose, "en")))
    graph.add((node, jg.howToAsk, Literal(dataset.how_to_ask, "en")))
    if dataset.coverage_start or dataset.coverage_end:
        graph.add((node, DCTERMS.temporal, period(dataset.coverage_start, dataset.coverage_end)))
    for hole in dataset.holes:
        made = URIRef(hole.iri)
        graph.add((made, RDF.type, jg.CoverageHole))
        graph.add((made, jg.holeIn, node))
        graph.add((made, jg.holeKind, Literal(hole.kind)))
        graph.add((made, DCTERMS.title, Literal(hole.label, "en")))
        graph.add((made, DCTERMS.description, Literal(hole.definition, "en")))
        if hole.start or hole.end:
            graph.add((made, DCTERMS.temporal, period(hole.start, hole.end)))
