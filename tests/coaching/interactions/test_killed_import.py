"""An import killed before or after any SQL statement, then run again, leaves what an undisturbed one leaves."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from coaching.interactions.models import ChangedDay, Handler, ImportJob, Interaction, Message, Source, SurveyResponse
from tests.coaching.interactions.helpers import HEADER, bring, dump, write
from tests.killed import only_reads

EVENTS = {
    "source": "log",
    "timezone": "UTC",
    "interaction": {
        "shape": "event",
        "resolved": ["solved"],
        "reopened": {"repeated": "solved"},
        "columns": {"external_id": "id", "at": "at", "activity": "what", "handler": "who"},
    },
}
TALK = {
    "source": "talk",
    "timezone": "UTC",
    "message": {
        "order": ["part"],
        "columns": {
            "case": "id",
            "external_id": "comment",
            "sent_at": "at",
            "author": "who",
            "author_kind": "role",
            "body": "text",
            "is_private": "private",
        },
    },
}
RATED = {
    "source": "desk",
    "timezone": "UTC",
    "survey": {"columns": {"external_id": "id", "case": "id", "handler": "agent", "value": "rating", "responded_at": "at"}},
}


class Killed(Exception):
    """Stands for the process dying."""


class Killer:
    """Dies before (even) or after (odd) the statement of its number. `moments` are those that leave something of their own."""

    def __init__(self, moment: int) -> None:
        self.moment, self.count = moment, 0
        self.moments: list[int] = []
        self._changed = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._step(self._changed)
        result = execute(sql, params, many, context)
        self._changed = not only_reads(sql)
        self._step(self._changed)
        return result

    def _step(self, leaves_something: bool) -> None:
        if leaves_something:
            self.moments.append(self.count)
        self.count += 1
        if self.count - 1 == self.moment:
            raise Killed


@pytest.fixture(autouse=True)
def small_chunks(settings):
    settings.IMPORT_CHUNK_ROWS = 4


def forget() -> None:
    for model in (ChangedDay, SurveyResponse, Message, Interaction, Handler, ImportJob, Source):
        model.objects.all().delete()


def die() -> None:
    """What the end of the process does to the connection. A test's SQLite lives in memory and must stay open."""
    if connection.vendor == "sqlite":
        connection.connection.rollback()
    else:
        connection.close()


def wrong_endings(run: Callable[[], object]) -> tuple[int, int]:
    """Kill at every point that leaves something of its own, and rerun; how many points there were, and how many ended differently."""
    forget()
    run()  # what is looked up once per process is known from here on: no later run takes fewer statements
    forget()
    counter = Killer(-1)
    with connection.execute_wrapper(counter):
        run()
    expected, points, wrong = dump(), counter.count, 0
    assert expected
    for moment in counter.moments:
        forget()
        with pytest.raises(Killed), connection.execute_wrapper(Killer(moment)):
            run()
        die()
        run()
        wrong += dump() != expected
    return points, wrong


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["interactions", "events", "messages", "surveys"])
def test_rerun_completes(tmp_path: Path, cast, kind):
    if kind == "interactions":
        rows = [
            f"C{n},{['rita@example.com', 'ravi@example.com', 'nobody'][n % 3]},2026-01-0{n % 5 + 1} 10:00,,{n},y"
            for n in range(10)
        ]
        path = write(tmp_path / "a.csv", "\n".join([HEADER, *rows]))
        points, wrong = wrong_endings(lambda: bring(path))
    elif kind == "events":
        rows = [f"E{n % 6},2026-01-0{n // 6 + 1} 10:00,{'solved' if n > 6 else 'new'},rita@example.com" for n in range(18)]
        path = write(tmp_path / "e.csv", "\n".join(["id,at,what,who", *rows]))
        points, wrong = wrong_endings(lambda: bring(path, EVENTS))
    elif kind == "messages":
        rows = [f"T{n % 5},{n // 5},0,2026-01-0{n // 5 + 1} 10:00,rita@example.com,agent,hello {n},{n % 2}" for n in range(15)]
        path = write(tmp_path / "m.csv", "\n".join(["id,comment,part,at,who,role,text,private", *rows]))
        points, wrong = wrong_endings(lambda: bring(path, TALK, "messages"))
    else:
        rows = [f"S{n},rita@example.com,{n % 5 + 1},2026-01-0{n % 5 + 1} 10:00" for n in range(10)]
        path = write(tmp_path / "s.csv", "\n".join(["id,agent,rating,at", *rows]))
        points, wrong = wrong_endings(lambda: bring(path, RATED, "surveys"))
    assert points >= 40
    assert wrong == 0


@pytest.mark.django_db(transaction=True)
def test_a_changed_file_killed_midway_completes_too(tmp_path: Path, cast):
    first = [f"C{n},rita@example.com,2026-01-01 10:00,,{n},y" for n in range(8)]
    second = [f"C{n},{'ravi' if n % 2 else 'rita'}@example.com,2026-01-0{n % 3 + 1} 10:00,,{n},y" for n in range(2, 12)]
    old = write(tmp_path / "old.csv", "\n".join([HEADER, *first]))
    new = write(tmp_path / "new.csv", "\n".join([HEADER, *second]))

    def both() -> None:
        bring(old)
        bring(new)

    _points, wrong = wrong_endings(both)
    assert wrong == 0


@pytest.mark.django_db(transaction=True)
def test_the_harness_catches_a_naive_importer(tmp_path: Path, cast):
    """Adds rows and remembers its position in a second transaction: a kill in between doubles rows."""
    rows = [f"C{n},rita@example.com,2026-01-01 10:00,,{n},y" for n in range(10)]
    path = write(tmp_path / "a.csv", "\n".join([HEADER, *rows]))
    done = {"rows": 0}

    def naive() -> None:
        source, _new = Source.objects.get_or_create(key="desk", defaults={"name": "desk"})
        if not Interaction.objects.filter(source=source).exists():
            done["rows"] = 0
        with path.open() as stream:
            cases = list(csv.DictReader(stream))
        for start in range(done["rows"], len(cases), 4):
            part = cases[start : start + 4]
            with transaction.atomic():
                Interaction.objects.bulk_create(
                    [
                        Interaction(
                            source=source,
                            external_id=f"{case['id']}-{Interaction.objects.count()}",
                            opened_at="2026-01-01T10:00Z",
                            opened_on="2026-01-01",
                        )
                        for case in part
                    ]
                )
            Source.objects.filter(pk=source.pk).update(name="desk")  # stands for its progress row
            done["rows"] = start + len(part)

    _points, wrong = wrong_endings(naive)
    assert wrong > 0
