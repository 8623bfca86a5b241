"""The graph as one asker may see it, at one release.

Every record that reaches an answer comes through here: rights on datasets and classes, ids for
this role, the time limit and the count of what was disclosed are decided in this one place.
What may not be seen is as if it were not there.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from api.access import LINKAGE, Access
from api.errors import NotFoundError, NotReadyError, OverLimitError, TooLongError
from api.settings import ApiSettings
from api.tokens import Tokens
from api.told import Told
from graph.port import Filter, Node, Op, Page, Store
from loaders.code_lists import Held, held
from ontology import Model
from ontology.identifiers import IdentifierError, parse_iri
from releases import Release, Releases

THING = "Thing"


@dataclass(frozen=True)
class Sources:
    """What answers are made from, opened once for the process."""

    releases: Releases
    store: Store
    model: Model
    settings: ApiSettings
    tokens: Tokens

    def loaded(self, release: int) -> frozenset[str]:
        """The datasets that a release holds records of."""
        return _loaded(self.releases, release) if release else frozenset()


@lru_cache(maxsize=8)
def _loaded(releases: Releases, release: int) -> frozenset[str]:
    found = releases.documents(release).select("dataset").unique().collect()
    return frozenset(found.get_column("dataset").to_list())


@dataclass
class Question:
    """One question while it is answered, and what is counted of it."""

    sources: Sources
    access: Access
    started: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)
    disclosed: set[str] = field(default_factory=set)
    unresolved: set[tuple[str, str]] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    read: int = 0
    _readers: dict[int, "Reader"] = field(default_factory=dict)

    @cached_property
    def current(self) -> int:
        """The release that is asked when none is named. Raises NotReadyError."""
        return self._ready(self.sources.store.current())

    def reader(self, release: int | None = None) -> "Reader":
        """The graph at a release; None for the newest projected."""
        number = self.current if release is None else release
        self.used.add(number)
        if number not in self._readers:
            self._readers[number] = Reader(self, number)
        return self._readers[number]

    def telling(
        self,
        given: str,
        kind: str,
        threshold: str,
        types: Sequence[str],
        beyond: Sequence[str],
        release: int | None = None,
    ) -> "Reader":
        """A reader that has asked the store, once, for all that a thing's journey is made of.

        given: id of the thing or of a record of it. The rest: as for Store.story. Raises
        NotFoundError, NotReadyError.
        """
        self.proceed()
        iri, most = self.iri_of(given), self.sources.settings.limits.records
        store = self.sources.store
        # A question that has asked already stays with the release that was the newest then.
        asked = self.__dict__.get("current") if release is None else release
        story = store.story(iri, kind, threshold, types, beyond, asked, most)
        self.__dict__.setdefault("current", self._ready(story.current))
        reader = self.reader(story.release)
        reader.near = Told(store, story, kind, threshold, types)
        return reader

    def iri_of(self, given: str) -> str:
        """The IRI behind an id. Raises NotFoundError for ids that this role was not given."""
        if self.access.identifying:
            return given
        iri = self.sources.tokens.open_token(given, self.access.project)
        if iri is None:
            raise NotFoundError(
                "This id was not given out to your project",
                "Take ids from an answer: below identifying clearance they are tokens,"
                " and each project has its own",
            )
        return iri

    def proceed(self) -> None:
        """Called wherever work is done. Raises TooLongError, also once the asker has gone."""
        seconds = self.sources.settings.query_seconds
        if self.cancelled.is_set() or time.monotonic() - self.started > seconds:
            raise TooLongError(seconds)

    def _ready(self, number: int) -> int:
        if number == 0 and (newest := self.sources.releases.current):
            raise NotReadyError(
                f"The graph holds no release yet; the newest is {newest}",
                "Wait, if it is being rebuilt; else the operator runs justicegraph graph rebuild",
            )
        if number == 0:
            raise NotReadyError(
                "There is no release yet", "Load something first: justicegraph load"
            )
        return number


class Reader:
    """Reads of one release for one question. `nodes` are remembered while it is answered."""

    def __init__(self, question: Question, release: int) -> None:
        self.question = question
        self.number = release
        self.access = question.access
        self.model = question.sources.model
        self.store = question.sources.store
        self.near: Store | Told = self.store
        """What is asked for nodes, things, members and what leads to them."""
        self._base = question.sources.settings.base
        self._tokens = question.sources.tokens
        self._nodes: dict[str, Node | None] = {}
        self._classes: dict[str, bool] = {}

    @cached_property
    def release(self) -> Release:
        """What is known of this release. Raises NoSuchReleaseError."""
        return self.question.sources.releases.release(self.number)

    @cached_property
    def held(self) -> Held:
        """The codes of imported lists at this release. They are open to everybody."""
        return held(self.question.sources.releases, self.number)

    # -- ids

    def id_of(self, iri: str) -> str:
        """The id of a record or thing for this role."""
        if self.access.identifying:
            return iri
        return self._tokens.seal(iri, self.access.project)

    def iri_of(self, given: str) -> str:
        """The IRI behind an id. Raises NotFoundError for ids that this role was not given."""
        return self.question.iri_of(given)

    def cursor(self, given: str | None) -> str | None:
        """What a page cursor of this role holds: an IRI or the like, so it is sealed as ids are."""
        return None if given is None else self.iri_of(given)

    # -- rights

    def class_visible(self, cls: str) -> bool:
        """Whether this class exists for the asker: it and all above it may be seen."""
        if cls not in self._classes:
            classes = self.model.classes
            self._classes[cls] = cls in classes and all(
                self.access.sees(classes[up].sensitivity) for up in self.model.superclasses(cls)
            )
        return self._classes[cls]

    def dataset_visible(self, iri: str) -> bool:
        """Whether an IRI is of a dataset that may be read, without fetching it.

        Links and things are of no project's dataset: what they join decides, once fetched.
        """
        if self.access.datasets is None:
            return True
        try:
            dataset = parse_iri(self._base, iri)[1]
        except IdentifierError:
            return False
        return dataset == LINKAGE or self.access.may_read(dataset)

    def _visible(self, node: Node) -> bool:
        if not self.class_visible(node.cls):
            return False
        if self.access.datasets is None or node.dataset != LINKAGE:
            return self.access.may_read(node.dataset)
        if self.model.is_a(node.cls, THING):
            members = self.near.members(node.iri, "low", self.number)
            return any(self.dataset_visible(iri) for iri in members)
        ends = [iri for name in ("left", "right", "member") for iri in node.links.get(name, ())]
        return all(self.dataset_visible(iri) for iri in ends)

    # -- reads

    def nodes(self, iris: Iterable[str], disclose: bool = True) -> dict[str, Node]:
        """The records among these that may be seen, in the order asked."""
        self.question.proceed()
        asked = list(dict.fromkeys(iris))
        fresh = [iri for iri in asked if iri not in self._nodes]
        if fresh:
            self._spend(len(fresh))
            found = self.near.nodes(fresh, self.number)
            for iri in fresh:
                node = found.get(iri)
                self._nodes[iri] = node if node is not None and self._visible(node) else None
        answer = {iri: node for iri in asked if (node := self._nodes[iri]) is not None}
        if disclose:
            self.question.disclosed.update(answer)
        return answer

    def find(self, cls: str, filters: Sequence[Filter], first: int, after: str | None) -> Page:
        """A page of records; what may not be seen neither appears nor takes a place."""
        self.question.proceed()
        if self.access.datasets is not None:
            filters = [*filters, Filter("dataset", Op.IN, sorted(self.access.datasets))]
        nodes: list[Node] = []
        while True:
            page = self.store.find(cls, filters, self.number, first - len(nodes), after)
            self._spend(len(page.nodes))
            for node in page.nodes:
                seen = node if self._visible(node) else None
                self._nodes[node.iri] = seen
                if seen is not None:
                    nodes.append(seen)
            if not page.has_next or len(nodes) >= first:
                break
            after = page.end
            self.question.proceed()
        self.question.disclosed.update(node.iri for node in nodes)
        return Page(nodes, page.end, page.has_next)

    def asserted(self, filters: Sequence[Filter], first: int) -> list[Node]:
        """Link assertions between records that may be seen. They are followed, not disclosed."""
        self.question.proceed()
        found = self.store.find("LinkAssertion", filters, self.number, first).nodes
        return [node for node in found if self._visible(node)]

    def incoming(
        self, iris: Iterable[str], types: Sequence[str] | None
    ) -> dict[str, list[tuple[str, str]]]:
        """Links to each record from records of datasets that may be read."""
        self.question.proceed()
        found = self.store.incoming(iris, types, self.number)
        return {
            iri: [link for link in links if self.dataset_visible(link[1])]
            for iri, links in found.items()
        }

    def reach(self, iris: Iterable[str], types: Sequence[str]) -> list[str]:
        """Records that lead to these, of datasets that may be read."""
        self.question.proceed()
        reached = self.near.reach(iris, types, self.number)
        self._spend(len(reached))
        return [iri for iri in reached if self.dataset_visible(iri)]

    def things(self, iris: Iterable[str], kind: str, threshold: str) -> dict[str, str]:
        """The thing each record is about."""
        self.question.proceed()
        return self.near.things(iris, kind, threshold, self.number)

    def members(self, thing: str, threshold: str) -> list[str]:
        """The records about a thing, of datasets that may be read."""
        self.question.proceed()
        found = self.near.members(thing, threshold, self.number)
        return [iri for iri in found if self.dataset_visible(iri)]

    def thing(self, iri: str) -> Node | None:
        """The node of a thing that was reached by way of a record the asker may see.

        Things belong to no dataset of a project: they are shown on the strength of the record.
        """
        node = self.near.nodes([iri], self.number).get(iri)
        if node is not None and self.class_visible(node.cls):
            self.question.disclosed.add(iri)
            return node
        return None

    def _spend(self, records: int) -> None:
        allowed = self.question.sources.settings.limits.records
        self.question.read += records
        if self.question.read > allowed:
            raise OverLimitError(
                f"The answer needs more than {allowed:,} records",
                "Ask for a shorter page, a shorter time, or fewer linked records",
            )
