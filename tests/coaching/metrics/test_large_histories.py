"""Histories, batches and weeks that do not fit into memory are counted in parts, and come out the same."""

from __future__ import annotations

import gc
from datetime import date, timedelta

import pytest

from coaching.interactions.models import ChangedDay
from coaching.metrics import recount, rows, services
from coaching.metrics.check import differences_of, people_with_figures
from coaching.metrics.explorer import counting
from coaching.metrics.explorer.check import segment_differences
from coaching.metrics.models import MetricDefinition, PersonSegmentRollup, Rollup
from tests.factories import interactions as make

MONDAY = date(2026, 5, 4)


@pytest.fixture
def history(cast, now):
    """Three weeks of Rita's and Ravi's cases; some stay open, some are resolved days later, customers come back."""
    services.ensure_default_metrics(now=now)
    for number in range(42):
        day = MONDAY + timedelta(days=number % 21)
        case = make.interaction(
            (cast.rita, cast.ravi)[number % 2], day, topic=f"Topic {number % 3}", customer=f"c{number % 5}",
            seconds=86_400 * (number % 4) + 600, reopens=number % 7 == 0,
        )  # fmt: skip
        make.rating(cast.rita, day + timedelta(days=1), case=case, polarity=1 if number % 3 else -1)
    return cast


def differences():
    definitions = list(MetricDefinition.objects.current())
    people = people_with_figures()
    apart = [found for person_id in people for found in differences_of(person_id, definitions)]
    return apart + list(segment_differences(people, counting.countable(definitions)))


@pytest.mark.parametrize("most", [1, 5, 50_000])
def test_marked_days_in_parts(history, now, monkeypatch, most):
    monkeypatch.setattr(rows, "MOST_ROWS", most)
    services.recount_changed_days(now)
    assert Rollup.objects.exists()
    assert differences() == []


@pytest.mark.parametrize("most", [1, 5, 50_000])
def test_whole_histories_in_spans(history, now, monkeypatch, most):
    monkeypatch.setattr(rows, "MOST_ROWS", most)
    assert (len(rows.spans_of(history.rita.pk)) > 1) == (most < 50_000)
    recount.recount_people([history.rita.pk, history.ravi.pk], now)
    counting.count_changed_weeks()
    assert Rollup.objects.exists()
    assert differences() == []


def test_spans_follow_each_other_without_a_gap(history, monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 4)
    spans = rows.spans_of(history.rita.pk)
    assert (spans[0][0], spans[-1][1]) == (None, None)
    assert [first for first, _last in spans[1:]] == [last + timedelta(days=1) for _first, last in spans[:-1]]


def test_parts_keep_a_person_together_where_asked(history, monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 4)
    people = (history.rita.pk, history.ravi.pk)
    pairs = [(person_id, MONDAY + timedelta(days=number)) for person_id in people for number in range(21)]
    parts = rows.in_parts(pairs)
    assert len(parts) > 2
    assert sorted(pair for part in parts for pair in part) == sorted(pairs)
    assert [{person_id for person_id, _day in part} for part in rows.in_parts(pairs, by_person=True)] == [
        {p} for p in sorted(people)
    ]


def test_a_changed_day_counts_one_persons_week(history, now):
    services.recount_changed_days(now)
    before = set(PersonSegmentRollup.objects.exclude(person=history.rita, week=MONDAY).values_list("pk", flat=True))
    own = set(PersonSegmentRollup.objects.filter(person=history.rita, week=MONDAY).values_list("pk", flat=True))
    # A day on which customers who came back change no other week.
    ChangedDay.objects.create(person=history.rita, day=MONDAY)
    counting_of = [key for key, _week in _marks_of(now)]
    assert counting_of == [history.rita.pk]
    after = set(PersonSegmentRollup.objects.values_list("pk", flat=True))
    assert before <= after
    assert not own & after
    assert differences() == []


def _marks_of(now):
    """The weeks that the waiting days ask for; they are counted, too."""
    recount.recount_changed_days(now)
    marks = list(counting.ChangedWeek.objects.values_list("person_key", "week"))
    counting.count_changed_weeks()
    return marks


def test_counted_weeks_are_let_go_at_once(history, now):
    gc.collect()
    gc.disable()
    try:
        services.recount_changed_days(now)
        assert not [kept for kept in gc.get_objects() if type(kept) is counting._Week]
    finally:
        gc.enable()
