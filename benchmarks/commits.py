"""The reports of many learners' packages at once, on SQLite.

`./uncommon bench commits [--json] [--learners 2000] [--seconds 60] [--reports 3] [--processes 2] [--threads 4]`

Every learner has a SCORM package open. First all of them report once within `--seconds`, each at a time of their own
("paced"): a report waits from the moment it was due, also while the ones before it are still being taken. Then each sends
`--reports` more without a pause, the last of which completes the module ("flat out"). All go through the whole of a request
(middleware, token, locks, rules, audit entry, commit) on Django's test client, in as many processes and threads as told.
Afterwards the database is asked what it holds: a report that was answered "stored" and is not there is lost.

The floor is the same rows written by bare SQL with the same settings, from the same processes and threads. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

HOST = "content.example.test"
SUSPENDED = "page=4;answers=" + "ab" * 400  # what a package usually keeps: some hundred characters
Job = tuple[int, str, float]  # number of the learner, address, when it is due (seconds after the start)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="commits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--learners", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--reports", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "commits.sqlite3"
        os.environ["DATABASE_URL"] = f"sqlite:///{database}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        result = measure(options, database)
    show(result)
    if options.json:
        print(json.dumps(result))
    return 0


def measure(options: argparse.Namespace, database: Path) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_test_environment

    from benchmarks._database import make_tables

    setup_test_environment(debug=False)
    settings.PACKAGE_ROOT = database.parent / "packages"
    make_tables(database)
    addresses = fill(options.learners)
    connections.close_all()
    rng = random.Random(1)
    once: list[Job] = [(n, address, rng.uniform(0, options.seconds)) for n, address in enumerate(addresses)]
    phases, sent = {}, 0
    for name, jobs, reports in (("paced", once, 1), ("flat out", [(n, a, 0.0) for n, a, _due in once], options.reports)):
        answers, took = spread(send_reports, jobs, options, sent, reports, name == "flat out")
        sent += reports
        phases[name] = {**figures(answers, took), **kept(options.learners, sent, answers)}
    connections.close_all()
    floor, took = spread(write_rows, [(n, str(database), 0.0) for n, _a, _due in once], options, 0, options.reports, False)
    whole = phases["flat out"]
    return {
        "database": "sqlite",
        "learners": options.learners,
        "processes": options.processes,
        "threads": options.threads,
        **{name: whole[name] for name in ("commits_per_s", "p50_ms", "p95_ms")},
        "lost": sum(phase["lost"] for phase in phases.values()),
        "refused": sum(phase["refused"] for phase in phases.values()),
        "limit_per_s": round(2_000 / 60, 1),
        "floor_per_s": round(len(floor) / took, 1),
        "ratio": round(whole["commits_per_s"] / (len(floor) / took), 3),
        "phases": phases,
    }


def fill(learners: int) -> list[str]:
    """People with one package each, opened a while ago; the addresses at which their parts report."""
    from django.utils import timezone

    from learning.assignments.models import Assignment, Attempt
    from learning.modules.content import content_digest
    from learning.packages.models import Launch, PartState, Visit
    from learning.packages.tokens import new_key, token_of
    from people.models import Person, Role, RoleGrant
    from tests.factories.packages import keep_package, module_of

    now = timezone.now()
    began = now - timedelta(hours=2)
    package = keep_package(now)
    module = module_of(package, now)
    people = Person.objects.bulk_create(
        [Person(email=f"rep{n}@example.com", display_name=f"Rep {n:05}") for n in range(learners)], batch_size=2000
    )
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role=Role.REP) for person in people], batch_size=2000)
    assignments = Assignment.objects.bulk_create(
        [
            Assignment(person=person, module=module, source=Assignment.Source.LEAD, assigned_at=began, state="started")
            for person in people
        ],
        batch_size=2000,
    )
    digest = content_digest(module.live_revision)
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(assignment=one, number=1, revision=module.live_revision, content_digest=digest, started_at=began)
            for one in assignments
        ],
        batch_size=2000,
    )
    about = {"package": package, "app_origin": "http://testserver", "opened_at": began, "last_used_at": now}
    launches = Launch.objects.bulk_create([Launch(key=new_key(), attempt=one, **about) for one in attempts], batch_size=2000)
    states = PartState.objects.bulk_create(
        [PartState(attempt=one, part=0, visits=1, opened_at=began) for one in attempts], batch_size=2000
    )
    Visit.objects.bulk_create(
        [Visit(state=state, launch=launch, number=1, opened_at=began) for state, launch in zip(states, launches, strict=True)],
        batch_size=2000,
    )
    return [f"/commit/{token_of(launch.key)}/0/1/" for launch in launches]


# --- Sending -----------------------------------------------------------------------------------------

Answers = list[tuple[float, bool]]  # milliseconds, and whether it was answered "stored"
Work = Callable[[Sequence[Job], float, int, int, bool], Answers]


def spread(work: Work, jobs: Sequence[Job], options: argparse.Namespace, *how: Any) -> tuple[Answers, float]:
    """The work done by several processes with several threads each, and the seconds it took. All begin together."""
    context = multiprocessing.get_context("spawn")
    shares = [sorted(jobs[n :: options.processes], key=lambda job: job[2]) for n in range(options.processes)]
    results, ready, begin = context.Queue(), context.Semaphore(0), context.Event()
    processes = [
        context.Process(target=one_process, args=(work, share, options.threads, how, results, ready, begin)) for share in shares
    ]
    for process in processes:
        process.start()
    for _process in processes:
        ready.acquire()
    start = time.perf_counter()
    begin.set()
    answers = [answer for _process in processes for answer in results.get()]
    took = time.perf_counter() - start
    for process in processes:
        process.join()
    return answers, took


def one_process(
    work: Work, jobs: Sequence[Job], threads: int, how: tuple[Any, ...], results: Any, ready: Any, begin: Any
) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment

    from foundation.startup import ready_for_requests

    setup_test_environment(debug=False)
    settings.CONTENT_ORIGIN = f"http://{HOST}"
    ready_for_requests()  # as the server's processes are
    Client(HTTP_HOST=HOST).get("/player/player.css")
    answers: Answers = []
    ready.release()
    begin.wait()
    start = time.perf_counter()

    def share(number: int) -> None:
        answers.extend(work(jobs[number::threads], start, *how))

    workers = [threading.Thread(target=share, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results.put(answers)


def send_reports(jobs: Sequence[Job], start: float, sent: int, reports: int, completes: bool) -> Answers:
    """Each learner's next reports through the view, one round after the other."""
    from django.db import connections
    from django.test import Client

    client, answers = Client(HTTP_HOST=HOST, raise_request_exception=False), Answers()
    for number in range(1, reports + 1):
        for learner, address, due in jobs:
            wait = start + due - time.perf_counter() if due else 0
            if wait > 0:
                time.sleep(wait)
            since = start + due if due else time.perf_counter()
            body = json.dumps(report(learner, sent + number, done=completes and number == reports))
            answer = client.generic("POST", address, body, content_type="application/json;charset=UTF-8")
            stored = answer.status_code == 200 and answer.json().get("result") is True
            answers.append(((time.perf_counter() - since) * 1000, stored))
    connections.close_all()
    return answers


