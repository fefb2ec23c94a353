"""On SQLite a click goes before the next chunk of a load: `foundation.sqlite` and `foundation.writers`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from foundation.sqlite.base import somebody_waits
from foundation.writers import Pace, let_others_write

PATIENCE = 20


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: Any) -> Iterator[Path]:
    path = tmp_path / "work.sqlite3"
    with django_db_blocker.unblock():  # it is not the database of the tests
        connection = opened(path)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE work (id INTEGER PRIMARY KEY, who TEXT)")
        connection.close()
        yield path


def opened(path: Path, patience: float = PATIENCE) -> Any:
    """A connection of its own, as settings make it for a file."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": patience, "init_command": "PRAGMA journal_mode=WAL"}
    return ConnectionHandler({"default": {"ENGINE": "foundation.sqlite", "NAME": path, "OPTIONS": options}})["default"]


def begin(connection: Any, who: str) -> None:
    connection.ensure_connection()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO work (who) VALUES (%s)", [who])


def end(connection: Any) -> None:
    connection.commit()
    connection.set_autocommit(True)


def wait_for(condition: Callable[[], bool]) -> None:
    for _look in range(2_000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("It did not come about within ten seconds.")


def click(path: Path) -> threading.Thread:
    """Somebody who writes one row, in a thread and with a connection of their own."""

    def write() -> None:
        connection = opened(path)
        begin(connection, "click")
        end(connection)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def written(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT who FROM work ORDER BY id")
        return [who for (who,) in cursor.fetchall()]


def test_a_click_goes_before_the_next_chunk(database):
    load = opened(database)
    begin(load, "chunk 1")
    clicks = [click(database)]
    wait_for(lambda: somebody_waits(database))
    end(load)
    let_others_write(using=load, longest=10)
    begin(load, "chunk 2")
    end(load)
    clicks[0].join()
    assert written(load) == ["chunk 1", "click", "chunk 2"]
    assert not somebody_waits(database)


def test_inside_a_transaction_nobody_stands_back(database):
    load = opened(database)
    begin(load, "chunk 1")
    waiting = click(database)
    wait_for(lambda: somebody_waits(database))
    load.in_atomic_block = True  # as `transaction.atomic` says it
    let_others_write(using=load, longest=3_600)  # would wait for the one that waits for it
    load.in_atomic_block = False
    end(load)
    waiting.join()
    assert written(load) == ["chunk 1", "click"]


def test_patience_ends_and_is_as_long_as_before_for_what_comes_next(database):
    load, click = opened(database), opened(database, patience=0.05)
    begin(load, "chunk 1")
    with pytest.raises(OperationalError, match="locked"):
        begin(click, "click")
    end(load)
    assert not somebody_waits(database)
    begin(click, "click")
    end(click)
    with click.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (50,)
    assert written(click) == ["chunk 1", "click"]


def test_nobody_waits_for_a_database_that_nobody_waited_for(tmp_path):
    assert not somebody_waits(tmp_path / "none.sqlite3")


def test_work_is_cut_into_pieces_that_take_about_as_long_as_wanted(database):
    clock = [0.0]
    pace = Pace(1_000, seconds=0.1, using=opened(database), clock=lambda: clock[0])
    sizes = []
    for seconds in (0.05, 0.2, 0.4, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01):
        sizes.append(pace.size)
        with pace.step():
            clock[0] += seconds
    assert sizes == [100, 200, 100, 25, 50, 100, 200, 400, 800]
    assert pace.size == 1_000


def test_work_of_another_kind_teaches_nothing_and_a_short_rest_little(database):
    clock = [0.0]
    pace = Pace(1_000, seconds=0.1, using=opened(database), clock=lambda: clock[0])
    for pieces, seconds, size in ((0, 0.001, 100), (0, 9.0, 100), (5, 0.01, 50), (50, 0.1, 50), (3, 0.0001, 100)):
        with pace.step() as step:
            step.pieces = pieces
            clock[0] += seconds
        assert pace.size == size
