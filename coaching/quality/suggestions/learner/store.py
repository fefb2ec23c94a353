"""Where what was learned lies: a file of plain numbers below UNCOMMON_DATA, never a pickle, checked by its content hash.

Reading a pickle would run whatever somebody put into the file. An .npz of arrays holds numbers only, and numpy is told to
refuse anything else; the hash stands in the database, so a file that was changed or mixed up is not used.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from coaching.quality.suggestions.learner.features import CASE_FACTS, MESSAGE_FACTS, TEXT_PLACES

Floats = NDArray[np.float32]
NAME = re.compile(r"[0-9a-f]{64}\.npz")
LARGEST = 16 * 1024**2


class ModelUnreadable(Exception):
    """The file is missing, not the one that was written, or holds something else than expected."""


@dataclass(frozen=True)
class Learned:
    """The numbers of both parts: inverse frequencies and weights of text, middle, spread and weights of facts, constant."""

    case_frequency: Floats
    case_text: Floats
    case_middle: Floats
    case_spread: Floats
    case_facts: Floats
    case_constant: Floats
    message_frequency: Floats
    message_text: Floats
    message_middle: Floats
    message_spread: Floats
    message_facts: Floats
    message_constant: Floats


def _sizes() -> dict[str, int]:
    sizes: dict[str, int] = {}
    for part, facts in (("case", len(CASE_FACTS)), ("message", len(MESSAGE_FACTS))):
        sizes |= {f"{part}_frequency": TEXT_PLACES, f"{part}_text": TEXT_PLACES, f"{part}_constant": 1}
        sizes |= {f"{part}_{name}": facts for name in ("middle", "spread", "facts")}
    return sizes


def folder() -> Path:
    return Path(settings.DATA_DIR) / "learner"


def save(learned: Learned) -> tuple[str, str]:
    """(file name, SHA-256) of what was written; readable by this account only."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{field.name: getattr(learned, field.name) for field in fields(learned)})
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, path = tempfile.mkstemp(dir=folder(), suffix=".tmp")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    name = f"{digest}.npz"
    Path(path).replace(folder() / name)
    return name, digest


def load(name: str, digest: str) -> Learned:
    """What was written under this name. Raises ModelUnreadable where it is not exactly that."""
    if not NAME.fullmatch(name):
        raise ModelUnreadable(name)
    return _load(str(folder() / name), digest)


@lru_cache(maxsize=4)
def _load(path: str, digest: str) -> Learned:
    try:
        if Path(path).stat().st_size > LARGEST:
            raise ModelUnreadable(path)
        content = Path(path).read_bytes()
    except OSError as error:
        raise ModelUnreadable(path) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelUnreadable(path)
    return read(content)


def read(content: bytes) -> Learned:
    """The arrays of a file's content. Raises ModelUnreadable where one is missing, of another size, or no plain numbers."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = {name: np.asarray(arrays[name], dtype=np.float32) for name in _sizes()}
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelUnreadable("the content is not what was expected") from error
    for name, size in _sizes().items():
        if found[name].shape != (size,) or not np.isfinite(found[name]).all():
            raise ModelUnreadable(name)
    return Learned(**found)


def forget_all_but(names: set[str]) -> None:
    """Delete files of earlier trainings."""
    for path in folder().glob("*.npz"):
        if path.name not in names and NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)
