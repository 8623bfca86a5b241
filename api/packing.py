"""Packing GraphiQL's scripts, so that it works without a network.

What it needs, in which version, with which hash, stands in one place: the page that the installed
Strawberry has. npm fetches the packages; only the files that the page names are kept.
"""

import re
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha384
from pathlib import Path

import strawberry

from api.errors import NotReadyError

FOLDER = "graphiql-assets"
_LOADED = re.compile(
    r"https://(?P<host>[\w.-]+)/(?P<path>(?P<package>@?[\w/-]+@[\d.]+)/(?P<file>[\w./-]+))\""
    r"\s+integrity=\"sha384-(?P<hash>[^\"]+)\""
)


@dataclass(frozen=True)
class Asset:
    """A file that the page loads. path: where it lies in the folder of packed files."""

    host: str
    path: str
    package: str
    file: str
    hash: str


@lru_cache(maxsize=1)
def page() -> str:
    """The GraphiQL page of the installed Strawberry."""
    path = Path(strawberry.__file__).parent / "static" / "graphiql.html"
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def assets() -> tuple[Asset, ...]:
    """The files that the page loads."""
    return tuple(Asset(**found.groupdict()) for found in _LOADED.finditer(page()))


def packed(folder: Path) -> bool:
    """Whether every one of them lies in a folder."""
    return bool(assets()) and all((folder / asset.path).is_file() for asset in assets())


def pack(folder: Path) -> list[Path]:
    """Fetch the packages with npm and keep the files that are loaded. Raises NotReadyError."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotReadyError(
            "npm is not here, so GraphiQL cannot be packed",
            "Install Node.js, or use the page /query, which needs nothing",
        )
    written = []
    for package in dict.fromkeys(asset.package for asset in assets()):
        with tempfile.TemporaryDirectory() as place:
            archive = Path(place) / _fetch(npm, package, place)
            with tarfile.open(archive) as files:
                for asset in (item for item in assets() if item.package == package):
                    content = files.extractfile(f"package/{asset.file}")
                    written.append(_keep(folder, asset, content.read() if content else b""))
    return written


def _fetch(npm: str, package: str, place: str) -> str:
    command = [npm, "pack", "--silent", package]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotReadyError(
            f"npm could not fetch {package}: {done.stderr.strip()[:200]}",
            "Check that npm reaches its registry, or use the page /query",
        )
    return done.stdout.split()[-1]


def _keep(folder: Path, asset: Asset, content: bytes) -> Path:
    if b64encode(sha384(content).digest()).decode() != asset.hash:
        raise NotReadyError(
            f"{asset.path} is not the file that the page expects",
            "Try again; if it stays so, the registry serves another file",
        )
    path = folder / asset.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
