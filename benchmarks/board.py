"""The lead's board as cases pile up: the same reps and weeks, ten thousand to a million cases.

`./uncommon bench board [--json] [--database sqlite|postgresql] [--sizes 10000,100000,1000000]`

`rebuild_s` is `rebuild_rollups`, `rebuild_peak_mb` the most memory it held, `recompute_ms` one changed day of one rep.
`cpu_ms` is this process's own time (the median), the figure to compare where other work shares the machine.
Measures the page through Django's test client (middleware, session, permission, queries, template)
in a database of its own. PostgreSQL is reached through DATABASE_URL, whose role may create a database.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._floor import REPS, WEEKS, company, generate, rebuild, recount_one_day

REQUESTS = 60


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
    titles = ("interactions", "rollups", "rebuild s", "peak MB", "one day ms", "p50 ms", "p95 ms", "cpu ms", "queries")
    print(" ".join(f"{title:>12}" for title in titles))
    for row in results:
        print(" ".join(f"{number:>12,}" for number in row.values()))
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
            counted = rebuild()
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
                    **counted,
                    "recompute_ms": recount_one_day(),
                    "p50_ms": round(statistics.median(times), 1),
                    "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
                    "cpu_ms": round(statistics.median(cpu), 1),
                    "queries": len(captured),
                }
            )
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
