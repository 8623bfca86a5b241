"""What makes a list unusable as a whole."""

from ontology.errors import JusticeGraphError


class CodeListError(JusticeGraphError):
    """A published list cannot be imported. JG-COD-010 to JG-COD-029."""
