"""A standards person adds a property: Turtle and a mapping line, and nothing else."""

from pathlib import Path

import orjson
import pytest

import loaders
from api import Access, ApiSettings, execute
from graph import open_store, project
from loaders.mapping_yaml import read_mapping
from ontology import Model
from ontology.identifiers import BASE
from releases import Releases

TERM = """
@prefix jg: <https://w3id.org/justicegraph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

jg:shoeSize a owl:DatatypeProperty , owl:FunctionalProperty ;
    rdfs:label "shoe size"@en ;
    skos:definition "The size of shoe the person was given on reception, in UK sizes."@en ;
    dcterms:source "A test" ;
    jg:owner <https://w3id.org/justicegraph/catalogue/organisation/justicegraph> ;
    jg:sensitivity jg:personal ;
    jg:appliesTo jg:PersonRecord ;
    rdfs:range xsd:integer .
"""
MAPPING = """
source: nomis/prisoner-search
format: json
evidence: I
recognise: {paths: [prisonerNumber, shoeSize]}
document: {at: $, key: [prisonerNumber]}
records:
  - record: prisoner
    class: PersonRecord
    key: [prisonerNumber]
    set:
      prisonerNumber: prisonerNumber
      familyName: lastName
      shoeSize: shoeSize
"""
QUESTION = """
{ records(class: "PersonRecord", where: [{field: "shoeSize", from: "9"}], first: 10) {
    nodes { ... on PersonRecord { prisonerNumber shoeSize } } } }
"""


@pytest.fixture
def answered(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "shoes.ttl").write_text(TERM, encoding="utf-8")
    model = Model.load(tmp_path / "shoes.ttl")
    (tmp_path / "shoes.yaml").write_text(MAPPING, encoding="utf-8")
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    for number, size in (("A1111AA", "11"), ("A2222AA", "7"), ("A3333AA", "big")):
        message = {"prisonerNumber": number, "lastName": "PUGH", "shoeSize": size}
        (extracts / f"{number}.json").write_bytes(orjson.dumps(message))
    releases = Releases.open(tmp_path / "data", model)
    with releases.write() as writer:
        report = loaders.load(
            [extracts],
            releases,
            writer,
            model,
            mappings=[read_mapping(tmp_path / "shoes.yaml")],
            base=BASE,
        )
        writer.commit(report.counts())
    assert (report.read, report.loaded, report.rejected) == (3, 2, 1), "an ill-typed size"
    store = open_store("sqlite", tmp_path / "data", model)
    project(releases, store, model)
    return execute(
        QUESTION,
        None,
        Access.operator(),
        releases=releases,
        store=store,
        model=model,
        settings=ApiSettings(folder=tmp_path / "data"),
    )


def test_it_loads_is_checked_is_stored_and_is_answered(answered: dict[str, object]) -> None:
    assert "errors" not in answered
    assert answered["data"] == {
        "records": {"nodes": [{"prisonerNumber": ["A1111AA"], "shoeSize": 11}]}
    }
