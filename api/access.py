"""Who asks, and what that lets them see."""

from dataclasses import dataclass
from enum import StrEnum

from api.errors import NeedsKeyError, NotAllowedError

LINKAGE = "justicegraph/linkage"


class Role(StrEnum):
    """Each role sees what the one before it sees, and more."""

    PUBLIC = "public"
    ANALYST = "analyst"
    PRACTITIONER = "practitioner"
    OPERATOR = "operator"


_OPEN = frozenset({"open", "aggregateOnly"})
CLEARANCE: dict[Role, frozenset[str]] = {
    Role.PUBLIC: frozenset({"open"}),
    Role.ANALYST: _OPEN | {"personal"},
    Role.PRACTITIONER: _OPEN | {"personal", "identifying"},
    Role.OPERATOR: _OPEN | {"personal", "identifying", "specialCategory"},
}


@dataclass(frozen=True)
class Access:
    """One asker.

    datasets: those whose records may be seen, None for all. key: id of the API key.
    """

    role: Role
    project: str | None = None
    datasets: frozenset[str] | None = None
    key: str | None = None

    @staticmethod
    def operator() -> "Access":
        """The person at the machine itself (`justicegraph ask`)."""
        return Access(Role.OPERATOR)

    @staticmethod
    def public() -> "Access":
        """Nobody in particular."""
        return Access(Role.PUBLIC)

    def sees(self, sensitivity: str) -> bool:
        """Whether classes and properties of this sensitivity exist for this asker."""
        return sensitivity in CLEARANCE[self.role]

    @property
    def identifying(self) -> bool:
        """Whether identifiers, and so record IRIs, may be seen and asked by."""
        return self.sees("identifying")

    def may_read(self, dataset: str) -> bool:
        """Whether records of this dataset may be seen."""
        return self.datasets is None or dataset in self.datasets

    def require_all(self, cause: str, fix: str) -> None:
        """For what shows every dataset. Raises NeedsKeyError without a key; NotAllowedError, with
        this cause and fix, but for an operator who is not bound to datasets.
        """
        if self.role is Role.PUBLIC:
            raise NeedsKeyError
        if self.role is not Role.OPERATOR or self.datasets is not None:
            raise NotAllowedError(cause, fix)
