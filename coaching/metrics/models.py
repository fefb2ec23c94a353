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
from coaching.metrics.accounts.models import AccountDay as AccountDay
from coaching.metrics.demand.models import CaseRanking as CaseRanking
from coaching.metrics.demand.models import ChangedDemandDay as ChangedDemandDay
from coaching.metrics.demand.models import CompanyDemandDay as CompanyDemandDay
from coaching.metrics.demand.models import CustomerDay as CustomerDay
from coaching.metrics.demand.models import CustomerSummary as CustomerSummary
from coaching.metrics.demand.models import DemandDay as DemandDay
from coaching.metrics.explorer.models import ChangedWeek as ChangedWeek
from coaching.metrics.explorer.models import CompanySegmentRollup as CompanySegmentRollup
from coaching.metrics.explorer.models import PersonSegmentRollup as PersonSegmentRollup
from coaching.metrics.explorer.models import ReportedValue as ReportedValue
from coaching.metrics.explorer.models import SavedView as SavedView
from coaching.metrics.explorer.models import SegmentRollup as SegmentRollup
from coaching.metrics.wall.models import WallLink as WallLink
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
        RESOLUTION_SURVIVAL = "resolution_survival", _("Time from opening to resolution, open cases counted")
        FIRST_CONTACT = "first_contact", _("Resolved at the first contact")
        BACKLOG = "backlog", _("Open cases on average")
        OPEN_CASES = "open_cases", _("Open cases at one moment")
        RECOMMEND = "recommend", _("Net promoter score")
        EFFORT = "effort", _("Customer effort score")
        FIRST_REPLY = "first_reply", _("Time from opening to the first reply")
        HANDLE_TIME = "handle_time", _("Time spent per case")
        ANSWER_SPEED = "answer_speed", _("Waiting time of answered calls and chats")
        ABANDONED = "abandoned", _("Abandoned among offered calls and chats")
        RESPONSE = "response", _("Ratings among resolved cases")
        COMPLAINT = "complaint", _("Complaints among cases")

    class Variant(models.TextChoices):
        """Where the same figure is counted in several ways; `variants.VARIANTS` says which recipe knows which."""

        CALENDAR = "calendar", _("calendar hours")
        BUSINESS = "business", _("business hours of the team")
        ALL_RATED = "all_rated", _("satisfied of all rated cases, neutral ones included")
        WITHOUT_NEUTRAL = "without_neutral", _("satisfied of satisfied and dissatisfied, neutral ones left out")
        ONE_CONTACT = "one_contact", _("one contact, not reopened, not back about the same topic within the days below")
        UNDER_TWO_REPLIES = "under_two_replies", _("fewer than two replies")
        ONE_REPLY = "one_reply", _("exactly one reply")
        NO_CUSTOMER_REPLY = "no_customer_reply", _("the customer wrote only once")
        ONE_TEAMMATE = "one_teammate", _("closed once, by one teammate")
        NO_RECONTACT = "no_recontact", _("not back on the same channel within the days below")
        WITHIN_15_MINUTES = "within_15_minutes", _("resolved within 15 minutes")

    class Family(models.TextChoices):
        """Under which heading a figure stands where many are shown."""

        WORK = "work", _("How much")
        SPEED = "speed", _("How fast")
        OUTCOME = "outcome", _("How well")
        CUSTOMERS = "customers", _("What customers say")

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
        KAPLAN_MEIER = "kaplan_meier", _("Kaplan–Meier curve with its log-log interval, 95 %")
        ADJUSTED_WALD = "adjusted_wald", _("adjusted Wald interval of a difference, 95 %")
        STUDENT_T = "student_t", _("t interval of the mean, 95 %")

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    recipe = models.CharField(max_length=30, choices=Recipe)
    variant = models.CharField(_("way of counting"), max_length=30, choices=Variant, blank=True, default="")
    window_days = models.PositiveSmallIntegerField(
        _("days in which something counts against a case"),
        default=0,
        help_text=_("Coming back within so many days (first contact), or reopening (0: at any time)."),
    )
    maturity_days = models.PositiveSmallIntegerField(
        _("days a case must rest"),
        default=0,
        help_text=_("Cases resolved later than so many days ago are not in the figure yet: they stand beside it."),
    )
    design_effect = models.FloatField(
        _("design effect of repeat customers"),
        default=1.0,
        help_text=_("Answers of the same customer resemble each other: the interval is that of n divided by this."),
    )
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
    family = models.CharField(_("heading"), max_length=10, choices=Family, default=Family.WORK)
    on_board = models.BooleanField(_("a column of the team board"), default=True)
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
            models.CheckConstraint(condition=Q(design_effect__gte=1), name="metric_design_effect_at_least_1"),
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
    `histogram` mapping the bin (see `figures.bin_of`) to the number of cases in it. `counting` has
    the table of all recipes; docs/decisions/0008 says why they are kept so.
    """

    definition = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    day = models.DateField()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    histogram = models.JSONField(null=True)

    class Meta:
        # The recount asks for a person's day, pages for a figure of many people over many days: each has an order of its own.
        constraints = [models.UniqueConstraint(fields=["person", "day", "definition"], name="rollup_once_a_day")]
        indexes = [
            # Sums over a window read the index alone.
            models.Index(fields=["definition", "person", "day", "numerator", "denominator"], name="rollup_person_read"),
            models.Index(fields=["team", "day", "definition", "numerator", "denominator"], name="rollup_team_day"),
            models.Index(fields=["day", "definition", "numerator", "denominator"], name="rollup_day"),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.person_id} {self.day}: {self.numerator}/{self.denominator}"


class BusinessCalendar(models.Model):
    """When a team works. Without one of its own, a team has that of the nearest team above; then the organisation's.

    `week` holds seven lists (Monday first) of [from, to] in minutes after local midnight, 1440 being the
    next one. `closed_on` and `open_on` change single dates: the first have no hours at all, the second
    those given, holiday or not.
    """

    team = models.OneToOneField(
        Team, on_delete=models.CASCADE, null=True, related_name="+", help_text=_("Empty: the organisation's own.")
    )
    time_zone = models.CharField(_("time zone"), max_length=60)
    week = models.JSONField(_("hours of the week"))
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)
    closed_on = models.JSONField(default=list, help_text=_("Dates as 2026-12-24."))
    open_on = models.JSONField(default=dict, help_text=_("Date → [[from, to], …] in minutes."))
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(team__isnull=True), name="business_calendar_one_for_all")
        ]

    def __str__(self) -> str:
        return str(self.team) if self.team else str(_("Organisation"))


class LastRecount(models.Model):
    """When the figures were last brought up to date. One row; screens say "figures as of …"."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="last_recount_one_row")]

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"
