"""What was fetched and not stored yet: one raw object per line, and how far the fetching is.

A page is appended and forced to disk before the state file that counts it is replaced, so a run killed
anywhere finds whole pages only: what stands behind the counted bytes is cut off. A spool belongs to
the stored cursor it began at; where that has moved on, its rows are stored and it is thrown away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = "connections"


def folder_of(connection_pk: int) -> Path:
    return Path(settings.IMPORT_ROOT) / FOLDER / str(connection_pk)


def remove_folder(connection_pk: int) -> None:
    shutil.rmtree(folder_of(connection_pk), ignore_errors=True)


@contextlib.contextmanager
def only_here(connection_pk: int) -> Iterator[bool]:
    """Hold the folder of a connection; False where another process of this machine holds it. The system lets go for a dead one."""
    folder = folder_of(connection_pk)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@dataclass
class State:
    """`start` is the stored cursor that the spool began at, `cursor` where the next page begins."""

    start: dict[str, Any]
    cursor: dict[str, Any]
    bytes: int = 0
    objects: int = 0
    odd: int = 0
    ended: bool = False
    as_of: str = ""
    last_page: str = ""


class Spool:
    """One stream's file. Only the holder of `only_here` may touch it."""

    def __init__(self, connection_pk: int, stream: str, start: dict[str, Any]) -> None:
        folder = folder_of(connection_pk)
        self.path = folder / f"{stream}.ndjson"
        self._state_path = folder / f"{stream}.state.json"
        self.state = self._kept(start) or State(start=start, cursor=start)
        self._cut()

    def _kept(self, start: dict[str, Any]) -> State | None:
        try:
            state = State(**json.loads(self._state_path.read_text()))
            size = self.path.stat().st_size
        except (OSError, ValueError, TypeError):
            return None
        return state if state.start == start and size >= state.bytes else None

    def _cut(self) -> None:
        with self.path.open("ab") as stream:
            stream.truncate(self.state.bytes)

    def add(
        self, objects: list[dict[str, Any]], cursor: dict[str, Any], *, ended: bool, as_of: str, odd: int, digest: str
    ) -> None:
        """Append one page."""
        block = "".join(json.dumps(_clean(item), ensure_ascii=False, separators=(",", ":")) + "\n" for item in objects).encode()
        with self.path.open("ab") as stream:
            stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
        state = self.state
        self._replace(
            State(
                start=state.start,
                cursor=cursor,
                bytes=state.bytes + len(block),
                objects=state.objects + len(objects),
                odd=state.odd + odd,
                ended=ended,
                as_of=as_of or state.as_of,
                last_page=digest,
            )
        )

    def _replace(self, state: State) -> None:
        beside = self._state_path.with_suffix(".new")
        with beside.open("w") as stream:
            json.dump(asdict(state), stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, self._state_path)
        self.state = state

    def remove(self) -> None:
        """Throw it away: the state first, so that a half-removed one counts as none."""
        self._state_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def digest_of(objects: list[dict[str, Any]]) -> str:
    """The same for the same objects in the same order; "" for none."""
    if not objects:
        return ""
    text = json.dumps(objects, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _clean(value: Any) -> Any:
    """Without what no database stores: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
