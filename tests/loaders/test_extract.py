"""Scope: what a block may link to, and what its paths read."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from loaders import lint
from loaders.extract import Extractor
from loaders.mapping import SourceMapping
from loaders.typed import Typed, Typist
from ontology.model import Model

Read = Callable[[str], SourceMapping]
HEAD = """
source: common-platform/hearing-resulted
format: json
recognise: {paths: [id]}
document: {key: [id], version: {path: shared, format: datetime, optional: true}}
records:
"""
BASE = "https://x.example/"


def _typed(mapping: SourceMapping, model: Model, *messages: Any, **given: str) -> Typed:
    assert [str(fault) for fault in lint.faults(mapping, model)] == []
    extractor = Extractor(mapping, model)
    for message in messages:
        extractor.add(message, 0, given=given)
    return Typist(mapping, model, BASE).type(extractor.take())


def _rows(frames: Mapping[str, pl.DataFrame], name: str) -> Iterator[dict[str, Any]]:
    if name in frames:
        yield from frames[name].iter_rows(named=True)


def _tail(iri: str | None) -> str | None:
    return iri and iri.removeprefix(BASE).replace("/common-platform/hearing-resulted/", ":")


def test_blocks_made_once_link_to_each_other_in_any_order(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: defendant
    class: Participation
    at: people[]
    key: [id]
    set: {inCase: {to: case}, party: {to: [person, company]}}
    records:
      - record: company
        class: OrganisationRecord
        at: company
        key: [^.id]
      - record: person
        class: PersonRecord
        when: {path: company, absent: true}
        key: [id]
  - record: case
    class: CriminalCase
    at: details
    key: [ref]
"""
    )
    message = {
        "id": "m",
        "details": {"ref": "r"},
        "people": [{"id": "a"}, {"id": "b", "company": {"name": "Co"}}, {"id": "c"}],
    }
    frames = _typed(mapping(text), model, message).frames
    told = [(_tail(row["inCase"][0]), _tail(row["party"])) for row in _rows(frames, "defendant")]
    assert told == [
        ("Case:r", "PersonRecord:a"),
        ("Case:r", "OrganisationRecord:b"),
        ("Case:r", "PersonRecord:c"),
    ]


def test_a_block_not_made_leaves_no_link_to_an_earlier_one(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: person
    class: PersonRecord
    at: people[]
    when: {path: kind, not: gone}
    key: [id]
    records:
      - record: alias
        class: Alias
        at: aliases[]
        key: [^.id, "@index"]
        set: {aliasOf: {to: person}, familyName: .}
"""
    )
    message = {
        "id": "m",
        "people": [
            {"id": "a", "aliases": ["x", "y"]},
            {"id": "b", "kind": "gone", "aliases": ["z"]},
        ],
    }
    frames = _typed(mapping(text), model, message).frames
    assert [row["familyName"] for row in _rows(frames, "alias")] == ["x", "y"]
    assert {_tail(row["aliasOf"]) for row in _rows(frames, "alias")} == {"PersonRecord:a"}
    assert [_tail(row["iri"]) for row in _rows(frames, "alias")] == ["Alias:a/1", "Alias:a/2"]


def test_the_place_of_the_block_above_is_part_of_a_key(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - at: people[]
    records:
      - record: alias
        class: Alias
        at: aliases[]
        key: [^.@index, "@index"]
        set: {familyName: .}
      - record: person
        class: PersonRecord
        key: [^.@index]
        set: {familyName: name}
"""
    )
    message = {"id": "m", "people": [{"name": "p"}, {"name": "p", "aliases": ["x", "y"]}]}
    frames = _typed(mapping(text), model, message).frames
    assert [_tail(row["iri"]) for row in _rows(frames, "alias")] == ["Alias:2/1", "Alias:2/2"]
    people = [_tail(row["iri"]) for row in _rows(frames, "person")]
    assert people == ["PersonRecord:1", "PersonRecord:2"]


def test_values_of_every_kind(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: person
    class: PersonRecord
    set:
      givenName: {first: [absent, names.first]}
      fullName: {join: [names.first, names.absent, names.last], with: "-"}
      familyName: {path: names.last, map: {Byron: Lovelace}}
      nationality: {path: nat, default: unknown}
      occupation: {path: job, map: {a: A, "*": other}}
      birthPlace: {path: job, map: {b: ""}}
      maritalStatus: {path: job, map: {b: ""}, default: unknown}
      prisonerNumber: {with: number}
      pncId: {each: [ids.one, ids.two]}
  - record: address
    class: AddressRecord
    key: [id]
    set: {noFixedAbode: {present: [hostel]}, addressLine: "lines[]"}
"""
    )
    message = {
        "id": 7,
        "names": {"first": "Ada", "last": "Byron"},
        "job": "b",
        "ids": {"one": " 1 ", "two": ""},
        "hostel": {"name": "x"},
        "lines": ["1", None, "", "2", "1"],
    }
    typed = _typed(mapping(text), model, message, number="A1")
    person = next(_rows(typed.frames, "person"))
    assert {
        name: person[name]
        for name in ("givenName", "fullName", "familyName", "nationality", "occupation")
    } == {
        "givenName": "Ada",
        "fullName": "Ada-Byron",
        "familyName": "Lovelace",
        "nationality": "unknown",
        "occupation": "other",
    }
    assert (person["prisonerNumber"], person["pncId"]) == (["A1"], ["1"])
    assert (person["birthPlace"], person["maritalStatus"]) == (None, "unknown")
    address = next(_rows(typed.frames, "address"))
    assert (address["noFixedAbode"], address["addressLine"]) == (True, ["1", "2"])


def test_what_is_not_one_value_is_a_fault_and_not_dropped(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: person
    class: PersonRecord
    set: {givenName: name, familyName: "ids[]", occupation: job}
"""
    )
    message = {"id": "m", "name": {"first": "x"}, "ids": ["a", "b"], "job": 1e20}
    typed = _typed(mapping(text), model, message, {"id": "n", "ids": ["only"]})
    assert typed.faults.select("column", "detail").rows() == [
        ("givenName", "an object"),
        ("familyName", "a list of 2 values"),
        ("occupation", "a number too long to be kept exactly"),
    ]
    assert [row["familyName"] for row in _rows(typed.frames, "person")] == [None, "only"]


