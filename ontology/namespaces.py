"""The namespaces of the ontology, its codes and its catalogue, as plain text.

Plain text, so that importing this costs nothing: rdflib is imported only where Turtle is read.
(An rdflib `Namespace` is a `str` too: `JG.index` is a method of it, `JG["index"]` the term.)
"""

from urllib.parse import quote

JG = "https://w3id.org/justicegraph/ontology#"
CODE = "https://w3id.org/justicegraph/code/"
CATALOGUE = "https://w3id.org/justicegraph/catalogue/"
SHAPE = "https://w3id.org/justicegraph/shape/"

PREFIXES = {
    "code": CODE,
    "dcterms": "http://purl.org/dc/terms/",
    "jg": JG,
    "jgs": SHAPE,
    "org": "https://w3id.org/justicegraph/catalogue/organisation/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "stage": "https://w3id.org/justicegraph/code/stage/",
    "system": "https://w3id.org/justicegraph/catalogue/system/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def code_iri(scheme: str, notation: str) -> str:
    """The IRI that a notation of a scheme has, whether or not the scheme holds it."""
    return f"{CODE}{quote(scheme, safe='')}/{quote(notation, safe='')}"
