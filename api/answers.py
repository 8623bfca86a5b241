"""Parts of answers that several questions share: contexts, pages of records, incoming links."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import strawberry

from api.envelope import (
    Context,
    CoverageRef,
    Incoming,
    IncomingConnection,
    LinkageContext,
    PageInfo,
    RecordConnection,
    RecordCount,
    RecordEdge,
    Release,
    Threshold,
    Unit,
)
from api.errors import OverLimitError, QueryInvalidError, WrongValueError
from api.reader import Question, Reader
from api.records import Record, together
from api.scalars import Day, Long
from api.view import View
from ontology import Model
from ontology.errors import nearest
from releases import Release as Made

NO_INTERVAL = "No labelled sample exists for the sources used, so no interval of error is known."
NO_BAND = "Nothing was counted."


def shown_release(made: Made, current: int) -> Release:
    """A release as answers show it."""
    return Release(
        number=made.number,
        made=made.made,
        status=made.status,
        newest=made.number == current,
        counts=[
            RecordCount(
                class_=root, put=Long(count.get("put", 0)), deleted=Long(count.get("delete", 0))
            )
            for root, count in sorted(made.counts.items())
        ],
    )


def no_release() -> Release:
    """What an answer names while nothing is loaded."""
    return Release(number=0, made=None, status="none", newest=True, counts=[])


def coverage(model: Model, datasets: Iterable[str]) -> list[CoverageRef]:
    """The datasets of some records, by name, with how many there are of each."""
    return [
        CoverageRef(
            dataset=strawberry.ID(name),
            label=found.label if (found := model.datasets.get(name)) else name,
            system=model.systems[found.system].label
            if found and found.system in model.systems
            else None,
            owner=model.organisations[found.owner].label
            if found and found.owner in model.organisations
            else None,
            from_=day(found.coverage_start) if found else None,
            to=day(found.coverage_end) if found else None,
            records=count,
        )
        for name, count in sorted(Counter(datasets).items())
    ]


def context(
    reader: Reader,
    datasets: Iterable[str],
    *,
    unit: Unit | None = None,
    linkage: LinkageContext | None = None,
    caveats: Iterable[str] = (),
    headline: str | None = None,
    method_note: str | None = None,
) -> Context:
    """The envelope of an answer made at the reader's release."""
    release = shown_release(reader.release, reader.question.current)
    notes = list(caveats)
    if not release.newest:
        notes.insert(0, f"Release {release.number}. Newest is {reader.question.current}.")
    if reader.access.datasets is not None:
        notes.append("Only datasets of your project are in this answer.")
    return Context(
        release=release,
        unit=unit,
        datasets=coverage(reader.model, datasets),
        linkage=linkage,
        caveats=notes,
        headline=headline,
        alt_text=headline,
        method_note=method_note,
    )


def linkage_context(reader: Reader, threshold: Threshold | None) -> LinkageContext:
    """Which links an answer rests on, where nothing is counted at the other thresholds."""
    return LinkageContext(
        run=reader.number,
        threshold=threshold,
        band_reason=NO_BAND,
        interval_reason=NO_INTERVAL,
        count=None,
    )


def context_of(record: Record) -> Context:
    """The envelope of one record."""
    return context(record.reader, [record.node.dataset])


def page_of(
    reader: Reader, records: list[Record], cursors: list[str], more: bool, about: Context
) -> RecordConnection:
    """A page of records. cursors: one for each, as the asker may see it."""
    return RecordConnection(
        nodes=records,
        edges=[
            RecordEdge(cursor=cursor, node=record)
            for cursor, record in zip(cursors, records, strict=True)
        ],
        page_info=PageInfo(has_next_page=more, end_cursor=cursors[-1] if cursors else None),
        context=about,
    )


def members_of(record: Record, first: int, after: str | None = None) -> RecordConnection:
    """A page of the records about a thing, by IRI."""
    reader = record.reader
    page_length(reader.question, first)
    iris = reader.members(record.node.iri, record.threshold)
    start = reader.cursor(after)
    rest = [iri for iri in iris if start is None or iri > start]
    nodes = reader.nodes(rest[:first])
    about = context(
        reader,
        [node.dataset for node in nodes.values()],
        linkage=linkage_context(reader, Threshold(record.threshold)),
    )
    return page_of(
        reader,
        together(reader, nodes.values()),
        [reader.id_of(iri) for iri in nodes],
        len(rest) > first,
        about,
    )


def incoming_of(
    view: View,
    record: Record,
    first: int,
    type: list[str] | None = None,  # noqa: A002  (the argument's name in the contract)
    after: str | None = None,
) -> IncomingConnection:
    """A page of the links to a record, by property and IRI."""
    reader = record.reader
    page_length(reader.question, first)
    links = [name for name, prop in view.model.properties.items() if prop.kind == "link"]
    visible = {name for name in links if view.shows_named(name)}
    for name in type or ():
        if name not in visible:
            raise QueryInvalidError(
                f"There is no link field {name!r}",
                "Name link fields of the schema",
                nearest(name, visible),
            )
    types = tuple(sorted(type)) if type is not None else None
    found = record.batch.incoming(types)
    if after is None and record.batch.is_first(("incoming", types, first)):
        reader.nodes(
            (
                iri
                for links in found.values()
                for _, iri in [link for link in links if link[0] in visible][:first]
            ),
            disclose=False,
        )
    start = reader.cursor(after)
    rows = [
        (name, iri)
        for name, iri in found[record.node.iri]
        if name in visible and (start is None or f"{name} {iri}" > start)
    ]
    nodes = reader.nodes(iri for _, iri in rows[:first])
    sources = {source.node.iri: source for source in together(reader, nodes.values())}
    shown = [(name, iri) for name, iri in rows[:first] if iri in sources]
    last = reader.id_of(f"{rows[:first][-1][0]} {rows[:first][-1][1]}") if rows else None
    return IncomingConnection(
        nodes=[Incoming(property=name, record=sources[iri]) for name, iri in shown],
        page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=last),
    )


def page_length(question: Question, first: int) -> int:
    """`first`, if a page may be so long. Raises WrongValueError, OverLimitError."""
    longest = question.sources.settings.limits.first
    if first < 1:
        raise WrongValueError(f"`first` is {first}", f"Ask for 1 to {longest:,} records")
    if first > longest:
        raise OverLimitError(
            f"`first` is {first:,}; a page holds at most {longest:,} records",
            f"Ask for `first: {longest}` and go on with `after`",
        )
    return first


def day(text: str | None) -> Day | None:
    """A date of the catalogue."""
    return Day(date.fromisoformat(text)) if text else None
