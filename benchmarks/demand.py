"""The pages of demand, accounts and the live wall as cases pile up: the same reps and weeks as `board`.

`./uncommon bench demand [--json] [--database sqlite|postgresql] [--sizes 10000,1000000] [--requests 20]`

Each page is asked for as its slowest reader asks: the head for the whole company, over the longest window where that is
the default of nobody (13 weeks), and over the default. Measured through Django's test client in a database of its own.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import board

PAGES = {
    "hours, 4 weeks": "/metrics/demand/",
    "hours, 13 weeks": "/metrics/demand/?weeks=13",
    "customers, 4 weeks": "/metrics/demand/customers/",
    "customers, 13 weeks": "/metrics/demand/customers/?weeks=13",
    "cases newest, 4 weeks": "/metrics/demand/cases/",
    "cases by effort, 4 weeks": "/metrics/demand/cases/?rank=handle",
    "accounts": "/metrics/accounts/",
    "wall": "/metrics/wall/{team}/",
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="demand", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--requests", type=int, default=20)
    options = parser.parse_args(argv)
    if options.database == "postgresql" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@127.0.0.1/uncommon", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        if options.database == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'demand.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        results = measure(sorted(int(size) for size in options.sizes.split(",")), Path(folder), options.requests)
    for row in results:
        print(
            f"{row['interactions']:,} interactions, {options.database}; counting every demand day took {row['count_s']} s, one {row['changed_day_ms']} ms"
        )
        for name, page in row["pages"].items():
            print(f"  {name:<26} p50 {page['p50_ms']:>8} ms  p95 {page['p95_ms']:>8} ms  {page['queries']} queries")
    if options.json:
        print(json.dumps({"database": options.database, "sizes": results}))
    return 0


def measure(sizes: list[int], folder: Path, requests: int) -> list[dict]:
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
        from datetime import UTC, datetime

        from django.test import Client

        from coaching.metrics.demand import counting
        from coaching.metrics.models import DemandDay
        from people import services
        from people.models import Role, Team

        board.company()
        head = services.create_person(
            actor=None, email="head@example.com", display_name="Head", roles=[Role.HEAD], now=datetime.now(UTC)
        )
        client = Client()
        client.force_login(head, backend="allauth.account.auth_backends.AuthenticationBackend")
        results, made = [], 0
        for size in sizes:
            board.generate(made, size)
            made = size
            describe(size)
            board.rebuild()
            start = time.perf_counter()
            counting.note_all_days()
            counting.count_demand_days(datetime.now(UTC))
            count_s = round(time.perf_counter() - start, 1)
            start = time.perf_counter()
            counting.note_days(DemandDay.objects.order_by("-day").values_list("day", flat=True)[:1])
            counting.count_demand_days(datetime.now(UTC))
            changed_day_ms = round((time.perf_counter() - start) * 1000, 1)
            pages = {}
            for name, address in PAGES.items():
                url = address.format(team=Team.objects.get().pk)
                times = []
                for number in range(requests + 2):
                    begun = time.perf_counter()
                    response = client.get(url)
                    if number >= 2:
                        times.append((time.perf_counter() - begun) * 1000)
                    if response.status_code != 200:
                        raise RuntimeError(f"{url} answered {response.status_code}")
                with CaptureQueriesContext(connection) as captured:
                    client.get(url)
                pages[name] = {
                    "p50_ms": round(statistics.median(times), 1),
                    "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
                    "queries": len(captured),
                }
            results.append({"interactions": size, "count_s": count_s, "changed_day_ms": changed_day_ms, "pages": pages})
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return results


def describe(size: int) -> None:
    """Give the generated cases a customer (three each, about), one of 20 topics, every second an account of 500, a handling time; ratings their case."""
    from django.db import connection

    from coaching.interactions.models import Account, Source

    source = Source.objects.get()
    if not Account.objects.exists():
        Account.objects.bulk_create(
            Account(source=source, external_key=f"A{n}", name=f"Account {n}", yearly_value=1000 + n, currency="EUR")
            for n in range(500)
        )
    h = "((id * 2654435761) % 4294967296)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE coaching_interactions_interaction SET customer = 'c' || CAST({h} % {max(1, size // 3)} AS varchar(20)),
            topic = 'Topic ' || CAST({h} / 13 % 20 AS varchar(20)), handle_seconds = {h} % 3600,
            account = CASE WHEN id % 2 = 0 THEN 'A' || CAST({h} / 7 % 500 AS varchar(20)) ELSE '' END WHERE customer = ''"""
        )
        cursor.execute(
            """UPDATE coaching_interactions_surveyresponse SET interaction_id = (
                SELECT i.id FROM coaching_interactions_interaction i
                WHERE i.source_id = coaching_interactions_surveyresponse.source_id
                AND i.external_id = coaching_interactions_surveyresponse.external_id)
            WHERE interaction_id IS NULL"""
        )
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
