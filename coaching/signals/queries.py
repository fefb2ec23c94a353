"""Reads of signals, ready for a screen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics.access import ratings_visible_to
from coaching.metrics.case_queries import CaseFilter, cases_behind, ratings_behind
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from coaching.signals.access import signals_visible_to
from coaching.signals.models import Signal, SignalRun, SignalSettings
from coaching.signals.rule import Rule, estimate_tau, expected_false_share, replay, year_of_verdicts
from coaching.signals.series import judged_people, load_series, watchable_definitions
from coaching.signals.words import Told
from people.models import Person, Team

EVIDENCE = 12
YEAR = 52
Recipe = MetricDefinition.Recipe


@dataclass(frozen=True)
class ListFilter:
    """What the reader asked for; empty means all."""

    state: str = "open"
    level: str = ""
    metric: str = ""
    about: str = ""
    text: str = ""


def filtered(signals: QuerySet[Signal], wish: ListFilter, on: date) -> QuerySet[Signal]:
    """Newest first, the surest first within a day."""
    if wish.state == "open":
        signals = signals.filter(pk__in=Signal.objects.open(on).values("pk"))
    elif wish.state:
        signals = signals.filter(state=wish.state)
    if wish.level:
        signals = signals.filter(level=wish.level)
    if wish.metric:
        signals = signals.filter(metric_key=wish.metric)
    if wish.about:
        signals = signals.filter(team=None) if wish.about == "people" else signals.filter(person=None)
    if wish.text:
        signals = signals.filter(person__display_name__icontains=wish.text) | signals.filter(team__name__icontains=wish.text)
    return signals.select_related("definition", "person", "team").order_by("-raised_on", "-probability", "pk")


def last_run() -> SignalRun | None:
    """The newest day that was judged."""
    return SignalRun.objects.order_by("-as_of").first()


def settings_in_force() -> SignalSettings | None:
    return SignalSettings.objects.order_by("-version").first()


def rule_in_force() -> Rule:
    """The thresholds in force; the reference's where none were ever stored."""
    settings = settings_in_force()
    return settings.rule if settings else Rule()


def watched_keys() -> list[str]:
    settings = settings_in_force()
    return list(settings.metrics) if settings else []


def signals_of_person(viewer: Person, person: Person, on: date) -> list[Told]:
    """All that are held about this person and that the viewer may read, newest first."""
    rows = signals_visible_to(viewer, on).filter(person=person).select_related("definition", "person", "team", "state_by")
    return [Told(signal, about_me=viewer.pk == person.pk) for signal in rows.order_by("-raised_on", "-probability", "pk")]


def signals_of_team(viewer: Person, team: Team, on: date) -> list[Told]:
    rows = signals_visible_to(viewer, on).filter(team=team).select_related("definition", "person", "team", "state_by")
    return [Told(signal) for signal in rows.order_by("-raised_on", "-probability", "pk")]


def open_signals_of(people: Collection[int], on: date) -> dict[int, Signal]:
    """Person id → their surest open signal; one query. The caller names only people the viewer may read."""
    rows = Signal.objects.open(on).filter(person__in=people).select_related("definition", "person").order_by("probability", "pk")
    return {signal.person_id: signal for signal in rows if signal.person_id is not None}


def open_signals_for(viewer: Person, on: date) -> list[Told]:
    """The open signals of other people and of teams that the viewer may read: whole teams first, then the surest."""
    rows = signals_visible_to(viewer, on).open(on).exclude(person=viewer)
    ordered = rows.select_related("definition", "team", "person").order_by("person_id", "-probability", "pk")
    return sorted((Told(signal) for signal in ordered), key=lambda told: (told.signal.team_id is None, -told.signal.probability))


def open_team_signals(viewer: Person, on: date) -> list[Told]:
    """The open signals of teams the viewer may read."""
    rows = signals_visible_to(viewer, on).open(on).filter(person=None)
    return [Told(signal) for signal in rows.select_related("definition", "team", "person").order_by("-probability", "pk")]


