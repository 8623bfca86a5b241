"""The justicegraph command; it alone strings load, link, commit and project together."""

from cli.main import main

__all__ = ["main"]
