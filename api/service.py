"""Answering beside the event loop: threads, the time limit, clients that go away, keys."""

import threading
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from prometheus_client import CollectorRegistry, Counter, Histogram

from api.access import Access
from api.engine import Answer, Engine, error_body
from api.errors import ApiError, AuditUnavailableError, BadKeyError, TooLongError
from api.keys import Keys

AT_ONCE = 8
GRACE = 1.0


class Service:
    """What request handlers share: the engine, the keys, and places for questions to run in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.settings = engine.sources.settings
        self.keys = Keys(self.settings.folder)
        self._places: anyio.CapacityLimiter | None = None
        self.registry = CollectorRegistry()
        self._answered = Counter(
            "justicegraph_questions", "Questions by outcome", ["outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "justicegraph_question_seconds", "Time to answer", registry=self.registry
        )

    def access(self, request: Request) -> Access:
        """Who asks, by the key in the request. Raises BadKeyError; none is the public."""
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        text = request.headers.get("x-api-key") or (bearer if kind.lower() == "bearer" else "")
        if not text and kind:
            raise BadKeyError
        return self.keys.open(text) if text else Access.public()

    async def answer(
        self,
        request: Request,
        document: str,
        variables: Mapping[str, Any] | None,
        access: Access,
        operation: str | None = None,
    ) -> Answer:
        """Answer a GraphQL question."""

        def work(cancelled: threading.Event) -> Answer:
            return self.engine.answer(
                document,
                variables,
                access,
                operation=operation,
                origin="http",
                cancelled=cancelled,
            )

        return await self.aside(request, work)

    async def aside(self, request: Request, work: Callable[[threading.Event], Answer]) -> Answer:
        """Work in a thread, which is told to stop when time is up or the client has gone."""
        cancelled = threading.Event()
        found: list[Answer] = []
        if self._places is None:
            self._places = anyio.CapacityLimiter(AT_ONCE)

        def audited() -> Answer:
            try:
                return work(cancelled)
            except AuditUnavailableError as error:
                return Answer({"errors": [error_body(error)]}, error.status, error.outcome)

        async def listen(scope: anyio.CancelScope) -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            cancelled.set()
            scope.cancel()

        with self._seconds.time():
            try:
                with anyio.move_on_after(self.settings.query_seconds + GRACE):
                    async with anyio.create_task_group() as group:
                        group.start_soon(listen, group.cancel_scope)
                        found.append(
                            await anyio.to_thread.run_sync(
                                audited, abandon_on_cancel=True, limiter=self._places
                            )
                        )
                        group.cancel_scope.cancel()
            finally:
                cancelled.set()
        answer = found[0] if found else self._stopped()
        self._answered.labels(answer.outcome).inc()
        return answer

    def refuse(
        self, error: ApiError, document: str, variables: Any, access: Access | None
    ) -> Answer:
        """A question that is refused before it is read as GraphQL; audited all the same."""
        self.engine.record(
            access or Access.public(),
            document,
            variables,
            "http",
            error.outcome,
            0.0,
            codes=[error.code],
        )
        self._answered.labels(error.outcome).inc()
        return Answer({"errors": [error_body(error)]}, error.status, error.outcome)

    def _stopped(self) -> Answer:
        error = TooLongError(self.settings.query_seconds)
        return Answer({"errors": [error_body(error)]}, error.status, error.outcome)


async def _service(request: Request) -> Service:  # a sync one would cost a thread
    found: Service = request.app.state.service
    return found


ServiceOf = Annotated[Service, Depends(_service)]
