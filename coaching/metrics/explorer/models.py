"""Weekly counts by channel, topic and segment, and the questions people keep.

`Rollup` answers "who and when"; these answer "about what". Both tables are derived: `counting` makes them
from raw rows, for the person-days that `Rollup` names, so that their sums are always those of `Rollup`.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person, Team

OTHER = "*"  # the topic or segment of everything beyond the reported ones; "" is: none was stated


class ReportedValue(models.Model):
    """A topic or segment that gets rows of its own. Everything else is counted as `OTHER`.

    New ones join as they are first met while there is room (`counting.ROOM`); a full rebuild picks the most
    frequent anew.
    """

    class Dimension(models.TextChoices):
        TOPIC = "topic", _("Topic")
        SEGMENT = "segment", _("Segment")

    dimension = models.CharField(max_length=10, choices=Dimension)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["dimension", "name"]
        constraints = [models.UniqueConstraint(fields=["dimension", "name"], name="reported_value_once")]

    def __str__(self) -> str:
        return self.name


class _KindCounts(models.Model):
    """What `Rollup` holds, of one calendar week (Monday to Sunday) and one kind of case."""

    definition = models.ForeignKey(
        "coaching_metrics.MetricDefinition", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    week = models.DateField(help_text=_("Its Monday."))
    channel = models.CharField(max_length=10)
    topic = models.CharField(max_length=120)
    segment = models.CharField(max_length=120)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    histogram = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.definition_id} {self.week} {self.channel}/{self.topic}/{self.segment}: {self.numerator}/{self.denominator}"


class _SegmentCounts(_KindCounts):
    """Counts that belong to one team, that of the day."""

    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")

    class Meta:
        abstract = True


class SegmentRollup(_SegmentCounts):
    """The counts of a team (of that day; without teams below it). What pages about topics and channels read."""

    class Meta:
        indexes = [
            # A page reads the index alone, but for the histograms of times.
            models.Index(
                fields=["definition", "week", "team", "channel", "topic", "segment", "numerator", "denominator"],
                name="segment_rollup_read",
            ),
            models.Index(fields=["team", "week"], name="segment_rollup_recount"),
        ]


class CompanySegmentRollup(_KindCounts):
    """The counts of everybody: the sums of all teams and of people without one, so that a page costs the same with ten teams as with one.

    Open cases by business hours are not read from here: how long they have waited depends on the calendar of their team.
    """

    class Meta:
        indexes = [
            models.Index(
                fields=["definition", "week", "channel", "topic", "segment", "numerator", "denominator"],
                name="company_segment_read",
            ),
            models.Index(fields=["week"], name="company_segment_recount"),
        ]


class PersonSegmentRollup(_SegmentCounts):
    """The counts of a person in a team: for case mix, and for people narrowed to a channel, topic or segment."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["definition", "person", "week", "channel", "topic", "segment", "numerator", "denominator"],
                name="person_segment_read",
            ),
            models.Index(fields=["team", "week"], name="person_segment_recount"),
            models.Index(fields=["person"], name="person_segment_person"),
        ]


class ChangedWeek(models.Model):
    """Whose week is to be counted by topic again; written in the transaction that changed its daily counts.

    With a person it is that person's, in whatever teams they were then; without, that of everybody in the team. Two more say
    that people are counted, but not yet added up. Of one week they are taken in this order: people, teams, sums of teams,
    sum of the company.
    """

    TEAM_SUM, COMPANY_SUM = -1, -2  # instead of a person: the team's people, or all teams, are to be added up

    team_key = models.BigIntegerField(default=0, help_text=_("The team's id; 0 for people without a team."))
    person_key = models.BigIntegerField(default=0, help_text=_("The person's id; 0 for everybody in the team."))
    week = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team_key", "person_key", "week"], name="changed_week_once")]

    def __str__(self) -> str:
        return f"{self.team_key} {self.person_key} {self.week}"


class SavedView(models.Model):
    """A question put to the explorer, kept by name. It holds the question only: whoever opens it gets their own answer."""

    class Audience(models.TextChoices):
        OWN = "own", _("Only me")
        TEAM = "team", _("My team and I")
        LINK = "link", _("Everybody with the link")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(max_length=20)
    query = models.CharField(max_length=1000)
    audience = models.CharField(_("who may open it"), max_length=10, choices=Audience, default=Audience.OWN)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
