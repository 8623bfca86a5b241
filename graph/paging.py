"""The cursor of a page: the IRI it ended with, opaque to clients, the same in every store."""

import base64
import binascii

from graph.errors import BadCursorError


def cursor(iri: str) -> str:
    """The cursor of a page that ends with this IRI."""
    return base64.urlsafe_b64encode(iri.encode()).decode()


def read_cursor(text: str) -> str:
    """The IRI a cursor stands for. Raises BadCursorError."""
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursorError from error
