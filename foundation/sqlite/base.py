"""SQLite for people at work beside long loads.

SQLite has one writer at a time and no queue: who finds the database busy sleeps, in the end for 100 ms at a time, and
looks again. A load that commits a chunk and begins the next at once is never met between two, so a click waits for
seconds. Here who waits looks every 2 ms and holds a shared lock on a file beside the database meanwhile; a load asks
that file between two chunks (`foundation.writers.let_others_write`) and stands back while somebody holds it.

See docs/decisions/0009-sqlite-writers.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

LOOK_AGAIN = 0.002  # seconds
WAITING = "-waiting"  # suffix of the file beside the database


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, except in how a transaction that writes begins."""

    def _start_transaction_under_autocommit(self) -> None:
        if self.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE" or self.is_in_memory_db():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        patience = int(float(self.settings_dict["OPTIONS"].get("timeout", 5)) * 1000)
        # What SQLite would do itself while the database is busy: nothing, until the end of this method.
        self._be_patient(0)
        try:
            if not self._begun(last=False):
                with _waiting(self.settings_dict["NAME"]):
                    deadline = time.monotonic() + patience / 1000
                    while not self._begun(last=time.monotonic() >= deadline):
                        time.sleep(LOOK_AGAIN)
        finally:
            self._be_patient(patience)

    def _be_patient(self, milliseconds: int) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def _begun(self, *, last: bool) -> bool:
        """Whether the database could be had; raises Django's “database is locked” on the last try."""
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as error:
            if last or "locked" not in str(error):
                raise
            return False
        return True


@contextlib.contextmanager
def _waiting(database: Any) -> Iterator[None]:
    descriptor = os.open(waiting_file(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)  # which gives the lock back; so does the end of the process


def waiting_file(database: Any) -> str:
    """The file that tells who waits for this database. It holds nothing."""
    return f"{database}{WAITING}"


def somebody_waits(database: Any) -> bool:
    """Whether another connection waits to write at this moment."""
    try:
        descriptor = os.open(waiting_file(database), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
