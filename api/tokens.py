"""Record ids for roles that may not see identifiers.

A record IRI holds the keys of its source: a prisoner number, a URN. Below identifying clearance
an id is therefore the IRI encrypted with AES-SIV: the same record has the same id in every answer
to one project, only this server can read it back, and two projects cannot join on it.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from api.errors import AccessFileError

FILE = "tokens.key"
PREFIX = "r-"


class Tokens:
    """Turns IRIs into tokens and back, with the key of one data folder."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        self.key = key

    @staticmethod
    def open(folder: Path) -> "Tokens":
        """With the folder's key, which is made on first use. Raises AccessFileError."""
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _make(path)
            key = path.read_bytes()
        except OSError as error:
            raise AccessFileError(
                f"{path} cannot be used: {error.strerror}", "Make the data folder readable"
            ) from error
        if len(key) != 64:
            raise AccessFileError(
                f"{path} is not a token key", "Restore it, or remove it: ids given out stop working"
            )
        return Tokens(key)

    def seal(self, text: str, project: str | None) -> str:
        """The token of an IRI (or page cursor) for a project."""
        sealed = self._cipher.encrypt(text.encode(), [(project or "").encode()])
        return PREFIX + urlsafe_b64encode(sealed).decode().rstrip("=")

    def open_token(self, token: str, project: str | None) -> str | None:
        """What a token stands for; None if it was not made here for this project."""
        if not token.startswith(PREFIX):
            return None
        body = token[len(PREFIX) :]
        try:
            sealed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            return self._cipher.decrypt(sealed, [(project or "").encode()]).decode()
        except (InvalidTag, NotBase64, ValueError):
            return None


def _make(path: Path) -> None:
    """Write a new key as a whole file that appears at once; another process's stands."""
    new = path.with_name(f"{FILE}.{os.getpid()}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(AESSIV.generate_key(512))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(new, path)
    new.unlink()
