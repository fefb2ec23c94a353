"""`manage.py run_schedule`: what is due, once, whatever else happens."""

import io
import json
import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils.module_loading import import_string

from foundation import schedule
from foundation.schedule import Work
from operations import queries, services
from operations.models import ScheduledRun
from people.models import AuditEntry, AuditSeal
from tests.operations import jobs

Outcome = ScheduledRun.Outcome
MONDAY = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
EVERY_HOUR = {"every": timedelta(hours=1)}


@pytest.fixture
def planned(monkeypatch):
    """Nothing is registered but what a test registers: planned("feed_the_cat", every=…)."""
    monkeypatch.setattr(schedule, "_works", {})
    monkeypatch.setattr(jobs, "done", [])

    def plan(name, **how):
        schedule.register(Work(name, name, f"tests.operations.jobs.{name}", **(how or EVERY_HOUR)))

    return plan


def run(at=MONDAY, **options):
    """Run the command as of a moment; (what it printed as JSON, exit code)."""
    out = io.StringIO()
    try:
        call_command("run_schedule", as_of=at, json=True, stdout=out, **options)
    except CommandError as error:
        return json.loads(out.getvalue().splitlines()[-1]) if out.getvalue() else None, error.returncode
    return json.loads(out.getvalue().splitlines()[-1]), 0


def names(told):
    return [ran["name"] for ran in told["ran"]]


# --- Due and not due ------------------------------------------------------------------------------


def test_what_never_ran_is_due_and_then_not_until_its_time(db, planned):
    planned("feed_the_cat")
    told, code = run()
    assert (names(told), code) == (["feed_the_cat"], 0)
    assert told["ran"][0] == {"name": "feed_the_cat", "outcome": "done", "summary": "the cat is fed", "error": ""}
    assert names(run(MONDAY + timedelta(minutes=59))[0]) == []
    assert names(run(MONDAY + timedelta(minutes=60))[0]) == ["feed_the_cat"]
    assert [at for _who, at in jobs.done] == [MONDAY, MONDAY + timedelta(hours=1)]


def test_cron_a_second_early_does_not_cost_a_turn(db, planned):
    planned("feed_the_cat", every=timedelta(minutes=5))
    run()
    assert names(run(MONDAY + timedelta(minutes=4, seconds=59))[0]) == ["feed_the_cat"]


@pytest.mark.parametrize(
    ("zone", "not_yet", "due"),
    [("UTC", datetime(2026, 6, 16, 2, 59, tzinfo=UTC), datetime(2026, 6, 16, 3, 0, tzinfo=UTC)),
     ("Europe/Berlin", datetime(2026, 6, 16, 0, 59, tzinfo=UTC), datetime(2026, 6, 16, 1, 0, tzinfo=UTC))],
)  # fmt: skip
def test_nightly_work_follows_the_organisations_clock(db, planned, settings, zone, not_yet, due):
    settings.TIME_ZONE = zone
    planned("feed_the_cat", at=time(3))
    run()
    assert names(run(not_yet)[0]) == []
    assert names(run(due)[0]) == ["feed_the_cat"]
    assert names(run(due + timedelta(hours=23))[0]) == []


