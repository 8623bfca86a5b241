"""What Opal's files leave to be known: a draft account's key, and pence as pounds."""

from collections.abc import Iterator
from decimal import Decimal

import orjson

from loaders.content import fingerprint
from loaders.paths import Tree


def draft_account(tree: Tree) -> Iterator[Tree]:
    """The account with `draft`, the fingerprint of what it says; nothing for any other tree.

    A draft has no number, and nothing in it tells two debtors of one case apart but their names,
    which must not become part of an identifier.
    """
    if isinstance(tree, dict) and {"account_type", "defendant", "offences"} <= tree.keys():
        content = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
        yield {**tree, "draft": fingerprint(content)}


def benefit_payments(tree: Tree) -> Iterator[Tree]:
    """The schedule, each of its payments with `pounds`; nothing for any other tree.

    The schedule has whole pence, as the bank standards it is turned into do. An amount that is no
    whole number is left out, so that the payment shows without one.
    """
    schedule = tree.get("PacsTppSchedule") if isinstance(tree, dict) else None
    if not isinstance(schedule, dict):
        return
    told = schedule.get("DocumentDetail")
    details = told if isinstance(told, list) else [told] if told else []
    yield {
        "PacsTppSchedule": {**schedule, "DocumentDetail": [_in_pounds(each) for each in details]}
    }


def _in_pounds(detail: Tree) -> Tree:
    pence = detail.get("DetailAmountType") if isinstance(detail, dict) else None
    if not isinstance(pence, str) or not pence.strip().isdecimal():
        return detail
    return {**detail, "pounds": str(Decimal(pence.strip()) / 100)}
