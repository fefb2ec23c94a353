"""The learning reports with everybody's assignments behind them.

`./uncommon bench report [--json] [--database sqlite|postgresql] [--learners 10000] [--modules 200] [--requests 20]`

Everybody has every module: completed by 70 %, of the rest a third overdue. The pages are put through Django's test client
(middleware, session, permission, queries, template), asked for by the head, who sees all. `cpu_ms` is this process's own
time; it does not hold what the database server spends. The figures at the top of the JSON are those of the slowest page,
which are held to 1,000 ms on PostgreSQL; `pages` has them all. A database of its own is made and removed.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import _floor
from benchmarks._command import parser_of, run, show_nothing
from benchmarks.queue import ask, show

HEAD = "head@example.com"
PAGES = {
    "teams and modules": "/learn/reports/",
    "one team": "/learn/reports/?team={team}",
    "who completed what": "/learn/reports/completions/",
    "one module's proofs": "/learn/reports/completions/?module={module}",
    "hours of the year": "/learn/reports/hours/",
    "how modules work": "/learn/reports/effectiveness/",
}
TEAMS, DAYS = 40, 700


def main(argv: list[str]) -> int:
    parser = parser_of("report", __doc__, "postgresql")
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--modules", type=int, default=200)
    parser.add_argument("--requests", type=int, default=20)
    options = parser.parse_args(argv)
    return run(options, lambda folder: measure(options.learners, options.modules, folder, options.requests), show_nothing)


def measure(learners: int, modules: int, folder: Path, requests: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    from benchmarks._database import scratch

    setup_test_environment(debug=False)
    with scratch(folder, "report"):
        start = time.perf_counter()
        team, module = fill(learners, modules)
        _floor.analyze()
        print(f"{learners * modules:,} assignments made in {time.perf_counter() - start:.0f} s", flush=True)
        pages = ask_all(requests, team, module)
    slowest = max(pages.values(), key=lambda page: page["p95_ms"])
    return {**slowest, "learners": learners, "modules": modules, "pages": pages}


def fill(learners: int, modules: int) -> tuple[int, int]:
    """People in forty teams under four departments, each with every module. The ids of one department and one module."""
    from learning.modules.services import publish_module
    from people import services
    from people.models import Membership, Person, Role, RoleGrant, Team
    from tests.factories.learning import build_module

    now = datetime.now(UTC)
    services.create_person(actor=None, email=HEAD, display_name="Head", roles=[Role.HEAD], now=now)
    root = services.create_team(actor=None, name="Care", now=now)
    departments = [services.create_team(actor=None, name=f"Department {n}", parent=root, now=now) for n in range(4)]
    teams = [services.create_team(actor=None, name=f"Team {n:02}", parent=departments[n % 4], now=now) for n in range(TEAMS)]
    people = Person.objects.bulk_create(
        [Person(email=f"rep{n}@example.com", display_name=f"Rep {n:05}") for n in range(learners)], batch_size=2000
    )
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role=Role.REP) for person in people], batch_size=2000)
    start = now.date() - timedelta(days=1000)
    Membership.objects.bulk_create(
        [Membership(person=person, team=teams[n % TEAMS], starts_on=start) for n, person in enumerate(people)], batch_size=2000
    )
    published = [publish_module(actor=None, module=build_module(f"Module {n:03}"), now=now) for n in range(modules)]
    assign_everything(now)
    assert Team.objects.count() == TEAMS + 5
    return departments[0].pk, published[0].pk


ASSIGN = """
    INSERT INTO learning_assignments_assignment (person_id, module_id, cycle, due_on, source, because, because_quote, evidence_url, cause,
        assigned_at, state, withdrawn_reason)
    SELECT g.person_id, m.page_ptr_id, 1, CASE WHEN g.person_id % 3 = 0 THEN %(past)s ELSE %(future)s END, 'lead', 'Why.', '', '', '',
        %(days)s, CASE WHEN (g.person_id * 13 + m.page_ptr_id) % 10 < 7 THEN 'completed' ELSE 'open' END, ''
    FROM people_rolegrant g CROSS JOIN learning_modules_module m WHERE g.role = 'rep'
