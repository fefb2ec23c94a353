"""raise_signals: who is found, what is stored, and that twice changes nothing."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from coaching.metrics import services as metrics
from coaching.metrics.models import MetricDefinition
from coaching.signals.events import SignalRaised
from coaching.signals.models import Signal, SignalRun
from coaching.signals.rule import Rule, judge, judge_all, judge_teams
from coaching.signals.series import load_person, load_series, load_team
from coaching.signals.services import dismiss_signal, mute_signal, raise_signals
from coaching.signals.words import why
from foundation import events
from tests.coaching.signals.conftest import WEEKS, weeks_of

STATE = ("metric_key", "person_id", "team_id", "level", "raised_on", "n", "probability", "state", "muted_until")


def run(**options) -> tuple[str, dict]:
    out = io.StringIO()
    call_command("raise_signals", stdout=out, json=True, **options)
    return out.getvalue(), json.loads(out.getvalue().splitlines()[-1])


def test_who_slipped_is_found_with_what_it_rests_on(slipped, now):
    text, counts = run()
    signal = Signal.objects.get()
    assert signal.person == slipped.rita
    assert signal.level == Signal.Level.SUGGEST
    assert (signal.n, signal.window_last) == (160, now.date())
    assert signal.window_first == now.date() - timedelta(days=27)
    assert signal.observed == pytest.approx(0.6)
    assert signal.expected == pytest.approx(0.825, abs=0.01)
    assert signal.definition == MetricDefinition.objects.current().get(key="csat")
    assert signal.muted_until == now.date() + timedelta(weeks=8)
    assert why(signal).startswith("Satisfied customers of Rita Example: 60 % from 19 May to 15 June (160 ratings), where 82 %")
    assert (counts["suggested"], counts["watched"], counts["people"], counts["teams"]) == (1, 0, 15, 2)
    assert counts["expected_false_share"] == pytest.approx(1 - signal.probability)
    assert "1 suggested, 0 to watch; judged 15 people and 2 teams" in text
    assert "we expect" in text


def test_nobody_is_found_where_all_is_as_usual(steady):
    _text, counts = run()
    assert (counts["suggested"], counts["watched"], counts["expected_false_share"]) == (0, 0, None)
    assert not Signal.objects.exists()


def test_twice_changes_nothing(slipped):
    run()
    before = (list(Signal.objects.values_list(*STATE)), list(SignalRun.objects.values()))
    run()
    assert (list(Signal.objects.values_list(*STATE)), list(SignalRun.objects.values())) == before


def test_the_next_nights_are_silent_for_eight_weeks(slipped, now):
    run()
    for days in (1, 20, 55):
        raise_signals(actor=None, as_of=now.date() + timedelta(days=days), now=now + timedelta(days=days))
    assert Signal.objects.filter(person=slipped.rita).count() == 1
    weeks_of(slipped.rita, slipped.harbour, now.date() + timedelta(weeks=8, days=-1), [24] * 8)
    raise_signals(actor=None, as_of=now.date() + timedelta(weeks=8), now=now + timedelta(weeks=8))
    assert Signal.objects.filter(person=slipped.rita).count() == 2


def test_an_earlier_day_judged_later_adds_nothing_near_a_known_signal(slipped, now):
    run()
    run(as_of=now.date() - timedelta(days=3))
    assert Signal.objects.count() == 1


def test_a_watch_may_become_a_suggestion(steady, now):
    weeks_of(steady.rita, steady.harbour, now.date(), [33] * (WEEKS - 2) + [26] * 2)
    run()
    assert [s.level for s in Signal.objects.all()] == [Signal.Level.WATCH]
    weeks_of(steady.rita, steady.harbour, now.date() + timedelta(weeks=1), [20])
    later = now + timedelta(weeks=1)
    raise_signals(actor=None, as_of=later.date(), now=later)
    assert [s.level for s in Signal.objects.order_by("raised_on")] == [Signal.Level.WATCH, Signal.Level.SUGGEST]
    assert [s.level for s in Signal.objects.open(later.date())] == [Signal.Level.SUGGEST]
    assert [s.level for s in Signal.objects.open(now.date())] == [Signal.Level.WATCH]


def test_a_silence_asked_for_by_hand_holds_longer(raised, now):
    mute_signal(actor=raised.lena, signal=Signal.objects.get(), weeks=26, now=now)
    later = now + timedelta(weeks=20)
    weeks_of(raised.rita, raised.harbour, later.date(), [24] * 19)
    for person, team in ((raised.ravi, raised.harbour), (raised.otto, raised.meadow)):
        weeks_of(person, team, later.date(), [33] * 19, n=40)
    raise_signals(actor=None, as_of=later.date(), now=later)
    assert Signal.objects.filter(person=raised.rita).count() == 1


def test_a_dismissed_one_stays_as_it_is(raised, now):
    dismiss_signal(actor=raised.lena, signal=Signal.objects.get(), reason="A new product", now=now)
    run()
    assert [s.state for s in Signal.objects.all()] == [Signal.State.DISMISSED]


def test_a_shift_of_the_team_is_told_once_and_not_per_person(cast, mates, now, time_machine):
    time_machine.move_to(now, tick=False)
    metrics.ensure_default_metrics(now=now)
    for person in (cast.rita, cast.ravi, *[mates[f"h{number}"] for number in range(6)]):
        weeks_of(person, cast.harbour, now.date(), [33] * (WEEKS - 4) + [25] * 4)
    for person in (cast.otto, *[mates[f"m{number}"] for number in range(6)]):
        weeks_of(person, cast.meadow, now.date(), [33] * WEEKS)
    run()
    signal = Signal.objects.get()
    assert (signal.team, signal.person) == (cast.harbour, None)
    assert "Satisfied customers of Harbour" in why(signal)


def test_where_lower_is_better_a_rise_is_the_slip(steady, now):
    for person, team in ((steady.ravi, steady.harbour), (steady.otto, steady.meadow)):
        weeks_of(person, team, now.date(), [4] * WEEKS, key="reopen_rate")
    weeks_of(steady.rita, steady.harbour, now.date(), [4] * (WEEKS - 5) + [13] * 5, key="reopen_rate")
    run()
    signal = Signal.objects.get()
    assert (signal.metric_key, signal.person) == ("reopen_rate", steady.rita)
    assert signal.observed == pytest.approx(0.325)
    assert signal.expected == pytest.approx(0.1, abs=0.01)
    assert signal.shift < -0.2


def test_only_active_reps_are_named_and_everybody_belongs_to_the_floor(slipped):
    slipped.rita.is_active = False
    slipped.rita.save()
    _text, counts = run()
    assert counts["people"] == 14
    assert not Signal.objects.exists()


def test_each_new_signal_is_announced_once(slipped):
    heard = []
    events.listen(SignalRaised)(heard.append)
    try:
        run()
        run()
    finally:
        events._listeners[SignalRaised].remove(heard.append)
    signal = Signal.objects.get()
    assert heard == [SignalRaised(signal_id=signal.pk, level="suggest")]


def test_a_failure_leaves_nothing_behind(slipped):
    def fail(event):
        raise RuntimeError("a listener failed")

    events.listen(SignalRaised)(fail)
    try:
        with pytest.raises(RuntimeError, match="listener"):
            run()
    finally:
        events._listeners[SignalRaised].remove(fail)
    assert not Signal.objects.exists()
    assert not SignalRun.objects.exists()


def test_the_database_keeps_one_signal_per_subject_metric_and_day(raised):
    signal = Signal.objects.get()
    signal.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        signal.save(force_insert=True)


def test_a_day_to_come_cannot_be_judged(slipped, now):
    with pytest.raises(CommandError, match="future"):
        call_command("raise_signals", as_of=now.date() + timedelta(days=1))


def test_no_day_at_all_is_told(slipped, capsys):
    with pytest.raises(CommandError, match="is no day"):
        call_command("raise_signals", "--as-of", "yesterday")


def test_one_person_alone_is_judged_as_among_all(slipped, now):
    """The page reads three queries; its judgement is that of the nightly run."""
    rule = Rule()
    definitions = [MetricDefinition.objects.current().get(key="csat")]
    everybody = next(load_series(definitions, rule.weeks, now.date()))
    verdicts = judge_all(everybody.history, rule)
    judged, teams = verdicts.people, verdicts.teams
    for person in (slipped.rita, slipped.otto):
        row = everybody.people.index(person.pk)
        single = load_person(person, definitions, rule.weeks, now.date())[0]
        alone = judge(single.history, rule, learned=judged.learned)
        assert alone.probability[0] == pytest.approx(judged.probability[row], abs=1e-12)
        assert np.allclose(alone.expected_by_week[0], judged.expected_by_week[row])
    row = everybody.teams.index(slipped.harbour.pk)
    single = load_team(slipped.harbour, definitions, rule.weeks, now.date())[0]
    alone = judge_teams(single.history, rule, teams.learned)
    assert alone.probability[0] == pytest.approx(teams.probability[row], abs=1e-12)


def test_queries_do_not_grow_with_people(slipped, now, django_assert_max_num_queries):
    run(as_of=date(2026, 6, 1))
    with django_assert_max_num_queries(60):
        raise_signals(actor=None, as_of=now.date(), now=now)
