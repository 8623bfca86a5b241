"""A simulated justice world: true people and events, and each system's noisy extract of them."""

from world.generate import WorldSummary, generate

__all__ = ["WorldSummary", "generate"]
