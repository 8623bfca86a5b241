"""What pyshacl has said under compiled shapes, so that it is not asked the same again.

No value of a record is kept on disk: of kinds of failing content that are told apart by values,
only how many were judged.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from ontology import kept

_KIND = "judged"


@dataclass
class Memory:
    """told: severity, message and path by (code, component). judged: kinds of failing content,
    as (code, root, kind) or with values behind. counted: how many contents of a kind were judged.
    started: (code, root) of which rows that pass were judged. digest: of what it is true of; with
    it, it outlives the process.
    """

    digest: str | None = None
    told: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    judged: set[tuple[object, ...]] = field(default_factory=set)
    counted: Counter[tuple[object, ...]] = field(default_factory=Counter)
    started: set[tuple[str, str]] = field(default_factory=set)
    _size: tuple[int, ...] = ()

    @staticmethod
    def of(digest: str) -> "Memory":
        """What earlier processes have kept under this digest, or nothing yet."""
        memory = Memory(digest)
        content = kept.read(_KIND, digest)
        if content is not None:
            said = orjson.loads(content)
            memory.told = {(code, part): tuple(rest) for code, part, *rest in said["told"]}
            memory.judged = {tuple(kind) for kind in said["judged"]}
            memory.counted = Counter({tuple(kind): count for *kind, count in said["counted"]})
            memory.started = {(code, root) for code, root in said["started"]}
        memory._size = memory._sizes()
        return memory

    def keep(self) -> None:
        """Keep what is new for the processes to come; of two at once, what one of them says."""
        if self.digest is None or self._sizes() == self._size:
            return
        said: Mapping[str, object] = {
            "told": [(*key, *said) for key, said in sorted(self.told.items())],
            "judged": sorted(kind for kind in self.judged if len(kind) == _PLAIN),
            "counted": [(*kind, count) for kind, count in self.counted.items()],
            "started": sorted(self.started),
        }
        kept.keep(_KIND, self.digest, orjson.dumps(said))
        self._size = self._sizes()

    def _sizes(self) -> tuple[int, ...]:
        plain = sum(len(kind) == _PLAIN for kind in self.judged)
        return len(self.told), plain, self.counted.total(), len(self.started)


_PLAIN = 3
"""Parts of a kind without values."""
