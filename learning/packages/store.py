"""Where the zip files lie: below PACKAGE_ROOT, named by their SHA-256, never under a public address."""

from __future__ import annotations

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.conf import settings

from learning.packages.archive import MOST_BYTES

KEPT = timedelta(hours=24)


def root() -> Path:
    return Path(settings.PACKAGE_ROOT)


def path_of(digest: str) -> Path:
    return root() / f"{digest}.zip"


def receive(pieces: Iterable[bytes]) -> tuple[Path, str, int]:
    """Write an upload beside the stored ones; its path, SHA-256 (hex) and size in bytes. Stops one byte above the limit."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("wb") as target:
            for piece in pieces:
                target.write(piece)
                digest.update(piece)
                size += len(piece)
                if size > MOST_BYTES:
                    break
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def keep(path: Path, digest: str) -> None:
    """Give a checked upload its place. The same bytes replace themselves, so doing it twice changes nothing."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(path_of(digest))


def sweep(now: datetime, known: Iterable[str]) -> int:
    """Remove uploads that were cut off, and files without a row, once they are a day old; how many."""
    rows, removed = set(known), 0
    for path in [*root().glob("incoming/*"), *root().glob("*.zip")]:
        if path.stem in rows or now.timestamp() - path.stat().st_mtime < KEPT.total_seconds():
            continue
        path.unlink(missing_ok=True)
        removed += 1
    return removed


@lru_cache(maxsize=16)
def _archive(path: Path) -> zipfile.ZipFile:
    """An open archive, kept: its table is read once. Several threads may read members of it at once."""
    return zipfile.ZipFile(path)


def member(digest: str, name: str) -> tuple[IO[bytes], int]:
    """One file of a stored package, open for reading, and its size in bytes.

    Raises KeyError where the package has no such file, and FileNotFoundError where the zip itself is gone.
    """
    archive = _archive(path_of(digest))
    info = archive.getinfo(name)
    if info.is_dir():
        raise KeyError(name)
    return archive.open(info), info.file_size


@contextmanager
def reading(path: Path) -> Iterator[Callable[[str, int], bytes]]:
    """A function that reads at most so many bytes (and one more) of a member of any zip; KeyError where there is none."""
    with zipfile.ZipFile(path) as archive:

        def read(name: str, most: int) -> bytes:
            with archive.open(name) as file:
                return file.read(most + 1)

        yield read
