"""The world's own errors, so that it can be used without the rest of the product."""


class WorldError(Exception):
    """An error a person can act on: a stable code, what happened, what to do next."""

    def __init__(self, code: str, cause: str, fix: str) -> None:
        super().__init__(f"{code}: {cause.rstrip('.')}. {fix}")
        self.code = code
        self.cause = cause
        self.fix = fix
