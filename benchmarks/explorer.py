"""The explorer as cases pile up: pages over eight weeks, at ten thousand to a million cases.

`./uncommon bench explorer [--json] [--database sqlite|postgresql] [--sizes 10000,100000,1000000]`

40 reps, 25 topics on four channels; half of a year of cases. Each row is one question put through Django's test client
(middleware, session, permission, queries, template) by a head. `recompute_ms` is one changed day of one rep: the
daily count and the counts by topic of the week; `rebuild_peak_mb` the most memory that counting all anew held.
PostgreSQL is reached through DATABASE_URL, whose role may create a database.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._floor import company, generate, rebuild, recount_one_day

REQUESTS = 40
QUESTIONS = {
    "person": "/metrics/explore/?by=person&metric=csat",
    "person_mix": "/metrics/explore/?by=person&metric=csat&mix=on",
    "topic": "/metrics/explore/?by=topic&metric=csat&against=previous",
    "topic_time": "/metrics/explore/?by=topic&metric=resolution_time",
    "together_day": "/metrics/explore/?by=together&metric=volume",
    "funnel": "/metrics/explore/funnel/",
    "drivers": "/metrics/drivers/",
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="explorer", description=__doc__)
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
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'explorer.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        results = measure(sizes, Path(folder))
    print(f"{options.database}, 40 reps, 26 weeks, pages over 8 weeks, {REQUESTS} requests each")
    print(f"{'interactions':>14} {'page':>14} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    for size in results:
        for page in size["pages"]:
            print(
                f"{size['interactions']:>14,} {page['page']:>14} {page['p50_ms']:>8} {page['p95_ms']:>8} {page['cpu_ms']:>8} {page['queries']:>8}"
            )
        print(
            f"{size['interactions']:>14,} rebuild {size['rebuild_s']} s holding {size['rebuild_peak_mb']} MB, "
            f"one changed day {size['recompute_ms']} ms, {size['rows']}"
        )
    if options.json:
        print(json.dumps({"database": options.database, "sizes": results}))
    return 0


def measure(sizes: list[int], folder: Path) -> list[dict]:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        from django.test import Client

        from people import services
        from people.models import Role

        lead = company()
        services.grant_role(actor=None, person=lead, role=Role.HEAD, now=now())
        client = Client()
        client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
        results, made = [], 0
        for size in sizes:
            generate(made, size)
            made = size
            counted = rebuild()
            pages = [page(client, name, url) for name, url in QUESTIONS.items()]
            results.append(
                {
                    "interactions": size,
                    **counted,
                    "recompute_ms": recount_one_day(),
                    "rows": rows(),
                    "p50_ms": max(p["p50_ms"] for p in pages),
                    "p95_ms": max(p["p95_ms"] for p in pages),
                    "queries": max(p["queries"] for p in pages),
                    "pages": pages,
                }
            )
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return results


def now():
    from django.utils import timezone

    return timezone.now()


def page(client, name: str, url: str) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _warm_up in range(3):
        client.get(url)
    times, cpu = [], []
    for _request in range(REQUESTS):
        start, busy = time.perf_counter(), time.process_time()
        response = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
        if response.status_code != 200 or b"Nothing was counted" in response.content:
            raise RuntimeError(f"{url} answered {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return {
        "page": name,
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "queries": len(captured),
    }


def rows() -> dict[str, int]:
    from coaching.metrics.models import PersonSegmentRollup, Rollup, SegmentRollup

    tables = {"daily": Rollup, "by_topic": SegmentRollup, "by_person_and_topic": PersonSegmentRollup}
    return {name: table.objects.count() for name, table in tables.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
