"""What goes when a person or record is forgotten, and forgetting it everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cli.workspace import Workspace
from ontology.identifiers import root_of_iri

if TYPE_CHECKING:
    from graph import Node
    from releases import ForgetReport

# Links to records of these classes say whom a record is about.
WHOM = frozenset({"PersonRecord", "OrganisationRecord", "Participation", "Issue"})
LINKAGE = "justicegraph/linkage"
DERIVED = frozenset({"Thing", "Membership", "LinkAssertion"})


@dataclass
class Scope:
    """What goes. documents: those that go as a whole, also what they say of records that stay."""

    records: set[str]
    documents: set[str]


def scope(workspace: Workspace, records: Iterable[str]) -> Scope:
    """The records to erase: those named, and of a person also all that is about nobody else.

    A hearing of two defendants stays when one of them is forgotten, without its link to them; a
    case goes when all its parties go.
    """
    found = Scope(set(records), set())
    for release in workspace.releases.list():
        if release.status == "live":
            _widen(workspace, found, release.number)
    return found


def _widen(workspace: Workspace, found: Scope, release: int) -> None:
    store, base = workspace.store, workspace.settings.base
    going = _about(workspace, found.records, release)
    cases = {
        case
        for node in store.nodes(sorted(going), release).values()
        for case in node.links.get("inCase", ())
    }
    for case, links in store.incoming(sorted(cases), ["inCase"], release).items():
        parties = {iri for _, iri in links if root_of_iri(base, iri) == "Participation"}
        if parties <= going:
            going |= {case, *(iri for _, iri in links)}
    nodes = store.nodes(sorted(going), release).values()
    told = {node.document for node in nodes if node.dataset != LINKAGE}
    documents, alone = _alone(workspace, told, going, release)
    going |= alone
    naming = {
        iri for links in store.incoming(sorted(going), None, release).values() for _, iri in links
    }
    derived = store.nodes(sorted(naming), release)
    found.records = going | {iri for iri, node in derived.items() if node.dataset == LINKAGE}
    found.documents |= documents


def _about(workspace: Workspace, named: set[str], release: int) -> set[str]:
    """The named records and those that lead to them and to nobody else."""
    store, base = workspace.store, workspace.settings.base
    to_person = [p.name for p in workspace.model.properties.values() if "Person" in p.leads_to]
    about = store.nodes(store.reach(named, to_person, release), release)
    going = named | set(about)

    def leads_elsewhere(node: "Node") -> bool:
        return any(
            target not in going and root_of_iri(base, target) in WHOM
            for name in to_person
            for target in node.links.get(name, ())
        )

    while kept := {i for i, node in about.items() if i in going and leads_elsewhere(node)}:
        going -= kept
    return going


def _alone(
    workspace: Workspace, documents: set[str], going: set[str], release: int
) -> tuple[set[str], set[str]]:
    """Those of the documents that tell of no other party, and what stands in them only."""
    releases = workspace.releases
    told = {
        root: releases.state(
            root, release, documents=sorted(documents), columns=["iri", "document"], mentions=True
        ).collect()
        for root in workspace.model.roots
        if root not in DERIVED
    }
    shared: set[str] = set()
    for root in WHOM - {"OrganisationRecord"}:
        others = told[root].filter(~pl.col("iri").is_in(sorted(going)))
        shared |= set(others["document"])
    only = sorted(documents - shared)
    found: set[str] = set()
    for root, rows in told.items():
        here = rows.filter(pl.col("document").is_in(only))["iri"].unique()
        elsewhere = (
            releases.state(root, release, iris=here, columns=["iri", "document"], mentions=True)
            .filter(~pl.col("document").is_in(only))
            .collect()["iri"]
        )
        found |= set(here) - set(elsewhere)
    return set(only), found


def _identifiers(workspace: Workspace, records: set[str]) -> set[str]:
    """The identifiers that stand in these records, which file names may repeat."""
    keys = [
        p.name
        for p in workspace.model.properties.values()
        if p.sensitivity == "identifying" and p.kind == "data" and p.indexed
    ]
    found: set[str] = set()
    for release in workspace.releases.list():
        if release.status != "live":
            continue
        for node in workspace.store.nodes(records, release.number).values():
            for name in keys:
                value = node.properties.get(name)
                found |= {str(v) for v in (value if isinstance(value, list) else [value]) if v}
    return found


def erase(workspace: Workspace, records: Iterable[str]) -> tuple[int, "ForgetReport"]:
    """Erase from tables, releases, graph, findings and kept cases; how many records, what went.

    Safe to run again when it was interrupted: records already gone are gone. Where a document
    that goes was the newest to tell of a record that stays (an office, say), the graph is built
    anew, so that the record rests on another document.
    """
    from graph import rebuild
    from shapes import DISAGREEMENTS, disagreement

    going = scope(workspace, records)
    anew = _carries_others(workspace, going)
    report = workspace.releases.forget(
        going.records, _identifiers(workspace, going.records), going.documents
    )
    disagreement.forget(workspace.folder / DISAGREEMENTS)
    workspace.store.forget(going.records)
    if anew:
        rebuild(workspace.releases, workspace.store, workspace.model)
    return len(going.records), report


def _carries_others(workspace: Workspace, going: Scope) -> bool:
    """Whether a record that stays has its content from a document that goes."""
    documents = sorted(going.documents)
    return any(
        not workspace.releases.state(root, release.number, documents=documents, columns=["iri"])
        .filter(~pl.col("iri").is_in(sorted(going.records)))
        .collect()
        .is_empty()
        for release in workspace.releases.list()
        if release.status == "live"
        for root in workspace.model.roots
        if root not in DERIVED
    )
