"""Raising signals for one day: read the rollups, judge everybody, store who has newly slipped.

Judging a day twice changes nothing: what it raised mutes itself. One run at a time: the row of the settings is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray

from coaching.metrics.models import MetricDefinition
from coaching.metrics.shrinkage import LEARNING_WEEKS, learn_prior, months
from coaching.signals.events import SignalRaised
from coaching.signals.models import Signal, SignalRun, SignalSettings
from coaching.signals.rule import Judgement, Rule, expected_false_share, judge_all
from coaching.signals.series import Series, load_series, watchable_definitions
from foundation.events import announce
from people.audit import record
from people.models import Person

LEVELS = {2: Signal.Level.SUGGEST, 1: Signal.Level.WATCH}
RANK = {level.value: rank for rank, level in LEVELS.items()}

Key = tuple[str, int | None, int | None]  # metric, person, team


@dataclass(frozen=True)
class _Mute:
    level: int
    raised_on: date
    until: date


def ensure_settings(now: datetime) -> SignalSettings:
    """The thresholds in force; the first version, with the reference's numbers, where there is none yet."""
    newest = SignalSettings.objects.order_by("-version").first()
    return newest or SignalSettings.objects.get_or_create(version=1, defaults={"created_at": now})[0]


@transaction.atomic
def raise_signals(*, actor: Person | None, as_of: date, now: datetime) -> SignalRun:
    """Judge everybody on the weeks up to `as_of` and store the new signals; the day's run.

    Announces SignalRaised for each new one, in this transaction. `actor` None: the schedule.
    """
    settings = SignalSettings.objects.select_for_update().get(pk=ensure_settings(now).pk)
    rule = settings.rule
    mutes = _mutes(as_of, rule)
    run, created = SignalRun.objects.get_or_create(as_of=as_of, defaults={"settings": settings, "ran_at": now})
    judged_people, judged_teams, found = set(), set(), []
    run.learned = {}
    for series in load_series(watchable_definitions(settings.metrics), rule.weeks, as_of):
        verdicts = judge_all(series.history, rule)
        people, teams = verdicts.people, verdicts.teams
        judged_people.update(np.asarray(series.people)[people.judged].tolist())
        judged_teams.update(np.asarray(series.teams)[teams.judged].tolist())
        run.learned[series.definition.key] = {
            "people": [people.phi, people.spread_kept],
            "teams": [teams.phi, teams.spread_kept],
            "prior": _prior(series),
        }
        found += _signals(run, series, teams, verdicts.team_level, rule, mutes, of_teams=True)
        found += _signals(run, series, people, people.level(rule), rule, mutes)
    Signal.objects.bulk_create(found, batch_size=500)
    run.people, run.teams = len(judged_people), len(judged_teams)
    _count(run, as_of)
    if created or found:
        run.ran_at, run.settings = now, settings
        run.save()
    for signal in found:
        announce(SignalRaised(signal_id=signal.pk, level=signal.level))
    if actor is not None:
        record(actor=actor, verb="signal.raise", target=run, after={"created": len(found)}, now=now)
    return run


def _prior(series: Series) -> list[float] | None:
    """Mean and strength of what the group says about a person's month of good outcomes, from the last 26 weeks."""
    recent = series.history.last(LEARNING_WEEKS)
    prior = learn_prior(months(recent.good), months(recent.n))
    return [prior.mean, prior.strength] if prior else None


def _mutes(as_of: date, rule: Rule) -> dict[Key, list[_Mute]]:
    """Whatever keeps the rule silent on that day, also where an earlier day is judged after a later one."""
    around = timedelta(weeks=rule.mute_weeks)
    rows = Signal.objects.filter(
        Q(raised_on__gt=as_of - around, raised_on__lt=as_of + around) | Q(muted_until__gt=as_of, raised_on__lte=as_of)
    ).values_list("metric_key", "person_id", "team_id", "level", "raised_on", "muted_until")
    mutes: dict[Key, list[_Mute]] = {}
    for key, person, team, level, raised_on, until in rows:
        mutes.setdefault((key, person, team), []).append(_Mute(RANK[Signal.Level(level)], raised_on, until))
    return mutes


def _is_muted(mutes: Iterable[_Mute], level: int, as_of: date, rule: Rule) -> bool:
    """A signal silences its like and what is milder; a suggestion may follow a "watch", but not on the same day."""
    weeks = timedelta(weeks=rule.mute_weeks)
    for mute in mutes:
        if mute.raised_on == as_of:
            return True
        near = abs(mute.raised_on - as_of) < weeks or mute.raised_on <= as_of < mute.until
        prolonged = mute.until > mute.raised_on + weeks  # a person asked for silence, of any kind
        if near and (mute.level >= level or (prolonged and as_of < mute.until)):
            return True
    return False


def _signals(
    run: SignalRun,
    series: Series,
    judged: Judgement,
    level: NDArray[np.int64],
    rule: Rule,
    mutes: dict[Key, list[_Mute]],
    *,
    of_teams: bool = False,
) -> list[Signal]:
    ids = series.teams if of_teams else series.people
    found = []
    for unit in np.flatnonzero(level > 0):
        person, team = (None, ids[unit]) if of_teams else (ids[unit], None)
        key = (series.definition.key, person, team)
        if _is_muted(mutes.get(key, ()), int(level[unit]), series.as_of, rule):
            continue
        first, last = series.days_of(int(judged.weeks[unit]))
        n = int(judged.n[unit])
        found.append(
            Signal(
                definition=series.definition,
                metric_key=series.definition.key,
                person_id=person,
                team_id=team,
                run=run,
                level=LEVELS[int(level[unit])],
                raised_on=series.as_of,
                window_first=first,
                window_last=last,
                n=n,
                observed=series.share(int(judged.good[unit]) / n),
                expected=series.share(float(judged.expected[unit])),
                baseline=series.share(float(judged.baseline[unit])),
                baseline_n=int(judged.baseline_n[unit]),
                shift=float(judged.delta[unit]),
                probability=float(judged.probability[unit]),
                muted_until=series.as_of + timedelta(weeks=rule.mute_weeks),
            )
        )
    return found


def _count(run: SignalRun, as_of: date) -> None:
    """Fill in what the day raised, and the expected share of wrong ones among the week's suggestions."""
    levels = list(Signal.objects.filter(raised_on=as_of).values_list("level", flat=True))
    run.suggested = levels.count(Signal.Level.SUGGEST)
    run.watched = levels.count(Signal.Level.WATCH)
    week = Signal.objects.filter(raised_on__range=(as_of - timedelta(days=6), as_of), level=Signal.Level.SUGGEST)
    run.expected_false_share = expected_false_share(list(week.values_list("probability", flat=True)))


def definitions_watched(settings: SignalSettings) -> list[MetricDefinition]:
    """The metrics a version of the settings watches."""
    return watchable_definitions(settings.metrics)
