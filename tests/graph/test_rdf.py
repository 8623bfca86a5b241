"""A release as RDF: read back by rdflib, held against the store, checked by the shapes."""

import io
import warnings
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, XSD, Literal, URIRef
from rdflib.term import Node

from graph import ReleaseNotHeldError, Store, UnknownFormatError, export
from graph.rdf import _literal
from ontology.namespaces import JG
from releases import Release
from tests.conftest import ROOT
from tests.graph.frames import BASE, MODEL, code, frame, iri

PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
NASTY = 'He said "no" \\ <https://w3id.org/justicegraph/ontology#abc\n\t\r\x00\x7f é 𐀀 <x>'
PERSON = iri("PersonRecord", "p1")
HEARING = iri("EventRecord", "h1")
DECISION = iri("DecisionRecord", "d1")


@pytest.fixture
def full(store: Store) -> Store:
    store.apply(
        1,
        [
            frame("PersonRecord", {"key": "p1", "familyName": NASTY, "pncId": ["a", "b"],
                                   "birthDate": date(1985, 2, 28), "sex": code("sex", "2")}),
            frame("CriminalCase", {"key": "c1", "urn": "01AB123"}),
            frame("Participation", {"key": "a1", "inCase": [iri("Case", "c1")], "party": PERSON,
                                    "role": code("participation-role", "defendant")}),
        ],
    )  # fmt: skip
    store.commit(1)
    store.apply(
        2,
        [
            frame("Hearing", {"key": "h1", "eventDate": date(2021, 3, 1), "sequence": 2,
                              "inCase": [iri("Case", "c1"), iri("Case", "later")],
                              "status": code("event-status", "happened"),
                              "datePrecision": code("date-precision", "day"),
                              "eventDateTime": datetime(2021, 3, 1, 10, 0, tzinfo=UTC)}),
            frame("Disposal", {"key": "d1", "decidedAt": HEARING, "amount": Decimal("100.50"),
                               "resultLabel": "Fine",
                               "convicted": True}),
        ],
    )  # fmt: skip
    store.commit(2)
    return store


def written(store: Store, form: str, release: int = 2, **more: object) -> str:
    out = io.StringIO()
    export(store, MODEL, form, release, out, base=BASE, **more)  # type: ignore[arg-type]  # options
    return out.getvalue()


def instant(node: object) -> object:
    """What a literal says; how rdflib writes it depends on a flag that others set."""
    assert isinstance(node, Literal)
    return node.toPython()


def literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=XSD[datatype], normalize=False)


def read_quads(text: str) -> list[tuple[Node, ...]]:
    quads = rdflib.Dataset()
    with warnings.catch_warnings():
        # rdflib 7.6 warns about its own parser's use of default_context
        warnings.simplefilter("ignore", DeprecationWarning)
        quads.parse(data=text, format="nquads")
        return list(quads.quads())


def test_turtle_holds_what_the_store_holds(full: Store) -> None:
    graph = rdflib.Graph().parse(data=written(full, "turtle"), format="turtle")
    jg = rdflib.Namespace(JG)
    links = {
        (str(s), str(p).removeprefix(JG), str(o))
        for s, p, o in graph
        if str(p).startswith(JG) and isinstance(o, URIRef)
    }
    assert links == set(full.content(2))
    assert graph.value(URIRef(PERSON), jg.familyName) == Literal(NASTY, datatype=XSD.string) or (
        str(graph.value(URIRef(PERSON), jg.familyName)) == NASTY
    )
    assert {str(o) for o in graph.objects(URIRef(PERSON), jg.pncId)} == {"a", "b"}
    about = URIRef(HEARING)
    assert graph.value(about, jg.eventDate) == literal("2021-03-01", "date")
    assert instant(graph.value(about, jg.eventDateTime)) == datetime(2021, 3, 1, 10, tzinfo=UTC)
    assert graph.value(about, jg.sequence) == literal("2", "integer")
    assert graph.value(URIRef(DECISION), jg.amount) == literal("100.5", "decimal")
    assert graph.value(URIRef(DECISION), jg.convicted) == literal("true", "boolean")
    types = {str(o).removeprefix(JG) for o in graph.objects(about, RDF.type)}
    assert types == set(MODEL.superclasses("Hearing"))


def test_every_record_says_where_it_comes_from(full: Store) -> None:
    history = [Release(1, 4, "2024-05-06T07:08:09Z", ""), Release(2, 5, "2024-06-06T07:08:09Z", "")]
    graph = rdflib.Graph().parse(data=written(full, "turtle", history=history), format="turtle")
    document, made = URIRef(f"{BASE}document/test/records/p1"), URIRef(f"{BASE}release/1")
    assert graph.value(URIRef(PERSON), PROV.wasDerivedFrom) == document
    assert graph.value(URIRef(PERSON), PROV.wasGeneratedBy) == made
    assert (document, RDF.type, PROV.Entity) in graph
    assert (made, RDF.type, PROV.Activity) in graph
    ended = instant(graph.value(made, PROV.endedAtTime))
    assert ended == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert graph.value(URIRef(HEARING), PROV.wasGeneratedBy) == URIRef(f"{BASE}release/2")


def test_nquads_says_the_same_and_names_documents_as_graphs(full: Store) -> None:
    turtle = rdflib.Graph().parse(data=written(full, "turtle"), format="turtle")
    quads = read_quads(written(full, "nquads"))
    assert {(s, p, o) for s, p, o, _ in quads} == set(turtle)
    graphs = {str(g) for s, _, _, g in quads if s == URIRef(PERSON)}
    assert graphs == {f"{BASE}document/test/records/p1"}


def test_an_older_release_is_exported_as_it_was(full: Store) -> None:
    text = written(full, "turtle", 1)
    assert HEARING not in text
    assert PERSON in text
    with pytest.raises(ReleaseNotHeldError):
        written(full, "turtle", 3)
    with pytest.raises(UnknownFormatError, match="turtle, nquads"):
        written(full, "rdfxml")


def test_a_release_passes_the_shapes(full: Store) -> None:
    import pyshacl

    shapes = rdflib.Graph()
    for path in sorted((ROOT / "shapes" / "record").glob("*.ttl")):
        shapes.parse(path)
    data = rdflib.Graph().parse(data=written(full, "turtle"), format="turtle")
    # the hearing is in a case that is not there yet: an unresolved link is no violation
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes, allow_warnings=True)
    assert conforms, report


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    line = f"<urn:a> <urn:b> {_literal(text, 'string')} ."
    turtle = rdflib.Graph().parse(data=line, format="turtle")
    assert [str(o) for _, _, o in turtle] == [text]
    assert [str(o) for _, _, o, _ in read_quads(line)] == [text]


def test_pages_beyond_the_first_are_written(store: Store) -> None:
    rows = [{"key": f"c{i}"} for i in range(2_345)]
    store.apply(1, [frame("CriminalCase", *rows)])
    store.commit(1)
    out = io.StringIO()
    assert export(store, MODEL, "nquads", 1, out, base=BASE) == 2_345
    assert out.getvalue().count("#CriminalCase>") == 2_345
