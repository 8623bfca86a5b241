"""What can go wrong with releases, each with its code and its fix."""

from ontology.errors import JusticeGraphError


class ReleaseError(JusticeGraphError):
    """Any error of this folder.

    LockHeldError            JG-REL-001  another process writes to the data folder
    NewerFormatError         JG-REL-002  the folder was written by a newer justicegraph
    NoSuchReleaseError       JG-REL-003  never made, undone, or no longer kept
    WrongFrameError          JG-REL-004  a frame's columns do not fit the model
    ChangedTypeError         JG-REL-005  the model gives a stored property another type
    NotWritingError          JG-REL-006  a writer used after its commit or outside its block
    TableFailedError         JG-REL-007  a record table cannot be read or written
    """


class LockHeldError(ReleaseError):
    """Another process holds the one writer lock."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            "JG-REL-001",
            f"the data folder is being written by {holder}",
            "Wait until it ends, or stop that process, then run the command again.",
        )


class NewerFormatError(ReleaseError):
    """The data folder's format is one this version cannot read."""

    def __init__(self, path: str, found: object, known: int) -> None:
        super().__init__(
            "JG-REL-002",
            f"{path} has format {found}, this version reads format {known}",
            "Use the justicegraph version that wrote this folder, or a newer one.",
        )


class NoSuchReleaseError(ReleaseError):
    """The release asked for cannot be answered; the cause says why."""

    def __init__(self, number: int, why: str, fix: str) -> None:
        super().__init__("JG-REL-003", f"release {number} {why}", fix)


class WrongFrameError(ReleaseError):
    """A frame handed to the writer has columns or types that the model does not give."""

    def __init__(self, table: str, detail: str) -> None:
        super().__init__(
            "JG-REL-004",
            f"frame for {table}: {detail}",
            "Build it with the columns and types of Model.table_schema.",
        )


class ChangedTypeError(ReleaseError):
    """A stored property has another type in the model now."""

    def __init__(self, table: str, column: str, stored: str, wanted: str) -> None:
        super().__init__(
            "JG-REL-005",
            f"{table}.{column} is stored as {stored}, the model says {wanted}",
            "Give the property a new name, or load everything into a new data folder.",
        )


class NotWritingError(ReleaseError):
    """A writer was used after it had ended."""

    def __init__(self) -> None:
        super().__init__(
            "JG-REL-006",
            "this writer has already committed or was left",
            "Open another with Releases.write().",
        )


class TableFailedError(ReleaseError):
    """A table's files cannot be read or written; what was committed before stands."""

    def __init__(self, table: str, why: str) -> None:
        super().__init__(
            "JG-REL-007",
            f"the table {table} cannot be read or written: {why}",
            "Check the data folder's permissions and the space left, then run the command again.",
        )
