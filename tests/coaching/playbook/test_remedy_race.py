"""Two reviews ask for one module, one of them is withdrawn at the same moment: no failed criterion is left without it.

The locks are row locks, so the races themselves need PostgreSQL; on SQLite writers queue up anyway. What is
decided after the lock is tested on both.
"""

import threading
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from coaching.playbook import rules
from coaching.playbook.models import RuleRun
from coaching.playbook.services import add_remedy
from coaching.quality import services as quality
from coaching.quality.events import ReviewPublished, ReviewWithdrawn
from coaching.quality.models import Review
from foundation import events
from learning.assignments.models import Assignment
from tests.factories.learning import make_module
from tests.factories.quality import answers, make_draft, make_published

A_LITTLE = 1.5  # seconds in which the other one would have come through if nothing held it


def prepare(cast, now):
    """Review A stands and has assigned the module; review B, with the same failed criterion, is about to be published."""
    quality.ensure_starter_scorecard(actor=None, now=now)
    add_remedy(
        actor=cast.hana,
        scorecard_key="written-conversation",
        criterion_key="name-the-need",
        module=make_module(now, "A warm start"),
        due_in_days=10,
        now=now,
    )
    first = make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    second = make_draft(cast.viktor, cast.rita, number=2, now=now)
    quality.save_draft(actor=cast.viktor, review=second, ratings=answers(second, name_the_need=0), comment="", now=now)
    return first, second


def publish(cast, review, now):
    quality.publish_review(actor=cast.viktor, review=review, now=now)


def withdraw(actor, review, now):
    quality.withdraw_review(actor=actor, review=review, reason="Wrong case.", now=now)


def open_for(review) -> bool:
    """Does the failed criterion of this review have an assignment that stands?"""
    run = RuleRun.objects.get(rule=rules.REMEDY_FOR_FAILED_CRITERION, review=review)
    return run.assignment is not None and run.assignment.is_open


@pytest.mark.django_db
def test_who_asks_is_looked_at_after_the_lock(cast, now, monkeypatch):
    """What waits for the lock sees what its holder has done: here review B is published while A's withdrawal waits."""
    first, second = prepare(cast, now)
    lock = rules.lock_assignment

    def published_while_waiting(assignment):
        publish(cast, second, now)
        return lock(assignment)

    monkeypatch.setattr(rules, "lock_assignment", published_while_waiting)
    withdraw(cast.vera, first, now)
    assert RuleRun.objects.get(rule=rules.WITHDRAW_WITH_REVIEW).outcome == "kept_needed"
    assert open_for(second)


@pytest.mark.django_db
def test_what_was_withdrawn_while_waiting_is_assigned_anew(cast, now, monkeypatch):
    first, second = prepare(cast, now)
    lock = rules.lock_open_assignments

    def withdrawn_while_waiting(**wanted):
        withdraw(cast.vera, first, now)
        return lock(**wanted)

    monkeypatch.setattr(rules, "lock_open_assignments", withdrawn_while_waiting)
    publish(cast, second, now)
    assert sorted(Assignment.objects.values_list("state", flat=True)) == ["open", "withdrawn"]
    assert open_for(second)


def beside_each_other(event, first, second):
    """Run `first`, which waits at the end of its transaction until `second` is through or held up by a lock."""
    at_the_end, go_on = threading.Event(), threading.Event()

    def wait(_event):
        if not at_the_end.is_set():
            at_the_end.set()
            go_on.wait(timeout=20)

    def run(verb):
        try:
            verb()
        finally:
            connections.close_all()

    events._listeners[event].append(wait)  # after the rule
    try:
        with ThreadPoolExecutor(max_workers=2) as threads:
            one = threads.submit(run, first)
            assert at_the_end.wait(timeout=20)
            other = threads.submit(run, second)
            futures.wait([other], timeout=A_LITTLE)
            go_on.set()
            one.result(timeout=20)
            other.result(timeout=20)
    finally:
        events._listeners[event].remove(wait)


on_postgresql = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there anyway; runs on PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]


class TestTwoAtOnce:
    pytestmark = on_postgresql

    def test_published_while_the_other_is_being_withdrawn(self, cast, now):
        first, second = prepare(cast, now)
        beside_each_other(ReviewWithdrawn, lambda: withdraw(cast.vera, first, now), lambda: publish(cast, second, now))
        assert open_for(second)

    def test_withdrawn_while_the_other_is_being_published(self, cast, now):
        first, second = prepare(cast, now)
        beside_each_other(ReviewPublished, lambda: publish(cast, second, now), lambda: withdraw(cast.vera, first, now))
        assert open_for(second)

    def test_both_withdrawn_take_it_back(self, cast, now):
        first, second = prepare(cast, now)
        publish(cast, second, now)
        beside_each_other(
            ReviewWithdrawn,
            lambda: withdraw(cast.vera, first, now),
            lambda: withdraw(cast.viktor, Review.objects.get(pk=second.pk), now),
        )
        assert Assignment.objects.get().state == Assignment.State.WITHDRAWN
