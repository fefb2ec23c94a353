"""What a figure means, and its counts per person and day.

A `MetricDefinition` says in words how a figure is counted; a change is a new version. A `Rollup`
holds the numerator, the denominator and (where a median is wanted) a histogram of one person's
day, so that any period and any team add up exactly. Rollups are derived: `recount` makes them from
raw rows and may throw them away.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.models import Standard
from coaching.metrics.explorer import models as explorer_models
from people.models import Person, Team


class MetricDefinitionQuerySet(models.QuerySet["MetricDefinition"]):
    def current(self) -> MetricDefinitionQuerySet:
        """The version in force of each metric, in the order of the screens."""
        return self.filter(is_current=True).order_by("position", "key")


class MetricDefinition(models.Model):
    """One version of one metric's definition. Append-only: `services.define_metric` adds the next one."""

    class Recipe(models.TextChoices):
        """How the counting is done; `recount` holds the query of each."""

        CASES_TAKEN = "cases_taken", _("Cases taken")
        CASES_RESOLVED = "cases_resolved", _("Cases resolved")
        RESOLUTION_TIME = "resolution_time", _("Time from opening to resolution")
        REOPENED = "reopened", _("Reopened among resolved cases")
        SATISFIED = "satisfied", _("Satisfied among rated cases")
        ANSWERED = "answered", _("Answered among offered calls and chats")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("percent")
        SECONDS = "seconds", _("seconds")
        COUNT = "count", _("count")
        SCORE = "score", _("score")

    class Direction(models.TextChoices):
        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")
        NONE = "none", _("neither is better")

    class IntervalMethod(models.TextChoices):
        NONE = "none", _("none: every case is counted")
        WILSON = "wilson", _("Wilson score interval, 95 %")
        ORDER_STATISTICS = "order_statistics", _("order statistics of the median, 95 %")

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    recipe = models.CharField(max_length=30, choices=Recipe)
    name = models.CharField(_("name"), max_length=80)
    formula = models.TextField(_("formula in words"))
    numerator_words = models.CharField(_("numerator in words"), max_length=200)
    denominator_words = models.CharField(_("denominator in words"), max_length=200)
    attribution_words = models.CharField(_("whom it counts for"), max_length=300)
    unit = models.CharField(max_length=10, choices=Unit)
    direction = models.CharField(max_length=10, choices=Direction)
    interval_method = models.CharField(max_length=20, choices=IntervalMethod)
    minimum_to_show = models.PositiveIntegerField(default=0, help_text=_("Below this n the answer is: not enough data."))
    minimum_to_compare = models.PositiveIntegerField(default=0, help_text=_("Below this n nobody is compared with anybody."))
    target = models.FloatField(null=True, blank=True, help_text=_("Share from 0 to 1, seconds, or count; empty: none agreed."))
    standards = models.ManyToManyField(Standard, blank=True, related_name="+")
    position = models.PositiveIntegerField(default=100)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MetricDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="metric_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(is_current=True), name="metric_one_current"),
            models.CheckConstraint(condition=Q(minimum_to_compare__gte=F("minimum_to_show")), name="metric_minimums_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_directed(self) -> bool:
        return self.direction != self.Direction.NONE


class Rollup(models.Model):
    """One metric's counts of one person's local calendar day, in the team the person had that day.

    What numerator and denominator are depends on the recipe: for shares, the part and the whole;
    for counts, both the count; for times, the sum of seconds and the number of cases, with
    `histogram` mapping the bin (see `figures.bin_of`) to the number of cases in it.
    """

    definition = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    day = models.DateField()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    histogram = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["definition", "person", "day"], name="rollup_once")]
        indexes = [
            # Sums over a window read the index alone.
            models.Index(fields=["person", "day", "definition", "numerator", "denominator"], name="rollup_person_day"),
            models.Index(fields=["team", "day", "definition", "numerator", "denominator"], name="rollup_team_day"),
            models.Index(fields=["day", "definition", "numerator", "denominator"], name="rollup_day"),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.person_id} {self.day}: {self.numerator}/{self.denominator}"


class LastRecount(models.Model):
    """When the figures were last brought up to date. One row; screens say "figures as of …"."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="last_recount_one_row")]

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"


# Kept with the explorer; named here because Django looks for an app's models here.
ReportedValue = explorer_models.ReportedValue
SegmentRollup = explorer_models.SegmentRollup
PersonSegmentRollup = explorer_models.PersonSegmentRollup
ChangedWeek = explorer_models.ChangedWeek
SavedView = explorer_models.SavedView
