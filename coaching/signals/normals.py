"""One person's or team's own normal, ready for a screen: verdict, chart, best estimate, what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from coaching.metrics.models import MetricDefinition
from coaching.metrics.shrinkage import Prior, reliability, shrink
from coaching.quality.access import reviews_visible_to
from coaching.quality.queries.lists import standing_reviews
from coaching.signals.access import annotations_removable_by
from coaching.signals.chart import LEAST_RATINGS, BandChart, Mark, Point, band, band_chart
from coaching.signals.models import Annotation, Signal
from coaching.signals.queries import last_run, rule_in_force, watched_keys
from coaching.signals.rule import Judgement, Learned, Rule, in_told_team, judge, judge_teams
from coaching.signals.series import Series, load_person, load_team, watchable_definitions
from coaching.signals.words import verdict
from learning.assignments.access import assignments_visible_to, completions_visible_to
from people.models import Membership, Person, Team

WEEKS_DRAWN = 26
MOST_MARKS = 24


@dataclass(frozen=True)
class Estimate:
    """The share of the window drawn towards the group's, with what nine in ten would bet on."""

    value: float
    low: float
    high: float
    reliability: float


@dataclass(frozen=True)
class Normal:
    """One metric of one person or team."""

    definition: MetricDefinition
    judged: bool
    level: int  # 2 clearly below, 1 worth a look, 0 as usual
    verdict: str
    tone: str
    observed: float | None
    expected: float | None
    n: int
    weeks: int
    chart: BandChart
    estimate: Estimate | None


@dataclass(frozen=True)
class Verdict:
    """One metric of one person in words, without the picture."""

    definition: MetricDefinition
    words: str
    tone: str


def verdicts_of_person(viewer: Person, person: Person, on: date) -> list[Verdict]:
    """How the last weeks are, of each watched metric where enough is known to say so."""
    rule = rule_in_force()
    learned = _learned()
    found = []
    loaded = load_person(person, watchable_definitions(watched_keys()), rule.weeks, on)
    told = _told_teams(loaded)
    for series in loaded:
        key = series.definition.key
        judged = judge(series.history, rule, told[key], learned.get(key, (None,))[0])
        if judged.judged[0]:
            words, tone = _in_words(series.definition, judged, rule, own=viewer.pk == person.pk)
            found.append(Verdict(series.definition, words, tone))
    return found


def _in_words(definition: MetricDefinition, judged: Judgement, rule: Rule, *, own: bool) -> tuple[str, str]:
    """(verdict, tone). Who is concerned reads "worth a look" where others read how sure it is."""
    level = int(judged.level(rule)[0])
    if not judged.judged[0]:
        return _("not enough weeks yet to know what is usual"), "neutral"
    if level == 0:
        return _("as usual"), "good"
    if own or level == 1:
        return _("worth a look"), "info"
    return verdict(definition, Signal.Level.SUGGEST, float(judged.probability[0])), "attention"


def normals_of_person(viewer: Person, person: Person, *, as_of: date, on: date) -> list[Normal]:
    """Each watched metric of this person, judged as of a day as the nightly run does; ten queries or so.

    What the viewer may read of what happened meanwhile is decided as of today, `on`.
    """
    rule, definitions = rule_in_force(), watchable_definitions(watched_keys())
    weeks = rule.weeks
    learned = _learned()
    marks = marks_of_person(viewer, person, definitions, as_of=as_of, on=on)
    found = []
    own = viewer.pk == person.pk
    whose = _("you") if own else person.get_short_name()
    loaded = load_person(person, definitions, weeks, as_of)
    told = _told_teams(loaded)
    for series in loaded:
        of_people, _of_teams, prior = learned.get(series.definition.key, (None, None, None))
        judged = judge(series.history, rule, told[series.definition.key], of_people)
        found.append(_normal(series, judged, rule, prior, marks, whose, own=own))
    return found


