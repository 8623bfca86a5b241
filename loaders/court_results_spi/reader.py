"""Envelopes of the court-to-police interface opened."""

from collections.abc import Iterator

from loaders.paths import Tree


def resulted_case(tree: Tree) -> Iterator[Tree]:
    """Each case of a ResultedCaseMessage as {Session: {CourtHearing, Case}, sent?}.

    The message stands bare or in a DeliverRequest, whose creation time is `sent`. Nothing is
    yielded for any other tree.
    """
    request = _at(tree, "DeliverRequest")
    message = _at(request, "Message", "ResultedCaseMessage") or _at(tree, "ResultedCaseMessage")
    sent = _at(request, "MessageMetadata", "CreationDateTime")
    for session in _each(_at(message, "Session")):
        for case in _each(_at(session, "Case")):
            yield {"Session": {**session, "Case": case}, "sent": sent}


def _at(tree: Tree, *names: str) -> Tree:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _each(node: Tree) -> list[Tree]:
    return [part for part in (node if isinstance(node, list) else [node]) if isinstance(part, dict)]
