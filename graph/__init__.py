"""The graph of a release: the store port, its implementations, projection, RDF export."""

from graph.errors import (
    BadCursorError,
    BadFilterError,
    BadQueryError,
    GraphError,
    NeedsRebuildError,
    NotErasedError,
    OtherFolderError,
    ReleaseNotHeldError,
    StoreUnusableError,
    TooLongError,
    UnknownClassError,
    UnknownFieldError,
    UnknownFormatError,
    UnknownStoreError,
    WrongReleaseError,
)
from graph.opening import open_store
from graph.port import Filter, Link, Node, Op, Page, Statement, Store, Story, Table, Value
from graph.projection import Progress, project, rebuild, require_own
from graph.rdf import export

__all__ = [
    "BadCursorError",
    "BadFilterError",
    "BadQueryError",
    "Filter",
    "GraphError",
    "Link",
    "NeedsRebuildError",
    "Node",
    "NotErasedError",
    "Op",
    "OtherFolderError",
    "Page",
    "Progress",
    "ReleaseNotHeldError",
    "Statement",
    "Store",
    "StoreUnusableError",
    "Story",
    "Table",
    "TooLongError",
    "UnknownClassError",
    "UnknownFieldError",
    "UnknownFormatError",
    "UnknownStoreError",
    "Value",
    "WrongReleaseError",
    "export",
    "open_store",
    "project",
    "rebuild",
    "require_own",
]
