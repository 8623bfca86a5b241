"""The one shape of an error: what happened, and what to do next."""


class JusticeGraphError(Exception):
    """An error a person can act on.

    code: stable identifier, JG-<AREA>-<NUMBER>, the same in messages, reports and docs.
    cause: what happened and where. fix: what to do next.
    """

    def __init__(self, code: str, cause: str, fix: str) -> None:
        super().__init__(f"{code}: {cause.rstrip('.')}. {fix}")
        self.code = code
        self.cause = cause
        self.fix = fix
