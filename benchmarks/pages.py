"""The pages of figures as a company grows: a hundred thousand to ten million cases (`_floor.shape`: of how many people and weeks).

`./uncommon bench pages [--json] [--database sqlite|postgresql] [--sizes 100000,1000000] [--requests 40]`

The lead's board, the explorer's questions over eight weeks, demand, accounts and the live wall, each put through Django's
test client (middleware, session, permission, queries, template) by whom it costs most: the head, for the whole company.
`times` is the p95 beside that of the first size. `cpu_ms` is this process's own time (the median), the figure to compare
where other work shares the machine. Counting is timed too: everything anew, with the most memory that this process held, and
after one changed case everything that follows from its day: the rep's figures, their week by topic, the company's demand.
A database of its own is made and removed; PostgreSQL is reached through DATABASE_URL, whose role may create one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import _floor

LEADS = {"board": "/board/"}
HEADS = {
    "explorer: people": "/metrics/explore/?by=person&metric=csat",
    "explorer: people, mix": "/metrics/explore/?by=person&metric=csat&mix=on",
    "explorer: topics, before": "/metrics/explore/?by=topic&metric=csat&against=previous",
    "explorer: topics, times": "/metrics/explore/?by=topic&metric=resolution_time",
    "explorer: everybody": "/metrics/explore/?by=together&metric=volume",
    "funnel": "/metrics/explore/funnel/",
    "drivers": "/metrics/drivers/",
    "hours, 4 weeks": "/metrics/demand/",
    "hours, 13 weeks": "/metrics/demand/?weeks=13",
    "customers, 4 weeks": "/metrics/demand/customers/",
    "customers, 13 weeks": "/metrics/demand/customers/?weeks=13",
    "cases, newest": "/metrics/demand/cases/",
    "cases, by effort": "/metrics/demand/cases/?rank=handle",
    "accounts": "/metrics/accounts/",
    "wall": "/metrics/wall/{team}/",
}
# What a page says that has nothing to show, and what the board says where it has.
NOTHING, A_REP = b"Nothing was counted", b"Rep 007"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--requests", type=int, default=40)
    options = parser.parse_args(argv)
    if options.database == "postgresql" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@127.0.0.1/uncommon", file=sys.stderr)
        return 2
    sizes = sorted(int(size) for size in options.sizes.split(","))
    with tempfile.TemporaryDirectory() as folder:
        if options.database == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'pages.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        results = measure(sizes, Path(folder), options.requests)
    print(f"{options.database}, {options.requests} requests each")
    for size in results:
        show(size)
    if options.json:
        print(json.dumps({"database": options.database, "sizes": results}))
    return 0


def show(size: dict[str, Any]) -> None:
    day = ", ".join(f"{name} {ms:,.0f} ms" for name, ms in size["one_day_ms"].items())
    print(f"\n{size['interactions']:,} interactions of {size['reps']} reps in {size['weeks']} weeks")
    print(f"all counted in {size['rebuild_s']:,} s, holding {size['rebuild_peak_mb']} MB")
    print(f"one changed day: {day}; rows kept: {size['rows']}")
    print(f"{'':26} {'p50 ms':>8} {'p95 ms':>8} {'times':>6} {'cpu ms':>8} {'queries':>8}")
    for name, page in size["pages"].items():
        print(f"{name:26} {page['p50_ms']:>8} {page['p95_ms']:>8} {page['times']:>6} {page['cpu_ms']:>8} {page['queries']:>8}")


def measure(sizes: list[int], folder: Path, requests: int) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    from benchmarks._database import scratch

    setup_test_environment(debug=False)
    with scratch(folder, "pages"):
        _floor.company()
        results: list[dict[str, Any]] = []
        made = 0
        for size in sizes:
            _floor.generate(made, size)
            made = size
            counted = _floor.rebuild()
            pages = ask_all(requests)
            for name, page in pages.items():
                page["times"] = round(page["p95_ms"] / results[0]["pages"][name]["p95_ms"], 2) if results else 1.0
            reps, weeks = _floor.shape(size)
            results.append(
                {
                    "interactions": size,
                    "reps": reps,
                    "weeks": weeks,
                    **counted,
                    "one_day_ms": _floor.recount_one_day(),
                    "rows": _floor.rows(),
                    "pages": pages,
                }
            )
    return results


def ask_all(requests: int) -> dict[str, dict[str, Any]]:
    """Every page, asked by whoever it costs most."""
    from django.test import Client

    from foundation.startup import ready_for_requests
    from people.models import Person, Team

    ready_for_requests()  # as the server's processes are
    team = Team.objects.order_by("pk")[0].pk
    pages = {}
    for email, addresses in (("lead@example.com", LEADS), ("head@example.com", HEADS)):
        client = Client()
        client.force_login(Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        for name, address in addresses.items():
            pages[name] = ask(client, address.format(team=team), requests)
    return pages


def ask(client: Any, url: str, requests: int) -> dict[str, Any]:
    """One page, so many times after three that warm it up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _warm_up in range(3):
        client.get(url)
    times, cpu = [], []
    for _request in range(requests):
        start, busy = time.perf_counter(), time.process_time()
        response = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
        if (
            response.status_code != 200
            or NOTHING in response.content
            or (url in LEADS.values() and A_REP not in response.content)
        ):
            raise RuntimeError(f"{url} answered {response.status_code}, or nothing was on it")
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "queries": len(captured),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
