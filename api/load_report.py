"""One load in GraphQL: the counts and kinds of findings that /loads/{load} shows."""

import strawberry

from api import loads
from api.answers import page_length
from api.fields import resolved
from api.reader import Question
from api.scalars import Long
from releases import Releases
from releases.grouping import grouped

KINDS = 100


@strawberry.type(description="Findings of one kind: a rule, a field, and what is wrong with it.")
class FindingKind:
    severity: str = strawberry.field(
        description="violation (rejected), warning (loaded all the same) or info."
    )
    effect: str = strawberry.field(
        description="What was lost: file, document, record, superseded or none."
    )
    code: str
    field: str | None = strawberry.field(
        description="The property, or what the source calls it; null where it is none."
    )
    message: str
    fix: str
    findings: Long = strawberry.field(description="How many there are of this kind.")
    file: str | None = strawberry.field(description="The file of one of them.")
    path: str | None = strawberry.field(description="Where in it.")
    value: str | None = strawberry.field(
        description="The value there, masked by the sensitivity of its field."
    )


@strawberry.type(description="What became of every row of a load.")
class LoadEntry:
    number: int
    made: str = strawberry.field(description="When it ended, UTC.")
    release: int | None = strawberry.field(description="Null: it changed nothing.")
    read: Long = strawberry.field(description="loaded + rejected + unchanged + superseded.")
    loaded: Long
    rejected: Long
    unchanged: Long
    superseded: Long
    stopped: str | None = strawberry.field(description="The contract that it broke, if any.")
    releases: strawberry.Private[Releases]
    question: strawberry.Private[Question]

    @resolved("Its findings by kind, most frequent first within a severity.")
    def kinds(self, severity: str | None = None, first: int = KINDS) -> list[FindingKind]:
        page_length(self.question, first)
        found = grouped(self.releases.findings(self.number))
        return [
            FindingKind(
                severity=kind["severity"],
                effect=kind["effect"],
                code=kind["code"],
                field=kind["field"] or None,
                message=kind["message"],
                fix=kind["fix"],
                findings=Long(kind["count"]),
                file=kind["file"] or None,
                path=kind["path"] or None,
                value=kind["value"] or None,
            )
            for kind in found.iter_rows(named=True)
            if severity in (None, kind["severity"])
        ][:first]


def load_entry(question: Question, number: int | None) -> LoadEntry:
    """A load, None for the last that left counts. Raises NotFoundError, NotAllowedError."""
    loads.require(question.access)
    releases = question.sources.releases
    every = loads.counted(releases)
    wanted = number if number is not None else every[-1].load.number if every else 0
    found = loads.one(releases, every, wanted)
    return LoadEntry(
        number=found.load.number,
        made=found.load.made,
        release=found.load.release,
        read=Long(found.read),
        loaded=Long(found.loaded),
        rejected=Long(found.rejected),
        unchanged=Long(found.unchanged),
        superseded=Long(found.superseded),
        stopped=found.stopped["cause"] if found.stopped else None,
        releases=releases,
        question=question,
    )
