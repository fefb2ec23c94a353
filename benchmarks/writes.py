"""How long people wait for their own writes while a large import runs beside them, on SQLite.

`./uncommon bench writes [--json] [--rows 300000] [--kept 200000] [--pause-ms 40]`

The database holds `--kept` cases already, as in a company that has been at work for a while. A second process imports
`--rows` new ones and counts every figure again, as the command does. Meanwhile a head of support keeps and deletes a
view of the explorer, over and over, through Django's test client (session, permission, service, audit entry, commit),
pausing between two writes as people do. The same is measured before, with nothing else going on. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.import_interactions import mapping, people, write_file

ALONE = 150  # writes measured with nothing else going on
NOW = datetime(2026, 6, 15, tzinfo=UTC)


def importer(path: Path, stages: Any) -> None:
    """The other process: import, then count; says when each has ended."""
    import django

    django.setup()
    from coaching.interactions import services
    from coaching.interactions.importing.mapping import parse_mapping
    from coaching.metrics.imports.jobs import finish_import

    stages.put("import")
    services.import_interactions(actor=None, path=path, mapping=parse_mapping(mapping()), now=NOW)
    stages.put("count")
    finish_import(now=NOW)
    stages.put("end")


def company() -> tuple[Any, str]:
    """A head of support who is signed in, and the address under which views are kept."""
    from django.test import Client
    from django.urls import reverse

    from coaching.metrics.services import ensure_default_metrics
    from people import services
    from people.models import Membership, Person, Role

    now = datetime.now(UTC)
    ensure_default_metrics(now=now)
    people()
    team = services.create_team(actor=None, name="Bench", now=now)
    agents = Person.objects.filter(email__startswith="agent").order_by("pk")
    since, member = datetime(2024, 12, 1, tzinfo=UTC).date(), Membership.Kind.MEMBER
    Membership.objects.bulk_create(Membership(person=agent, team=team, starts_on=since, kind=member) for agent in agents)
    head = services.create_person(actor=None, email="head@example.com", display_name="Head", roles=[Role.HEAD], now=now)
    client = Client()
    client.force_login(head, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, reverse("metrics_view_save")


def write_until(client: Any, url: str, over: Callable[[int], bool], pause: float) -> list[float]:
    """Milliseconds of each write until `over(number of writes)`."""
    from django.urls import reverse

    from coaching.metrics.models import SavedView

    times: list[float] = []
    while not over(len(times)):
        view = SavedView.objects.first()
        begin = time.perf_counter()
        if view is None:
            answer = client.post(f"{url}?metric=csat&by=person", {"page": "explore", "name": "Mine", "audience": "own"})
        else:
            answer = client.post(reverse("metrics_view_delete", args=[view.pk]))
        times.append((time.perf_counter() - begin) * 1000)
        if answer.status_code != 302 or SavedView.objects.exists() == (view is not None):
            raise SystemExit(f"The write was answered with {answer.status_code} and did not come about.")
        time.sleep(pause)
    return times


def summary(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    cuts = statistics.quantiles(ordered, n=100, method="inclusive") if len(ordered) > 1 else ordered * 99
    figures = {"p50_ms": statistics.median(ordered), "p95_ms": cuts[94], "p99_ms": cuts[98], "max_ms": ordered[-1]}
    return {"writes": len(ordered), **{name: round(value, 1) for name, value in figures.items()}}


def main(argv: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="writes", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--kept", type=int, default=200_000)
    parser.add_argument("--pause-ms", type=float, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(argv))
    with tempfile.TemporaryDirectory(prefix="uncommon-bench-") as folder:
        os.environ |= {"UNCOMMON_DATA": folder, "HTTPS": "0"}
        (Path(folder) / "static").mkdir()
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections
        from django.test.utils import setup_test_environment

        from benchmarks._database import make_tables

        setup_test_environment(debug=False)
        make_tables(Path(folder) / "bench.sqlite3")
        call_command("createcachetable", verbosity=0)
        client, url = company()
        whole, first = Path(folder) / "all.csv", Path(folder) / "first.csv"
        write_file(whole, options.kept + options.rows)
        with whole.open(encoding="utf-8") as lines, first.open("w", encoding="utf-8") as kept:
            kept.writelines(line for _number, line in zip(range(options.kept + 1), lines, strict=False))
        context = multiprocessing.get_context("spawn")
        stages = context.SimpleQueue()
        connections.close_all()
        before = context.Process(target=importer, args=(first, stages))
        before.start()
        before.join()
        while not stages.empty():
            stages.get()
        pause, phases = options.pause_ms / 1000, {}
        phases["alone"] = summary(write_until(client, url, lambda done: done >= ALONE, pause))
        beside = context.Process(target=importer, args=(whole, stages))
        beside.start()
        stages.get()
        every: list[float] = []
        for stage in ("import", "count"):
            begin = time.perf_counter()
            times = write_until(client, url, lambda _done: not stages.empty() or not beside.is_alive(), pause)
            phases[stage] = {**summary(times), "seconds": round(time.perf_counter() - begin, 1)}
            every += times
            if not stages.empty():
                stages.get()
        phases["import and count"] = summary(every)
        beside.join()
        if beside.exitcode:
            raise SystemExit("The import failed; its message stands above.")
        connections.close_all()
    print(f"sqlite, {options.rows:,} new cases beside {options.kept:,} kept ones, a write every {options.pause_ms:.0f} ms")
    print(f"{'beside':>18} {'writes':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for name, row in phases.items():
        print(f"{name:>18} {row['writes']:>7} {row['p50_ms']:>8} {row['p95_ms']:>8} {row['p99_ms']:>8} {row['max_ms']:>8}")
    if options.json:
        print(json.dumps({"database": "sqlite", "rows": options.rows, "kept": options.kept, "phases": phases}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
