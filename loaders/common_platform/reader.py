"""Common Platform's wrappers undone: what a message says of a defendant is put beside them.

The same hearing travels bare, in `hearing`, and beside `hearingDay` and `sharedTime`; one real
message misspells its cases as `prosectionCases`. Attendance and results given to a defendant
stand apart from the defendants and name them by id or by master id; a case's hearings at a glance
repeat each offence with its results. A mapping reads one place, so both readers bring these home.
The parsed message itself is not changed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from loaders.common_platform.monitoring import basis_of, monitoring
from loaders.paths import Tree

Node = dict[str, Any]

PARTY_ROLES = {
    "applicant": "applicant",
    "subject": "subject",
    "respondents": "respondent",
    "thirdParties": "thirdParty",
}


def hearing(tree: Tree) -> Iterator[Tree]:
    """A hearing message as {hearing, hearingDay, sharedTime?}; nothing for any other tree.

    hearingDay: as the wrapper says, else the sitting of a hearing that has but one day.
    `defendants[]` gain `attendance[]` and the results given to them; `offences[]` have their
    `pleas[]` and `verdicts[]`; `courtApplications[]` have `cases[]` and `parties[]`, each with a
    role and key.
    """
    if not isinstance(tree, dict):
        return
    wrapped = isinstance(tree.get("hearing"), dict)
    body: Node = tree["hearing"] if wrapped else tree
    if not {"hearingDays", "prosecutionCases"} & body.keys():
        return
    spelt = [*each(body.get("prosecutionCases")), *each(flat(body.get("prosectionCases")))]
    cases = [_case(case) for case in spelt]
    made: Node = {**body, "prosecutionCases": cases}
    made.pop("prosectionCases", None)
    defendants = [pair for case in cases for pair in _pairs(case)]
    _place(made, made.get("id"), defendants)
    made["courtApplications"] = [
        _application(application, cases) for application in each(body.get("courtApplications"))
    ]
    yield {"hearingDay": _only_day(body), **(tree if wrapped else {}), "hearing": made}


def prosecution_case(tree: Tree) -> Iterator[Tree]:
    """A prosecution case with its hearings at a glance; nothing for any other tree.

    What the hearings say of an offence (results, pleas, verdicts) joins the same offence of the
    case, so that a result written in both places has one place and one identity.
    """
    if not isinstance(tree, dict) or not isinstance(tree.get("prosecutionCase"), dict):
        return
    case = _case(tree["prosecutionCase"])
    glance = tree.get("hearingsAtAGlance")
    glance = glance if isinstance(glance, dict) else {}
    made = []
    for told in each(glance.get("hearings")):
        for seen in each(told.get("defendants")):
            _join(case, seen)
        summary = dict(told)
        _place(summary, told.get("id"), _pairs(case))
        made.append(summary)
    yield {**tree, "prosecutionCase": case, "hearingsAtAGlance": {**glance, "hearings": made}}


def each(value: Tree) -> list[Node]:
    """The objects of a list; one object is a list of one."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def flat(value: Tree) -> list[Tree]:
    """A list without the lists in it."""
    if not isinstance(value, list):
        return [value]
    return [item for part in value for item in flat(part)]


def _only_day(body: Node) -> Tree:
    days = each(body.get("hearingDays"))
    return days[0].get("sittingDay") if len(days) == 1 else None


def _case(case: Node) -> Node:
    return {**case, "defendants": [_defendant(each_) for each_ in each(case.get("defendants"))]}


def _defendant(defendant: Node) -> Node:
    return {
        **defendant,
        "judicialResults": _results(defendant.get("judicialResults")),
        "attendance": [],
        "offences": [_offence(offence) for offence in each(defendant.get("offences"))],
    }


def _offence(offence: Node) -> Node:
    made = {
        **offence,
        "judicialResults": _results(offence.get("judicialResults")),
        "pleas": [*each(offence.get("plea")), *each(offence.get("pleas"))],
        "verdicts": [*each(offence.get("verdict")), *each(offence.get("verdicts"))],
    }
    made.pop("plea", None)
    made.pop("verdict", None)
    return made


def _results(value: Tree) -> list[Node]:
    """Results, each with what its prompts say: the `amount` it imposes where one states one, such
    as £1,200.00, and the `monitoring` it orders.
    """
    made = []
    basis = basis_of(each(value))
    for result in each(value):
        prompts = each(result.get("judicialResultPrompts"))
        sums = [
            prompt.get("value") for prompt in prompts if prompt.get("isFinancialImposition") is True
        ]
        if len(sums) == 1 and isinstance(sums[0], str):
            result = {**result, "amount": sums[0].removeprefix("£").replace(",", "")}
        if (tag := monitoring(result, prompts, basis)) is not None:
            result = {**result, "monitoring": tag}
        made.append(result)
    return made


