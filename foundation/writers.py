"""What long work does between two of its transactions, so that people's clicks are not kept waiting."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.sqlite.base import DatabaseWrapper, somebody_waits

STAND_BACK = 0.25  # seconds at most: long enough for a queue of clicks, short enough to get the work done
GLANCE = 0.001


def let_others_write(*, using: BaseDatabaseWrapper | None = None, longest: float = STAND_BACK) -> None:
    """Return when nobody waits to write any more, or after `longest` seconds. Costs nothing while nobody does.

    Call it between transactions, never inside one: there it returns at once. Only SQLite needs it: PostgreSQL lets
    many write.
    """
    own = using or connections[DEFAULT_DB_ALIAS]
    if own.in_atomic_block or not isinstance(own, DatabaseWrapper) or own.is_in_memory_db():
        return
    end = time.monotonic() + longest
    while somebody_waits(own.settings_dict["NAME"]) and time.monotonic() < end:
        time.sleep(GLANCE)


@dataclass
class Step:
    """One transaction of a `Pace`: how many pieces of work it did. None at all (work of another kind) teach nothing."""

    pieces: int


class Pace:
    """How much work to put into one transaction so that nobody who clicks waits for long.

    Where many can write at once (PostgreSQL) that is `most`. On SQLite it starts small and follows the time that the
    last transaction took, towards `seconds`.
    """

    def __init__(
        self,
        most: int,
        *,
        seconds: float = 0.1,
        using: BaseDatabaseWrapper | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self.alone = (using or connections[DEFAULT_DB_ALIAS]).vendor == "sqlite"
        self.size = max(1, most // 10) if self.alone else most

    @contextlib.contextmanager
    def step(self) -> Iterator[Step]:
        """Around one transaction with at most `size` pieces of work; lets others write after it."""
        begin, step = self.clock(), Step(self.size)
        yield step
        if self.alone:
            if step.pieces:
                # At most twice as much as before: the next pieces may be larger ones.
                fitting = step.pieces * self.seconds / max(self.clock() - begin, 1e-6)
                self.size = min(self.most, max(1, round(min(2.0 * self.size, fitting))))
            let_others_write()
