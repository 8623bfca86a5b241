"""What a court's result says of electronic monitoring, in one place.

A result orders a tag in one of two ways. A bail or sentence result notifies the monitoring
contractor in one prompt and states the curfew in another; it holds until the next hearing. A
result of its own, such as EMW for whereabouts, has prompts for its first and last day.
"""

import re
from typing import Any

Node = dict[str, Any]

_NOTIFIED = "Notification of electronic monitoring order"
_CURFEW = "Curfew"
_FIXED = re.compile(r"Fixed Date:(\d{2}/\d{2}/\d{4})")
# Result codes of their own, with what the monitoring service calls their condition.
_RESULTS = {"3148": "Location Monitoring (Fitted Device)"}
_BASES = {"(bail)": "Bail Order", "(requirement)": "Requirement of Community Order"}


def monitoring(result: Node, prompts: list[Node], basis: str | None) -> Node | None:
    """The tag a result orders: condition, basis, hours, startDate, endDate; None for no tag.

    Prompts write dates as dd/mm/yyyy; here they are as elsewhere in the message. basis: of the
    order as a whole, see `basis_of`.
    """
    told = {str(prompt.get("label")): prompt.get("value") for prompt in prompts}
    condition = _RESULTS.get(str(result.get("cjsCode")))
    if condition is not None:
        first = next((text for text in told if text.endswith("Start date")), None)
        return {
            "condition": condition,
            "basis": basis,
            "startDate": _day(told.get(first or "")),
            "endDate": _day(told.get("End date of tagging")),
        }
    if not told.get(_CURFEW) or not any(label.startswith(_NOTIFIED) for label in told):
        return None
    fixed = next(
        (found for value in told.values() if (found := _FIXED.search(str(value or "")))), None
    )
    return {
        "condition": "Curfew with EM",
        "basis": basis,
        "hours": told[_CURFEW],
        "startDate": result.get("orderedDate"),
        "endDate": _day(fixed[1]) if fixed else None,
    }


def basis_of(results: list[Node]) -> str | None:
    """What the tags of some results rest on: the contractor is notified in one of them."""
    for result in results:
        for prompt in result.get("judicialResultPrompts") or []:
            label = str(prompt.get("label")) if isinstance(prompt, dict) else ""
            if label.startswith(_NOTIFIED):
                return next((text for end, text in _BASES.items() if label.endswith(end)), None)
    return None


def _day(text: Any) -> Any:
    """25/10/2024 as 2024-10-25; anything else as it came, for the load to report."""
    found = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", str(text))
    return f"{found[3]}-{found[2]}-{found[1]}" if found else text
