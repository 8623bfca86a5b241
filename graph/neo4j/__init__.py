"""The graph in Neo4j."""

from graph.neo4j.connection import Target
from graph.neo4j.schema import schema_statements
from graph.neo4j.store import Neo4jStore

__all__ = ["Neo4jStore", "Target", "schema_statements"]
