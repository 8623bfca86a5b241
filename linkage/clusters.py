"""Connected sets of records, in which no two contradict each other.

The result depends on the set of links and conflicts only, never on their order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

Pair = tuple[int, int]


class Sets:
    """Disjoint sets of 0..size-1; the smallest member names its set."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def find(self, member: int) -> int:
        """The smallest member of its set."""
        above = self._above
        root = member
        while above[root] != root:
            root = above[root]
        while above[member] != root:
            above[member], member = root, above[member]
        return root

    def join(self, left: int, right: int) -> None:
        """Make one set of the two."""
        left, right = self.find(left), self.find(right)
        if left != right:
            self._above[max(left, right)] = min(left, right)

    def all(self) -> list[int]:
        """The set of each member."""
        return [self.find(member) for member in range(len(self._above))]


def connected(size: int, links: Iterable[Pair]) -> list[int]:
    """For each of 0..size-1 the smallest one it is connected with."""
    sets = Sets(size)
    for left, right in links:
        sets.join(left, right)
    return sets.all()


def without_conflict(
    size: int, links: Sequence[tuple[int, int, int]], conflicts: Sequence[Pair]
) -> tuple[list[int], set[Pair]]:
    """Sets joined by links (left, right, strength: 0 is strongest) that hold no conflicting pair.

    Also the links not followed, because they would have joined a conflicting pair through a
    third. Where links would do so, the stronger ones are followed first; among links of one
    strength those of a member tied to both sides of a conflict are left out, and if that is not
    enough, all of that connected set.
    """
    whole = Sets(size)
    for left, right, _ in links:
        whole.join(left, right)
    tainted = {whole.find(a) for a, b in conflicts if whole.find(a) == whole.find(b)}
    sets = Sets(size)
    doubtful: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for left, right, strength in links:
        root = whole.find(left)
        if root in tainted:
            doubtful[root].append((left, right, strength))
        else:
            sets.join(left, right)
    against: dict[int, list[Pair]] = defaultdict(list)
    for a, b in conflicts:
        if whole.find(a) == whole.find(b):
            against[whole.find(a)].append((a, b))
    dropped: set[Pair] = set()
    for root in sorted(doubtful):
        dropped |= _settle(sets, doubtful[root], against[root])
    return sets.all(), dropped


def _settle(
    sets: Sets, links: Sequence[tuple[int, int, int]], conflicts: Sequence[Pair]
) -> set[Pair]:
    dropped: set[Pair] = set()
    for strength in sorted({each[2] for each in links}):
        tier = [(left, right) for left, right, how in links if how == strength]
        open_links = [(sets.find(a), sets.find(b), (a, b)) for a, b in tier]
        open_links = [each for each in open_links if each[0] != each[1]]
        opposed = {frozenset((sets.find(a), sets.find(b))) for a, b in conflicts}
        for cut in (set(), _torn(open_links, opposed)):
            kept = [each for each in open_links if each[0] not in cut and each[1] not in cut]
            dropped |= {each[2] for each in open_links if each not in kept}
            open_links = kept
            bad = _bad(open_links, opposed)
            if not bad:
                break
        trial = _trial(open_links)
        for left, right, link in open_links:
            if trial.get(left, left) in bad:
                dropped.add(link)
            else:
                sets.join(left, right)
    return {link for link in dropped if sets.find(link[0]) != sets.find(link[1])}


def _trial(links: Sequence[tuple[int, int, Pair]]) -> dict[int, int]:
    """Where each set would end if all these links were followed."""
    names = sorted({end for left, right, _ in links for end in (left, right)})
    place = {name: number for number, name in enumerate(names)}
    roots = connected(len(names), ((place[a], place[b]) for a, b, _ in links))
    return {name: names[roots[place[name]]] for name in names}


def _bad(links: Sequence[tuple[int, int, Pair]], opposed: set[frozenset[int]]) -> set[int]:
    trial = _trial(links)
    return {
        trial[min(pair)]
        for pair in opposed
        if all(end in trial for end in pair) and len({trial[end] for end in pair}) == 1
    }


def _torn(links: Sequence[tuple[int, int, Pair]], opposed: set[frozenset[int]]) -> set[int]:
    """Sets tied to two that conflict with each other."""
    beside: dict[int, set[int]] = defaultdict(set)
    for left, right, _ in links:
        beside[left].add(right)
        beside[right].add(left)
    return {
        name
        for name, others in beside.items()
        if any(pair <= others for pair in opposed if len(pair) == 2)
    }
