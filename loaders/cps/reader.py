"""Search indexes of cases, which come one case a document or several."""

from collections.abc import Iterator

from loaders.paths import Tree


def each_case(tree: Tree) -> Iterator[Tree]:
    """The cases of `caseDocuments`, or the one case that the document is."""
    if isinstance(tree, dict):
        several = tree.get("caseDocuments")
        yield from several if isinstance(several, list) else [tree]
