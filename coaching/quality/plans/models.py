"""Sampling plans, and what was drawn by them cycle by cycle."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.quality.plans.rules import Kind, Rules
from people.models import Person


class SamplingPlan(models.Model):
    """Whose conversations are drawn how often, for whom. One that was used is switched off, never deleted.

    `rules` is read and written whole, through `plans.rules.Rules`; nothing is looked up by it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON = "on", _("On")
        OFF = "off", _("Off")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("how"), max_length=10, choices=Kind, default=Kind.RANDOM)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # What the organisation began with. Draws of the time before plans count as its own.
    is_default = models.BooleanField(default=False)
    rules = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=models.Q(is_default=True), name="plan_one_default"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        return self.state == self.State.ON

    @property
    def is_random(self) -> bool:
        return self.kind == Kind.RANDOM

    @property
    def says(self) -> Rules:
        return Rules.read(self.rules)


class PlanCycle(models.Model):
    """One cycle of a plan that was drawn, by which rules and lots. `name` is the `period` of its draws."""

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="cycles")
    name = models.CharField(max_length=10)
    first = models.DateField()
    last = models.DateField()
    since = models.DateField(help_text=_("First day of the conversations it drew from."))
    until = models.DateField(help_text=_("Last day of them, included."))
    seed = models.CharField(max_length=60)
    rules = models.JSONField(default=dict)
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="plan_cycle_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.name}"

    @property
    def says(self) -> Rules:
        return Rules.read(self.rules)


class PlanShare(models.Model):
    """What one cycle wanted and found of one person.

    `frame` holds a list of {"cases": how many, "wanted": how many of them, "next": ids of the next cases in the order of the
    lots} by stratum, the least risk first; it is empty while nothing was drawn. A replacement comes from `next`.
    """

    cycle = models.ForeignKey(PlanCycle, on_delete=models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    cases = models.PositiveIntegerField(help_text=_("Conversations that fitted."))
    wanted = models.PositiveIntegerField(help_text=_("Reviews the plan asks for, as far as there are conversations."))
    frame = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "person"], name="plan_share_once")]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.person_id}"
