"""Preparing the next part of a file while this one is written to the database.

A thread does for a small file. A large one is read by a process of its own: reading and parsing keep
the interpreter as busy as the database driver does, and two threads would only take turns.
"""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused, Notes, ReaderEnded

Item = TypeVar("Item")


def ahead(source: Iterator[Item], notes: Notes, *, large: bool) -> Generator[Item]:
    """The items of `source`, each prepared while the one before is used. `source` must not touch the database.

    What `source` adds to `notes` is there when the item it belongs to is, and an ImportRefused is raised at
    its place. Close it before anything `source` reads from is put away. Raises ReaderEnded where
    the reading process is gone before the end of the file.
    """
    # A process that has other threads must not be copied: what they hold would stay held in the copy.
    if large and threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("fork")
        receiving, sending = context.Pipe(duplex=False)
        _widen(sending)
        child = context.Process(target=_send_all, args=(source, notes, receiving, sending), name="import-reader", daemon=True)
        child.start()
        sending.close()
        return _received(child, receiving, notes)
    return _in_thread(source)


def _in_thread(source: Iterator[Item]) -> Generator[Item]:
    language, end = translation.get_language(), object()

    def following() -> Any:
        with translation.override(language):
            return next(source, end)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import-reader") as reader:
        coming = reader.submit(following)
        while (item := coming.result()) is not end:
            coming = reader.submit(following)
            yield item


def _received(child: BaseProcess, receiving: Connection, notes: Notes) -> Generator[Any]:
    try:
        while True:
            try:
                item, added, refused = receiving.recv()
            # Killed (OSError: in the middle of an item), or an error of its own that stands in the log.
            except (EOFError, OSError) as ended:
                raise ReaderEnded(
                    _("The process that read the file ended before its work did. Start the import again.")
                ) from ended
            for text, times in added.items():
                notes.add(text, times)
            if refused is not None:
                raise refused
            if item is None:
                return
            yield item
    finally:
        receiving.close()
        child.join(timeout=5)
        if child.is_alive():
            child.kill()
            child.join()


def _widen(pipe: Connection) -> None:
    """A pipe that takes a megabyte at a time, where the system lets us: the two processes wake each other less often."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 1 << 20)


def _send_all(source: Iterator[Any], notes: Notes, receiving: Connection, sending: Connection) -> None:
    """In the child. The pipe holds the next item back until it is asked for, so one is ready and no more."""
    receiving.close()
    refused: ImportRefused | None = None
    said = notes.counts.copy()
    try:
        for item in source:
            sending.send((item, notes.counts - said, None))
            said = notes.counts.copy()
    except BrokenPipeError:  # nobody wants more
        return
    except ImportRefused as reason:
        refused = reason
    sending.send((None, notes.counts - said, refused))