# --- Evidence -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evidence:
    """Rows behind a signal: those that count against it first."""

    ratings: list[SurveyResponse]
    cases: list[Interaction]
    against: int
    first: date
    last: date

    @property
    def is_empty(self) -> bool:
        return not self.ratings and not self.cases


def evidence_of(viewer: Person, signal: Signal, on: date) -> Evidence:
    """The dissatisfied ratings (or the cases that count against the figure) of the window, newest first; a page's worth."""
    window = Window(signal.window_first, signal.window_last)
    wanted = CaseFilter(only_against=True)
    definition = signal.definition
    if definition.recipe == Recipe.SATISFIED:
        ratings = _ratings(viewer, signal, window, wanted, on)
        return Evidence(list(ratings[:EVIDENCE]), [], ratings.count(), window.first, window.last)
    cases = _cases(viewer, signal, window, wanted, on)
    return Evidence([], list(cases[:EVIDENCE]), cases.count(), window.first, window.last)


def _members(signal: Signal) -> QuerySet[Person]:
    """Who was in the signal's team at the end of the window."""
    return Person.objects.in_teams([signal.team] if signal.team else [], signal.window_last)


def _ratings(viewer: Person, signal: Signal, window: Window, wanted: CaseFilter, on: date) -> QuerySet[SurveyResponse]:
    if signal.person is not None:
        return ratings_behind(viewer, signal.person, signal.definition, window, wanted, on)
    rows = ratings_visible_to(viewer, on).filter(
        handler__person__in=_members(signal).values("pk"),
        kind=SurveyResponse.Kind.CSAT,
        responded_on__range=(window.first, window.last),
    )
    return rows.exclude(polarity=1).select_related("interaction__source", "handler__person").order_by("-responded_at", "-pk")


def _cases(viewer: Person, signal: Signal, window: Window, wanted: CaseFilter, on: date) -> QuerySet[Interaction]:
    if signal.person is not None:
        return cases_behind(viewer, signal.person, signal.definition, window, wanted, on)
    rows = interactions_visible_to(viewer, on).filter(handler__person__in=_members(signal).values("pk"))
    span = (window.first, window.last)
    if signal.definition.recipe == Recipe.ANSWERED:
        rows = rows.filter(opened_on__range=span, answered=False)
    else:
        rows = rows.filter(resolved_on__range=span, reopens__gt=0)
    return rows.select_related("source", "handler__person").order_by("-opened_at", "-pk")


# --- Preview of thresholds ----------------------------------------------------------------------


@dataclass(frozen=True)
class MetricPreview:
    """What a rule would have raised about one metric in the past year."""

    definition: MetricDefinition
    people: int  # suggestions about people
    watched: int  # "watch" about people, beside the suggestions
    teams: int
    expected_false_share: float | None
    own_tau: float | None


@dataclass(frozen=True)
class Preview:
    metrics: list[MetricPreview]
    reps: int
    weeks: int

    @property
    def suggestions(self) -> int:
        return sum(metric.people + metric.teams for metric in self.metrics)

    @property
    def per_rep_year(self) -> float | None:
        people = sum(metric.people for metric in self.metrics)
        return people / self.reps * YEAR / self.weeks if self.reps and self.weeks else None


def preview(rule: Rule, keys: list[str], on: date) -> Preview:
    """Judge each of the past 52 weeks as if these thresholds had been in force, mutes included."""
    metrics = []
    for series in load_series(watchable_definitions(keys), YEAR + rule.weeks, on):
        history, first = series.history, rule.weeks
        verdicts = year_of_verdicts(history, rule, first)
        found = replay(verdicts, rule, first, levels=1)
        suggested = [raised for raised in found if raised.level == 2]
        teams = replay(verdicts, rule, first, teams=True)
        now = verdicts[-1].people
        tau = estimate_tau(now.delta[now.judged], now.expected[now.judged], now.n[now.judged], now.phi)
        wrong = expected_false_share([raised.probability for raised in [*suggested, *teams]])
        metrics.append(MetricPreview(series.definition, len(suggested), len(found) - len(suggested), len(teams), wrong, tau))
    return Preview(metrics, len(judged_people()), YEAR)
