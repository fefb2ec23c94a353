"""The lead's board as cases pile up: the same reps and weeks, ten thousand to a million cases.

`./uncommon bench board [--json] [--database sqlite|postgresql] [--sizes 10000,100000,1000000]`

`cpu_ms` is this process's own time (the median), the figure to compare where other work shares the machine.
Measures the page through Django's test client (middleware, session, permission, queries, template)
in a database of its own. PostgreSQL is reached through DATABASE_URL, whose role may create a database.
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPS, WEEKS, REQUESTS = 40, 26, 60


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="board", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    options = parser.parse_args(argv)
    sizes = sorted(int(size) for size in options.sizes.split(","))
    if options.database == "postgresql" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@127.0.0.1/uncommon", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        if options.database == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'board.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        results = measure(sizes, Path(folder))
    print(f"{options.database}, {REPS} reps, {WEEKS} weeks, board over 8 weeks, {REQUESTS} requests")
    print(f"{'interactions':>14} {'rollups':>9} {'rebuild s':>10} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    for row in results:
        print(
            f"{row['interactions']:>14,} {row['rollups']:>9,} {row['rebuild_s']:>10} {row['p50_ms']:>8} {row['p95_ms']:>8} {row['cpu_ms']:>8} {row['queries']:>8}"
        )
    if options.json:
        print(json.dumps({"database": options.database, "sizes": results}))
    return 0


def measure(sizes: list[int], folder: Path) -> list[dict[str, float]]:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    setup_test_environment(debug=False)
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        from django.test import Client

        from coaching.metrics.models import Rollup

        lead = company()
        client = Client()
        client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
        results, made = [], 0
        for size in sizes:
            generate(made, size)
            made = size
            rebuild_s = rebuild()
            for _warm_up in range(5):
                client.get("/board/")
            times, cpu = [], []
            for _request in range(REQUESTS):
                start, busy = time.perf_counter(), time.process_time()
                response = client.get("/board/")
                times.append((time.perf_counter() - start) * 1000)
                cpu.append((time.process_time() - busy) * 1000)
                if response.status_code != 200 or b"Rep 07" not in response.content:
                    raise RuntimeError(f"the board answered {response.status_code}")
            with CaptureQueriesContext(connection) as captured:
                client.get("/board/")
            results.append(
                {
                    "interactions": size,
                    "rollups": Rollup.objects.count(),
                    "rebuild_s": round(rebuild_s, 1),
                    "p50_ms": round(statistics.median(times), 1),
                    "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
                    "cpu_ms": round(statistics.median(cpu), 1),
                    "queries": len(captured),
                }
            )
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return results


def company():
    """One lead, 40 reps with one handler each, the default metrics."""
    from coaching.interactions.models import Handler, Source
    from coaching.metrics.services import ensure_default_metrics
    from people import services
    from people.models import Membership, Role

    now = datetime.now(UTC)
    start = (now - timedelta(days=400)).date()
    team = services.create_team(actor=None, name="Bench", now=now)
    lead = services.create_person(actor=None, email="lead@example.com", display_name="Lead", roles=[Role.LEAD], now=now)
    services.join_team(actor=None, person=lead, team=team, starts_on=start, kind=Membership.Kind.LEAD, now=now)
    source = Source.objects.create(key="bench", name="Bench")
    for number in range(REPS):
        rep = services.create_person(
            actor=None, email=f"rep{number}@example.com", display_name=f"Rep {number:02}", roles=[Role.REP], now=now
        )
        services.join_team(actor=None, person=rep, team=team, starts_on=start, now=now)
        Handler.objects.create(source=source, external_key=str(number), person=rep)
    ensure_default_metrics(now=now)
    return lead


def generate(first: int, last: int) -> None:
    """Cases first+1 … last, spread by a fixed hash over reps, days and lengths; every fifth is rated. Set-based."""
    from django.db import connection

    from coaching.interactions.models import Handler, Source

    source, low_handler = Source.objects.get().pk, Handler.objects.order_by("pk").values_list("pk", flat=True)[0]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=7 * WEEKS - 1)
    if connection.vendor == "sqlite":
        series = f"WITH RECURSIVE n(i) AS (SELECT {first + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        origin = start.strftime("%Y-%m-%d %H:%M:%S")

        def moment(seconds: str) -> str:
            return f"datetime('{origin}', '+' || ({seconds}) || ' seconds')"

        def day(seconds: str) -> str:
            return f"date('{origin}', '+' || ({seconds}) || ' seconds')"

        true, false = "1", "0"
    else:
        series = f"WITH n(i) AS (SELECT generate_series({first + 1}::bigint, {last}))"

        def moment(seconds: str) -> str:
            return f"timestamptz '{start.isoformat()}' + ({seconds}) * interval '1 second'"

        def day(seconds: str) -> str:
            return f"(({moment(seconds)}) AT TIME ZONE 'UTC')::date"

        true, false = "true", "false"
    h = "((i * 2654435761) % 4294967296)"
    opened = f"({h} % {7 * WEEKS * 86400 - 86400})"
    took = f"(60 + ({h} / 7 % 600) * ({h} / 4200 % 600))"
    resolved = f"({opened} + {took})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO coaching_interactions_interaction (source_id, external_id, handler_id, channel, status, subject, topic,
                customer, opened_at, opened_on, resolved_at, resolved_on, reopens, answered,
                from_messages)
            {series} SELECT {source}, CAST(i AS varchar(20)), {low_handler} + i % {REPS}, 'email', 'resolved', 'A case', '', '',
                {moment(opened)}, {day(opened)}, {moment(resolved)}, {day(resolved)}, CASE WHEN i % 11 = 0 THEN 1 ELSE 0 END,
                CASE i % 3 WHEN 0 THEN {true} WHEN 1 THEN NULL ELSE {false} END, {false} FROM n"""
        )
        cursor.execute(
            f"""INSERT INTO coaching_interactions_surveyresponse (source_id, external_id, kind, handler_id, raw_value, scale_min,
                scale_max, polarity, comment, responded_at, responded_on, case_key)
            {series} SELECT {source}, CAST(i AS varchar(20)), 'csat', {low_handler} + i % {REPS}, 5, 1, 5,
                CASE WHEN {h} % 6 = 0 THEN -1 ELSE 1 END, '', {moment(opened)}, {day(opened)}, '' FROM n WHERE i % 5 = 0"""
        )


def rebuild() -> float:
    """Count every figure; the seconds it took."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    start = time.perf_counter()
    call_command("rebuild_rollups", stdout=io.StringIO())
    took = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return took


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
