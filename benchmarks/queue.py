"""The pages of the quality room that people live in, with half a million reviews behind them.

`./uncommon bench queue [--json] [--database sqlite|postgresql] [--reviews 500000] [--requests 60] [--keep]`

The reviewer's queue, the rep's reviews and score, the lead's page of a person and of the team, calibration, each put through Django's test
client (middleware, session, permission, queries, template). `cpu_ms` is this process's own time (the median), the figure
to compare where other work shares the machine; it does not hold what the database server spends. The figures at the top of
the JSON are those of the slowest page of `DAILY`, which are held to 150 ms at the 95th percentile; `pages` has them all.
The first request, before what is kept for an hour is there, stands apart as `first_ms`.
A database of its own is made and removed; with `--keep` it is left, and used again by the next run of the same size.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import _floor, _reviews
from benchmarks._command import parser_of, run

REVIEWER, REP, LEAD, HEAD = "reviewer0@example.com", "rep7@example.com", "lead@example.com", "head@example.com"
DAILY = {
    "queue": (REVIEWER, "/quality/queue/"),
    "my reviews": (REP, "/quality/reviews/mine/"),
    "my score": (REP, "/quality/scores/mine/"),
    "a person's score": (LEAD, "/quality/scores/people/{rep}/"),
    "a team's scores": (LEAD, "/quality/scores/team/"),
}
OTHERS = {
    "queue, done": (REVIEWER, "/quality/queue/?show=done"),
    "a review": (REP, "/quality/reviews/{review}/"),
    "reviews of my people": (LEAD, "/quality/reviews/"),
    "all teams' scores": (HEAD, "/quality/scores/teams/"),
    "root causes": (HEAD, "/quality/scores/causes/"),
    "criteria and customers": (HEAD, "/quality/scores/criteria/"),
    "agreement": (HEAD, "/quality/agreement/"),
    "severity": (HEAD, "/quality/severity/"),
    "a calibration session": (HEAD, "/quality/calibration/{session}/"),
}


def main(argv: list[str]) -> int:
    parser = parser_of("queue", __doc__, "postgresql")
    parser.add_argument("--reviews", type=int, default=500_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="PostgreSQL only")
    options = parser.parse_args(argv)
    return run(options, lambda folder: measure(options.reviews, folder, options.requests, options.keep), summarise)


def summarise(result: dict[str, Any]) -> None:
    print(f"{result['reviews']:,} reviews of {result['reps']:,} reps on {result['database']}")


def measure(reviews: int, folder: Path, requests: int, keep: bool) -> dict[str, Any]:
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    from benchmarks._database import scratch

    setup_test_environment(debug=False)
    with scratch(folder, f"queue_{reviews}", keep):
        fill(reviews)
        pages = ask_all(requests)
    slowest = max((pages[name] for name in DAILY), key=lambda page: page["p95_ms"])
    reps, weeks = _reviews.shape(reviews)
    return {**slowest, "reviews": reviews, "reps": reps, "weeks": weeks, "pages": pages}


def fill(reviews: int) -> None:
    """All of it, unless an earlier run left it."""
    from coaching.quality.calibration.counting import count_all
    from coaching.quality.models import Rating, ReviewDraw

    if ReviewDraw.objects.count() == reviews and Rating.objects.exists():
        return
    _reviews.company(reviews)
    _reviews.generate(reviews)
    _reviews.second_readings()
    _floor.analyze()
    start = time.perf_counter()
    print(f"{count_all(datetime.now(UTC))}, in {time.perf_counter() - start:.0f} s", flush=True)


def ask_all(requests: int) -> dict[str, dict[str, Any]]:
    from django.core.cache import cache
    from django.test import Client

    from coaching.quality.models import CalibrationSession, Review
    from foundation.startup import ready_for_requests
    from people.models import Person

    ready_for_requests()  # as the server's processes are
    rep = Person.objects.get(email=REP)
    review = Review.objects.filter(reviewee=rep).order_by("-published_at")[0]
    session = CalibrationSession.objects.order_by("pk")[1]  # the newest week but one
    pages = {}
    print(f"{'':26} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    for name, (email, address) in {**DAILY, **OTHERS}.items():
        client = Client()
        client.force_login(Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        cache.clear()
        pages[name] = ask(client, address.format(rep=rep.pk, review=review.pk, session=session.pk), requests)
        show(name, pages[name])
    return pages


def show(name: str, page: dict[str, Any]) -> None:
    print(
        f"{name:26} {page['first_ms']:>9} {page['p50_ms']:>8} {page['p95_ms']:>8} {page['cpu_ms']:>8} {page['queries']:>8}",
        flush=True,
    )


def ask(client: Any, url: str, requests: int) -> dict[str, Any]:
    """One page, so many times after three that warm it up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    start = time.perf_counter()
    client.get(url)
    first = (time.perf_counter() - start) * 1000
    for _warm_up in range(2):
        client.get(url)
    times, cpu = [], []
    for _request in range(requests):
        start, busy = time.perf_counter(), time.process_time()
        response = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return {
        "first_ms": round(first, 1),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "cpu_ms": round(statistics.median(cpu), 1),
        "queries": len(captured),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
