"""The API: GraphQL over HTTP and without a server, access by key, audit, limits, pages.

Importing this is cheap; the app is made when `create_app` is called.
"""

from typing import TYPE_CHECKING, Any

from api.access import Access, Role
from api.settings import ApiSettings, Limits

if TYPE_CHECKING:
    from api.app import create_app
    from api.execution import execute, open_engine
    from api.keys import Key, Keys

__all__ = [
    "Access",
    "ApiSettings",
    "Key",
    "Keys",
    "Limits",
    "Role",
    "create_app",
    "execute",
    "open_engine",
]

_LATER = {
    "Key": "api.keys",
    "Keys": "api.keys",
    "create_app": "api.app",
    "execute": "api.execution",
    "open_engine": "api.execution",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
