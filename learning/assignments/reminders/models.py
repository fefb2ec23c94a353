"""What somebody was, or is to be, reminded of: each thing once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person


class Reminder(models.Model):
    """One assignment, one occasion, one due day: moved dates are reminded of anew, and nothing is twice."""

    class Kind(models.TextChoices):
        NEW = "new", _("new for you")
        WEEK = "week", _("due in a week")
        DAY = "day", _("due tomorrow or today")
        OVERDUE = "overdue", _("overdue")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a moment that suits")
        MAILED = "mailed", _("Mailed")
        SHOWN = "shown", _("Shown here only, as they wish")
        DROPPED = "dropped", _("No longer needed")

    assignment = models.ForeignKey("learning_assignments.Assignment", on_delete=models.PROTECT, related_name="reminders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    for_day = models.DateField()  # the due day; for what is new, the day it was given
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["person", "state"], name="reminder_of_person")]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind", "for_day"], name="reminder_once"),
            models.CheckConstraint(condition=Q(state="waiting") ^ Q(settled_at__isnull=False), name="reminder_settled_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of assignment {self.assignment_id}"


class LeadDigest(models.Model):
    """The weekly overview that a lead got, so that they get it once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    week_starts_on = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-week_starts_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "week_starts_on"], name="lead_digest_once_a_week")]

    def __str__(self) -> str:
        return f"{self.person_id}, week of {self.week_starts_on}"
