"""From an identifier somebody holds (a PNC id, a URN) to the records that carry it."""

from collections.abc import Iterable

from api.errors import NotAllowedError, QueryInvalidError, nearest
from api.reader import Reader
from api.view import View
from graph.port import Filter, Node, Op
from ontology import Property

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
    found: dict[str, Node] = {}
    for cls in prop.applies_to:
        if cls in view.records:
            for spelling in dict.fromkeys([value, value.strip(), value.strip().upper()]):
                page = reader.find(cls, [Filter(prop.name, Op.EQ, spelling)], MOST, None)
                found.update({node.iri: node for node in page.nodes})
    return list(found.values())


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