def test_a_class_that_a_code_denotes_and_none_without(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: movement
    class: {code: nomis-movement, from: [type, reason]}
    at: moves[]
    key: [^.id, "@index"]
    set: {movementReason: {join: [type, reason], with: "-", codes: nomis-movement}}
"""
    )
    denoted = next(
        concept
        for concept in model.schemes["nomis-movement"].concepts.values()
        if concept.denotes_class
    )
    kind, _, reason = denoted.notation.partition("-")
    moves = [{"type": kind, "reason": reason}, {"type": "ZZZ", "reason": "Z"}, {"type": kind}]
    typed = _typed(mapping(text), model, {"id": "m", "moves": moves})
    assert [row["class"] for row in _rows(typed.frames, "movement")] == [denoted.denotes_class]
    assert typed.instances.height == 1


def test_one_key_part_of_several_values_makes_several_links(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: hearing
    class: Hearing
    set:
      ofParticipation: {to: Participation, dataset: nomis/movements, key: [id, "who[].id"]}
      status: {const: planned}
"""
    )
    typed = _typed(mapping(text), model, {"id": "m", "who": [{"id": 1}, {"id": 2}]}, {"id": "n"})
    told = [row["ofParticipation"] for row in _rows(typed.frames, "hearing")]
    assert told == [
        [f"{BASE}Participation/nomis/movements/m/{who}" for who in (1, 2)],
        None,
    ]


def test_optional_key_parts_shorten_the_key_and_formats_apply_to_it(
    mapping: Read, model: Model
) -> None:
    text = (
        HEAD.replace("key: [id]", "key: [id, {path: day, format: london-date, optional: true}]")
        + """
  - record: hearing
    class: Hearing
    set: {status: {const: planned}}
"""
    )
    typed = _typed(mapping(text), model, {"id": "m", "day": "2024-09-08T23:30:00Z"}, {"id": "n"})
    assert [_tail(row["iri"]) for row in _rows(typed.frames, "hearing")] == [
        "EventRecord:m/2024-09-09",
        "EventRecord:n",
    ]
    assert typed.documents["document"].to_list() == [
        "common-platform/hearing-resulted/m/2024-09-09",
        "common-platform/hearing-resulted/n",
    ]


def test_a_block_without_a_record_leads_to_the_blocks_in_it(mapping: Read, model: Model) -> None:
    text = (
        HEAD
        + """
  - record: case
    class: CriminalCase
  - at: hearings[]
    when: {path: kind, not: gone}
    records:
      - record: day
        class: Hearing
        at: days[]
        key: [^.id, date]
        set:
          eventDate: date
          hearingType: ^.kind
          sequence: {path: "@index"}
          inCase: {to: case}
      - record: order
        class: Disposal
        at: order
        key: [^.id]
        set: {resultLabel: ., inCase: {to: case}}
  - record: last
    class: Alias
    key: [id]
"""
    )
    message = {
        "id": "m",
        "hearings": [
            {"id": "h1", "kind": "trial", "days": [{"date": "2024-01-01"}, {"date": "2024-01-02"}]},
            {"id": "h2", "kind": "gone", "days": [{"date": "2024-02-01"}]},
            {"id": "h3", "order": "bail", "days": []},
        ],
    }
    typed = _typed(mapping(text), model, message)
    days = [
        (_tail(row["iri"]), row["hearingType"], row["sequence"], _tail(row["inCase"][0]))
        for row in _rows(typed.frames, "day")
    ]
    assert days == [
        ("EventRecord:h1/2024-01-01", "trial", 1, "Case:m"),
        ("EventRecord:h1/2024-01-02", "trial", 2, "Case:m"),
    ]
    assert [_tail(row["iri"]) for row in _rows(typed.frames, "order")] == ["DecisionRecord:h3"]
    assert typed.instances["_n"].to_list() == [0, 1, 2, 3, 4]
    assert typed.frames["day"]["_place"].to_list() == ["hearings[0].days[0]", "hearings[0].days[1]"]
