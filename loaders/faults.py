"""What can be wrong with a document or record before it is checked against the shapes.

Each kind has a code, what it does (refuse the document, reject the record, or only warn), a
message and a fix. The messages name places and columns, never values at paths the mapping does
not name.
"""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["file", "document", "record", "none"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault. `message` may use {column}, {detail} and {value}."""

    code: str
    effect: Effect
    message: str
    fix: str

    @property
    def severity(self) -> str:
        """Only what rejects is a violation."""
        return "warning" if self.effect == "none" else "violation"


KINDS = {
    kind.code: kind
    for kind in (
        FaultKind(
            "JG-LOD-020",
            "document",
            "the document has no {column}, which its mapping requires",
            "Ask the sender for the complete document; nothing of this one is kept.",
        ),
        FaultKind(
            "JG-LOD-021",
            "document",
            "the document has no key: {column} is absent",
            "Ask the sender for the complete document, or give the key with --with.",
        ),
        FaultKind(
            "JG-LOD-022",
            "record",
            "{column} holds {detail} where one value is expected",
            "Correct the path in the mapping, or ask the sender what is meant.",
        ),
        FaultKind(
            "JG-LOD-023",
            "record",
            "{column} cannot be read as {detail}",
            "Ask the sender to correct the value, or name its format in the mapping.",
        ),
        FaultKind(
            "JG-LOD-024",
            "document",
            "{detail} has no key: {column} is absent",
            "Ask the sender for the complete document; nothing of this one is kept.",
        ),
        FaultKind(
            "JG-LOD-025",
            "record",
            "{detail} has no key: {column} is absent",
            "Ask the sender for the identifier; the rest of the document is kept.",
        ),
        FaultKind(
            "JG-LOD-026",
            "document",
            "the version cannot be read as {detail}",
            "Ask the sender when the document was made; without it, it cannot be put in order.",
        ),
        FaultKind(
            "JG-LOD-030",
            "none",
            "{column}: the code is not in scheme {detail}",
            "The code is kept as it came; import the scheme, or add the code to it.",
        ),
        FaultKind(
            "JG-LOD-031",
            "none",
            "the document tells this record more than once, with different {column}",
            "The first value is kept; ask the sender which is meant.",
        ),
        FaultKind(
            "JG-LOD-032",
            "record",
            "the row has {detail}",
            "Ask the sender for the row again; look for unquoted commas and line breaks.",
        ),
        FaultKind(
            "JG-LOD-033",
            "document",
            "the message cannot be read: {detail}",
            "Ask the sender for the message again; the other messages of the file are kept.",
        ),
        FaultKind(
            "JG-LOD-034",
            "document",
            "the mapping makes no record of this row",
            "Widen a when: of the mapping, or add a record block for such rows.",
        ),
    )
}
