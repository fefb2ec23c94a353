"""How many learners can hand in their quiz, one after another and several at once.

`./uncommon bench quiz_submit [--json] [--database sqlite|postgresql] [--learners 400] [--processes 4]`

Everybody has read the lessons of a starter module and hands in its quiz, all answers right: the paper, the submission,
the step, the completion, the certificate and the audit entries are written in one transaction. Put through Django's
test client (middleware, session, permission, service). The first half comes from one process, the second from several at
once, as of a server with so many workers. p50, p95, `cpu_ms` and `queries` at the top of the JSON are those of one
process; `at_once` has the other. After it, the completions are counted: `lost` is how many submissions left none.
Nothing is asserted. A database of its own is made and removed.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._command import parser_of, run


def main(argv: list[str]) -> int:
    parser = parser_of("quiz_submit", __doc__, "sqlite")
    parser.add_argument("--learners", type=int, default=400)
    parser.add_argument("--processes", type=int, default=4)
    options = parser.parse_args(argv)
    return run(options, lambda folder: measure(options.learners, folder, options.processes), show)


def show(result: dict[str, Any]) -> None:
    for name, row in (("one process", result), ("several at once", result["at_once"])):
        print(f"{name:16} {row['submits_per_s']:>8} a second, p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms")
    print(f"{result['submits']} handed in, {result['lost']} without a completion")


def measure(learners: int, folder: Path, processes: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection, connections
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    from benchmarks import _floor, _learners
    from benchmarks._database import scratch
    from learning.assignments.models import Completion

    setup_test_environment(debug=False)
    with scratch(folder, "quiz_submit"):
        assignments = [assignment.pk for assignment in _learners.fill(learners, datetime.now(UTC))]
        _floor.analyze()
        hand_in(assignments[:5])  # warms up
        with CaptureQueriesContext(connection) as captured:
            hand_in(assignments[5:6])
        half = len(assignments) // 2
        start, busy = time.perf_counter(), time.process_time()
        times = hand_in(assignments[6:half])
        alone = summary(times, time.perf_counter() - start)
        alone["cpu_ms"] = round((time.process_time() - busy) * 1000 / len(times), 1)
        name = connection.settings_dict["NAME"]
        connections.close_all()
        at_once = several(assignments[half:], processes, str(name))
        lost = len(assignments) - Completion.objects.count()
    return {**alone, "queries": len(captured), "at_once": at_once, "submits": len(assignments), "lost": lost}


def summary(times: list[float], seconds: float) -> dict[str, Any]:
    return {
        "submits_per_s": round(len(times) / seconds, 1),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


def hand_in(assignments: list[int]) -> list[float]:
    """Each learner signs in (not timed) and hands in the quiz. Milliseconds of each, in order."""
    from django.test import Client
    from django.urls import reverse

    from benchmarks._learners import BACKEND
    from learning.assignments.models import Assignment
    from tests.factories.learning import quiz_form

    times = []
    for assignment in Assignment.objects.filter(pk__in=assignments).select_related("person"):
        client = Client()
        client.force_login(assignment.person, backend=BACKEND)
        form, address = quiz_form(assignment.attempts.get().revision), reverse("quiz", args=[assignment.pk])
        start = time.perf_counter()
        response = client.post(address, form)
        times.append((time.perf_counter() - start) * 1000)
        if response.status_code != 302:
            raise RuntimeError(f"{address} answered {response.status_code}")
    return times


def several(assignments: list[int], processes: int, name: str) -> dict[str, Any]:
    """The same by so many processes at once, from the moment on when all are ready."""
    context = multiprocessing.get_context("spawn")
    results, ready = context.Queue(), context.Barrier(processes)
    workers = [context.Process(target=worker, args=(assignments[n::processes], name, ready, results)) for n in range(processes)]
    for process in workers:
        process.start()
    rows = [results.get() for _process in workers]
    for process in workers:
        process.join()
    times = [each for row, _begin, _end in rows for each in row]
    return summary(times, max(end for *_row, end in rows) - min(begin for _row, begin, _end in rows))


def worker(assignments: list[int], name: str, ready: Any, results: Any) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from foundation.startup import ready_for_requests

    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    setup_test_environment(debug=False)
    ready_for_requests()
    ready.wait()
    begin = time.time()
    results.put((hand_in(assignments), begin, time.time()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
