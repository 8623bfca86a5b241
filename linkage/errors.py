"""What can go wrong with linkage."""

from ontology.errors import JusticeGraphError


class UnknownSchemeError(JusticeGraphError):
    """An identifier scheme that linkage does not know. JG-LNK-001."""

    def __init__(self, scheme: str, known: list[str]) -> None:
        super().__init__(
            "JG-LNK-001",
            f"there is no identifier scheme {scheme!r}",
            f"Use one of {', '.join(known)}.",
        )
