"""From a question to its answer: the one path, for HTTP and for `justicegraph ask` alike.

parse → limits → validate → run → mask → audit. A question that is refused on the way is audited
like one that is answered, and nothing leaves without its line.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule

from api.access import Access, Role
from api.audit import Audit, Entry, shape_hash, values_hash
from api.errors import (
    ApiError,
    BadRequestError,
    NeedsKeyError,
    NotReadyError,
    OverLimitError,
    QueryInvalidError,
    QuerySyntaxError,
    TooLongError,
    UnexpectedError,
    WrongValueError,
    extensions,
)
from api.executor import PlainExecutor
from api.explain import nearest_in, said
from api.limits import check, operations
from api.reader import Question, Sources
from api.roots import Asked
from api.schema import RoleSchema
from graph import StoreUnusableError
from graph import TooLongError as StoreTooLongError
from ontology.errors import JusticeGraphError

DOCUMENTS = 500
INTROSPECTED = 50
log = logging.getLogger("justicegraph.api")


class RefusedError(Exception):
    """A document with several things wrong."""

    def __init__(self, errors: Sequence[ApiError]) -> None:
        super().__init__(*errors)
        self.errors = errors


@dataclass(frozen=True)
class Parsed:
    """A document that fits a role's schema, and the hash of its shape."""

    document: DocumentNode
    shape: str


@dataclass(frozen=True)
class Answer:
    """What a question got. status: of an HTTP answer."""

    body: dict[str, Any]
    status: int = 200
    outcome: str = "answered"


@dataclass
class _Trail:
    """What is known of a question so far, for its audit line."""

    document: str | None = None
    operation: str | None = None
    roots: tuple[str, ...] = ()
    question: Question | None = None
    codes: list[str] = field(default_factory=list)


class Engine:
    """Schemas of all roles, documents already checked, and the audit log."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.audit = Audit(sources.settings.folder)
        self._schemas: dict[Role, RoleSchema] = {}
        self._documents: OrderedDict[tuple[Role, str], Parsed] = OrderedDict()
        self._introspected: dict[tuple[Role, str, str | None, str], Answer] = {}
        self._lock = threading.Lock()

    def schema(self, role: Role) -> RoleSchema:
        """The schema of a role, made once."""
        with self._lock:
            if role not in self._schemas:
                self._schemas[role] = RoleSchema(self.sources.model, role)
            return self._schemas[role]

    def answer(
        self,
        document: str,
        variables: Mapping[str, Any] | None,
        access: Access,
        *,
        operation: str | None = None,
        origin: str = "local",
        cancelled: threading.Event | None = None,
    ) -> Answer:
        """Answer a question. Never raises but AuditUnavailableError. origin: for the audit log."""
        started = time.monotonic()
        trail = _Trail()
        try:
            found = self._run(document, variables or {}, access, operation, cancelled, trail)
        except RefusedError as refused:
            found = refusal(refused.errors)
        except JusticeGraphError as error:
            found = refusal([error])
        except Exception as fault:  # noqa: BLE001  (the edge: a client never sees a traceback)
            found = refusal([self.fault(fault)])
        trail.codes = _codes(found.body)
        self.record(
            access, document, variables, origin, found.outcome, time.monotonic() - started, trail
        )
        return found

    def record(
        self,
        access: Access,
        document: str,
        variables: Any,
        origin: str,
        outcome: str,
        seconds: float,
        trail: _Trail | None = None,
        codes: Sequence[str] = (),
    ) -> None:
        """Write the audit line of a question. Raises AuditUnavailableError."""
        known = trail or _Trail()
        question = known.question
        self.audit.write(
            Entry(
                access=access,
                document=known.document,
                values=values_hash(self.sources.tokens.key, document, variables),
                operation=known.operation,
                release=max(question.used, default=None) if question else None,
                roots=known.roots,
                records=len(question.disclosed) if question else 0,
                seconds=seconds,
                outcome=outcome,
                codes=tuple(dict.fromkeys([*known.codes, *codes])),
                origin=origin,
            )
        )

    # -- the path

    def _run(
        self,
        text: str,
        variables: Mapping[str, Any],
        access: Access,
        name: str | None,
        cancelled: threading.Event | None,
        trail: _Trail,
    ) -> Answer:
        schema = self.schema(access.role)
        parsed = self._document(text, schema, access, name, variables, trail)
        operation = _chosen(parsed.document, name)
        trail.operation = operation.name.value if operation.name else None
        trail.roots = tuple(
            dict.fromkeys(
                node.name.value
                for node in operation.selection_set.selections
                if hasattr(node, "name")
            )
        )
        static = all(root in ("__schema", "__type", "__typename") for root in trail.roots)
        key = (access.role, text, name, repr(variables))
        if static and key in self._introspected:
            return self._introspected[key]
        question = Question(self.sources, access, cancelled=cancelled or threading.Event())
        trail.question = question
        asked = Asked(question, schema.view, schema.records.concepts)
        with self._limited(question):
            result = execute_sync(
                schema.core,
                parsed.document,
                context_value=asked,
                variable_values=dict(variables),
                operation_name=name,
                max_coercion_errors=5,
                executor_class=PlainExecutor,
            )
        body: dict[str, Any] = {}
        status, outcome = 200, "answered"
        errors = [self._masked(error) for error in result.errors or ()]
        if errors:
            body["errors"] = [shown for shown, _ in errors]
            first = errors[0][1]
            outcome = first.outcome if isinstance(first, ApiError) else "error"
            if result.data is None or all(value is None for value in result.data.values()):
                status = _status(first)
            else:
                outcome = "partial"
        if result.data is not None or not errors:
            body["data"] = result.data
        notes: dict[str, Any] = {
            "releases": sorted(question.used),
            "records": len(question.disclosed),
            "unresolved": len(question.unresolved),
        }
        body["extensions"] = {"justicegraph": notes}
        answer = Answer(body, status, outcome)
        if static and len(self._introspected) < INTROSPECTED:
            self._introspected[key] = answer
        return answer

    def _document(
        self,
        text: str,
        schema: RoleSchema,
        access: Access,
        name: str | None,
        variables: Mapping[str, Any],
        trail: _Trail,
    ) -> Parsed:
        """The document, parsed and valid; remembered, because both cost more than the answer."""
        limits = self.sources.settings.limits
        key = (access.role, text)
        with self._lock:
            known = self._documents.get(key)
            if known is not None:
                self._documents.move_to_end(key)
        if known is not None:
            trail.document = known.shape
            check(schema.core, known.document, _chosen(known.document, name), variables, limits)
            return known
        document = _parsed(text, limits.tokens)
        trail.document = shape_hash(document)
        for operation in operations(document):
            check(schema.core, document, operation, variables, limits)
        self._validate(document, schema, access)
        made = Parsed(document, trail.document)
        with self._lock:
            self._documents[key] = made
            while len(self._documents) > DOCUMENTS:
                self._documents.popitem(last=False)
        return made

    def _validate(self, document: DocumentNode, schema: RoleSchema, access: Access) -> None:
        rules = list(specified_rules)
        if not self.sources.settings.introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(schema.core, document, rules, max_errors=5)
        if not errors:
            return
        if access.role is Role.PUBLIC and access.key is None and self._needs_key(document):
            raise NeedsKeyError
        raise RefusedError([_misfit(error) for error in errors])

    def _needs_key(self, document: DocumentNode) -> bool:
        """Whether the document is one that some key could ask."""
        return not validate(self.schema(Role.OPERATOR).core, document, max_errors=1)

    @contextmanager
    def _limited(self, question: Question) -> Iterator[None]:
        left = self.sources.settings.query_seconds - (time.monotonic() - question.started)
        with self.sources.store.limited(max(left, 0.001)):
            yield

    def fault(self, fault: BaseException) -> UnexpectedError:
        """What we did not foresee: logged with its traceback, told by a reference."""
        reference = uuid4().hex[:12]
        log.error("fault %s", reference, exc_info=fault)
        return UnexpectedError(reference, repr(fault) if self.sources.settings.debug else None)

    def _masked(self, error: GraphQLError) -> tuple[dict[str, Any], JusticeGraphError]:
        """An error of a field as clients see it. What we did not foresee is logged and masked."""
        cause: JusticeGraphError
        original = error.original_error
        while isinstance(original, GraphQLError) and original.original_error is not None:
            original = original.original_error
        match original:
            case StoreTooLongError() | TooLongError():
                cause = TooLongError(self.sources.settings.query_seconds)
            case JusticeGraphError() as known:
                cause = known
            case None:
                cause = WrongValueError(said(error.message), "Give a value of the type it names")
            case GraphQLError() as inner:
                cause = WrongValueError(said(inner.message), "Give a value of the type it names")
            case unforeseen:
                cause = self.fault(unforeseen)
        body = error_body(cause)
        if error.path:
            body["path"] = error.path
        if error.locations:
            body["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
        return body, cause


def _misfit(error: GraphQLError) -> ApiError:
    """What is wrong with a document, of one of graphql-core's findings."""
    given = error.extensions or {}
    if "code" in given:
        return WrongValueError(given["cause"], given["fix"])
    return QueryInvalidError(
        said(error.message),
        "Correct the document: the page /query shows the schema of your role",
        nearest_in([error.message]),
    )


