"""From the store setting to the store."""

from pathlib import Path

from graph.errors import UnknownStoreError
from graph.port import Store
from ontology import Model


def open_store(url: str, folder: Path, model: Model, *, afresh: bool = False) -> Store:
    """The graph store of a data folder. url: `sqlite`.

    afresh: throw away what the store holds and begin an empty one, also where what is there
    could not be opened (damaged, or made for another ontology). Raises UnknownStoreError,
    NeedsRebuildError, StoreUnusableError.
    """
    if url == "sqlite":
        from graph.sqlite import FILE, SqliteStore

        folder.mkdir(parents=True, exist_ok=True)
        return SqliteStore(folder / FILE, model, afresh=afresh)
    raise UnknownStoreError(url)
