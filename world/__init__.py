"""A simulated justice world: true people and events, and each system's noisy extract of them."""

from world.generate import generate
from world.mistakes import WorldError
from world.writing import Counts

__all__ = ["Counts", "WorldError", "generate"]
