"""Each piece of work that the rooms have registered can really be run, also where there is nothing to do."""

import pytest

from coaching.metrics import schedule as metrics_schedule
from foundation.schedule import all_work
from operations import services
from operations.models import ScheduledRun
from tests.factories import interactions as make

Outcome = ScheduledRun.Outcome
NAMES = [work.name for work in all_work()]


def test_the_rooms_have_registered_theirs():
    assert {"raise_signals", "draw_reviews", "sync_connections", "run_feeds", "send_surveys", "recount_figures"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name, cast, now):
    make.interaction(cast.rita, now.date(), reopens=1)
    run = services.run_one(name=name, clock=lambda: now)
    assert run is not None
    assert (run.outcome, run.error) == (Outcome.DONE, "")
    assert run.summary


def test_work_that_fails_is_noticed(cast, now, monkeypatch):
    monkeypatch.setattr(metrics_schedule, "count_what_waits", lambda: "called without a moment")
    run = services.run_one(name="recount_figures", clock=lambda: now)
    assert run is not None
    assert run.outcome == Outcome.FAILED
