"""What a client of the API can be told. Everything here is an ApiError.

    ApiError
    ├── QuerySyntaxError       JG-API-001  the document is not GraphQL
    ├── QueryInvalidError      JG-API-002  what the role's schema does not have
    ├── WrongValueError        JG-API-003  an argument or variable with a value that does not fit
    ├── OverLimitError         JG-API-004  too deep, too many aliases, tokens or records, too costly
    ├── TooLongError           JG-API-005  the time for one question ran out
    ├── NotAllowedError        JG-API-006  the role, project or key does not allow it
    ├── NeedsKeyError          JG-API-007  more than the catalogue was asked without an API key
    ├── BadKeyError            JG-API-008  an API key that is unknown, revoked or expired
    ├── NotFoundError          JG-API-009  no such record, person or matter for this key
    ├── AmbiguousError         JG-API-010  an identifier that stands for several persons or matters
    ├── NotYetError            JG-API-011  a part of the design that this version does not answer
    ├── BadRequestError        JG-API-012  a request body that is no GraphQL request
    ├── TooLargeError          JG-API-013  a request body over the limit
    ├── NotReadyError          JG-API-014  the graph is empty or cannot be used
    ├── AuditUnavailableError  JG-API-015  the audit log cannot be written, so nothing is answered
    ├── UnexpectedError        JG-API-016  a fault of ours; the reference is in the server's log
    ├── AccessFileError        JG-API-017  the file of keys cannot be read or changed
    ├── NameTakenError         JG-API-018  a property with the name of a field all records have
    ├── NoCypherError          JG-API-019  Cypher was asked of a store that is not Neo4j
    └── CypherError            JG-API-020  a Cypher query that is wrong, or would do more than read

Errors of other folders (JG-GRA, JG-REL, ...) reach the client with their own code.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from ontology.errors import JusticeGraphError


class ApiError(JusticeGraphError):
    """Base of every error of this folder. status: of the HTTP answer if it is the whole answer."""

    code: str = "JG-API-000"
    status: ClassVar[int] = 200
    outcome: ClassVar[str] = "error"

    def __init__(self, cause: str, fix: str, nearest: Iterable[str] = ()) -> None:
        super().__init__(type(self).code, cause, fix)
        self.nearest = list(nearest)


class QuerySyntaxError(ApiError):
    """The document cannot be parsed."""

    code = "JG-API-001"
    status = 400
    outcome = "rejected"


class QueryInvalidError(ApiError):
    """The document does not fit the schema that this role has."""

    code = "JG-API-002"
    status = 400
    outcome = "rejected"


class WrongValueError(ApiError):
    """A value of an argument or variable does not fit."""

    code = "JG-API-003"
    status = 400
    outcome = "rejected"


class OverLimitError(ApiError):
    """The document, or its answer, is larger than one question may be."""

    code = "JG-API-004"
    status = 400
    outcome = "rejected"


class TooLongError(ApiError):
    """The time for one question ran out; nothing of it goes on running."""

    code = "JG-API-005"
    status = 503
    outcome = "stopped"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The question was stopped after {seconds:g} s",
            "Ask for fewer records, a shorter time, or fewer linked records behind each",
        )


class NotAllowedError(ApiError):
    """The key's role or project does not allow this; it was logged."""

    code = "JG-API-006"
    status = 403
    outcome = "refused"


class NeedsKeyError(ApiError):
    """More than the catalogue was asked for without a key."""

    code = "JG-API-007"
    status = 401
    outcome = "refused"

    def __init__(self) -> None:
        super().__init__(
            "Without an API key only the catalogue answers",
            "Send a key as `Authorization: Bearer <key>` or `X-API-Key: <key>`;"
            " the operator makes one with `justicegraph keys add`",
        )


class BadKeyError(ApiError):
    """The key is unknown, revoked or expired; which of these is only in the audit log."""

    code = "JG-API-008"
    status = 401
    outcome = "refused"

    def __init__(self) -> None:
        super().__init__(
            "The API key is unknown, revoked or expired", "Ask the operator for a new key"
        )


class NotFoundError(ApiError):
    """Nothing that this key may see answers to the identifier or record."""

    code = "JG-API-009"
    status = 404


class AmbiguousError(ApiError):
    """An identifier stands for several things, and which is meant is not for us to guess."""

    code = "JG-API-010"


class NotYetError(ApiError):
    """Designed, but not answered by this version."""

    code = "JG-API-011"


class BadRequestError(ApiError):
    """The request is no GraphQL request."""

    code = "JG-API-012"
    status = 400
    outcome = "rejected"


class TooLargeError(ApiError):
    """The request body is over the limit."""

    code = "JG-API-013"
    status = 413
    outcome = "rejected"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The request body is larger than {limit:,} bytes",
            "Send a shorter query; move repeated parts into fragments and values into variables",
        )


class NotReadyError(ApiError):
    """The graph cannot answer now."""

    code = "JG-API-014"
    status = 503


class AuditUnavailableError(ApiError):
    """No answer without its audit line."""

    code = "JG-API-015"
    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The audit log cannot be written: {reason}",
            "The operator must make room for, or give access to, audit.jsonl in the data folder",
        )


class UnexpectedError(ApiError):
    """A fault of ours. The client gets a reference, the log the traceback."""

    code = "JG-API-016"
    status = 500
    outcome = "failed"

    def __init__(self, reference: str, shown: str | None = None) -> None:
        super().__init__(
            shown or "The question could not be answered because of a fault here",
            f"Tell the operator this reference: {reference}",
        )


class NameTakenError(ApiError):
    """The ontology gives a property a name that every record's type has for something else."""

    code = "JG-API-018"


class AccessFileError(ApiError):
    """The file of keys cannot be read, or does not hold what it must."""

    code = "JG-API-017"
    status = 503


class NoCypherError(ApiError):
    """The graph is kept in a store that does not know Cypher."""

    code = "JG-API-019"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Cypher is answered only where the graph is kept in Neo4j",
            "Ask at /graphql; the operator chooses the store with JUSTICEGRAPH_STORE",
        )


class CypherError(ApiError):
    """A Cypher query that is wrong, or would do more than read."""

    code = "JG-API-020"
    status = 400
    outcome = "rejected"


def extensions(error: JusticeGraphError) -> dict[str, Any]:
    """The `extensions` of a GraphQL error."""
    near = error.nearest if isinstance(error, ApiError) else []
    answer: dict[str, Any] = {"code": error.code, "cause": error.cause, "fix": error.fix}
    return answer | {"nearest": near} if near else answer
