"""The ontology's own lint: clean as committed, and each rule seen to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from ontology import Finding, Use, check, reformat
from ontology.__main__ import main
from ontology.model import FOLDER
from ontology.turtle import canonical, read, turtle_files
from tests.conftest import ROOT

HEAD = """
@prefix jg: <https://w3id.org/justicegraph/ontology#> .
@prefix org: <https://w3id.org/justicegraph/catalogue/organisation/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
WHOLE = """ rdfs:label "odd"@en ; skos:definition "Something odd."@en ;
  dcterms:source "A test" ; jg:owner org:police ; jg:sensitivity jg:open """


def test_the_ontology_and_the_shapes_are_clean() -> None:
    assert check([ROOT / "shapes"]) == []


BROKEN = {
    "bare": ("jg:Odd1 a owl:Class .", {f"JG-LINT-00{n}" for n in (1, 2, 4, 5, 6)}),
    "repeats": (
        "jg:Odd2 a owl:Class ;" + WHOLE.replace("Something odd.", "odd") + ".",
        {"JG-LINT-002", "JG-LINT-003"},
    ),
    "owner": (
        "jg:Odd3 a owl:Class ;" + WHOLE.replace("org:police", "org:nobody") + ".",
        {"JG-LINT-005", "JG-LINT-020"},
    ),
    "sensitivity": (
        "jg:Odd4 a owl:Class ;" + WHOLE.replace("jg:open", "jg:Case") + ".",
        {"JG-LINT-006"},
    ),
    "applies": (
        "jg:odd5 a owl:DatatypeProperty ; rdfs:range xsd:date ;" + WHOLE + ".",
        {"JG-LINT-012"},
    ),
    "domain": (
        "jg:odd6 a owl:DatatypeProperty ; rdfs:range xsd:date ; jg:appliesTo jg:Case ;"
        " rdfs:domain jg:Case ;" + WHOLE + ".",
        {"JG-LINT-013"},
    ),
    "deprecated": (
        "jg:Odd7 a owl:Class ; owl:deprecated true ;" + WHOLE + ".",
        {"JG-LINT-016"},
    ),
    "undefined": (
        "jg:Odd8 a owl:Class ; rdfs:seeAlso jg:Quagga ;" + WHOLE + ".",
        {"JG-LINT-020"},
    ),
    "sparql": (
        '[] a sh:NodeShape ; sh:sparql [ sh:select "SELECT $this { $this jg:birthDat ?x }" ] .',
        {"JG-LINT-020"},
    ),
    "misspelt": (
        "[] a sh:NodeShape ; sh:property [ sh:pth jg:birthDate ] .",
        {"JG-LINT-021"},
    ),
    "twice": ("jg:Case a owl:Class .", {"JG-LINT-022"}),
    "misnamed": (
        "<https://w3id.org/justicegraph/code/sex/7> a skos:Concept ; skos:notation '8' ;"
        " skos:prefLabel 'odd'@en ; skos:definition 'Something odd.'@en ;"
        " skos:inScheme <https://w3id.org/justicegraph/code/sex> .",
        {"JG-LINT-023"},
    ),
    "homeless": (
        "jg:Odd9 a owl:Class ; rdfs:subClassOf jg:EventRecord ;" + WHOLE + ".",
        {"JG-LINT-024"},
    ),
    "scheme": (
        "<https://w3id.org/justicegraph/code/odd> a skos:ConceptScheme ; skos:notation 'odd' ;"
        " skos:prefLabel 'odd'@en ; skos:definition 'Something odd.'@en ; jg:sensitivity jg:open ;"
        " jg:owner org:police ; dcterms:source 'A test' .",
        {"JG-LINT-007"},
    ),
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What `check` says of the ontology with one file for each fault, in one run."""
    folder = tmp_path_factory.mktemp("broken")
    for name, (turtle, _) in BROKEN.items():
        (folder / f"{name}.ttl").write_text(HEAD + turtle, encoding="utf-8")
    return check([folder])


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_finds_its_fault(findings: list[Finding], name: str) -> None:
    mine = [finding for finding in findings if finding.file == f"{name}.ttl"]
    assert {finding.code for finding in mine} == BROKEN[name][1]
    assert all(finding.fix and finding.message and finding.term for finding in mine)


def test_a_misspelt_name_is_answered_with_the_nearest(findings: list[Finding]) -> None:
    fixes = {finding.file: finding.fix for finding in findings}
    assert fixes["sparql.ttl"] == "Did you mean jg:birthDate?"
    assert fixes["misspelt.ttl"] == "Did you mean sh:path?"
    assert fixes["undefined.ttl"] == "Define it, or correct the name."


def test_faults_are_laid_at_no_other_file(findings: list[Finding]) -> None:
    assert {finding.file for finding in findings} == {f"{name}.ttl" for name in BROKEN}


def test_terms_that_make_no_model_are_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "circle.ttl"
    path.write_text(HEAD + "jg:Odd a owl:Class ; rdfs:subClassOf jg:Odd ;" + WHOLE + ".")
    assert [(finding.code, finding.term) for finding in check([path])] == [("JG-ONT-003", "jg:Odd")]


def test_names_that_mappings_use_must_exist() -> None:
    findings = check(
        uses=[
            Use("property", "birthDat", "loaders/nomis/x.yaml"),
            Use("class", "Reception", "loaders/nomis/x.yaml"),
            Use("scheme", "sex", "loaders/nomis/x.yaml"),
            Use("dataset", "nomis/movement", "loaders/nomis/x.yaml"),
        ]
    )
    assert [(finding.code, finding.term, finding.fix) for finding in findings] == [
        ("JG-LINT-025", "birthDat", "Did you mean birthDate?"),
        ("JG-LINT-025", "nomis/movement", "Did you mean nomis/movements?"),
    ]


def test_the_files_are_in_the_pinned_serialisation() -> None:
    assert reformat(check=True) == []


@pytest.mark.parametrize("path", sorted(turtle_files([FOLDER])), ids=lambda path: path.name)
def test_the_serialisation_keeps_every_triple(path: Path, tmp_path: Path) -> None:
    from rdflib.compare import isomorphic

    graph = read(path)
    text = canonical(graph)
    (tmp_path / path.name).write_text(text, encoding="utf-8")
    again = read(tmp_path / path.name)
    assert set(graph) == set(again) if "[" not in text else isomorphic(graph, again)
    assert canonical(again) == text


def test_order_prefixes_and_spacing_of_the_input_do_not_matter(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(
        HEAD + "jg:A a owl:Class ; rdfs:seeAlso [ rdfs:label 'x' ] , jg:C . jg:B a owl:Class ."
    )
    two.write_text(
        "@prefix z: <https://w3id.org/justicegraph/ontology#> .\n"
        "z:B a <http://www.w3.org/2002/07/owl#Class>.\n"
        "_:q <http://www.w3.org/2000/01/rdf-schema#label> 'x' .\n"
        "z:A <http://www.w3.org/2000/01/rdf-schema#seeAlso> z:C, _:q ;"
        " a <http://www.w3.org/2002/07/owl#Class>."
    )
    assert sorted(reformat([tmp_path])) == [one, two]
    assert one.read_bytes() == two.read_bytes()
    assert reformat([tmp_path]) == []


def test_the_command_reports_and_exits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text(HEAD + "jg:Odd a owl:Class .")
    assert main(["format", "--check", str(path)]) == 1
    assert "odd.ttl is not in the pinned serialisation" in capsys.readouterr().out
    assert main(["format", str(path)]) == 0
    assert main(["format", "--check", str(path)]) == 0
    assert main(["check", str(path)]) == 1
    assert "odd.ttl: JG-LINT-001: jg:Odd: " in capsys.readouterr().out
    path.write_text("nothing")
    assert main(["check", str(path)]) == 2
    assert "JG-ONT-001" in capsys.readouterr().err


def test_importing_the_package_reads_no_turtle() -> None:
    script = (
        "import sys, ontology, ontology.identifiers\n"
        "sys.exit(bool({'rdflib', 'pyshacl', 'polars'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
