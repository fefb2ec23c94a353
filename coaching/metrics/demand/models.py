"""What was asked of a team on one day: by quarter of an hour, topic and channel. Holds no person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from people.models import Team


class DemandDay(models.Model):
    """Cases opened on one local day, counted in the team of whoever they count for; `team` is empty for people in none.

    `quarters` maps the quarter of an hour to a number of cases: quarter 0 begins at midnight UTC of `day`, and a day
    that begins elsewhere earlier or later has quarters below 0 or above 95. So any time zone can be read exactly.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    day = models.DateField()
    cases = models.PositiveIntegerField()
    quarters = models.JSONField()
    topics = models.JSONField()
    channels = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "team"], name="demand_day_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(team=None), name="demand_day_without_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}: {self.cases}"


class ChangedDemandDay(models.Model):
    """A day whose demand must be counted again; written by the recount, in its transaction."""

    day = models.DateField(unique=True)

    def __str__(self) -> str:
        return f"{self.day}"
