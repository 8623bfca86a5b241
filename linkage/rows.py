"""Sets and links as rows of the tables LinkAssertion, Membership and Thing."""

import polars as pl

from linkage.dataset import DATASET
from linkage.pairs import Linked
from linkage.things import CLASSES, Things, digests
from ontology import Model
from ontology.identifiers import record_iri

_THRESHOLDS = {"person": ("high", "medium", "low"), "matter": ("high",), "charge": ("high",)}
_SEPARATOR = "\x1f"


class Rows:
    """Makes rows: iri, hash and properties, the same for the same content."""

    def __init__(self, model: Model, base: str) -> None:
        self._model = model
        self._base = base

    def code(self, scheme: str, notation: str) -> str:
        """The IRI of a code."""
        return self._model.concept_iri(scheme, notation)

    def _iri(self, root: str, *parts: str) -> str:
        return record_iri(self._base, root, DATASET, parts) + "/"

    def assertions(self, kind: str, linked: Linked) -> pl.DataFrame:
        """One LinkAssertion a pair of records and key, followed or not."""
        links = linked.links.sort("left", "right", "scheme", "value", "linked").unique(
            ["left", "right", "scheme", "value"], keep="last", maintain_order=True
        )
        named_by = pl.concat_str("left", "right", "scheme", "value", separator=_SEPARATOR)
        content = pl.concat_str(
            pl.col("agreement").list.join(",").fill_null(""),
            pl.col("flag").list.join(",").fill_null(""),
            pl.col("linked").cast(pl.String),
            separator=_SEPARATOR,
        )
        texts = links.select(name=named_by, content=content)
        return links.select(
            "left",
            "right",
            "agreement",
            "flag",
            "linked",
            iri=self._iri("LinkAssertion", kind) + digests(texts["name"]),
            hash=digests(texts["content"]),
            linkKind=pl.lit(self.code("thing-kind", kind)),
            method=pl.lit(self.code("link-method", "identifier")),
            keyScheme="scheme",
            keyValue="value",
        )

    def memberships(self, kind: str, members: pl.DataFrame) -> pl.DataFrame:
        """One Membership a record (member, thing, linkKey) and threshold; keys stand in the
        highest only.
        """
        names = digests(members["member"])
        keys = pl.col("linkKey").list.join("\n")
        marks = digests(members.select(text=keys.fill_null(""))["text"])
        return pl.concat(
            [
                members.select(
                    "member",
                    "thing",
                    iri=self._iri("Membership", kind, threshold) + names,
                    hash=pl.col("thing").str.slice(-32) + (marks if threshold == "high" else ""),
                    linkKind=pl.lit(self.code("thing-kind", kind)),
                    threshold=pl.lit(self.code("threshold", threshold)),
                    linkKey=pl.col("linkKey")
                    if threshold == "high"
                    else pl.lit(None, pl.List(pl.String)),
                )
                for threshold in _THRESHOLDS[kind]
            ]
        )

    def things(self, kind: str, things: Things) -> pl.DataFrame:
        """One row a thing that holds records, or that was retired in this run."""
        live = things.members.select(pl.col("thing").unique()).with_columns(
            replaced_by=pl.lit(None, pl.List(pl.String)), hash=pl.lit("live")
        )
        became = pl.col("replaced_by").list.join(" ").fill_null("")
        retired = things.retired.with_columns(hash="retired " + became)
        return pl.concat([live, retired]).select(
            "hash",
            iri="thing",
            replacedBy="replaced_by",
            linkKind=pl.lit(self.code("thing-kind", kind)),
            **{"class": pl.lit(CLASSES[kind])},
        )