def refusal(errors: Sequence[JusticeGraphError]) -> Answer:
    """An answer that is only errors; its status and outcome are the first one's."""
    first = errors[0]
    body = {"errors": [error_body(error) for error in errors]}
    if isinstance(first, ApiError):
        return Answer(body, first.status, first.outcome)
    return Answer(body, 503, "error")


def _status(error: JusticeGraphError) -> int:
    """Of an answer that has no data because of an error of a field."""
    if isinstance(error, ApiError):
        return error.status
    return NotReadyError.status if isinstance(error, StoreUnusableError) else 200


def _codes(body: Mapping[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in body.get("errors", ())]


def error_body(error: JusticeGraphError) -> dict[str, Any]:
    """An error as it stands in an answer."""
    return {"message": error.cause, "extensions": extensions(error)}


def _parsed(text: str, tokens: int) -> DocumentNode:
    try:
        return parse(text, max_tokens=tokens)
    except GraphQLSyntaxError as error:
        if "token" in error.message and str(tokens) in error.message:
            raise OverLimitError(
                f"The document has more than {tokens:,} tokens", "Send it as several questions"
            ) from error
        at = error.locations[0] if error.locations else None
        where = f" (line {at.line}, column {at.column})" if at else ""
        raise QuerySyntaxError(
            f"{said(error.message)}{where}", "Write it as GraphQL: https://graphql.org/learn"
        ) from error
    except RecursionError as error:
        raise OverLimitError(
            "The document is nested too deeply to be read", "Take levels of brackets out"
        ) from error


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises BadRequestError when that is not clear."""
    found = list(operations(document))
    names = [item.name.value for item in found if item.name]
    if name is not None:
        found = [item for item in found if item.name and item.name.value == name]
    if len(found) != 1:
        cause = "The document has no operation" if not names else "Which operation is not clear"
        raise BadRequestError(
            cause if name is None else f"The document has no operation {name[:80]!r}",
            f"Give `operationName`: one of {', '.join(names)}" if names else "Write a query",
            names,
        )
    if found[0].operation is not OperationType.QUERY:
        raise QueryInvalidError("Only queries are answered here", "Write `query` instead")
    return found[0]