def _pairs(case: Node) -> list[tuple[Node, Node]]:
    return [(case, defendant) for defendant in case["defendants"]]


def _join(case: Node, seen: Node) -> None:
    """Add what one hearing says of a defendant to the same defendant of the case."""
    told = _defendant(seen)
    known = _with_id(case["defendants"], told.get("id"))
    if known is None:
        case["defendants"].append(told)
        return
    known["judicialResults"] += told["judicialResults"]
    for offence in told["offences"]:
        same = _with_id(known["offences"], offence.get("id"))
        if same is None:
            known["offences"].append(offence)
            continue
        for name in ("judicialResults", "pleas", "verdicts"):
            same[name] = [*same[name], *offence[name]]


def _with_id(nodes: Iterable[Node], wanted: Tree) -> Node | None:
    return next((node for node in nodes if wanted and node.get("id") == wanted), None)


def _place(body: Node, hearing_id: Tree, pairs: list[tuple[Node, Node]]) -> None:
    """Bring a hearing's attendance and results home; what fits no defendant stays behind."""
    away = []
    for entry in each(body.get("defendantAttendance")):
        days = [{**day, "hearingId": hearing_id} for day in each(entry.get("attendanceDays"))]
        found = _named(pairs, entry.get("defendantId"))
        for defendant in found:
            defendant["attendance"] += days
        if not found:
            who = {"caseId": _only_case(pairs), "defendantId": entry.get("defendantId")}
            away.append({**entry, "attendanceDays": [{**day, **who} for day in days]})
    body["defendantAttendance"] = away
    loose = []
    for entry in each(body.get("defendantJudicialResults")):
        found = _named(pairs, entry.get("masterDefendantId"))
        for defendant in found:
            defendant["judicialResults"] += _results(entry.get("judicialResult"))
        if not found:
            loose.append(entry)
    body["defendantJudicialResults"] = loose


def _named(pairs: list[tuple[Node, Node]], name: Tree) -> list[Node]:
    """The defendants of that id or, failing that, of that master id."""
    for field in ("id", "masterDefendantId"):
        found = [defendant for _, defendant in pairs if name and defendant.get(field) == name]
        if found:
            return found
    return []


def _only_case(pairs: list[tuple[Node, Node]]) -> Tree:
    """The id of the one case there is; None when there are none or several."""
    names = [case.get("id") for case, _ in pairs]
    return names[0] if names and all(name == names[0] for name in names) else None


def _application(application: Node, cases: list[Node]) -> Node:
    """An application with its cases and its parties; each party has a role and a key of its own.

    cases: those it names, else those of the hearing it is made in, else itself: an application
    that stands alone is a case of its own, and is marked `standalone`.
    """
    made = {key: value for key, value in application.items() if key not in PARTY_ROLES}
    named = [
        case.get("prosecutionCaseId") for case in each(application.get("courtApplicationCases"))
    ]
    linked = [name for name in named if name] or [case["id"] for case in cases if case.get("id")]
    made["cases"] = [{"id": name} for name in linked or [application.get("id")]]
    if not linked:
        made["standalone"] = True
    made["parties"] = [
        {**_party(party), "role": role, "partyKey": f"{role}-{number}"}
        for field, role in PARTY_ROLES.items()
        for number, party in enumerate(each(application.get(field)), start=1)
    ]
    return made


def _party(party: Node) -> Node:
    """A party with its `person` details or, where there are none, its `organisation`.

    Both older messages (`personDetails`, in `partyDetails` for a respondent) and newer ones
    (`masterDefendant`, `prosecutingAuthority`) are read. Somebody who speaks for an organisation
    is the person where both are named.
    """
    told: Node = {**party, **_one(party.get("partyDetails"))}
    told.pop("partyDetails", None)
    defendant = _one(told.get("masterDefendant"))
    person = told.pop("personDetails", None) or _one(defendant.get("personDefendant")).get(
        "personDetails"
    )
    company = _one(defendant.get("legalEntityDefendant")).get("organisation")
    body = told.pop("prosecutingAuthority", None) or told.pop("organisation", None) or company
    return {**told, "person": person} if person else {**told, "organisation": body}


def _one(value: Tree) -> Node:
    return value if isinstance(value, dict) else {}
