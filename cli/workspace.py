"""One data folder and what is opened from it: the model, releases, the graph."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cli.settings import Settings, read_settings

if TYPE_CHECKING:
    from graph import Store
    from ontology import Model
    from releases import Releases


class Workspace:
    """Opens each part on first use, so that `--help` and small commands stay quick."""

    def __init__(self, data: Path | None = None) -> None:
        self.settings: Settings = read_settings(data)

    @property
    def folder(self) -> Path:
        return self.settings.data

    @cached_property
    def model(self) -> "Model":
        from ontology import Model

        return Model.default()

    @cached_property
    def releases(self) -> "Releases":
        from releases import Releases

        return Releases.open(self.folder, self.model)

    @cached_property
    def store(self) -> "Store":
        from graph import open_store

        return open_store(self.settings.store, self.folder, self.model)
