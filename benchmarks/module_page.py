"""What a learner opens between two calls: the module, its lessons, its quiz and the result.

`./uncommon bench module_page [--json] [--database sqlite|postgresql] [--learners 500] [--requests 100]`

The starter modules, given to everybody. The pages are put through Django's test client (middleware, session, permission,
queries, template) as one learner opens them, one after another. `cpu_ms` is this process's own time. The figures at the
top of the JSON are those of the slowest page; they are held to a p50 of 25 ms and 15 queries on SQLite. `pages` has
them all. A database of its own is made and removed.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._command import parser_of, run, show_nothing
from benchmarks.queue import ask, show


def main(argv: list[str]) -> int:
    parser = parser_of("module_page", __doc__, "sqlite")
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args(argv)
    return run(options, lambda folder: measure(options.learners, folder, options.requests), show_nothing)


def measure(learners: int, folder: Path, requests: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    from benchmarks import _floor, _learners
    from benchmarks._database import scratch

    setup_test_environment(debug=False)
    with scratch(folder, "module_page"):
        assignments = _learners.fill(learners, datetime.now(UTC))
        _floor.analyze()
        pages = ask_all(requests, assignments[0])
    slowest = max(pages.values(), key=lambda page: page["p50_ms"])
    return {**slowest, "learners": learners, "pages": pages}


def ask_all(requests: int, assignment: Any) -> dict[str, dict[str, Any]]:
    from django.test import Client
    from django.urls import reverse

    from benchmarks._learners import BACKEND
    from foundation.startup import ready_for_requests
    from tests.factories.learning import quiz_form

    ready_for_requests()
    client = Client()
    client.force_login(assignment.person, backend=BACKEND)
    revision = assignment.attempts.get().revision
    addresses = {
        "my learning": reverse("learn_home"),
        "the module": reverse("module_detail", args=[assignment.module_id]),
        "the assignment": reverse("assignment_detail", args=[assignment.pk]),
        "a lesson": reverse("lesson", args=[assignment.pk, 1]),
        "the quiz": reverse("quiz", args=[assignment.pk]),
    }
    print(f"{'':26} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    pages = {}
    for name, address in addresses.items():
        pages[name] = ask(client, address, requests)
        show(name, pages[name])
    client.post(addresses["the quiz"], quiz_form(revision))
    pages["the result"] = ask(client, reverse("quiz_result", args=[assignment.pk, 1]), requests)
    show("the result", pages["the result"])
    return pages


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
