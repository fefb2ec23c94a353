"""What was asked on one day: by quarter of an hour, topic, channel, customer, and the hardest cases. Holds no person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from people.models import Team


class _DemandCounts(models.Model):
    """Cases opened on one local day.

    `quarters` maps the quarter of an hour to a number of cases: quarter 0 begins at midnight UTC of `day`, and a day
    that begins elsewhere earlier or later has quarters below 0 or above 95. So any time zone can be read exactly.
    """

    cases = models.PositiveIntegerField()
    quarters = models.JSONField()
    topics = models.JSONField()
    channels = models.JSONField()

    class Meta:
        abstract = True


class CompanyDemandDay(_DemandCounts):
    """Everybody's cases of a day: a page of the whole company costs the same with ten teams as with one."""

    day = models.DateField(unique=True)

    def __str__(self) -> str:
        return f"{self.day}: {self.cases}"


class DemandDay(_DemandCounts):
    """The cases of a day that count in one team, that of whoever they count for; `team` is empty for people in none."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "team"], name="demand_day_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(team=None), name="demand_day_without_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}: {self.cases}"


class CustomerDay(models.Model):
    """Which customers opened cases on a day counted in a team: one number per case, so that any days add up exactly.

    `customers` holds `packing.key_of` the customer of each case that names one, in order, and `cases` the keys of those
    cases beside them; eight bytes each. `unknown` cases name no customer.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    day = models.DateField()
    customers = models.BinaryField()
    cases = models.BinaryField()
    unknown = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "team"], name="customer_day_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(team=None), name="customer_day_without_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}: {len(self.customers) // 8}"


class CustomerSummary(models.Model):
    """What the page of customers says of everybody's cases over some days. Good as long as `stamp` is that of its days."""

    first = models.DateField()
    last = models.DateField()
    stamp = models.CharField(max_length=80)
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "last"], name="customer_summary_once")]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


class CaseRanking(models.Model):
    """The first cases of one day in one order: `packing.RANKED` records, at most `packing.KEPT`, of `n` that have a place in it."""

    day = models.DateField()
    rank = models.CharField(max_length=20)
    n = models.PositiveIntegerField()
    cases = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rank"], name="case_ranking_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.rank}: {self.n}"


class ChangedDemandDay(models.Model):
    """A day whose demand must be counted again; written by the recount, in its transaction."""

    day = models.DateField(unique=True)

    def __str__(self) -> str:
        return f"{self.day}"
