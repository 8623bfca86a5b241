"""What the API is told when it is made: one frozen object, handed in by the factory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """How large one question may be.

    body: bytes of the request. depth, aliases: of the document with its fragments spread out.
    repeats: of a name in one place of the document.
    cost: fields of the largest answer the document allows (see api.limits). first: most records
    on one page. records: most records read for one answer. rows: of one Cypher answer.
    """

    body: int = 100_000
    tokens: int = 4_000
    depth: int = 15
    aliases: int = 60
    cost: int = 200_000
    repeats: int = 200
    first: int = 1_000
    records: int = 50_000
    rows: int = 1_000


@dataclass(frozen=True)
class ApiSettings:
    """folder: the data folder (access.json, audit.jsonl, tokens.key lie in it).

    base: of record IRIs. graphiql: serve GraphiQL at GET /graphql. assets: folder of its packed
    scripts, None to look in the working directory. introspection: let clients ask for the schema.
    debug: show unexpected errors to clients. query_seconds: longest one question may run.
    """

    folder: Path
    base: str = "https://justicegraph.example/id/"
    graphiql: bool = True
    assets: Path | None = None
    introspection: bool = True
    debug: bool = False
    query_seconds: float = 20.0
    limits: Limits = Limits()
