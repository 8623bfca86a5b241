"""From the store setting to the store."""

from pathlib import Path

from graph.errors import UnknownStoreError
from graph.port import Store
from ontology import Model


def open_store(url: str, folder: Path, model: Model) -> Store:
    """The graph store of a data folder. url: `sqlite`. Raises UnknownStoreError."""
    if url == "sqlite":
        from graph.sqlite import FILE, SqliteStore

        folder.mkdir(parents=True, exist_ok=True)
        return SqliteStore(folder / FILE, model)
    raise UnknownStoreError(url)
