"""The embedded graph store."""

from graph.sqlite.store import FILE, SqliteStore

__all__ = ["FILE", "SqliteStore"]
