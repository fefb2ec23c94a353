"""Who must learn what by when, and why; the attempts; and the lasting proof of what was completed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from learning.assignments.changes.models import ChangeGroup, ModuleChange
from learning.assignments.reminders.models import LeadDigest, Reminder
from learning.assignments.training.models import PastTraining
from learning.modules.models import Module
from people.models import Person

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "Attempt",
    "ChangeGroup",
    "Completion",
    "CompletionQuerySet",
    "LeadDigest",
    "ModuleChange",
    "PastTraining",
    "Reminder",
    "StepDone",
]

QUIZ_STEP = "quiz"
PACKAGE_STEP = "package"
LESSON_STEP_PREFIX = "lesson:"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> AssignmentQuerySet:
        """Not yet completed and not withdrawn."""
        return self.filter(state__in=Assignment.OPEN_STATES)

    def overdue(self, on: date) -> AssignmentQuerySet:
        return self.open().filter(due_on__lt=on)

    def closed(self, on: date) -> AssignmentQuerySet:
        """Not completed, and can no longer be taken."""
        return self.open().filter(access_until__lt=on)

    def in_order_of_due(self) -> AssignmentQuerySet:
        return self.order_by(F("due_on").asc(nulls_last=True), "assigned_at", "pk")


class Assignment(models.Model):
    """One person is to learn one module. Learning it again later is another assignment, never a reset."""

    class Source(models.TextChoices):
        RULE = "rule", _("Rule")
        LEAD = "lead", _("Team lead")
        REVIEW = "review", _("Quality review")
        SIGNAL = "signal", _("Signal")
        SESSION = "session", _("Coaching session")
        PATH = "path", _("Learning path")
        CHANGE = "change", _("Changed content")
        OWN = "own", _("Own choice")
        RENEWAL = "renewal", _("Renewal of a certificate")

    class State(models.TextChoices):
        OPEN = "open", _("Not started")
        STARTED = "started", _("Started")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN_STATES = (State.OPEN, State.STARTED)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    # Two dates, not one: until when it is wanted, and until when it can be taken at all. Both days count themselves.
    # 1 for the first time, 2 where the person has completed the module once before, and so on.
    cycle = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    access_until = models.DateField(_("can be taken until"), null=True, blank=True)
    more_time_asked_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    because = models.TextField(_("because"), max_length=1000, blank=True)
    because_quote = models.TextField(max_length=2000, blank=True)
    evidence_url = models.CharField(max_length=300, blank=True)
    # What set it in motion, for example "review:12:criterion:tone". The same cause never assigns twice.
    cause = models.CharField(max_length=200, blank=True, default="")
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    # The day it was loaded for (access.get_assignment_for): whether it can still be taken is asked of a day.
    looked_at_on: date | None = None

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assigned_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "state", "due_on"]),
            models.Index(fields=["module", "person", "state", "due_on"], name="assignment_of_module"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"], condition=Q(state__in=["open", "started"]), name="assignment_one_open_per_module"
            ),
            models.UniqueConstraint(fields=["cause"], condition=~Q(cause=""), name="assignment_cause_once"),
            models.CheckConstraint(condition=Q(state="withdrawn") ^ Q(withdrawn_at=None), name="assignment_withdrawn_has_time"),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(access_until=None) | Q(access_until__gte=F("due_on")),
                name="assignment_access_after_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.module)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < on

    def is_closed(self, on: date) -> bool:
        """Not completed, and the last day on which it could be taken has passed."""
        return self.is_open and self.access_until is not None and self.access_until < on


class Attempt(models.Model):
    """One go at a module, on the revision that was published when it began."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    content_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    last_step = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["assignment", "number"]
        constraints = [models.UniqueConstraint(fields=["assignment", "number"], name="attempt_number_once")]

    def __str__(self) -> str:
        return f"Attempt {self.number} of assignment {self.assignment_id}"


class StepDone(models.Model):
    """A lesson read or the quiz passed. `seconds` since the step before, bounded (see services.finish_step)."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=80)
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["attempt", "step"], name="step_done_once")]

    def __str__(self) -> str:
        return f"{self.step} of attempt {self.attempt_id}"


class CompletionQuerySet(models.QuerySet["Completion"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("Completions are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Completions are append-only.")


class Completion(models.Model):
    """Lasting proof: who completed which revision of which module, when, and by which criteria. Append-only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="completion")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    content_digest = models.CharField(max_length=64)
    title = models.CharField(max_length=255)
    criteria = models.JSONField()
    completed_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    # Who completed it by hand; their reason stands in the criteria. None: the learner met every criterion.
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "completed_at"]),
            models.Index(fields=["module", "person"], name="completion_of_module"),
            models.Index(fields=["completed_at", "person"], name="completion_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.revision_id}, by {self.person_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Completions are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Completions are append-only.")
