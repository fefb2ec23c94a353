"""The whole seed, in order: people, content, cases, remedies, reviews and learning."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from random import Random

from django.db import transaction
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from coaching.metrics.services import recount_changed_days
from coaching.quality.suggestions.services import find_suggestions
from demo.company import DOMAIN, build_company
from demo.history import SIZES, Size, build_history
from demo.seeding.calibration import seed_calibration
from demo.seeding.cases import seed_cases
from demo.seeding.catalogue import seed_feedback, seed_more_modules
from demo.seeding.content import seed_content
from demo.seeding.curriculum import seed_curriculum
from demo.seeding.disputes import seed_disputes, seed_flags
from demo.seeding.feeds import seed_feeds
from demo.seeding.learning import assign_wishes, go_on_learning, wishes_of_leads
from demo.seeding.packages import seed_packages
from demo.seeding.people import seed_people
from demo.seeding.plans import seed_plans
from demo.seeding.playbook import seed_remedies
from demo.seeding.practice import seed_practice
from demo.seeding.reviews import seed_reviews
from demo.seeding.rooms import seed_hours, seed_rooms
from demo.seeding.sessions import seed_sessions
from demo.seeding.signals import seed_signals
from demo.seeding.surveys import seed_surveys
from people.audit import record
from people.models import AuditEntry, Person

SEEDED = "demo.seed"


class DemoError(Exception):
    """The demo cannot be built here; the message says why and what to do."""


def is_seeded() -> bool:
    """Whether the demo company is in this database, complete."""
    return AuditEntry.objects.filter(verb=SEEDED).exists()


def seed_demo(*, size_name: str, seed: int, say: Callable[[str], None], now: datetime) -> bool:
    """Build the company; False where it is there already, and nothing changes.

    `say` is told each step. Raises DemoError where the database holds somebody else's people, or a
    demo that was interrupted.
    """
    if is_seeded():
        return False
    if Person.objects.filter(email__endswith=f"@{DOMAIN}").exists():
        raise DemoError(
            "An earlier seed_demo was interrupted, so the demo company is incomplete. Empty the database "
            "(manage.py flush, or delete the SQLite file) and run seed_demo again."
        )
    if Person.objects.exists():
        raise DemoError("This database already holds people. The demo company goes only into an empty database.")
    size = SIZES[size_name]
    logging.getLogger("wagtail").setLevel(logging.WARNING)  # it tells of each page; the steps below say enough
    with override("en"):  # the reasons that services write down are the company's, not the shell's
        _build(size_name, size, seed, say, now)
    return True


def _build(size_name: str, size: Size, seed: int, say: Callable[[str], None], now: datetime) -> None:
    rng = Random(f"seeding:{seed}")
    began = now - timedelta(weeks=size.weeks)
    company = build_company(size.reps_per_team)
    say(f"People: {len(company.everybody)} accounts in 5 teams …")
    cast = seed_people(company, today=now.date(), now=began)
    seed_hours(company, cast, now=began)
    say("Guide, learning modules, scorecard and metrics …")
    content = seed_content(company, cast, now=began)
    remedies = seed_remedies(company, cast, content, now=began)
    say(f"Playbook: {remedies} remedies …")
    history = build_history(size=size, seed=seed, now=now)
    say(f"Importing {len(history.cases):,} cases, {len(history.conversations)} conversations, {len(history.surveys):,} ratings …")
    seed_cases(history, StringIO())
    with transaction.atomic():
        answers = seed_surveys(head=cast.account(company.head), seed=seed, now=now)
    recount_changed_days(now)
    say(f"Surveys of our own, {answers} answers …")
    wishes = wishes_of_leads(company=company, cast=cast, modules=content.modules, rng=rng, now=now)
    given = done = 0
    since = began

    def after_week(moment: datetime) -> None:
        nonlocal given, done, since
        given += assign_wishes(wishes, since=since, until=moment)
        done += go_on_learning(until=moment, seed=seed)
        since = moment

    say("Reviews, week by week …")
    with transaction.atomic():  # one commit instead of thousands
        reviews = seed_reviews(
            history=history, size=size, cast=cast, scorecard=content.scorecard, rng=rng, after_week=after_week, now=now
        )
    say(f"{reviews} reviews published, {given} modules assigned by leads, {done} completed.")
    with transaction.atomic():
        disputes = seed_disputes(company, cast, now=now)
        seed_flags(company, cast, now=now)
    say(f"{disputes} reviews disputed, three standards flagged.")
    with transaction.atomic():
        say(f"Calibration: {seed_calibration(company, cast, seed=seed, now=now)} blind scorings.")
    with transaction.atomic():
        say(f"Daily practice: {seed_practice(company, cast, seed=seed, now=now)} questions answered.")
    say(f"Signals: {seed_signals(company, cast, weeks=size.weeks, now=now)} raised in the last four weeks.")
    say(f"A course and an exercise of other tools, given to {seed_packages(company, cast, began=began, now=now)} reps.")
    with transaction.atomic():
        newcomers = seed_curriculum(company, cast, content.modules, now=now)
    say(f"A path for newcomers, which {newcomers} are on, and questions in the bank.")
    with transaction.atomic():
        say(f"Two group sessions; {seed_sessions(company, cast, now=now)} have a place in the one to come.")
    with transaction.atomic():
        more = seed_more_modules(company, cast, content, now=began)
        said = seed_feedback(company, cast, seed=seed, now=now)
        say(f"{said} times somebody said whether a module helped; {more} modules more, one of them in German.")
    # Mails about assignments of past months are nobody's news any more.
    DBTaskResult.objects.filter(enqueued_at__gte=now, status="READY").delete()
    say(f"{find_suggestions(actor=None, now=now)} conversations worth a look.")
    seed_feeds(cast.account(company.admin), now=now)
    seed_rooms(company, cast, now=now)
    seed_plans(company, cast, now=now)
    record(actor=None, verb=SEEDED, after={"size": size_name, "seed": seed, "reviews": reviews}, now=now)
