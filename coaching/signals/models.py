"""Signals, the settings they were raised with, each run, and notes drawn on the charts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coaching.metrics.models import MetricDefinition
from coaching.signals.rule import Rule
from people.models import Person, Team

OPEN_DAYS = 56  # a signal that nobody closed leaves the list of open ones after eight weeks


class SignalSettings(models.Model):
    """One version of the thresholds. Append-only: `services.change_settings` adds the next one."""

    version = models.PositiveIntegerField(unique=True)
    metrics = models.JSONField(default=list, blank=True, help_text=_("Keys of those watched; empty: all."))
    baseline_weeks = models.PositiveSmallIntegerField(_("weeks of the own normal"), default=26)
    window_from = models.PositiveSmallIntegerField(_("shortest window in weeks"), default=4)
    window_to = models.PositiveSmallIntegerField(_("longest window in weeks"), default=13)
    ratings_wanted = models.PositiveIntegerField(_("ratings wanted in the window"), default=120)
    margin = models.FloatField(_("smallest shift that matters"), default=0.03)
    tau = models.FloatField(_("usual size of real shifts"), default=0.04)
    suggest = models.FloatField(_("how sure to suggest"), default=0.9)
    watch = models.FloatField(_("how sure to watch"), default=0.8)
    mute_weeks = models.PositiveSmallIntegerField(_("weeks of silence after a signal"), default=8)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(window_to__gte=F("window_from")), name="signal_settings_window_in_order"),
            models.CheckConstraint(condition=Q(suggest__gte=F("watch")), name="signal_settings_levels_in_order"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def rule(self) -> Rule:
        return Rule(
            baseline_weeks=self.baseline_weeks,
            window_from=self.window_from,
            window_to=self.window_to,
            ratings_wanted=self.ratings_wanted,
            margin=self.margin,
            tau=self.tau,
            suggest=self.suggest,
            watch=self.watch,
            mute_weeks=self.mute_weeks,
        )


class SignalRun(models.Model):
    """One day judged. Judging it again changes nothing, unless its figures have changed."""

    as_of = models.DateField(unique=True)
    settings = models.ForeignKey(SignalSettings, on_delete=models.PROTECT, related_name="+")
    ran_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0, help_text=_("People with enough history to be judged on any metric."))
    teams = models.PositiveIntegerField(default=0)
    suggested = models.PositiveIntegerField(default=0)
    watched = models.PositiveIntegerField(default=0)
    learned = models.JSONField(
        default=dict, help_text=_("By metric: φ and the spread kept, of people and teams; mean and strength of the prior.")
    )
    expected_false_share = models.FloatField(null=True, help_text=_("mean(1 − P) of the suggestions of the seven days up to it."))

    class Meta:
        ordering = ["-as_of"]

    def __str__(self) -> str:
        return f"{self.as_of}"


class SignalQuerySet(models.QuerySet["Signal"]):
    def open(self, on: date) -> SignalQuerySet:
        """Neither closed nor silenced by hand, not older than eight weeks, and not followed by a surer one of its kind."""
        followed = Signal.objects.filter(
            Q(person=OuterRef("person")) | Q(team=OuterRef("team")),
            metric_key=OuterRef("metric_key"),
            level=Signal.Level.SUGGEST,
            raised_on__gt=OuterRef("raised_on"),
            raised_on__lte=on,
        )
        return self.filter(
            Q(silenced_until=None) | Q(silenced_until__lte=on),
            Q(level=Signal.Level.SUGGEST) | ~Exists(followed),
            state__in=Signal.OPEN_STATES,
            raised_on__range=(on - timedelta(days=OPEN_DAYS - 1), on),
        )


class Signal(models.Model):
    """A person or a team that has slipped on one metric, beyond chance; with what it rests on.

    Shares are the metric's own (a reopen rate of .08 is .08); `shift` is signed so that below 0 is worse.
    """

    class Level(models.TextChoices):
        SUGGEST = "suggest", _("Clearly off own normal")
        WATCH = "watch", _("Worth a look")

    class State(models.TextChoices):
        NEW = "new", _("New")
        SEEN = "seen", _("Seen")
        DISMISSED = "dismissed", _("Dismissed")
        ACTED = "acted", _("Acted upon")

    OPEN_STATES = (State.NEW, State.SEEN)

    definition = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, related_name="+")
    metric_key = models.SlugField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    run = models.ForeignKey(SignalRun, on_delete=models.PROTECT, related_name="signals")
    level = models.CharField(max_length=10, choices=Level)
    raised_on = models.DateField(db_index=True)
    window_first = models.DateField()
    window_last = models.DateField()
    n = models.PositiveIntegerField()
    observed = models.FloatField()
    expected = models.FloatField()
    baseline = models.FloatField(help_text=_("Own share over the weeks before the window."))
    baseline_n = models.PositiveIntegerField()
    shift = models.FloatField(help_text=_("Observed minus expected; below 0 is worse, whatever the metric's direction."))
    probability = models.FloatField()
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    state_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    muted_until = models.DateField(help_text=_("The rule is silent about the same subject and metric before this day."))
    silenced_until = models.DateField(null=True, blank=True, help_text=_("Muted by hand: hidden from the list before this day."))

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_on", "-probability", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(person=None) ^ Q(team=None), name="signal_of_person_or_team"),
            models.UniqueConstraint(
                fields=["metric_key", "person", "raised_on"], condition=~Q(person=None), name="signal_of_person_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["metric_key", "team", "raised_on"], condition=~Q(team=None), name="signal_of_team_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(state="dismissed") | ~Q(reason=""), name="signal_dismissed_with_reason"),
        ]
        indexes = [
            models.Index(fields=["person", "raised_on"], name="signal_person_day"),
            models.Index(fields=["team", "raised_on"], name="signal_team_day"),
        ]

    def __str__(self) -> str:
        return f"{self.definition}, {self.raised_on}"

    @property
    def subject(self) -> Person | Team:
        return self.person or cast("Team", self.team)  # the database keeps one of them

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class Annotation(models.Model):
    """Something that happened, drawn on charts: in a team (and those below), or everywhere where none is named."""

    class Kind(models.TextChoices):
        OUTAGE = "outage", _("Outage or recall")
        COACHING = "coaching", _("Coaching")
        CHANGE = "change", _("New process or product")
        OTHER = "other", _("Something else")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.CharField(_("what happened"), max_length=120)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team"))
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="annotation_days_in_order"),
            models.CheckConstraint(condition=Q(person=None) | Q(team=None), name="annotation_of_person_or_team"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first}"
