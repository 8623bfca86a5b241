"""What each construct of SHACL costs: microseconds of the processor for a record that is judged.

`python -m benchmarks.constructs` judges the hearings of benchmarks.shapes by one shape a construct,
many of them where columns answer, few where pyshacl does. Each shape's report is compared with
plain pyshacl's on a few records before it is timed. docs/shapes.md shows the figures.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping

import rdflib

from benchmarks.shapes import Frames, batch
from ontology.model import Model
from shapes.lexical import unnormalised
from shapes.rules import Shapes

FEW, MANY = 2_000, 200_000
PREFIXES = """
PREFIX jg: <https://w3id.org/justicegraph/ontology#>
PREFIX jgs: <https://w3id.org/justicegraph/shape/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
HAPPENED = "<https://w3id.org/justicegraph/code/event-status/happened>"
ON_PATH: Mapping[str, str] = {
    "minCount, maxCount": "sh:path jg:eventDate ; sh:minCount 1 ; sh:maxCount 1",
    "minInclusive and its kin": 'sh:path jg:eventDate ; sh:minInclusive "2009-01-01"^^xsd:date',
    "lessThan, lessThanOrEquals": "sh:path jg:sequence ; sh:lessThanOrEquals jg:estimatedMinutes",
    "equals, disjoint": "sh:path jg:courtCode ; sh:disjoint jg:courtName",
    "datatype": "sh:path jg:eventDate ; sh:datatype xsd:date",
    "nodeKind": "sh:path jg:inCase ; sh:nodeKind sh:IRI",
    "class": "sh:path jg:inCase ; sh:class jg:Case",
    "in": f"sh:path jg:status ; sh:in ( {HAPPENED} )",
    "hasValue": f"sh:path jg:status ; sh:hasValue {HAPPENED}",
    "pattern": 'sh:path jg:courtCode ; sh:pattern "^B[0-9]{2,3}EF$"',
    "minLength, maxLength": "sh:path jg:courtCode ; sh:minLength 5",
    "not": 'sh:path jg:courtCode ; sh:not [ sh:pattern "^B1" ]',
    "or, and, xone": 'sh:path jg:courtCode ; sh:or ( [ sh:pattern "^B1" ] [ sh:maxLength 4 ] )',
    "node": "sh:path jg:courtCode ; sh:node [ sh:minLength 5 ]",
    "qualifiedValueShape": (
        "sh:path jg:ofParticipation ; sh:qualifiedMaxCount 1 ; "
        "sh:qualifiedValueShape [ sh:class jg:Participation ]"
    ),
    "a sequence path": "sh:path ( jg:inCase jg:urn ) ; sh:minCount 1",
    "a sequence path and inverse": (
        "sh:path ( jg:inCase [ sh:inversePath jg:inCase ] ) ; sh:maxCount 9"
    ),
    "an alternative path": (
        "sh:path [ sh:alternativePath ( jg:courtCode jg:courtName ) ] ; sh:minCount 1"
    ),
    "zeroOrMorePath and its kin": "sh:path [ sh:zeroOrMorePath jg:inCase ] ; sh:minCount 2",
    "languageIn, uniqueLang": 'sh:path jg:courtCode ; sh:languageIn ( "en" )',
}
ON_RECORD: Mapping[str, str] = {
    "or of property shapes": (
        "sh:or ( [ sh:path jg:eventDate ; sh:minCount 1 ] [ sh:path jg:plea ; sh:minCount 1 ] )"
    ),
    "closed": "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property jgs:Named",
    "sparql": (
        "sh:sparql [ sh:select '''SELECT $this WHERE { $this "
        "<https://w3id.org/justicegraph/ontology#inCase> ?case . FILTER NOT EXISTS { $this "
        "<https://w3id.org/justicegraph/ontology#eventDate> ?day } }''' ]"
    ),
}
SAID = (
    'jg:code "JG-TST-001" ; sh:message "Wrong." ; jg:fix "Right it." ; sh:severity sh:Warning .\n'
)


def shape(construct: str) -> Shapes:
    """A shape for hearings that uses one construct."""
    target = "a sh:NodeShape ; sh:targetClass jg:Hearing"
    if construct in ON_RECORD:
        turtle = f"jgs:T {target} ; {ON_RECORD[construct]} ; {SAID}"
        turtle += f"jgs:Named sh:path jg:status ; sh:maxCount 9 ; {SAID.replace('001', '002')}"
    else:
        turtle = f"jgs:T {target} ; sh:property jgs:P . jgs:P {ON_PATH[construct]} ; {SAID}"
    graph = rdflib.Graph(bind_namespaces="none")
    with unnormalised():
        graph.parse(data=PREFIXES + turtle, format="turtle")
    return Shapes.of(graph)


def cost(construct: str, model: Model, few: Frames, many: Frames) -> dict[str, object]:
    """Who judges a construct, and microseconds a record; after the reports were compared."""
    import shapes
    from shapes import compiler, oracle

    rules = shape(construct)
    report = oracle.check(few, model, rules)
    if not shapes.check(few, model, shapes=rules).equals(report):
        raise SystemExit(f"{construct}: the checker and plain pyshacl do not report the same")
    told = compiler.compile(rules, model).constraints
    by_columns = all(one.where == "columns" for one in told if one.code == "JG-TST-001")
    frames = many if by_columns else few
    start = time.process_time()
    shapes.check(frames, model, shapes=rules)
    spent = time.process_time() - start
    return {
        "construct": construct,
        "judged by": "columns" if by_columns else "pyshacl",
        "microseconds": round(1e6 * spent / frames["EventRecord"].height, 2),
        "fail": round(report.height / few["EventRecord"].height, 2),
    }


def main() -> None:
    """Print a line for each construct, as a table of Markdown or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    model = Model.default()
    few, many = batch(model, 0, FEW), batch(model, 0, MANY)
    for construct in (*ON_PATH, *ON_RECORD):
        told = cost(construct, model, few, many)
        line = json.dumps(told) if asked.json else "| " + " | ".join(map(str, told.values())) + " |"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