def test_nightly_work_runs_once_through_a_change_of_the_clock(db, planned, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    planned("feed_the_cat", at=time(2, 30))  # 02:30 happens twice on 25 October
    run(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    night = [datetime(2026, 10, 24, 22, 0, tzinfo=UTC) + timedelta(minutes=10 * n) for n in range(60)]
    assert sum(len(names(run(at)[0])) for at in night) == 1


# --- Failing --------------------------------------------------------------------------------------


def test_one_that_fails_does_not_stop_the_others(db, planned):
    planned("break_down")
    planned("feed_the_cat")
    planned("refuse")
    planned("water_the_plants")
    told, code = run()
    assert code == 1
    assert told["failed"] == 2
    assert {ran["name"]: ran["outcome"] for ran in told["ran"]} == {
        "break_down": "failed", "feed_the_cat": "done", "refuse": "failed", "water_the_plants": "done",
    }  # fmt: skip
    assert ScheduledRun.objects.get(name="refuse").error == "The tap is closed. Open it."


def test_what_customers_wrote_does_not_get_into_the_error(db, planned):
    planned("break_down")
    told, _code = run()
    assert "ValueError" in told["ran"][0]["error"]
    assert "Miller" not in json.dumps(told) + ScheduledRun.objects.get().error


def test_what_failed_is_tried_again_before_the_next_night(db, planned):
    planned("refuse", at=time(3))
    run()
    assert names(run(MONDAY + timedelta(minutes=14))[0]) == []
    assert names(run(MONDAY + timedelta(minutes=15))[0]) == ["refuse"]


# --- Killed, and two at once ----------------------------------------------------------------------


def test_a_run_told_to_end_is_done_again_at_the_next_look(db, planned, monkeypatch):
    planned("be_told_to_end", at=time(3))
    with pytest.raises(SystemExit):
        run()
    assert ScheduledRun.objects.get().outcome == Outcome.STOPPED
    monkeypatch.setattr(jobs, "be_told_to_end", lambda now: "this time to its end")
    assert names(run(MONDAY + timedelta(minutes=1))[0]) == ["be_told_to_end"]


def test_the_lock_of_a_killed_run_is_taken_over(db, planned):
    planned("feed_the_cat", every=timedelta(minutes=1), at_most=timedelta(minutes=15))
    left = ScheduledRun.objects.create(name="feed_the_cat", started_at=MONDAY)  # its process is gone
    assert names(run(MONDAY + timedelta(minutes=14))[0]) == []
    assert names(run(MONDAY + timedelta(minutes=15))[0]) == ["feed_the_cat"]
    left.refresh_from_db()
    assert left.outcome == Outcome.LOST


def test_a_run_given_up_that_ends_after_all_changes_nothing(db, planned):
    planned("feed_the_cat")
    given_up = ScheduledRun.objects.create(name="feed_the_cat", started_at=MONDAY)
    run(MONDAY + timedelta(hours=2))
    services._end(given_up, Outcome.DONE, MONDAY + timedelta(hours=3))
    given_up.refresh_from_db()
    assert given_up.outcome == Outcome.LOST


def test_somebody_who_was_quicker_has_done_it(db, planned, monkeypatch):
    """Both saw it due; the other one began and ended in between."""
    planned("feed_the_cat")
    looked = []

    def look_slowly(name):
        if not looked:
            looked.append(name)
            services.run_due(clock=lambda: MONDAY)  # the other machine
            return None
        return queries.last_run(name)

    monkeypatch.setattr(services, "last_run", look_slowly)
    assert names(run()[0]) == []
    assert len(jobs.done) == 1
    assert ScheduledRun.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads would share a database in memory; runs on PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_run_it_once(planned, monkeypatch):
    planned("feed_the_cat")
    meeting, outcomes = threading.Barrier(2), []
    slow = threading.Event()

    def fed_slowly(now):
        jobs.done.append(("cat", now))
        slow.wait(timeout=2)
        return "fed"

    monkeypatch.setattr(jobs, "feed_the_cat", fed_slowly)

    def look():
        try:
            meeting.wait(timeout=5)
            outcomes.append(len(services.run_due(clock=lambda: MONDAY)))
        finally:
            slow.set()
            connections.close_all()

    threads = [threading.Thread(target=look) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == [0, 1]
    assert len(jobs.done) == 1


# --- The command ----------------------------------------------------------------------------------


def test_one_by_name_runs_due_or_not(db, planned):
    planned("feed_the_cat")
    planned("water_the_plants")
    run()
    assert names(run(only="water_the_plants")[0]) == ["water_the_plants"]


def test_an_unknown_name_lists_what_there_is(db, planned):
    planned("feed_the_cat")
    with pytest.raises(CommandError, match=r"no periodic work called dog.*feed_the_cat") as raised:
        call_command("run_schedule", only="dog")
    assert raised.value.returncode == 2


def test_two_pieces_of_work_cannot_share_a_name(planned):
    planned("feed_the_cat")
    planned("feed_the_cat")  # the same again changes nothing
    with pytest.raises(ValueError, match="feed_the_cat"):
        planned("feed_the_cat", at=time(3))


# --- The work there is ----------------------------------------------------------------------------

EXPECTED = {
    "apply_rules", "ask_assistant", "check_teams", "close_practice_months", "count_reviewers", "draw_reviews", "find_suggestions", "practice_cards", "raise_signals", "recertify", "recount_figures",
    "release_reviews", "remind_calibration", "remind_to_acknowledge", "reopen_changed", "run_feeds", "seal_audit", "send_reminders", "send_statements", "send_surveys",
    "sweep_quality_files", "sweep_uploads", "sync_connections", "tidy_up", "train_learner",
}  # fmt: skip


def test_every_room_has_registered_its_work():
    works = {work.name: work for work in schedule.all_work()}
    assert set(works) == EXPECTED
    assert all(callable(import_string(work.run)) for work in works.values())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_runs_when_due_and_not_again_before(cast, name):
    told, code = run(only=name)
    assert (told["ran"][0]["outcome"], code) == ("done", 0), told
    assert told["ran"][0]["summary"]
    work = schedule.find_work(name)
    last = queries.last_run(name)
    assert not queries.is_due(work, last, MONDAY + timedelta(seconds=40))
    assert queries.is_due(work, last, MONDAY + work.interval)


def test_the_audit_log_is_sealed(cast):
    assert AuditEntry.objects.filter(seal=None).exists()
    run(only="seal_audit")
    assert AuditSeal.objects.count() == 1
    assert not AuditEntry.objects.filter(seal=None).exists()


def test_sweeping_keeps_the_newest_run_of_each(db, planned):
    planned("feed_the_cat")
    for days in (120, 100, 5):
        run(MONDAY - timedelta(days=days))
    ScheduledRun.objects.create(name="x", started_at=MONDAY - timedelta(days=5), ended_at=MONDAY, outcome=Outcome.FAILED)
    Session.objects.create(session_key="old", session_data="", expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    assert services.forget_old_runs(now=MONDAY) == 2
    assert {run.name for run in ScheduledRun.objects.all()} == {"feed_the_cat", "x"}


# --- What administrators and monitors see -----------------------------------------------------------


def test_the_page_tells_last_run_outcome_and_error(cast, sign_in, planned):
    planned("refuse", at=time(3))
    planned("feed_the_cat")
    page = sign_in(cast.adam).get("/operations/schedule/").content.decode()
    assert "Nothing has run yet" in page
    run(datetime.now(tz=UTC))
    page = sign_in(cast.adam).get("/operations/schedule/").content.decode()
    assert "Nothing has run yet" not in page
    assert "The tap is closed. Open it." in page
    assert "the cat is fed" in page
    assert "every day at 03:00" in page


def test_overdue_work_is_named_and_no_reason_to_be_unready(db, planned):
    planned("feed_the_cat")
    run(datetime.now(tz=UTC) - timedelta(hours=1))
    assert "overdue" not in Client().get("/readyz").json()
    ScheduledRun.objects.update(started_at=MONDAY - timedelta(days=3), ended_at=MONDAY - timedelta(days=3))
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["overdue"] == ["feed_the_cat"]
