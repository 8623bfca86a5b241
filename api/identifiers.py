"""From an identifier somebody holds (a PNC id, a URN) to the records that carry it."""

from collections.abc import Iterable, Mapping

from api.errors import NotAllowedError, QueryInvalidError
from api.reader import Reader
from api.view import View
from graph.port import Filter, Node, Op
from linkage import SCHEMES, normalise
from ontology import Property
from ontology.errors import nearest

ENDINGS = ("", "Id", "Number", "Reference")
MOST = 1_000


def schemes(view: View) -> dict[str, Property]:
    """What an identifier can be of: indexed text properties, by name and by name without ending.

    So `pnc` is pncId and `cro` croNumber; the list is the ontology's.
    """
    found = {
        prop.name: prop
        for prop in view.model.properties.values()
        if prop.kind == "data" and prop.datatype == "string" and prop.indexed and view.shows(prop)
    }
    short = {
        name.removesuffix(ending): prop
        for ending in ENDINGS[1:]
        for name, prop in found.items()
        if name.endswith(ending)
    }
    return {**short, **found}


def holders(reader: Reader, view: View, scheme: str, value: str) -> list[Node]:
    """The records that carry an identifier, at most MOST of each class.

    Raises NotAllowedError below identifying clearance, QueryInvalidError for an unknown scheme.
    """
    if not reader.access.identifying:
        raise NotAllowedError(
            "Your role may not look people or matters up by an identifier",
            "Ask by `record:` with an id from an answer, or for a key with that clearance",
        )
    known = schemes(view)
    if scheme not in known:
        raise QueryInvalidError(
            f"No identifier scheme is called {scheme!r}",
            f"Use one of {', '.join(sorted(known))}",
            nearest(scheme, known),
        )
    prop = known[scheme]
    forms = normal_forms(known, prop, value)
    spellings = sorted({value, value.strip(), value.strip().upper(), *forms.values()})
    found: dict[str, Node] = {}
    for cls in prop.applies_to:
        if cls in view.records:
            page = reader.find(cls, [Filter(prop.name, Op.IN, spellings)], MOST, None)
            found.update({node.iri: node for node in page.nodes})
    for form_of, form in forms.items():
        found.update(_linked(reader, form_of, form))
    return list(found.values())


def normal_forms(known: Mapping[str, Property], prop: Property, value: str) -> dict[str, str]:
    """The normal form of an identifier by linkage scheme, as far as it is a valid one."""
    forms = {name: normalise(name, value) for name in SCHEMES if known.get(name) is prop}
    return {name: form for name, form in forms.items() if form is not None}


def _linked(reader: Reader, scheme: str, form: str) -> dict[str, Node]:
    """The records that linkage joined on this identifier, however they spell it."""
    asked = [Filter("keyScheme", Op.EQ, scheme), Filter("keyValue", Op.EQ, form)]
    links = reader.asserted(asked, MOST)
    ends = (iri for node in links for end in ("left", "right") for iri in node.links.get(end, ()))
    return reader.nodes(ends)


def leading(reader: Reader, nodes: Iterable[Node], kind: str, root: str) -> list[str]:
    """The records of a root class that these lead to, themselves included, by links towards a kind.

    kind: Person or Matter. So an arrest summons number leads from a participation to its person.
    """
    links = [prop.name for prop in reader.model.properties.values() if kind in prop.leads_to]
    found: list[str] = []
    waiting, seen = {node.iri: node for node in nodes}, set[str]()
    while waiting:
        seen |= set(waiting)
        found += [iri for iri, node in waiting.items() if reader.model.root_of(node.cls) == root]
        onward = [
            iri
            for node in waiting.values()
            if reader.model.root_of(node.cls) != root
            for name in links
            for iri in node.links.get(name, ())
            if iri not in seen
        ]
        waiting = reader.nodes(onward, disclose=False) if onward else {}
    return sorted(set(found))
