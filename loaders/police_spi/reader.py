"""Envelopes of the police-to-court interface opened: SOAP, RouteData, and the XML text inside.

A new case travels bare, as text in RouteData's DataStreamContent, or as that RouteData again as
text in a SOAP request. Each inner text is parsed by the same hardened parser as the file.
"""

from collections.abc import Iterator

from loaders.paths import Tree
from loaders.trees import xml_tree

LEVELS = 4  # of envelopes; real messages have two


def new_case(tree: Tree) -> Iterator[Tree]:
    """Each case of a NewCaseMessage as {NewCaseMessage: {Case}, sent?}; nothing for other trees.

    sent: when the outermost envelope says it was sent. Raises FileError when the text inside an
    envelope is not XML.
    """
    sent: str | None = None
    for _ in range(LEVELS):
        if not isinstance(tree, dict):
            return
        if "NewCaseMessage" in tree:
            message = tree["NewCaseMessage"]
            for case in cases(message):
                yield {"NewCaseMessage": {**message, "Case": case}, "sent": sent}
            return
        tree, stamp = _open(tree)
        sent = sent or stamp


def cases(message: Tree) -> list[Tree]:
    """The cases of a message; one element is a list of one."""
    found = message.get("Case") if isinstance(message, dict) else None
    return found if isinstance(found, list) else [found] if found else []


def _open(tree: dict[str, Tree]) -> tuple[Tree, str | None]:
    """What an envelope holds, and when it says it was sent."""
    if "Envelope" in tree:
        request = _at(tree, "Envelope", "Body", "SubmitRequestMes")
        return _parsed(_at(request, "Message")), _text(_at(request, "Timestamp"))
    stream = _at(tree, "RouteData", "DataStream")
    dated, timed = _text(_at(stream, "Dated")), _text(_at(stream, "Timed"))
    return _parsed(
        _at(stream, "DataStreamContent")
    ), f"{dated}T{timed}" if dated and timed else dated


def _at(tree: Tree, *names: str) -> Tree:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _text(node: Tree) -> str | None:
    found = node.get("#text") if isinstance(node, dict) else node
    return found if isinstance(found, str) and found else None


def _parsed(node: Tree) -> Tree:
    """Elements inside an envelope as they are; text inside it as the XML it is."""
    text = _text(node)
    return xml_tree(text) if text else node
