"""Decisions of a single justice: one shape for both messages, and what stands by index.

The query answers with a list of decisions, the event is one decision. In either, what a result
says (a sum, a length, terms of payment) stands in `terminalEntries` under an index whose meaning
depends on the result's code. The parsed message itself is not changed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from loaders.paths import Tree

Node = dict[str, Any]

AMOUNT = {"EXPEN", "FCOMP", "FCOST", "FCPC", "FO", "FVEBD", "FVS"}
"""Codes of which entry 1 is a sum in pounds; of others it is a reason or a length."""

TERMS = {
    "INSTL": {"instalmentAmount": 96, "instalmentPeriod": 97, "startDate": 98},
    "LSUMI": {
        "instalmentAmount": 96,
        "lumpSumAmount": 98,
        "startDate": 99,
        "instalmentPeriod": 100,
    },
    "LSUM": {"termsType": 6},
}
"""Index of each term of payment by code; reserve terms (R...) have those of the code they hold."""


def decisions(tree: Tree) -> Iterator[Tree]:
    """Each decision as a message of its own, its results with `amount`, `length` and `terms`.

    Nothing for any other tree. amount: pounds, as text. length: such as `2 Year(s)`. terms: what
    `TERMS` names, startDate in ISO where it can be read, `reserve` true or false.
    """
    if not isinstance(tree, dict):
        return
    found = tree.get("caseDecisions")
    for decision in found if isinstance(found, list) else [tree]:
        if isinstance(decision, dict) and {"caseId", "sjpSessionId", "offences"} <= decision.keys():
            yield {
                **decision,
                "offences": [_offence(each) for each in _nodes(decision["offences"])],
            }


def _offence(offence: Node) -> Node:
    return {**offence, "results": [_result(each) for each in _nodes(offence.get("results"))]}


def _result(result: Node) -> Node:
    code = str(result.get("code") or "")
    entries = {
        entry.get("index"): entry.get("value") for entry in _nodes(result.get("terminalEntries"))
    }
    made = dict(result)
    if code in AMOUNT:
        made["amount"] = entries.get(1)
    if code == "CD":
        made["length"] = [entries.get(1), entries.get(2)]
    terms = TERMS.get(code.removeprefix("R"))
    if terms:
        told = {name: entries.get(index) for name, index in terms.items()}
        made["terms"] = {
            **told,
            "startDate": _iso(told.get("startDate")),
            "reserve": code.startswith("R"),
        }
    return made


def _iso(text: Tree) -> Tree:
    """`23 Dec 2016` as 2016-12-23; anything else as it came."""
    try:
        return datetime.strptime(str(text), "%d %b %Y").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return text


def _nodes(value: Tree) -> list[Node]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