def normals_of_team(viewer: Person, team: Team, *, as_of: date, on: date) -> list[Normal]:
    """The same for a team."""
    rule, definitions = rule_in_force(), watchable_definitions(watched_keys())
    learned = _learned()
    marks = marks_of_team(viewer, team, definitions, as_of=as_of, on=on)
    found = []
    for series in load_team(team, definitions, rule.weeks, as_of):
        of_teams = learned.get(series.definition.key, (None, None, None))[1]
        found.append(_normal(series, judge_teams(series.history, rule, of_teams), rule, None, marks, team.name, of_team=True))
    return found


def _told_teams(found: Sequence[Series]) -> dict[str, NDArray[np.bool_] | None]:
    """Metric key → teams that were told of a shift: of those the whole movement is taken away, as in the run. One query."""
    if not found:
        return {}
    recent = Signal.objects.filter(
        metric_key__in=[series.definition.key for series in found],
        team__in={team for series in found for team in series.teams},
        level=Signal.Level.SUGGEST,
        raised_on__range=(found[0].as_of - timedelta(days=6), found[0].as_of),
    )
    told = set(recent.values_list("metric_key", "team_id"))
    return {
        series.definition.key: in_told_team(
            series.history, np.array([(series.definition.key, team) in told for team in series.teams])
        )
        if series.teams
        else None
        for series in found
    }


def _learned() -> dict[str, tuple[Learned | None, Learned | None, Prior | None]]:
    """Metric key → what the newest run learned from everybody: of people, of teams, and the prior."""
    run = last_run()
    if run is None:
        return {}
    return {
        key: (
            Learned(*found["people"]),
            Learned(*found["teams"]),
            Prior(*found["prior"]) if found.get("prior") else None,
        )
        for key, found in run.learned.items()
    }


def _normal(
    series: Series,
    judged: Judgement,
    rule: Rule,
    prior: Prior | None,
    marks: Sequence[Mark],
    whose: str,
    *,
    own: bool = False,
    of_team: bool = False,
) -> Normal:
    definition = series.definition
    known, n, weeks = bool(judged.judged[0]), int(judged.n[0]), int(judged.weeks[0])
    level = int(judged.level(rule)[0])
    good = int(judged.good[0])
    words, tone = _in_words(definition, judged, rule, own=own)
    points = _points(series, judged, of_team=of_team, known=known)
    return Normal(
        definition, known, level, words, tone,
        series.share(good / n) if n else None,
        series.share(float(judged.expected[0])) if known else None,
        n, weeks,
        band_chart(definition, points[-WEEKS_DRAWN:], marks, whose),
        _estimate(series, good, n, prior) if known and prior else None,
    )  # fmt: skip


def _estimate(series: Series, good: int, n: int, prior: Prior) -> Estimate:
    found = shrink(good, n, prior)
    ends = sorted((series.share(float(found.low)), series.share(float(found.high))))
    return Estimate(series.share(float(found.estimate)), ends[0], ends[1], reliability(n, prior.half_reliable_at))


def _points(series: Series, judged: Judgement, *, of_team: bool, known: bool) -> list[Point]:
    history = series.history
    own_n, own_good = (history.team_n[0], history.team_good[0]) if of_team else (history.n[0], history.good[0])
    floor_n = history.others_n + (0 if of_team else own_n)
    floor_good = history.others_good + (0 if of_team else own_good)
    points = []
    for week, last in enumerate(series.ends()):
        n = int(own_n[week])
        enough = n >= LEAST_RATINGS
        expected = series.share(float(judged.expected_by_week[0, week])) if known else None
        low, high = band(expected, n, judged.phi) if expected is not None and enough else (None, None)
        floor = series.share(float(floor_good[week] / floor_n[week])) if floor_n[week] >= LEAST_RATINGS else None
        value = series.share(own_good[week] / n) if enough else None
        in_window = week >= series.weeks - int(judged.weeks[0])
        points.append(Point(last, n, value, expected, low, high, floor, in_window))
    return points


