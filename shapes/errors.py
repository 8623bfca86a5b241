"""What can be wrong with the shapes themselves, or with what they are asked to check."""

from ontology.errors import JusticeGraphError


class ShapesError(JusticeGraphError):
    """JG-SHP-001: a datatype with no lexical rule. JG-SHP-002: a shapes file that is not Turtle
    or not well-formed SHACL. JG-SHP-003: a shape without code, message, fix or severity.
    JG-SHP-004: a construct that would be checked against the wrong meaning. JG-SHP-005: a frame
    that is not a record frame. JG-SHP-006: the compiled shapes and pyshacl disagree."""
