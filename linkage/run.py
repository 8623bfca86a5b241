"""One linkage run: from the records a release will hold to its things, links and memberships."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from linkage.charges import link_charges
from linkage.dataset import DATASET, DOCUMENT
from linkage.keys import normalised
from linkage.matters import link_matters, matter_keys
from linkage.pairs import Linked
from linkage.persons import identities, link_persons, person_keys
from linkage.reading import NAMES, ROOTS, Reading, roles_of
from linkage.rows import Rows
from linkage.scope import Scope, key_texts, scope_of
from linkage.things import CLASSES, Taken, named
from ontology import Model
from ontology.identifiers import BASE
from releases import Releases, Writer


@dataclass(frozen=True)
class LinkSummary:
    """Things of each kind, links followed, keys not followed, and rows written."""

    persons: int
    matters: int
    charges: int
    links: int
    conflicts: int
    written: int

    @property
    def totals(self) -> dict[str, int]:
        """What the release holds, as the summary of a release keeps it under `totals`."""
        return {name: count for name, count in asdict(self).items() if name != "written"}


def run(
    releases: Releases, writer: Writer, model: Model, base: str = BASE, *, whole: bool = False
) -> LinkSummary:
    """Link what the writer's release will hold, and write what differs from the one before.

    Writes Thing, Membership and LinkAssertion rows of the dataset justicegraph/linkage. A person
    record always has a Person, a case a Matter, a charge a Charge, alone if need be. Persons have
    the same sets at all three thresholds, since they rest on published keys only. The result
    depends on the records and on the previous membership, not on the order of loading.

    Only what the touched records can reach is looked at, except at the first run, after a change
    of the ontology, when very much was touched, and with `whole`: the result is the same.
    """
    return _Run(releases, writer, model, base).run(whole=whole)


class _Run:
    def __init__(self, releases: Releases, writer: Writer, model: Model, base: str) -> None:
        self._releases = releases
        self._writer = writer
        self._base = base
        self._digest = model.digest
        self._read = Reading(releases, writer, model, base)
        self._rows = Rows(model, base)
        self._gained: Counter[str] = Counter()

    def run(self, *, whole: bool) -> LinkSummary:
        again = self._linked_before() and not whole
        written, scope = 0, None
        if self._writer.touched(*ROOTS) or not again:
            scope = scope_of(self._releases, self._writer, self._read) if again else None
            written = 0 if scope is not None and scope.nothing else self._link(scope)
            if scope is None:
                again = False
        return self._summary(written, again=again)

    def _link(self, scope: Scope | None) -> int:
        if scope is None:
            parties, charges = self._read.parties(), self._read.issues()
        else:
            parties, charges = self._read.of(scope.persons, scope.cases, scope.charges)
        roles = roles_of(parties, charges)
        before = {kind: self._before(kind, scope) for kind in CLASSES}
        persons, person_texts = self._persons(roles, scope)
        roles = roles.join(
            self._people(roles, persons, scope), on="person", how="left", maintain_order="left"
        )
        matters, matter_texts = self._matters(roles, scope)
        if scope is not None:
            charges = charges.filter(pl.col("iri").is_in(scope.charges.implode()))
        linked = {
            "person": (persons, person_texts),
            "matter": (matters, matter_texts),
            "charge": (_link_charges(charges, roles, matters.members), None),
        }
        return sum(
            self._write(kind, each, texts, before[kind], scope)
            for kind, (each, texts) in linked.items()
        )

    def _linked_before(self) -> bool:
        """Whether the release before was linked by the same ontology."""
        current = self._releases.current
        if not current:
            return False
        release = self._releases.release(current)
        if release.model_hash != self._digest:
            return False
        if "totals" in release.summary:
            return any(release.summary["totals"].values())
        held = self._releases.state("Membership", current, columns=("iri",)).head(1).collect()
        return not held.is_empty()

    def _before(self, kind: str, scope: Scope | None) -> pl.DataFrame:
        where = None if scope is None else {"member": _of(scope, kind)}
        told = self._read.memberships(kind, where=where)
        return told.with_columns(pl.col("linkKey").list.join("\n").fill_null(""))

    def _persons(self, roles: pl.DataFrame, scope: Scope | None) -> tuple[Linked, pl.DataFrame]:
        iris = None if scope is None else scope.persons
        persons = self._read.persons(iris=iris)
        aliases = self._read.aliases(of=iris).join(persons, on="iri", how="semi")
        arrests = roles.select(iri="person", asn="asn").drop_nulls().unique()
        arrests = arrests.join(persons, on="iri", how="semi")
        keys = person_keys(persons, arrests)
        told = identities(persons.select("iri", *NAMES), aliases.select("iri", *NAMES))
        return link_persons(persons["iri"].sort(), keys, told), key_texts(keys)

    def _people(self, roles: pl.DataFrame, persons: Linked, scope: Scope | None) -> pl.DataFrame:
        """person, person_set: numbers, the same for records of one person."""
        sets = persons.members.select(person="member", person_set="set")
        if scope is None:
            return sets
        others = roles.select("person").drop_nulls().unique().join(sets, on="person", how="anti")
        told = self._read.memberships("person", where={"member": others["person"]})
        kept = told.join(others, left_on="member", right_on="person", how="semi").select(
            person="member", person_set=pl.col("thing").rank("dense").cast(pl.Int64) + len(sets)
        )
        return pl.concat([sets, kept])

    def _matters(self, roles: pl.DataFrame, scope: Scope | None) -> tuple[Linked, pl.DataFrame]:
        cases = self._read.cases(iris=None if scope is None else scope.cases)
        arrests = (
            roles.select("case", "asn", person="person_set")
            .drop_nulls(["case", "asn"])
            .join(cases, left_on="case", right_on="iri", how="semi")
        )
        keys = matter_keys(cases, arrests)
        return link_matters(cases["iri"].sort(), keys), key_texts(keys)

    def _write(
        self,
        kind: str,
        linked: Linked,
        texts: pl.DataFrame | None,
        before: pl.DataFrame,
        scope: Scope | None,
    ) -> int:
        """Put what differs from the previous release, and delete what is no longer there."""
        previous = before.select("member", "thing")
        taken = None if scope is None else self._taken_elsewhere(previous)
        things = named(self._base, kind, linked.members, previous, taken)
        members = _with_keys(things.members, texts)
        links = self._rows.assertions(kind, linked)
        known = self._known_links(kind, scope)
        left = previous.join(members, on="member", how="anti")
        rows = self._rows.things(kind, things)
        standing = None if scope is None else rows["iri"]
        stood = self._known("Thing", kind, iris=standing)
        self._count(kind, rows, links)
        self._count(kind, stood, known, -1)
        news = members.with_columns(text=pl.col("linkKey").list.join("\n").fill_null("")).join(
            before, left_on=["member", "thing", "text"], right_on=["member", "thing", "linkKey"],
            how="anti",
        )  # fmt: skip
        return (
            self._put("LinkAssertion", links, known)
            + self._put("Thing", rows, stood)
            + self._put("Membership", self._news(kind, news.drop("text"), previous))
            + self._delete("LinkAssertion", known, links)
            + self._delete("Membership", self._rows.memberships(kind, _with_keys(left, None)))
        )

    def _news(self, kind: str, news: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
        """Memberships to write; where only the keys are new, that at the highest threshold."""
        told = news.join(previous.with_columns(kept=True), on=["member", "thing"], how="left")
        high = pl.col("threshold") == self._rows.code("threshold", "high")
        kept = told.filter("kept").select("member")
        rows = self._rows.memberships(kind, news)
        return pl.concat(
            [rows.filter(high), rows.filter(~high).join(kept, on="member", how="anti")]
        )

    def _taken_elsewhere(self, previous: pl.DataFrame) -> Taken:
        """Which of some things hold records outside the scope."""

        def taken(things: Sequence[str]) -> set[str]:
            if not things:
                return set()
            asked = pl.Series(things, dtype=pl.String)
            told = self._read.table("Membership", "member", "thing", where={"thing": asked})
            others = told.join(previous, on=["member", "thing"], how="anti")
            return set(others["thing"]) & set(things)

        return taken

    def _known_links(self, kind: str, scope: Scope | None) -> pl.DataFrame:
        if scope is None:
            return self._known("LinkAssertion", kind)
        ends = _of(scope, kind)
        return self._known("LinkAssertion", kind, where={"left": ends, "right": ends})

    def _known(
        self,
        root: str,
        kind: str,
        iris: pl.Series | None = None,
        where: Mapping[str, pl.Series] | None = None,
    ) -> pl.DataFrame:
        also = ("linked",) if root == "LinkAssertion" else ()
        told = self._read.table(root, "iri", "hash", *also, "linkKind", iris=iris, where=where)
        same = pl.col("linkKind") == self._rows.code("thing-kind", kind)
        return told.filter(same).drop("linkKind")

    def _count(self, kind: str, things: pl.DataFrame, links: pl.DataFrame, sign: int = 1) -> None:
        """Add to, or take from, what the release before held."""
        followed = int(links["linked"].sum())
        self._gained[f"{kind}s"] += sign * int((things["hash"] == "live").sum())
        self._gained["links"] += sign * followed
        self._gained["conflicts"] += sign * (len(links) - followed)

    def _put(self, root: str, rows: pl.DataFrame, known: pl.DataFrame | None = None) -> int:
        news = rows if known is None else rows.join(known, on=["iri", "hash"], how="anti")
        system = {"class": root, "dataset": DATASET, "document": DOCUMENT, "version": ""}
        absent = [pl.lit(text).alias(name) for name, text in system.items() if name not in rows]
        # Beside each other what is asked for together: of few places in a file, few are read.
        near = {"Membership": ["thing"], "LinkAssertion": ["left"]}.get(root, [])
        self._writer.put(root, news.sort(*near, "iri").with_columns(absent))
        return news.height

    def _delete(self, root: str, rows: pl.DataFrame, kept: pl.DataFrame | None = None) -> int:
        gone = rows if kept is None else rows.join(kept, on="iri", how="anti")
        keys = gone.sort("iri").select("iri", pl.lit(DOCUMENT).alias("document"))
        self._writer.delete(root, keys)
        return gone.height

    def _summary(self, written: int, *, again: bool) -> LinkSummary:
        """What the release will hold: of the one before, if it tells, and what was gained."""
        current = self._releases.current
        told = self._releases.release(current).summary.get("totals") if again else None
        if told is not None:
            held = {name: count + self._gained[name] for name, count in told.items()}
            return LinkSummary(**held, written=written)
        things = self._read.table("Thing", "class", "hash").filter(pl.col("hash") == "live")
        held = dict(things.group_by("class").len().iter_rows())
        linked = self._read.table("LinkAssertion", "linked")["linked"]
        return LinkSummary(
            persons=held.get("Person", 0),
            matters=held.get("Matter", 0),
            charges=held.get("Charge", 0),
            links=int(linked.sum()),
            conflicts=len(linked) - int(linked.sum()),
            written=written,
        )


def _of(scope: Scope, kind: str) -> pl.Series:
    return {"person": scope.persons, "matter": scope.cases, "charge": scope.charges}[kind]


def _with_keys(members: pl.DataFrame, texts: pl.DataFrame | None) -> pl.DataFrame:
    """Members (member, thing) and their linkKey."""
    if texts is None:
        return members.with_columns(linkKey=pl.lit(None, pl.List(pl.String)))
    return members.join(texts, on="member", how="left", maintain_order="left")


def _link_charges(charges: pl.DataFrame, roles: pl.DataFrame, matters: pl.DataFrame) -> Linked:
    asn = normalised("asn", pl.col("asn"))
    defendant = pl.coalesce("p" + pl.col("person_set").cast(pl.String), "a" + asn)
    places = (
        roles.drop_nulls(["charge", "case"])
        .join(matters.select(case="member", matter="set"), on="case")
        .select("matter", iri="charge", defendant=defendant)
        .drop_nulls()
        .unique()
    )
    told = charges.select(
        "iri",
        "dataset",
        reference="offenceReference",
        sequence="offenceSequence",
        code=pl.col("offenceCode").str.split("/").list.last().str.to_uppercase(),
    )
    return link_charges(charges["iri"].sort(), told.join(places, on="iri"))