# --- What happened meanwhile ----------------------------------------------------------------------


def _drawn(as_of: date) -> tuple[date, date]:
    return as_of - timedelta(days=7 * WEEKS_DRAWN - 1), as_of


def _notes(viewer: Person, about: Q, span: tuple[date, date], on: date) -> list[Mark]:
    removable = set(annotations_removable_by(viewer, on).values_list("pk", flat=True))
    notes = Annotation.objects.filter(about, first__lte=span[1], last__gte=span[0]).order_by("first", "pk")
    return [
        Mark(
            max(note.first, span[0]),
            min(note.last, span[1]),
            f"{note.get_kind_display()}: {note.text}",
            note_id=note.pk if note.pk in removable else None,
        )
        for note in notes
    ]


def _new_versions(definitions: Sequence[MetricDefinition], span: tuple[date, date]) -> list[Mark]:
    """A changed way of counting can look like a slip."""
    keys = [definition.key for definition in definitions]
    changed = MetricDefinition.objects.filter(key__in=keys, version__gt=1).order_by("created_at")
    marks = []
    for definition in changed:
        day = _day(definition.created_at)
        if span[0] <= day <= span[1]:
            text = _("“%(metric)s” is counted anew: version %(version)s") % {
                "metric": definition.name,
                "version": definition.version,
            }
            marks.append(Mark(day, day, text, reverse("metrics_definition", args=[definition.key])))
    return marks


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _newest(marks: list[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda mark: mark.first)[-MOST_MARKS:]


def marks_of_person(
    viewer: Person, person: Person, definitions: Sequence[MetricDefinition], *, as_of: date, on: date
) -> list[Mark]:
    """Notes, modules given and completed, reviews published, changed definitions; only what the viewer may read."""
    span = _drawn(as_of)
    teams = Team.objects.filter(
        pk__in=Membership.objects.filter(person=person, kind=Membership.Kind.MEMBER, starts_on__lte=span[1])
        .exclude(ends_on__lte=span[0])
        .values("team_id")
    )
    about = Q(person=None, team=None) | Q(person=person) | Q(team__in=_at_or_above(teams))
    marks = [*_notes(viewer, about, span, on), *_new_versions(definitions, span)]
    for assignment in assignments_visible_to(viewer, on).filter(person=person).select_related("module"):
        day = _day(assignment.assigned_at)
        if span[0] <= day <= span[1]:
            text = _("Module given: %(module)s") % {"module": assignment.module}
            marks.append(Mark(day, day, text, reverse("assignment_detail", args=[assignment.pk])))
    for completion in completions_visible_to(viewer, on).filter(person=person):
        day = _day(completion.completed_at)
        if span[0] <= day <= span[1]:
            text = _("Module completed: %(module)s") % {"module": completion.title}
            marks.append(Mark(day, day, text, reverse("assignment_detail", args=[completion.assignment_id])))
    reviews = reviews_visible_to(viewer, on).filter(pk__in=standing_reviews().filter(reviewee=person).values("pk"))
    for review in reviews:
        if review.published_at is not None and span[0] <= _day(review.published_at) <= span[1]:
            day = _day(review.published_at)
            marks.append(Mark(day, day, _("Review published"), reverse("review_detail", args=[review.pk])))
    return _newest(marks)


def marks_of_team(viewer: Person, team: Team, definitions: Sequence[MetricDefinition], *, as_of: date, on: date) -> list[Mark]:
    """Notes about the team, those above it, or everybody; changed definitions."""
    span = _drawn(as_of)
    about = Q(person=None, team=None) | Q(team__in=_at_or_above(Team.objects.filter(pk=team.pk)))
    return _newest([*_notes(viewer, about, span, on), *_new_versions(definitions, span)])


def _at_or_above(teams: QuerySet[Team]) -> list[int]:
    """Ids of these teams and of all above them: a path names them all."""
    return sorted({int(part) for path in teams.values_list("path", flat=True) for part in path.split("/") if part})