"""
ATTEMPT = """
    INSERT INTO learning_assignments_attempt (assignment_id, number, revision_id, content_digest, started_at, finished_at, last_step)
    SELECT a.id, 1, p.live_revision_id, 'digest', a.assigned_at, a.assigned_at, ''
    FROM learning_assignments_assignment a JOIN wagtailcore_page p ON p.id = a.module_id WHERE a.state = 'completed'
"""
COMPLETE = """
    INSERT INTO learning_assignments_completion (person_id, module_id, assignment_id, attempt_id, revision_id, content_digest, title,
        criteria, completed_at, seconds)
    SELECT a.person_id, a.module_id, a.id, t.id, t.revision_id, t.content_digest, p.title, '[]', a.assigned_at, 600
    FROM learning_assignments_assignment a JOIN learning_assignments_attempt t ON t.assignment_id = a.id
        JOIN wagtailcore_page p ON p.id = a.module_id
"""

SUBMIT = """
    INSERT INTO learning_quizzes_quizsubmission (attempt_id, number, answers, score_percent, passed, submitted_at, late)
    SELECT t.id, 1, '{}', 90, CASE WHEN t.id %% 4 = 0 THEN %(no)s ELSE %(yes)s END, t.started_at, %(no)s
    FROM learning_assignments_attempt t
"""
SAY = """
    INSERT INTO learning_feedback_modulefeedback (person_id, module_id, revision_id, content_digest, helped, comment, given_at, is_last, answer)
    SELECT c.person_id, c.module_id, c.revision_id, c.content_digest, CASE WHEN c.id %% 5 = 0 THEN %(no)s ELSE %(yes)s END, '',
        c.completed_at, %(yes)s, ''
    FROM learning_assignments_completion c WHERE c.id %% 2 = 0
"""


def assign_everything(now: datetime) -> None:
    """In three statements: object by object, two million would take longer than all the rest."""
    from django.db import connection

    with connection.cursor() as cursor:
        back = "g.person_id * 7 + m.page_ptr_id"
        if connection.vendor == "postgresql":
            days = f"%(now)s::timestamptz - (({back}) %% {DAYS}) * interval '1 day'"
            past, future = "%(past)s::date", "%(future)s::date"
        else:
            days = f"datetime(%(now)s, '-' || (({back}) %% {DAYS}) || ' days')"
            past, future = "%(past)s", "%(future)s"
        statement = ASSIGN.replace("% 3", "%% 3").replace("% 10", "%% 10")
        statement = statement.replace("%(past)s", past).replace("%(future)s", future).replace("%(days)s", days)
        values = {
            "past": (now - timedelta(days=10)).date().isoformat(),
            "future": (now + timedelta(days=30)).date().isoformat(),
            "now": now.strftime("%Y-%m-%d %H:%M:%S" + ("+00" if connection.vendor == "postgresql" else "")),
        }
        cursor.execute(statement, values)
        cursor.execute(ATTEMPT)
        cursor.execute(COMPLETE)
        cursor.execute(SUBMIT, {"yes": True, "no": False})
        cursor.execute(SAY, {"yes": True, "no": False})


def ask_all(requests: int, team: int, module: int) -> dict[str, dict[str, Any]]:
    from django.core.cache import cache
    from django.test import Client

    from foundation.startup import ready_for_requests
    from people.models import Person

    ready_for_requests()
    client = Client()
    client.force_login(Person.objects.get(email=HEAD), backend="allauth.account.auth_backends.AuthenticationBackend")
    pages = {}
    print(f"{'':26} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    for name, address in PAGES.items():
        cache.clear()
        pages[name] = ask(client, address.format(team=team, module=module), requests)
        show(name, pages[name])
    return pages


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
