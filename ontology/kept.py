"""What was made once and is kept in the user's cache folder: a file each, named by a digest.

Nothing kept is ever out of date: whoever keeps something names it by the digest of all that it
was made of. JUSTICEGRAPH_CACHE names the folder; empty, nothing is kept. It may be deleted at any
time; without a place to write, commands are only slower.
"""

import copyreg
import gc
import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, overload

_CHECK = hashlib.sha256().digest_size
_MOST = 8  # of one kind: those in use, and those of an editor's last attempts
T = TypeVar("T")


def digest_of(files: Iterable[Path], *also: str, libraries: Iterable[str] = ()) -> str:
    """The digest of files (their paths and contents), texts, this module's own content, and
    versions of Python and others."""
    digest = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes())
    for part in (*also, *(f"{name} {version(name)}" for name in libraries)):
        digest.update(part.encode() + b"\0")
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def read(kind: str, digest: str) -> bytes | None:
    """What was kept under a digest; None where nothing was, or not whole, or by somebody else."""
    file = _file(kind, digest)
    try:
        if file is None or file.stat().st_uid != os.getuid():
            return None
        check, content = (whole := file.read_bytes())[:_CHECK], whole[_CHECK:]
    except OSError:
        return None
    return content if hashlib.sha256(content).digest() == check else None


def keep(kind: str, digest: str, content: bytes) -> None:
    """Keep a content whole or not at all, for this user's eyes only."""
    file = _file(kind, digest)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(hashlib.sha256(content).digest() + content)
        os.replace(part.name, file)
        others = sorted(file.parent.glob(f"{kind}-*"), key=lambda other: other.stat().st_mtime)
        for other in others[:-_MOST]:
            other.unlink(missing_ok=True)
    except OSError:
        return


def made(kind: str, digest: str, make: Callable[[], T]) -> T:
    """What `make` gives, or gave when it was kept under this digest, which must tell all that it
    is made of: what it is read from, and the programs that read it."""
    content = read(kind, digest)
    if content is not None:
        found: T = _unpickled(content)
        return found
    new = make()
    keep(kind, digest, _pickled(new))
    return new


def _pickled(content: object) -> bytes:
    kept = io.BytesIO()
    _Pickler(kept, pickle.HIGHEST_PROTOCOL).dump(content)
    return kept.getvalue()


def _unpickled(content: bytes) -> Any:
    collecting = gc.isenabled()
    gc.disable()  # nothing of what is made here is garbage, and looking doubles the time
    try:
        return pickle.loads(content)  # noqa: S301 - whole, and written by this user
    finally:
        if collecting:
            gc.enable()


class _Pickler(pickle.Pickler):
    """Dataclasses come back by being made of their fields, which takes half as long."""

    def reducer_override(self, obj: Any) -> Any:
        if not is_dataclass(obj) or isinstance(obj, type) or not all(f.init for f in fields(obj)):
            return NotImplemented
        return type(obj), tuple(getattr(obj, field.name) for field in fields(obj))


class Later(Sequence[T]):
    """Items that are read from their pickle when they are first looked at: most are not."""

    def __init__(self, items: Sequence[T] | bytes) -> None:
        self._items = items

    def __reduce__(self) -> tuple[type["Later[T]"], tuple[bytes]]:
        return Later, (self._items if isinstance(self._items, bytes) else _pickled(self._items),)

    def _read(self) -> Sequence[T]:
        if isinstance(self._items, bytes):
            items: Sequence[T] = _unpickled(self._items)
            self._items = items
        return self._items

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._read()[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def frozen(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A mapping that cannot be changed, as it comes back from a pickle."""
    return MappingProxyType(content)


copyreg.pickle(MappingProxyType, lambda mapping: (frozen, (dict(mapping),)))


def _file(kind: str, digest: str) -> Path | None:
    named = os.environ.get("JUSTICEGRAPH_CACHE")
    if named == "":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(named) if named else Path(home) / "justicegraph"
    return folder / f"{kind}-{digest}"
