"""Where recordings lie: a folder of our own, never under a public address, under names of our own."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from coaching.quality.models import Recording

HEAD = 16  # bytes that tell the kind
CHUNK = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9_-]{32}")

CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}


def kind_of(head: bytes) -> str | None:
    """The kind of audio by how the file begins, whatever its name says; None for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"OggS":
        return "ogg"
    if head[4:8] == b"ftyp" and head[8:12] in {b"M4A ", b"mp42", b"isom", b"M4B "}:
        return "m4a"
    # A frame of MPEG audio: eleven set bits, a version and a layer that exist.
    frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 and head[1] & 0x18 != 0x08
    return "mp3" if head[:3] == b"ID3" or frame else None


def _root() -> Path:
    return Path(settings.DATA_DIR) / "recordings"


def path_of(recording: Recording) -> Path:
    """Raises ValueError for a name that is none of ours."""
    if not _NAME.fullmatch(recording.stored_name):
        raise ValueError("not a stored recording")
    return _root() / recording.stored_name


def keep(upload: UploadedFile) -> str:
    """Store what was uploaded, in pieces; returns its name. Whole or not at all."""
    name = secrets.token_urlsafe(24)
    _root().mkdir(parents=True, exist_ok=True)
    unfinished = _root() / f".{name}"
    with unfinished.open("wb") as target:
        for piece in upload.chunks():
            target.write(piece)
    os.replace(unfinished, _root() / name)
    return name


def forget(name: str) -> None:
    """Remove a stored file; one that is gone already is fine."""
    if _NAME.fullmatch(name):
        (_root() / name).unlink(missing_ok=True)


def pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end`, both included."""
    with path.open("rb") as source:
        source.seek(start)
        left = end - start + 1
        while left > 0 and (piece := source.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte of a Range header with one range; None where it asks for none that is understood.

    Raises ValueError where it lies outside the file (RFC 9110, 14.2: the answer is 416).
    """
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
        if int(last) == 0:
            raise ValueError(header)
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if begin >= size or begin > end:
        raise ValueError(header)
    return begin, end
