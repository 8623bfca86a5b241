"""From the store setting to the store."""

from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import UnknownStoreError
from graph.port import Store
from ontology import Model

if TYPE_CHECKING:
    from graph.neo4j import Target

_BOLT = ("bolt://", "bolt+s://", "bolt+ssc://", "neo4j://", "neo4j+s://", "neo4j+ssc://")


def open_store(url: str, folder: Path, model: Model, *, afresh: bool = False) -> Store:
    """The graph store of a data folder.

    url: `sqlite`; `neo4j`, whose address is in NEO4J_URI; or a bolt:// or neo4j:// address. User
    name and password of Neo4j are in NEO4J_USERNAME and NEO4J_PASSWORD.

    afresh: throw away what the store holds and begin an empty one, also where what is there
    could not be opened (damaged, or made for another ontology). Raises UnknownStoreError,
    NeedsRebuildError, StoreUnusableError.
    """
    if url == "sqlite":
        from graph.sqlite import FILE, SqliteStore

        folder.mkdir(parents=True, exist_ok=True)
        return SqliteStore(folder / FILE, model, afresh=afresh)
    target = neo4j_target(url)
    if target is not None:
        from graph.neo4j import Neo4jStore

        return Neo4jStore(target, model, afresh=afresh)
    raise UnknownStoreError(url)


def neo4j_target(url: str) -> "Target | None":
    """Where the Neo4j of a store setting is, None for another store."""
    if url != "neo4j" and not url.startswith(_BOLT):
        return None
    from graph.neo4j import Target

    return Target.of(url)
