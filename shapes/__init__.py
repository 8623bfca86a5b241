"""SHACL shapes of the records, the lexical gate in front of them, and the checker."""