def report(learner: int, sequence: int, *, done: bool) -> dict[str, Any]:
    """As scorm-again sends it; the place names learner and report, so that what is found can be told apart."""
    status = "completed" if done else "incomplete"
    core = {"lesson_status": status, "lesson_location": f"{learner}:{sequence}", "exit": "suspend"}
    cmi = {"core": core, "suspend_data": SUSPENDED}
    return {
        "completionStatus": status, "successStatus": "unknown", "totalTimeSeconds": 60 * sequence,
        "commitSequence": sequence, "runtimeData": {"cmi": cmi},
    }  # fmt: skip


def write_rows(jobs: Sequence[Job], _start: float, sent: int, reports: int, _completes: bool) -> Answers:
    """The floor: two rows of a table of its own, in one transaction for each report, by bare SQL."""
    from django.conf import settings

    answers = Answers()
    database = sqlite3.connect(jobs[0][1], timeout=20, isolation_level=None) if jobs else None
    if database is None:
        return answers
    database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    database.execute("CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY, data TEXT, seconds INTEGER)")
    for number in range(1, reports + 1):
        for learner, _address, _due in jobs:
            since = time.perf_counter()
            text = json.dumps(report(learner, sent + number, done=False))
            database.execute("BEGIN IMMEDIATE")
            database.execute("SELECT data FROM floor WHERE id = ?", (learner,)).fetchone()
            for row in (learner, -learner - 1):
                database.execute("INSERT OR REPLACE INTO floor VALUES (?, ?, ?)", (row, text, number))
            database.execute("COMMIT")
            answers.append(((time.perf_counter() - since) * 1000, True))
    database.close()
    return answers


# --- What came of it ---------------------------------------------------------------------------------


def kept(learners: int, sent: int, answers: Answers) -> dict[str, int]:
    """How many of the learners' last reports are not in the database though they were answered, and how many were refused."""
    from learning.packages.models import PartState, Visit

    found = {visit.state_id: visit for visit in Visit.objects.all()}
    states = PartState.objects.order_by("pk")
    there = 0
    for learner, state in enumerate(states):
        visit = found[state.pk]
        place = visit.runtime_data.get("cmi", {}).get("core", {}).get("lesson_location")
        there += (visit.sequence, place, state.seconds) == (sent, f"{learner}:{sent}", 60 * sent)
    refused = sum(not stored for _ms, stored in answers)
    return {"lost": max(0, learners - there - refused), "refused": refused}


def figures(answers: Answers, took: float) -> dict[str, float]:
    times = sorted(ms for ms, _stored in answers)
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {
        "commits": len(times),
        "seconds": round(took, 1),
        "commits_per_s": round(len(times) / took, 1),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "max_ms": round(times[-1], 1),
    }


def show(result: dict[str, Any]) -> None:
    shown = ("commits", "commits_per_s", "p50_ms", "p95_ms", "max_ms", "refused", "lost")
    print(f"sqlite, {result['learners']:,} learners, {result['processes']} processes with {result['threads']} threads each")
    print(f"{'':>10} " + " ".join(f"{name.replace('_', ' '):>14}" for name in shown))
    for name, phase in result["phases"].items():
        print(f"{name:>10} " + " ".join(f"{phase[figure]:>14}" for figure in shown))
    print(f"wanted: {result['limit_per_s']}/s; bare SQL: {result['floor_per_s']:,}/s, of which this is {result['ratio']:.1%}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
