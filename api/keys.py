"""API keys: `jg_<id>_<secret>`, of which only the secret's hash is kept.

The secret has 256 random bits, so one SHA-256 is enough: there is nothing to guess. The file is
read again whenever it changes: a revoked key stops working at once.
"""

import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.access import Access, Role
from api.errors import AccessFileError, BadKeyError, NotFoundError, WrongValueError
from ontology.errors import nearest

FILE = "access.json"
FORMAT = 1


@dataclass(frozen=True)
class Key:
    """What is kept of a key. expires: the last day it works. datasets: None for all."""

    id: str
    hash: str
    role: Role
    project: str
    datasets: tuple[str, ...] | None
    expires: str | None
    made: str
    revoked: str | None = None

    def works(self, today: date) -> bool:
        """Whether it opens anything on this day."""
        return self.revoked is None and (
            self.expires is None or today <= date.fromisoformat(self.expires)
        )


class Keys:
    """The keys of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    def list(self) -> list[Key]:
        """All keys, revoked and expired ones too, oldest first."""
        return sorted(self._read().values(), key=lambda key: (key.made, key.id))

    def add(
        self,
        role: Role | str,
        project: str,
        datasets: Iterable[str] | None = None,
        expires: date | None = None,
    ) -> tuple[Key, str]:
        """Make a key: what is kept, and the text to hand out, which is shown only now."""
        names = [item.value for item in Role if item != Role.PUBLIC]
        if role not in names:
            raise WrongValueError(
                f"There is no role {role!r}", f"Use one of {', '.join(names)}", nearest(role, names)
            )
        ident, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        key = Key(
            ident,
            _hash(secret),
            Role(role),
            project,
            None if datasets is None else tuple(sorted(set(datasets))),
            expires.isoformat() if expires else None,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._write({**self._read(), ident: key})
        return key, f"jg_{ident}_{secret}"

    def revoke(self, ident: str) -> Key:
        """Make a key stop working. It stays in the list, so that the audit log can be read."""
        keys = self._read()
        if ident not in keys:
            raise NotFoundError(
                f"There is no key {ident!r}", "See the list of keys", nearest(ident, keys)
            )
        key = replace(keys[ident], revoked=datetime.now(UTC).isoformat(timespec="seconds"))
        self._write({**keys, ident: key})
        return key

    def open(self, text: str) -> Access:
        """What a key lets its bearer see. Raises BadKeyError; every attempt takes the same time."""
        head, _, rest = text.strip().partition("_")
        ident, _, secret = rest.partition("_")
        key = self._read().get(ident)
        same = hmac.compare_digest(_hash(secret), key.hash if key else _hash(""))
        if head != "jg" or key is None or not same or not key.works(datetime.now(UTC).date()):
            raise BadKeyError
        datasets = None if key.datasets is None else frozenset(key.datasets)
        return Access(key.role, key.project, datasets, key.id)

    def _read(self) -> dict[str, Key]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._keys = self._parse(self.path.read_bytes())
            self._stamp = stamp
        return self._keys

    def _parse(self, content: bytes) -> dict[str, Key]:
        try:
            stored = json.loads(content)
            if stored["format"] != FORMAT:
                raise ValueError(f"format {stored['format']}, not {FORMAT}")
            keys = [_key(item) for item in stored["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            raise AccessFileError(
                f"{self.path} is not a file of keys: {error}",
                "Restore it from a backup, or remove it and hand out new keys",
            ) from error
        return {key.id: key for key in keys}

    def _write(self, keys: dict[str, Key]) -> None:
        content = {"format": FORMAT, "keys": [asdict(key) for key in keys.values()]}
        new = self.path.with_name(f"{FILE}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            raise AccessFileError(
                f"{self.path} cannot be written: {error.strerror}", "Make the data folder writable"
            ) from error
        self._stamp = None


def _key(item: dict[str, Any]) -> Key:
    datasets = item["datasets"]
    return Key(
        **{
            **item,
            "role": Role(item["role"]),
            "datasets": None if datasets is None else tuple(datasets),
        }
    )


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
